import { type Quality, worse } from '../ledger/entry.ts';
import type { Period } from '../units/calendar.ts';
import { aligned, type Bucket, coverageOf, total } from './bucket.ts';
import { everyFlow, type FlowId, flowIds, flowsOf, totalIds } from './flow-posting.ts';
import type { LedgerViews } from './ledger-views.ts';
import type { BalanceSources } from './sources.ts';

/** What a home's balance is read from. */
export interface HomeMeters {
  readonly sources: BalanceSources;
  /** Registers of devices that no other device contains. */
  readonly topDevices: readonly string[];
  readonly gas: readonly string[];
  readonly water: readonly string[];
}

/** One bucket of the home: every flow that it can have, null where it is not known. Energy in mWh, volume in millilitres. */
export interface HomeBucket {
  readonly startUs: number;
  readonly endUs: number;
  readonly flows: ReadonlyMap<FlowId, number | null>;
  /** The home's use less its top-level devices; negative when they meter more than the home does. Null: not known. */
  readonly untrackedMwh: number | null;
  readonly gasMl: number | null;
  readonly waterMl: number | null;
  readonly coverage: number;
  readonly quality: Quality;
  readonly isProvisional: boolean;
}

export interface HomeBalance {
  readonly total: HomeBucket;
  readonly rows: readonly HomeBucket[];
  /** Buckets of the grid's offtake, for pricing. */
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
  const flows = flowsOf(meters.sources);
  const ids = [...flows, ...meters.gas, ...meters.water];
  const [buckets, devices] = await Promise.all([
    views.buckets(ids, period, startUs, endUs),
    views.sums(meters.topDevices, period, startUs, endUs),
  ]);
  const found = Map.groupBy(buckets, (bucket) => bucket.entityId);
  const byId = new Map(
    ids.map((id) => [id, aligned(found.get(id) ?? [], id, startUs, endUs, period, views.zone())] as const),
  );
  const pick = (wanted: readonly string[], at: (list: readonly Bucket[]) => Bucket | undefined) =>
    wanted.flatMap((id) => at(byId.get(id) ?? []) ?? []);
  const makeRow = (
    at: (list: readonly Bucket[]) => Bucket | undefined,
    rowStartUs: number,
    rowEndUs: number,
    devicesMwh: number,
  ) =>
    homeBucket(rowStartUs, rowEndUs, nowUs, {
      flows: pick(flows, at),
      devicesMwh,
      gas: pick(meters.gas, at),
      water: pick(meters.water, at),
    });
  const grid = byId.get(flows[0] ?? '') ?? [];
  const rows = grid.map((place, index) =>
    makeRow((list) => list[index], place.startUs, place.endUs, devices.get(place.startUs) ?? 0),
  );
  const first = grid[0]?.startUs ?? startUs;
  const last = grid.at(-1)?.endUs ?? endUs;
  const whole = makeRow(
    (list) => (list[0] ? total(list[0].entityId, list, first, last) : undefined),
    first,
    last,
    [...devices.values()].reduce((sum, amount) => sum + amount, 0),
  );
  return { total: whole, rows, gridIn: byId.get(totalIds.gridIn) ?? [] };
}

interface Picked {
  readonly flows: readonly Bucket[];
  /** Top-level devices together, as far as they are known. */
  readonly devicesMwh: number;
  readonly gas: readonly Bucket[];
  readonly water: readonly Bucket[];
}

function homeBucket(startUs: number, endUs: number, nowUs: number, picked: Picked): HomeBucket {
  const amounts = new Map(picked.flows.map((bucket) => [bucket.entityId, bucket.amountMicro]));
  const home = picked.flows.find((bucket) => bucket.entityId === flowIds.homeMwh);
  const homeMwh = home?.amountMicro ?? null;
  const known = picked.flows.filter((bucket) => bucket.quarters > 0);
  return {
    startUs,
    endUs,
    flows: new Map(everyFlow.map((flow) => [flow, amounts.get(flow) ?? null])),
    untrackedMwh: homeMwh === null ? null : homeMwh - picked.devicesMwh,
    gasMl: sumKnown(picked.gas),
    waterMl: sumKnown(picked.water),
    coverage: home ? coverageOf(home, nowUs) : 0,
    quality: known.length === 0 ? 'none' : known.map((bucket) => bucket.quality).reduce(worse),
    isProvisional: known.some((bucket) => bucket.isProvisional),
  };
}

/** Meters of a kind together; null when none of them tells anything. */
function sumKnown(buckets: readonly Bucket[]): number | null {
  const known = buckets.filter((bucket) => bucket.amountMicro !== null);
  return known.length === 0 ? null : known.reduce((sum, bucket) => sum + (bucket.amountMicro ?? 0), 0);
}
