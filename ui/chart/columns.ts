/** From the API's columns to what is drawn: the value that was held at the beginning, gaps, the band. Pure. */
import type { Curve } from '../../src/contract/readings.ts';

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
  const x = [...curve.x];
  const state = [...curve.state];
  const min = [...curve.min];
  const max = [...curve.max];
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
