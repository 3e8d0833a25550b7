/** Stacked bars above and below a zero line: where each part begins and ends. Pure; in the unit of the values. */
import type { BarLook, Presence } from './data-quality.ts';

/** A kind of part, the same in every bar. */
export interface BarSeries {
  readonly key: string;
  readonly label: string;
  /** Name of the colour token, without dashes. */
  readonly colour: string;
  readonly side: 'above' | 'below';
}

export interface Bar {
  readonly startMs: number;
  readonly endMs: number;
  /** One for each series, from the zero line outwards; null when not known. Positive below the line too. */
  readonly values: readonly (number | null)[];
  readonly look: BarLook;
  readonly presence: Presence;
  readonly isIncomplete: boolean;
  /** Whether the bucket includes the current time, so that it still grows. */
  readonly isRunning: boolean;
  /** A short line across the bar, such as the balance. */
  readonly mark: number | null;
  /** The bucket it is compared with, above and below the line. */
  readonly before: { readonly above: number | null; readonly below: number | null } | null;
}

interface Segment {
  readonly series: number;
  readonly from: number;
  readonly to: number;
}

/** Parts of a bar as intervals of the scale, negative below the line. Null and 0 have none. */
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

/** Sum of one side's parts; null when none of them is known. */
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

/** Lowest and highest drawn value, with room at both ends. Includes zero. */
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
