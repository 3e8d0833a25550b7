/** Bars that stand on each other above and below a line: where each part begins and ends. Pure; units as they come. */
import type { BarLook, Presence } from './grounds.ts';

/** One kind of part, the same in every bar. */
export interface BarSeries {
  readonly key: string;
  readonly label: string;
  /** Name of the token that colours it, without dashes. */
  readonly colour: string;
  readonly side: 'above' | 'below';
}

export interface Bar {
  readonly startMs: number;
  readonly endMs: number;
  /** One for each series, from the line outwards; null where it is not known. Below the line too they are positive. */
  readonly values: readonly (number | null)[];
  readonly look: BarLook;
  readonly presence: Presence;
  readonly isIncomplete: boolean;
  /** It holds the present moment and grows. */
  readonly isRunning: boolean;
  /** A short line across the bar, such as the balance. */
  readonly mark: number | null;
  /** What it is compared with, above and below the line. */
  readonly before: { readonly above: number | null; readonly below: number | null } | null;
}

export interface Segment {
  readonly series: number;
  readonly from: number;
  readonly to: number;
}

/** Parts of a bar as stretches of the scale, below the line negative. What is null or 0 has none. */
export function segmentsOf({ values }: Pick<Bar, 'values'>, series: readonly BarSeries[]): Segment[] {
  const reached = { above: 0, below: 0 };
  const segments: Segment[] = [];
  for (const [index, { side }] of series.entries()) {
    const value = values[index] ?? null;
    if (value === null || value === 0) continue;
    const from = reached[side];
    const to = side === 'above' ? from + value : from - value;
    reached[side] = to;
    segments.push({ series: index, from, to });
  }
  return segments;
}

/** All parts of one side together; null when none of them is known. */
export function sideOf(
  { values }: Pick<Bar, 'values'>,
  series: readonly BarSeries[],
  side: BarSeries['side'],
): number | null {
  let sum: number | null = null;
  for (const [index, value] of values.entries())
    if (series[index]?.side === side && value !== null) sum = (sum ?? 0) + value;
  return sum;
}

/** Lowest and highest that is drawn, the line among them, with room at both ends. */
export function barRange(
  bars: readonly Bar[],
  series: readonly BarSeries[],
  lines: readonly number[] = [],
): [number, number] {
  let least = 0;
  let most = Math.max(0, ...lines);
  for (const bar of bars) {
    for (const { to } of segmentsOf(bar, series)) {
      least = Math.min(least, to);
      most = Math.max(most, to);
    }
    for (const value of [bar.mark, bar.before?.above, -(bar.before?.below ?? 0)]) {
      least = Math.min(least, value ?? 0);
      most = Math.max(most, value ?? 0);
    }
  }
  if (least === 0 && most === 0) return [0, 1];
  const height = most - least;
  return [least === 0 ? 0 : least - height * 0.05, most === 0 ? 0 : most + height * 0.06];
}
