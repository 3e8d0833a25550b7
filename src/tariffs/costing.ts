import type { Period } from '../units/calendar.ts';
import { quarterStartUs } from '../units/quarter.ts';
import type { Bucket } from '../views/bucket.ts';
import type { LedgerViews } from '../views/ledger-views.ts';
import { CostSum, type PriceList } from './cost-versions.ts';

/** What buckets of one meter cost; the key is the bucket's start. Unknown costs are null. */
export type Costs = ReadonlyMap<number, number | null>;

/**
 * Prices a meter's buckets. Where one price holds for the whole bucket its sum is priced; where prices change within,
 * its quarters are, so that every quarter meets its own price.
 */
export async function costOf(
  views: LedgerViews,
  prices: PriceList,
  area: string | null,
  buckets: readonly Bucket[],
): Promise<Costs> {
  const costs = new Map<number, number | null>();
  for (const bucket of buckets) {
    const sum = new CostSum();
    for (const part of await partsOf(views, prices, area, bucket)) {
      if (part.amountMicro === null) continue;
      sum.add(part.amountMicro, prices.inForce(area, part.startUs)?.pricePerKwhMicro ?? null);
    }
    costs.set(bucket.startUs, sum.cost());
  }
  return costs;
}

/** The bucket itself, or the finest pieces of it around a change of price. */
async function partsOf(
  views: LedgerViews,
  prices: PriceList,
  area: string | null,
  bucket: Bucket,
): Promise<readonly Bucket[]> {
  const changes = prices.changesWithin(area, bucket.startUs, bucket.endUs);
  if (changes.length === 0) return [bucket];
  return quartersAround(views, bucket, changes);
}

/** Long buckets are taken by day, and only the days in which a price changes by quarter. */
async function quartersAround(
  views: LedgerViews,
  bucket: Bucket,
  changes: readonly number[],
): Promise<Bucket[]> {
  const { entityId, startUs, endUs } = bucket;
  const isLong = endUs - startUs > 25 * 3_600_000_000;
  const period: Period = isLong ? 'day' : 'quarter';
  const parts = await views.buckets([entityId], period, startUs, endUs);
  if (!isLong) return parts;
  const found: Bucket[] = [];
  for (const part of parts) {
    // A price that begins inside a quarter holds from the next one on: a quarter has one price.
    const isSplit = changes.some((at) => at > part.startUs && quarterStartUs(at) < part.endUs);
    if (isSplit) found.push(...(await views.buckets([entityId], 'quarter', part.startUs, part.endUs)));
    else found.push(part);
  }
  return found;
}
