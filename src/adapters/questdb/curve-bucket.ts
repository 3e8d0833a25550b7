import { hourUs, minuteUs, secondUs } from '../../units/durations.ts';
import type { CanonicalUnit } from '../../units/quantity.ts';

/** Lengths that divide an hour or a day; longer ones are whole days. */
const stepsUs = [
  ...[1, 2, 5, 10, 15, 20, 30].map((seconds) => seconds * secondUs),
  ...[1, 2, 5, 10, 15, 20, 30].map((minutes) => minutes * minuteUs),
  ...[1, 2, 3, 4, 6, 8, 12].map((hours) => hours * hourUs),
];

/**
 * The shortest bucket so that [sinceUs, endUs) touches at most `points` buckets. They lie on multiples of their length
 * since the epoch, so that a curve does not flicker when its span is moved.
 */
export function curveBucketUs(sinceUs: number, endUs: number, points: number): number {
  const touches = (lengthUs: number) =>
    Math.floor((endUs - 1) / lengthUs) - Math.floor(sinceUs / lengthUs) + 1;
  const fit = stepsUs.find((stepUs) => touches(stepUs) <= points);
  if (fit !== undefined && (fit > secondUs || endUs - sinceUs >= points * secondUs)) return fit;
  const unitUs = fit === undefined ? 24 * hourUs : 1;
  // One bucket more than whole ones may be touched.
  return Math.max(1, Math.ceil((endUs - sinceUs) / Math.max(1, points - 1) / unitUs)) * unitUs;
}

/** What a curve draws of one bucket. */
export interface CurveBucket {
  readonly lastUs: number;
  readonly last: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly readings: number;
  readonly unit: CanonicalUnit | null;
}

/** Hours, ascending, as buckets of so many hours since the epoch. */
export function joinHours(
  hours: readonly (CurveBucket & { readonly hour: number })[],
  perBucket: number,
): CurveBucket[] {
  const buckets: CurveBucket[] = [];
  let place = Number.NaN;
  for (const { hour, ...row } of hours) {
    const before = Math.floor(hour / perBucket) === place ? buckets.at(-1) : undefined;
    place = Math.floor(hour / perBucket);
    if (before === undefined) {
      buckets.push(row);
      continue;
    }
    buckets[buckets.length - 1] = {
      lastUs: row.lastUs,
      last: row.last,
      min: known(Math.min, before.min, row.min),
      max: known(Math.max, before.max, row.max),
      readings: before.readings + row.readings,
      unit: row.unit ?? before.unit,
    };
  }
  return buckets;
}

function known(pick: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : pick(a, b);
}
