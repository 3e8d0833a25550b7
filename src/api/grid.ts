/** The grid connection as the recorder's memory knows it: answers while every store is away. */
import type { KnownEntity } from '../home/entity.ts';
import { balanceSources } from '../views/sources.ts';
import { powerOf } from './now.ts';
import type { NewestValue } from './ports.ts';

/** The home's own connection, by the energy preferences. */
export const homeDevice = 'home';

export interface GridNow {
  /** Of the newest reading among those told. */
  readonly atUs: number;
  /** Net, import positive, in W; null without a power sensor or while one tells nothing. */
  readonly powerW: number | null;
  /** Registers of all tariffs together, in kWh; null while one tells nothing. */
  readonly importKwh: number | null;
  readonly exportKwh: number | null;
}

export type Newest = (entityId: string) => NewestValue | null;

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

/** Null when the home has no grid connection, or nothing of it was heard yet. */
export function gridNow(tracked: readonly KnownEntity[], newest: Newest): GridNow | null {
  const { gridIn, gridOut } = balanceSources(tracked);
  const sensors = tracked.filter((entity) => entity.role === 'grid_power').map((entity) => entity.entityId);
  const instants = [...gridIn, ...gridOut, ...sensors].flatMap((id) => newest(id)?.atUs ?? []);
  if (instants.length === 0) return null;
  return {
    atUs: Math.max(...instants),
    powerW: powerOf(tracked, newest).grid_w,
    importKwh: sumOf(gridIn, newest),
    exportKwh: sumOf(gridOut, newest),
  };
}

const peakWords = /(max(imum)?_demand|peak_demand|monthly_peak|month_peak|peak_month|demand_peak)/;

/** The sensor that carries the meter's own month peak (OBIS 1-0:1.6.0), as DSMR and HomeWizard name theirs. */
export function meterPeakEntity(entities: readonly KnownEntity[]): KnownEntity | null {
  return (
    entities.find(
      (entity) => entity.quantity === 'power' && entity.isActive && peakWords.test(entity.entityId),
    ) ?? null
  );
}
