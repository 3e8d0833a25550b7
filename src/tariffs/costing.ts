import type { Bucket } from '../statistics/bucket.ts';
import type { LedgerViews } from '../statistics/ledger-views.ts';
import type { Period } from '../units/calendar.ts';
import { hourUs } from '../units/durations.ts';
import { quarterHourStartUs } from '../units/quarter-hour.ts';
import { CostSum, type PriceList } from './cost-versions.ts';

type Amount = Pick<Bucket, 'startUs' | 'endUs' | 'amountMicro'>;

/** What buckets of one meter cost; the key is the bucket's start. Unknown costs are null. */
type Costs = ReadonlyMap<number, number | null>;

/**
 * Prices the buckets of a meter, or of meters of one area together. A bucket with one price is priced by its sum; a
 * bucket in which a price changes is priced by quarter-hour.
 */
export async function costOf(
  views: LedgerViews,
  prices: PriceList,
  area: string | null,
  buckets: readonly (Amount & { readonly entityId?: string })[],
  entityIds?: readonly string[],
): Promise<Costs> {
  const costs = new Map<number, number | null>();
  for (const bucket of buckets) {
    const sum = new CostSum();
    const changes = prices.changesWithin(area, bucket.startUs, bucket.endUs);
    // Most buckets have one price and need no further read.
    const parts =
      changes.length === 0
        ? [bucket]
        : await quarterHoursAround(views, entityIds ?? [bucket.entityId ?? ''], bucket, changes);
    for (const part of parts) {
      if (part.amountMicro === null) continue;
      sum.add(part.amountMicro, prices.inForce(area, part.startUs)?.pricePerKwhMicro ?? null);
    }
    costs.set(bucket.startUs, sum.cost());
  }
  return costs;
}

/** Long buckets are taken by day, and only the days in which a price changes by quarter-hour. */
async function quarterHoursAround(
  views: LedgerViews,
  entityIds: readonly string[],
  { startUs, endUs }: Amount,
  changes: readonly number[],
): Promise<Bucket[]> {
  const isLong = endUs - startUs > 25 * hourUs;
  const period: Period = isLong ? 'day' : 'quarter';
  const parts = await views.buckets(entityIds, period, startUs, endUs);
  if (!isLong) return parts;
  const found: Bucket[] = [];
  for (const part of parts) {
    // A price that begins inside a quarter-hour holds from the next one on: a quarter-hour has one price.
    const isSplit = changes.some((at) => at > part.startUs && quarterHourStartUs(at) < part.endUs);
    if (isSplit) found.push(...(await views.buckets([part.entityId], 'quarter', part.startUs, part.endUs)));
    else found.push(part);
  }
  return found;
}
