/** Turns the API's curve into the columns that are drawn: held values, gaps, the band. Pure. */
import type { Curve } from '../../src/schemas/readings.ts';

export interface Columns {
  readonly x: readonly number[];
  readonly state: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
  /** Whether min and max differ from the values. */
  readonly hasBand: boolean;
}

interface MutableColumns {
  readonly x: number[];
  readonly state: (number | null)[];
  readonly min: (number | null)[];
  readonly max: (number | null)[];
}

function push({ x, state, min, max }: MutableColumns, seconds: number, value: number | null): void {
  x.push(seconds);
  state.push(value);
  min.push(value);
  max.push(value);
}

/** `nowS`: a value holds until then, not beyond. Epoch seconds. */
export function columnsOf(curve: Curve, startS: number, endS: number, nowS: number): Columns {
  const columns: MutableColumns = { x: [], state: [], min: [], max: [] };
  const { before } = curve;
  // A value holds until the next one: the one before the span holds at its start.
  if (before !== null && before.state !== null && (curve.x[0] ?? Number.POSITIVE_INFINITY) > startS)
    push(columns, startS, before.state);
  addPoints(columns, curve);
  const last = columns.x.at(-1);
  const held = columns.state.at(-1) ?? null;
  const heldUntilS = Math.min(endS, nowS);
  if (last !== undefined && held !== null && last < heldUntilS) push(columns, heldUntilS, held);
  return { ...columns, hasBand: curve.bucket_seconds !== null };
}

/**
 * A bucket's point is at its last reading, and its band reaches back to the point before. After buckets without readings
 * the band would cover their time too; so the held value is repeated at the start of the bucket.
 */
function addPoints(columns: MutableColumns, curve: Curve): void {
  const { bucket_seconds: bucketS } = curve;
  for (const [index, seconds] of curve.x.entries()) {
    const previous = index === 0 ? undefined : columns.x.at(-1);
    const bucketStart = bucketS === null ? seconds : Math.floor(seconds / bucketS) * bucketS;
    if (bucketS !== null && previous !== undefined && previous < bucketStart - bucketS)
      push(columns, bucketStart, columns.state.at(-1) ?? null);
    columns.x.push(seconds);
    columns.state.push(curve.state[index] ?? null);
    columns.min.push(curve.min[index] ?? null);
    columns.max.push(curve.max[index] ?? null);
  }
}

/** Lowest and highest drawn value; null without values. */
export function extentOf({ min, max }: Columns): { least: number; most: number } | null {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of min) if (value !== null && value < least) least = value;
  for (const value of max) if (value !== null && value > most) most = value;
  return least <= most ? { least, most } : null;
}

/** Index of the point at or before an instant; -1 if all are later. */
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

/** `share` of a span, around a point in it; null when the result is shorter than ten seconds. */
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
