import { bucketStartUs, nextBucketUs, type Period } from '../units/calendar.ts';
import { quarterHourUs } from '../units/durations.ts';
import type { Interval } from '../units/interval.ts';
import { quarterHourStartUs } from '../units/quarter-hour.ts';
import type { Bucket } from './bucket.ts';
import type { LedgerViews } from './ledger-views.ts';

interface Piece extends Interval {
  readonly period: Period;
}

/** The quarter-hours that touch [startUs, endUs). */
export function wholeQuarterHours(startUs: number, endUs: number): Interval {
  return { startUs: quarterHourStartUs(startUs), endUs: quarterHourStartUs(endUs + quarterHourUs - 1) };
}

/** A span as whole local days with the quarter-hours before and after them. */
export function piecesOf(startUs: number, endUs: number, zone: string): Piece[] {
  const span = wholeQuarterHours(startUs, endUs);
  const today = bucketStartUs(span.startUs, 'day', zone);
  const firstUs = today === span.startUs ? today : nextBucketUs(today, 'day', zone);
  const lastUs = bucketStartUs(span.endUs, 'day', zone);
  if (firstUs >= lastUs) return [{ period: 'quarter', ...span }];
  const pieces: Piece[] = [
    { period: 'quarter', startUs: span.startUs, endUs: firstUs },
    { period: 'day', startUs: firstUs, endUs: lastUs },
    { period: 'quarter', startUs: lastUs, endUs: span.endUs },
  ];
  return pieces.filter((piece) => piece.startUs < piece.endUs);
}

/** Buckets that together are exactly the span's quarter-hours, as few as can be; ascending, of mixed length. */
export async function spanBuckets(
  views: LedgerViews,
  ids: readonly string[],
  startUs: number,
  endUs: number,
): Promise<Bucket[]> {
  const found = await Promise.all(
    piecesOf(startUs, endUs, views.zone()).map((piece) =>
      views.buckets(ids, piece.period, piece.startUs, piece.endUs),
    ),
  );
  return found.flat();
}

/** By meter, in the order in which they came. */
export function byMeter(buckets: readonly Bucket[]): Map<string, Bucket[]> {
  const meters = new Map<string, Bucket[]>();
  for (const bucket of buckets) {
    const list = meters.get(bucket.entityId);
    if (list === undefined) meters.set(bucket.entityId, [bucket]);
    else list.push(bucket);
  }
  return meters;
}
