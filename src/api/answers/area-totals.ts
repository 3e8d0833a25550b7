/** What devices used together, bucket by bucket. */
import { worse } from '../../ledger/entries/entry.ts';
import type { Bucket } from '../../statistics/bucket.ts';
import type { LedgerViews } from '../../statistics/ledger-views.ts';
import type { PriceList } from '../../tariffs/cost-versions.ts';
import {
  costSum,
  type Grounds,
  groundsOf,
  rounded,
  secondsOrNull,
  sumOrNull,
  valueOrNull,
} from './amounts.ts';
import type { AreaDevices } from './area.ts';
import { costsOf } from './pricing.ts';

export interface AreaTotals extends Grounds {
  readonly energy_kwh: number | null;
  readonly cost: number | null;
  readonly on_time_seconds: number | null;
}

/** Costs by meter and bucket. */
type AreaCosts = ReadonlyMap<string, ReadonlyMap<number, number | null>>;

export async function areaCosts(
  views: LedgerViews,
  prices: PriceList | null,
  { devices }: AreaDevices,
  pieces: ReadonlyMap<string, readonly Bucket[]>,
): Promise<AreaCosts> {
  const costs = await Promise.all(
    devices.map(
      async (device) =>
        [device.entityId, await costsOf(views, prices, device, pieces.get(device.entityId) ?? [])] as const,
    ),
  );
  return new Map(costs);
}

/**
 * The sum of meters beside each other in one bucket. A meter without data lowers the coverage; without data of any meter
 * the amounts are null.
 * @param buckets one per meter, in order of the costs
 * @param onTimes of all devices, the contained ones too
 */
export function joinedTotals(
  buckets: readonly Bucket[],
  costs: readonly (number | null)[],
  onTimes: readonly (number | null)[],
  nowUs: number,
): AreaTotals {
  const known = buckets.filter((bucket) => bucket.amountMicro !== null);
  const grounds = buckets.map((bucket) => groundsOf(bucket, nowUs));
  return {
    energy_kwh: valueOrNull(sumOrNull(buckets.map((bucket) => bucket.amountMicro))),
    cost: costSum(costs.filter((_, index) => buckets[index]?.amountMicro != null)),
    on_time_seconds: secondsOrNull(sumOrNull(onTimes)),
    coverage:
      grounds.length === 0
        ? 0
        : rounded(grounds.reduce((sum, one) => sum + one.coverage, 0) / grounds.length),
    quality: known.length === 0 ? 'none' : known.map((bucket) => bucket.quality).reduce(worse),
    provisional: grounds.some((one) => one.provisional),
  };
}
