/** From the API's columns to what is drawn: the value that was held at the beginning, gaps, the band. Pure. */
import type { Curve } from '../../src/schemas/readings.ts';

export interface Columns {
  readonly x: readonly number[];
  readonly state: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  /** Whether min and max say more than the value itself. */
  readonly hasBand: boolean;
}

/** `nowS`: a value is held until then and not beyond. */
export function columnsOf(curve: Curve, startS: number, endS: number, nowS: number): Columns {
  const { x, state, min, max } = withQuietTimes(curve);
  const before = curve.before;
  // A value holds until the next one: what was there before the span is there at its beginning.
  if (before !== null && before.state !== null && (x[0] ?? Number.POSITIVE_INFINITY) > startS) {
    x.unshift(startS);
    state.unshift(before.state);
    min.unshift(before.state);
    max.unshift(before.state);
  }
  const last = x.at(-1);
  const held = state.at(-1) ?? null;
  const until = Math.min(endS, nowS);
  if (last !== undefined && held !== null && last < until) {
    x.push(until);
    state.push(held);
    min.push(held);
    max.push(held);
  }
  return { x, state, min, max, hasBand: curve.bucket_seconds !== null };
}

/**
 * A bucket's point stands at its last reading, and its band reaches back to the point before. Where buckets without a
 * reading lie between, that would be over a time of which it says nothing: there the held value begins the bucket.
 */
function withQuietTimes(curve: Curve) {
  const { bucket_seconds: bucketS } = curve;
  const columns = {
    x: [] as number[],
    state: [] as (number | null)[],
    min: [] as (number | null)[],
    max: [] as (number | null)[],
  };
  for (const [index, seconds] of curve.x.entries()) {
    const previous = columns.x.at(-1);
    const bucketStart = bucketS === null ? seconds : Math.floor(seconds / bucketS) * bucketS;
    if (bucketS !== null && previous !== undefined && previous < bucketStart - bucketS) {
      const held = columns.state.at(-1) ?? null;
      columns.x.push(bucketStart);
      columns.state.push(held);
      columns.min.push(held);
      columns.max.push(held);
    }
    columns.x.push(seconds);
    columns.state.push(curve.state[index] ?? null);
    columns.min.push(curve.min[index] ?? null);
    columns.max.push(curve.max[index] ?? null);
  }
  return columns;
}

/** Lowest and highest of what is drawn; null when there is no number. */
export function extentOf({ min, max }: Columns): { least: number; most: number } | null {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of min) if (value !== null && value < least) least = value;
  for (const value of max) if (value !== null && value > most) most = value;
  return least <= most ? { least, most } : null;
}

/** The point at or before an instant; -1 when all are later. */
export function indexAt(x: readonly number[], seconds: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? 0) <= seconds) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * The part of a span of which `share` is left, around a point in it; null when that would be shorter than ten seconds.
 */
export function narrowed(
  startS: number,
  endS: number,
  share: number,
  aroundS: number,
): { startS: number; endS: number } | null {
  const length = Math.round((endS - startS) * share);
  if (length < 10) return null;
  const start = Math.max(startS, Math.min(endS - length, Math.round(aroundS - length / 2)));
  return { startS: start, endS: start + length };
}
