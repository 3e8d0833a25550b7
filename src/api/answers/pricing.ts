/** What amounts cost, for answers. */
import type { KnownEntity } from '../../home/entity.ts';
import type { Log } from '../../runtime/log.ts';
import type { Bucket } from '../../statistics/bucket.ts';
import type { LedgerViews } from '../../statistics/ledger-views.ts';
import type { PriceList } from '../../tariffs/cost-versions.ts';
import { costOf } from '../../tariffs/costing.ts';
import type { Prices } from '../../tariffs/prices.ts';
import type { Stores } from '../http/ports.ts';
import { fromStore } from '../http/problems.ts';
import { costSum } from './amounts.ts';

export interface PricingDeps {
  readonly prices: Prices;
  readonly stores: Stores;
  readonly log: Log;
}

/** The prices. Null while they can't be read: energy is answered without its cost. */
export async function pricesOrNone({ prices, stores, log }: PricingDeps): Promise<PriceList | null> {
  try {
    return await fromStore(stores, 'mongodb', () => prices.list());
  } catch (error) {
    log.debug({ err: error }, 'Prices are not known now');
    return null;
  }
}

/** Costs of one meter's buckets by their start; empty without prices. */
export async function costsOf(
  views: LedgerViews,
  prices: PriceList | null,
  entity: Pick<KnownEntity, 'area'> | null,
  buckets: readonly Bucket[],
): Promise<ReadonlyMap<number, number | null>> {
  return prices === null ? new Map() : await costOf(views, prices, entity?.area ?? null, buckets);
}

/** What one meter's buckets cost together. */
export async function totalCost(
  views: LedgerViews,
  prices: PriceList | null,
  entity: Pick<KnownEntity, 'area'> | null,
  buckets: readonly Bucket[],
): Promise<number | null> {
  if (prices === null) return null;
  return costSum((await costsOf(views, prices, entity, buckets)).values());
}
