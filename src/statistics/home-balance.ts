import { everyFlow, type FlowId, flowIds, flowIdsOf, totalIds } from '../balance/flow-posting.ts';
import type { BalanceSources } from '../balance/sources.ts';
import type { Quality } from '../ledger/entries/entry.ts';
import { bucketEdges, type Period } from '../units/calendar.ts';
import type { Interval } from '../units/interval.ts';
import { type Bucket, coverageOf, emptyBucket } from './bucket.ts';
import type { LedgerViews } from './ledger-views.ts';
import { emptySide, joinSides, type SideBySide } from './side-by-side.ts';

/** Meters of one kind that are added up. */
export interface MeterGroup {
  readonly ids: readonly string[];
  /** The home has another meter that is not counted, so the sum is not known. */
  readonly hasUnknown: boolean;
}

/** What a home's balance is read from. */
export interface HomeMeters {
  readonly sources: BalanceSources;
  /** Registers of devices that no other device contains. */
  readonly topDevices: readonly string[];
  /** Gas by volume. */
  readonly gas: MeterGroup;
  /** Gas that is counted as energy. */
  readonly gasEnergy: MeterGroup;
  readonly water: MeterGroup;
}

/**
 * One bucket of the home: every flow that it can have, null where it is not known. Energy in mWh, volume in
 * millilitres.
 */
export interface HomeBucket extends Interval {
  readonly flows: ReadonlyMap<FlowId, number | null>;
  /** The home's use less its top-level devices; negative when they meter more than the home does. Null: not known. */
  readonly untrackedMwh: number | null;
  readonly gasMl: number | null;
  readonly gasMwh: number | null;
  readonly waterMl: number | null;
  readonly coverage: number;
  readonly quality: Quality;
  readonly isProvisional: boolean;
}

export interface HomeBalance {
  readonly total: HomeBucket;
  readonly rows: readonly HomeBucket[];
  /** The grid's offtake in each bucket, for pricing. */
  readonly gridIn: readonly Bucket[];
}

/** The home's balance over [startUs, endUs) by period, from one call; cards and charts are made of the same answer. */
export async function readHomeBalance(
  views: LedgerViews,
  meters: HomeMeters,
  period: Period,
  startUs: number,
  endUs: number,
  nowUs: number,
): Promise<HomeBalance> {
  const flows = flowIdsOf(meters.sources);
  const groups = flows.map((flow) => [flow]);
  const sums = (ids: readonly string[]) => views.sums(ids, period, startUs, endUs);
  const sumsOf = async ({ ids, hasUnknown }: MeterGroup) =>
    hasUnknown ? new Map<number, number>() : await sums(ids);
  const [sides, devices, gas, gasEnergy, water] = await Promise.all([
    views.sideBySide(groups, period, startUs, endUs),
    sums(meters.topDevices),
    sumsOf(meters.gas),
    sumsOf(meters.gasEnergy),
    sumsOf(meters.water),
  ]);
  const byStart = new Map(sides.map((side) => [side.startUs, side]));
  const edges = bucketEdges(startUs, endUs, period, views.zone());
  const places = edges.slice(0, -1).map((bucketUs, index) => {
    const empty = emptySide(flows.length, bucketUs, edges[index + 1] ?? endUs);
    return byStart.get(bucketUs) ?? empty;
  });
  const bucketOf = (side: SideBySide, beside: Omit<Picked, 'flows'>) =>
    homeBucket(side, nowUs, { flows, ...beside });
  const inGrid = flows.indexOf(totalIds.gridIn);
  return {
    total: bucketOf(places.reduce(joinSides, emptySide(flows.length, startUs, endUs)), {
      ...{ devicesMwh: sumOf(devices) ?? 0, gasMl: sumOf(gas) },
      ...{ gasMwh: sumOf(gasEnergy), waterMl: sumOf(water) },
    }),
    rows: places.map((side) =>
      bucketOf(side, {
        ...{ devicesMwh: devices.get(side.startUs) ?? 0, gasMl: gas.get(side.startUs) ?? null },
        ...{ gasMwh: gasEnergy.get(side.startUs) ?? null, waterMl: water.get(side.startUs) ?? null },
      }),
    ),
    gridIn:
      inGrid === -1
        ? []
        : places.map((side) => ({
            ...emptyBucket(totalIds.gridIn, side.startUs, side.endUs),
            amountMicro: side.groups[inGrid]?.amountMicro ?? null,
          })),
  };
}

interface Picked {
  readonly flows: readonly FlowId[];
  /** Top-level devices together, as far as they are known. */
  readonly devicesMwh: number;
  /** Meters of a kind together; null when none of them has entries, or one of them is not known. */
  readonly gasMl: number | null;
  readonly gasMwh: number | null;
  readonly waterMl: number | null;
}

function homeBucket(side: SideBySide, nowUs: number, picked: Picked): HomeBucket {
  const { startUs, endUs, groups, quality, isProvisional } = side;
  const { flows, devicesMwh, gasMl, gasMwh, waterMl } = picked;
  const amounts = new Map(flows.map((flow, index) => [flow, groups[index]?.amountMicro ?? null]));
  const homeMwh = amounts.get(flowIds.homeMwh) ?? null;
  const coveredUs = groups[flows.indexOf(flowIds.homeMwh)]?.coveredUs ?? 0;
  return {
    startUs,
    endUs,
    flows: new Map(everyFlow.map((flow) => [flow, amounts.get(flow) ?? null])),
    untrackedMwh: homeMwh === null ? null : homeMwh - devicesMwh,
    gasMl,
    gasMwh,
    waterMl,
    coverage: coverageOf({ startUs, endUs, coveredUs }, nowUs),
    quality,
    isProvisional,
  };
}

/** Null of nothing. */
function sumOf(amounts: ReadonlyMap<number, number>): number | null {
  if (amounts.size === 0) return null;
  return [...amounts.values()].reduce((sum, amount) => sum + amount, 0);
}
