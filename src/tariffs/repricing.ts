import type { Bucket } from '../statistics/bucket.ts';
import type { LedgerViews } from '../statistics/ledger-views.ts';
import { spanBuckets } from '../statistics/span-totals.ts';
import { localDate } from '../units/calendar.ts';
import type { PriceList } from './cost-versions.ts';
import { costOf } from './costing.ts';

/** A meter whose energy is paid for at the price of a scope. */
export interface PricedMeter {
  readonly entityId: string;
  readonly area: string | null;
}

/** What another price list makes of the same energy. Costs in the currency, null where a price is missing. */
export interface Repricing {
  readonly costBefore: number | null;
  readonly costAfter: number | null;
  readonly energyMwh: number;
  /** Without a price in the list after. */
  readonly unpricedMwh: number;
  readonly daysChanged: number;
}

/** Costs are computed from entries and prices on each request: nothing stored changes with a price. */
export async function repricing(
  views: LedgerViews,
  meters: readonly PricedMeter[],
  before: PriceList,
  after: PriceList,
  startUs: number,
  endUs: number,
): Promise<Repricing> {
  const ids = meters.map((meter) => meter.entityId);
  const pieces = await spanBuckets(views, ids, startUs, endUs);
  const zone = views.zone();
  const sum = { before: 0 as number | null, after: 0 as number | null, energyMwh: 0, unpricedMwh: 0 };
  const changedDays = new Set<string>();
  for (const { entityId, area } of meters) {
    const own = pieces.filter((piece) => piece.entityId === entityId && piece.amountMicro !== null);
    const [old, fresh] = await Promise.all([
      costOf(views, before, area, own),
      costOf(views, after, area, own),
    ]);
    for (const piece of own) {
      const [was, is] = [old.get(piece.startUs) ?? null, fresh.get(piece.startUs) ?? null];
      sum.energyMwh += piece.amountMicro ?? 0;
      sum.before = plus(sum.before, was);
      sum.after = plus(sum.after, is);
      if (was !== is) changedDays.add(localDate(piece.startUs, zone));
      if (is === null) sum.unpricedMwh += await unpriced(views, after, area, piece);
    }
  }
  const isNothing = pieces.length === 0;
  return {
    costBefore: isNothing ? null : sum.before,
    costAfter: isNothing ? null : sum.after,
    energyMwh: sum.energyMwh,
    unpricedMwh: sum.unpricedMwh,
    daysChanged: changedDays.size,
  };
}

function plus(sum: number | null, cost: number | null): number | null {
  return sum === null || cost === null ? null : Math.round((sum + cost) * 1e6) / 1e6;
}

/** A piece without a cost may have a price in a part of it. */
async function unpriced(
  views: LedgerViews,
  prices: PriceList,
  area: string | null,
  piece: Bucket,
): Promise<number> {
  const isCut = prices.changesWithin(area, piece.startUs, piece.endUs).length > 0;
  const parts = isCut
    ? await views.buckets([piece.entityId], 'quarter', piece.startUs, piece.endUs)
    : [piece];
  return parts
    .filter((part) => prices.inForce(area, part.startUs) === null)
    .reduce((sum, part) => sum + Math.abs(part.amountMicro ?? 0), 0);
}
