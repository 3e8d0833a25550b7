/** Grid connections by `device_id`, and their newest values from memory while every store is away. */

import { connectionTotals } from '../../balance/flow-plan.ts';
import { totalIds } from '../../balance/flow-posting.ts';
import { balanceSources } from '../../balance/sources.ts';
import type { KnownEntity } from '../../home/entity.ts';
import { type GridConnection, homeConnectionId } from '../../home/grid-connection.ts';
import type { GridConnections } from '../../home/grid-connections.ts';
import type { Home } from '../../home/home.ts';
import { meterPeakEntity } from '../../home/meter-peak.ts';
import type { NewestValue, Stores } from '../http/ports.ts';
import { fromStore, HttpProblem } from '../http/problems.ts';
import { powerOf } from './now.ts';

/** A grid connection with its series, registers and sensors. */
export interface GridDevice {
  readonly id: string;
  /** The series of what its registers count together. */
  readonly totals: { readonly gridIn: string; readonly gridOut: string };
  readonly gridIn: readonly string[];
  readonly gridOut: readonly string[];
  readonly powerSensors: readonly string[];
  /** Net, import positive, in W; null without a sensor or while one reports no value. */
  powerW(newest: Newest): number | null;
  readonly meterPeak: KnownEntity | null;
}

interface GridNow {
  /** Instant of the newest reading among those used. */
  readonly atUs: number;
  /** Net, import positive, in W; null without a power sensor or while one reports no value. */
  readonly powerW: number | null;
  /** Registers of all tariffs together, in kWh; null while one reports no value. */
  readonly importKwh: number | null;
  readonly exportKwh: number | null;
}

type Newest = (entityId: string) => NewestValue | null;

interface GridDeps {
  readonly home: Pick<Home, 'entities' | 'entity' | 'tracked' | 'unknownSources'>;
  readonly gridConnections: Pick<GridConnections, 'all' | 'known'>;
  readonly stores: Stores;
}

/** The home's own connection. Needs no store. */
export function homeDevice({ home, gridConnections }: Omit<GridDeps, 'stores'>): GridDevice {
  const tracked = home.tracked();
  const { gridIn, gridOut } = balanceSources(home.entities(), home.unknownSources());
  const others = new Set(gridConnections.known()?.flatMap((one) => ofAnother(one, gridIn)) ?? []);
  return {
    id: homeConnectionId,
    totals: totalIds,
    gridIn,
    gridOut,
    powerSensors: tracked
      .filter((entity) => entity.role === 'grid_power' && entity.quantity === 'power')
      .map((entity) => entity.entityId),
    powerW: (newest) => powerOf(home, newest).grid_w,
    meterPeak: meterPeakEntity(
      home.entities().filter((entity) => entity.isActive && !others.has(entity.entityId)),
      gridIn,
    ),
  };
}

/** The peak sensor of a connection that shares no register with the home is not the home's. */
function ofAnother({ meterPeakEntityId, offtake }: GridConnection, gridIn: readonly string[]): string[] {
  if (meterPeakEntityId === null || offtake.some((entityId) => gridIn.includes(entityId))) return [];
  return [meterPeakEntityId];
}

function namedDevice(home: GridDeps['home'], connection: GridConnection): GridDevice {
  const { connectionId, offtake, injection, powerEntityId, meterPeakEntityId } = connection;
  const sensor = powerEntityId === null ? null : home.entity(powerEntityId);
  return {
    id: connectionId,
    totals: connectionTotals(connectionId),
    gridIn: offtake,
    gridOut: injection,
    powerSensors: powerEntityId === null ? [] : [powerEntityId],
    powerW: (newest) => {
      const value = sensor === null ? null : (newest(sensor.entityId)?.value ?? null);
      return value === null ? null : value * (sensor?.sign ?? 1);
    },
    meterPeak: meterPeakEntityId === null ? null : home.entity(meterPeakEntityId),
  };
}

/** The connection that `device_id` names; throws a 404 that says which there are. */
export async function gridDevice(deps: GridDeps, asked: string | undefined): Promise<GridDevice> {
  if (asked === undefined || asked === homeConnectionId) return homeDevice(deps);
  const named = await fromStore(deps.stores, 'mongodb', () => deps.gridConnections.all());
  const found = named.find((one) => one.connectionId === asked);
  if (found !== undefined) return namedDevice(deps.home, found);
  throw new HttpProblem(404, {
    detail: `There is no grid connection named ${asked}.`,
    field: 'device_id',
    expected: [homeConnectionId, ...named.map((one) => one.connectionId)].join(', '),
  });
}

/** Registers hold a millionth of a kWh; sums of them no more. */
function sumOf(ids: readonly string[], newest: Newest): number | null {
  if (ids.length === 0) return null;
  let sum = 0;
  for (const id of ids) {
    const value = newest(id)?.value;
    if (value == null) return null;
    sum += value;
  }
  return Math.round(sum * 1e6) / 1e6;
}

/** Null when no reading of the connection was received yet, or there is none. */
export function gridNow(device: GridDevice, newest: Newest): GridNow | null {
  const { gridIn, gridOut, powerSensors } = device;
  const instants = [...gridIn, ...gridOut, ...powerSensors].flatMap((id) => newest(id)?.atUs ?? []);
  if (instants.length === 0) return null;
  return {
    atUs: Math.max(...instants),
    powerW: device.powerW(newest),
    importKwh: sumOf(gridIn, newest),
    exportKwh: sumOf(gridOut, newest),
  };
}
