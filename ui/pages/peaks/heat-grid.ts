/** A month's quarter-hours as a grid: a row for each day, a column for each quarter-hour of the wall clock. Pure. */
import type { CapacityMonth } from '../../../src/schemas/p1.ts';
import { isMeasured as wasMeasured } from '../../chart/data-quality.ts';

export const columns = 96;

export type QuarterHour = CapacityMonth['peaks'][number];

interface HeatCell {
  readonly quarterHour: QuarterHour;
  readonly startMs: number;
  /** False for values spread over an hour or estimated, which cannot be a peak. */
  readonly isMeasured: boolean;
  /** When clocks go back, a time appears twice; the cell has the higher of both. */
  readonly isTwice: boolean;
}

export interface HeatGrid {
  readonly days: number;
  /** Row by row; null without data. */
  readonly cells: readonly (HeatCell | null)[];
  /** The highest power, measured or not, W: the end of the scale. */
  readonly mostW: number;
}

/** `month`: its first day. Quarter-hours of other months are left out. */
export function heatGrid(
  month: Temporal.PlainDate,
  quarterHours: readonly QuarterHour[],
  zone: string,
): HeatGrid {
  const days = month.daysInMonth;
  const cells: (HeatCell | null)[] = Array.from({ length: days * columns }, () => null);
  let mostW = 0;
  for (const quarterHour of quarterHours) {
    const local = Temporal.Instant.from(quarterHour.bucket).toZonedDateTimeISO(zone);
    if (local.year !== month.year || local.month !== month.month) continue;
    const index = (local.day - 1) * columns + local.hour * 4 + Math.floor(local.minute / 15);
    const before = cells[index] ?? null;
    const isMeasured = wasMeasured(quarterHour.quality);
    const cell = { quarterHour, startMs: local.epochMilliseconds, isMeasured, isTwice: before !== null };
    const keepsBefore = before !== null && before.quarterHour.avg_power_w >= quarterHour.avg_power_w;
    cells[index] = keepsBefore ? { ...before, isTwice: true } : cell;
    mostW = Math.max(mostW, quarterHour.avg_power_w);
  }
  return { days, cells, mostW };
}

/** Strength of the colour, 0 to 1. Not linear, so that low powers differ visibly below a high peak. */
export function heatStrength(powerW: number, mostW: number): number {
  if (mostW <= 0) return 0;
  return 0.1 + 0.9 * Math.min(1, Math.max(0, powerW) / mostW) ** 0.7;
}

/** The colours of the scale, for a gradient that matches `heatStrength`. */
export function scaleStops(count = 9): { readonly at: number; readonly strength: number }[] {
  return Array.from({ length: count }, (_none, index) => {
    const at = index / (count - 1);
    return { at, strength: heatStrength(at, 1) };
  });
}

interface DayPeak {
  readonly day: number;
  readonly highest: HeatCell | null;
  readonly measured: number;
  readonly known: number;
}

/** For each day its highest measured quarter-hour, the first of equals, and how many were measured. */
export function dayPeaks({ days, cells }: HeatGrid): DayPeak[] {
  return Array.from({ length: days }, (_none, row) => {
    const list = cells.slice(row * columns, (row + 1) * columns).filter((cell) => cell !== null);
    const measured = list.filter(({ isMeasured }) => isMeasured);
    let highest: HeatCell | null = null;
    for (const cell of measured)
      if (highest === null || cell.quarterHour.avg_power_w > highest.quarterHour.avg_power_w) highest = cell;
    return { day: row + 1, highest, measured: measured.length, known: list.length };
  });
}
