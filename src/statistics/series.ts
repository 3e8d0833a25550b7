import { bucketEdges, bucketStartUs, nextBucketUs, type Period } from '../units/calendar.ts';
import type { Interval } from '../units/interval.ts';
import { aligned, type Bucket, emptyBucket, total } from './bucket.ts';
import type { LedgerViews } from './ledger-views.ts';

export type Frame = 'day' | 'month' | 'year' | 'all';

/** What went in and out of the grid in one place of a frame. */
interface SeriesPlace extends Interval {
  readonly gridIn: Bucket;
  readonly gridOut: Bucket;
}

/** The series that say what went in and out. */
interface GridTotals {
  readonly gridIn: string;
  readonly gridOut: string;
}

const frames = {
  day: { of: 'day', by: 'hour' },
  month: { of: 'month', by: 'week' },
  year: { of: 'year', by: 'month' },
} as const satisfies Record<Exclude<Frame, 'all'>, { of: Period; by: Period }>;

/**
 * The grid's series over the frame in which the present lies, up to the present: hours of today, weeks of this month (cut
 * at its ends, so that they add up to it), months of this year or of all years. Empty when nothing is known.
 */
export async function gridSeries(
  views: LedgerViews,
  totals: GridTotals,
  frame: Frame,
  nowUs: number,
): Promise<SeriesPlace[]> {
  const zone = views.zone();
  const ids = [totals.gridIn, totals.gridOut];
  const span = await spanOf(views, frame, nowUs, ids);
  if (span === null) return [];
  const { startUs, endUs } = span;
  if (frame === 'month') {
    const days = await views.buckets(ids, 'day', startUs, endUs);
    return inPlaces(weeksWithin(startUs, endUs, zone), totals, days, nowUs);
  }
  const period = frame === 'all' ? 'month' : frames[frame].by;
  const buckets = await views.buckets(ids, period, startUs, endUs);
  const places = aligned(buckets, totals.gridIn, startUs, endUs, period, zone);
  return inPlaces(
    places.map((place) => [place.startUs, place.endUs]),
    totals,
    buckets,
    nowUs,
  );
}

async function spanOf(views: LedgerViews, frame: Frame, nowUs: number, ids: readonly string[]) {
  const zone = views.zone();
  if (frame !== 'all') {
    const startUs = bucketStartUs(nowUs, frames[frame].of, zone);
    return { startUs, endUs: nextBucketUs(startUs, frames[frame].of, zone) };
  }
  const extent = await views.extent(ids);
  return extent === null ? null : { startUs: extent.firstUs, endUs: nowUs + 1 };
}

type Place = readonly [startUs: number, endUs: number];

function weeksWithin(startUs: number, endUs: number, zone: string): Place[] {
  const edges = bucketEdges(startUs, endUs, 'week', zone);
  return edges
    .slice(0, -1)
    .map((edgeUs, index) => [Math.max(edgeUs, startUs), Math.min(edges[index + 1] ?? endUs, endUs)]);
}

function inPlaces(
  places: readonly Place[],
  totals: GridTotals,
  buckets: readonly Bucket[],
  nowUs: number,
): SeriesPlace[] {
  const found = places
    .filter(([startUs]) => startUs <= nowUs)
    .map(([startUs, endUs]) => {
      const pick = (id: string) => {
        const inside = buckets.filter(
          (bucket) => bucket.entityId === id && bucket.startUs >= startUs && bucket.startUs < endUs,
        );
        return inside.length === 0 ? emptyBucket(id, startUs, endUs) : total(id, inside, startUs, endUs);
      };
      return { startUs, endUs, gridIn: pick(totals.gridIn), gridOut: pick(totals.gridOut) };
    });
  return found.some((place) => place.gridIn.quarters + place.gridOut.quarters > 0) ? found : [];
}
