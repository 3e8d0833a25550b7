/** A month's quarters as a grid, a row for each day and a column for each quarter of the wall clock; and its scale. Pure. */
import type { CapacityMonth } from '../../../src/schemas/p1.ts';
import { isMeasured as wasMeasured } from '../../chart/grounds.ts';

export const columns = 96;

export type QuarterHour = CapacityMonth['peaks'][number];

export interface HeatCell {
  readonly quarter: QuarterHour;
  readonly startMs: number;
  /** What was spread from an hour or estimated is no quarter, and can't be a peak. */
  readonly isMeasured: boolean;
  /** When clocks go back a quarter's time comes twice; the higher one stands here. */
  readonly isTwice: boolean;
}

export interface HeatGrid {
  readonly days: number;
  /** Row by row; null where nothing is known. */
  readonly cells: readonly (HeatCell | null)[];
  /** The highest of all that is known, measured or not, W: the end of the scale. */
  readonly mostW: number;
}

/** `month` is its first day. Quarters of other months are left out. */
export function heatGrid(
  month: Temporal.PlainDate,
  quarters: readonly QuarterHour[],
  zone: string,
): HeatGrid {
  const days = month.daysInMonth;
  const cells: (HeatCell | null)[] = Array.from({ length: days * columns }, () => null);
  let mostW = 0;
  for (const quarter of quarters) {
    const local = Temporal.Instant.from(quarter.bucket).toZonedDateTimeISO(zone);
    if (local.year !== month.year || local.month !== month.month) continue;
    const place = (local.day - 1) * columns + local.hour * 4 + Math.floor(local.minute / 15);
    const before = cells[place] ?? null;
    const isMeasured = wasMeasured(quarter.quality);
    const cell = { quarter, startMs: local.epochMilliseconds, isMeasured, isTwice: before !== null };
    const keepsBefore = before !== null && before.quarter.avg_power_w >= quarter.avg_power_w;
    cells[place] = keepsBefore ? { ...before, isTwice: true } : cell;
    mostW = Math.max(mostW, quarter.avg_power_w);
  }
  return { days, cells, mostW };
}

/** Strength of the colour, 0 to 1: low powers are told apart although one quarter stands far above them. */
export function heatStrength(powerW: number, mostW: number): number {
  if (mostW <= 0) return 0;
  return 0.1 + 0.9 * Math.min(1, Math.max(0, powerW) / mostW) ** 0.7;
}

/** The scale's colours from nothing to the most, for a gradient that is true to `heatStrength`. */
export function scaleStops(count = 9): { readonly at: number; readonly strength: number }[] {
  return Array.from({ length: count }, (_none, index) => {
    const at = index / (count - 1);
    return { at, strength: heatStrength(at, 1) };
  });
}

export interface DayPeak {
  readonly day: number;
  readonly highest: HeatCell | null;
  readonly measured: number;
  readonly known: number;
}

/** Of each day its highest measured quarter, the first of equals, and how many were measured. */
export function dayPeaks({ days, cells }: HeatGrid): DayPeak[] {
  return Array.from({ length: days }, (_none, row) => {
    const list = cells.slice(row * columns, (row + 1) * columns).filter((cell) => cell !== null);
    const measured = list.filter(({ isMeasured }) => isMeasured);
    let highest: HeatCell | null = null;
    for (const cell of measured)
      if (highest === null || cell.quarter.avg_power_w > highest.quarter.avg_power_w) highest = cell;
    return { day: row + 1, highest, measured: measured.length, known: list.length };
  });
}
