import { type Entry, worse } from '../ledger/entries/entry.ts';
import { quarterHourUs } from '../units/durations.ts';
import { type Balance, balanceOf, clamped, type QuarterHourSources } from './balance.ts';
import type { BalanceSources } from './sources.ts';

/**
 * What the home used and where it came from is posted beside the meters, quarter-hour by quarter-hour, so
 * that a year of it is read as fast as a year of a meter. These ids are no entities of Home Assistant: theirs have a
 * dot.
 */
export const flowIds = {
  homeMwh: 'home:use',
  unexplainedMwh: 'home:unexplained',
  solarToHomeMwh: 'home:solar_to_home',
  solarToBatteryMwh: 'home:solar_to_battery',
  solarToGridMwh: 'home:solar_to_grid',
  batteryToHomeMwh: 'home:battery_to_home',
  batteryToGridMwh: 'home:battery_to_grid',
  gridToHomeMwh: 'home:grid_to_home',
  gridToBatteryMwh: 'home:grid_to_battery',
} as const satisfies Record<keyof Balance, string>;

/** All registers of one kind together: both tariffs of the grid, every roof. Known where each of its meters is. */
export const totalIds = {
  gridIn: 'home:grid_in',
  gridOut: 'home:grid_out',
  solar: 'home:solar',
  batteryIn: 'home:battery_in',
  batteryOut: 'home:battery_out',
} as const satisfies Record<keyof BalanceSources, string>;

export type FlowId = (typeof flowIds)[keyof Balance] | (typeof totalIds)[keyof BalanceSources];

export const everyFlow: readonly FlowId[] = [...Object.values(flowIds), ...Object.values(totalIds)];

const flowFields = Object.keys(flowIds) as (keyof Balance)[];
const totalFields = Object.keys(totalIds) as (keyof BalanceSources)[];

/** The parts that a home must have for each flow. */
const partsOf = {
  homeMwh: [],
  unexplainedMwh: [],
  solarToHomeMwh: ['solar'],
  solarToBatteryMwh: ['solar', 'battery'],
  solarToGridMwh: ['solar'],
  batteryToHomeMwh: ['battery'],
  batteryToGridMwh: ['battery'],
  gridToHomeMwh: ['grid'],
  gridToBatteryMwh: ['grid', 'battery'],
} as const satisfies Record<keyof Balance, readonly ('grid' | 'solar' | 'battery')[]>;

/** The ids of the flows and totals that a home with these sources can have. */
export function flowIdsOf(sources: BalanceSources): FlowId[] {
  const has = {
    grid: sources.gridIn.length > 0,
    solar: sources.solar.length > 0,
    battery: sources.batteryIn.length + sources.batteryOut.length > 0,
  };
  const flows = flowFields.filter((field) => partsOf[field].every((part) => has[part]));
  const totals = totalFields.filter((field) => sources[field].length > 0);
  return [...flows.map((field) => flowIds[field]), ...totals.map((field) => totalIds[field])];
}

/** Quantity entries of the sources, by entity. */
export type SourceEntries = ReadonlyMap<string, readonly Entry[]>;

type QuarterHourEntries = ReadonlyMap<string, Entry>;

/** The quarter-hours in which anything is known, ascending, with the entry of each source. */
function byQuarterHour(
  entries: SourceEntries,
): [quarterHourStartUs: number, quarterHour: QuarterHourEntries][] {
  const quarterHours = new Map<number, Map<string, Entry>>();
  for (const [entityId, list] of entries) {
    for (const entry of list) {
      if (entry.kind !== 'quantity' || entry.reason === 'withdrawn') continue;
      const quarterHour = quarterHours.get(entry.quarterHourStartUs) ?? new Map<string, Entry>();
      quarterHours.set(entry.quarterHourStartUs, quarterHour.set(entityId, entry));
    }
  }
  return [...quarterHours].sort(([a], [b]) => a - b);
}

/** Registers together, in one quarter-hour, as the balance takes them; null where one of them is not known. */
function totalEntry(
  registers: readonly string[],
  quarterHourStartUs: number,
  quarterHour: QuarterHourEntries,
) {
  const members = registers.flatMap((entityId) => quarterHour.get(entityId) ?? []);
  if (members.length === 0 || members.length < registers.length) return null;
  const amountMicro = members.reduce((sum, entry) => sum + entry.amountMicro, 0);
  return flowEntry(quarterHourStartUs, clamped(amountMicro), members);
}

/** What these registers counted together, in every quarter-hour in which all of them are known. */
export function postTotal(registers: readonly string[], entries: SourceEntries): Entry[] {
  return byQuarterHour(entries).flatMap(
    ([startUs, quarterHour]) => totalEntry(registers, startUs, quarterHour) ?? [],
  );
}

/**
 * The flows of every quarter-hour in which all sources are known; others have none, because a missing source
 * makes the balance unknown and not smaller. A flow has the data quality of its worst source.
 */
export function postFlows(sources: BalanceSources, entries: SourceEntries): Map<FlowId, Entry[]> {
  const flows = new Map<FlowId, Entry[]>(flowIdsOf(sources).map((flow) => [flow, []]));
  for (const [quarterHourStartUs, quarterHour] of byQuarterHour(entries)) {
    for (const field of totalFields) {
      const total = totalEntry(sources[field], quarterHourStartUs, quarterHour);
      if (total !== null) flows.get(totalIds[field])?.push(total);
    }
    const balance = balanceOf(amountsOf(sources, quarterHour));
    if (balance === null) continue;
    for (const field of flowFields) {
      flows
        .get(flowIds[field])
        ?.push(flowEntry(quarterHourStartUs, balance[field], [...quarterHour.values()]));
    }
  }
  return flows;
}

function flowEntry(quarterHourStartUs: number, amountMicro: number, members: readonly Entry[]): Entry {
  const quality = combinedQuality(members);
  return { kind: 'quantity', quarterHourStartUs, amountMicro, ...quality, reason: 'counted', onTimeUs: null };
}

function amountsOf(sources: BalanceSources, quarterHour: QuarterHourEntries): QuarterHourSources {
  const sum = (ids: readonly string[]) => {
    let total = 0;
    for (const entityId of ids) {
      const entry = quarterHour.get(entityId);
      if (entry === undefined) return null;
      total += entry.amountMicro;
    }
    return total;
  };
  return {
    gridInMwh: sum(sources.gridIn),
    gridOutMwh: sum(sources.gridOut),
    solarMwh: sum(sources.solar),
    batteryInMwh: sum(sources.batteryIn),
    batteryOutMwh: sum(sources.batteryOut),
  };
}

function combinedQuality(entries: readonly Entry[]) {
  return {
    quality: entries.map((entry) => entry.quality).reduce(worse),
    coveredUs: Math.min(quarterHourUs, ...entries.map((entry) => entry.coveredUs)),
    firstEvidenceUs: Math.min(...entries.map((entry) => entry.firstEvidenceUs)),
    lastEvidenceUs: Math.max(...entries.map((entry) => entry.lastEvidenceUs)),
    isProvisional: entries.some((entry) => entry.isProvisional),
  };
}
