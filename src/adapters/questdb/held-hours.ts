import type { HourlyReadings } from '../../recording/reading-store.ts';
import type { Interval } from '../../units/interval.ts';

/** The readings of one hour, as the database sums them up. An hour without a reading has none. */
export interface HourSums {
  readonly count: number;
  readonly firstUs: number;
  readonly lastUs: number;
  /** Value of the last reading; null when it was an absence. */
  readonly last: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** The sum of each value times how long it was in force, between readings of this hour only. */
  readonly area: number;
  /** How long values held between readings of this hour. */
  readonly weightUs: number;
}

/**
 * Completes the database's sums, which cover what lies between the readings of each hour, with what it can't see: the
 * value carried into the hour until its first reading, and the last value until the hour's end.
 * @param edgesUs starts of the hours, and the end of the last
 * @param endUs where knowledge ends: in or at the end of the last hour
 * @param carried the value in force at the first edge; null when there was none or it was absent
 */
export function heldHours(
  edgesUs: readonly number[],
  endUs: number,
  sumsOf: (hour: number) => HourSums | undefined,
  carried: number | null,
): HourlyReadings[] {
  const hours: HourlyReadings[] = [];
  let held = carried;
  for (const [hour, startUs] of edgesUs.slice(0, -1).entries()) {
    const stopUs = Math.min(edgesUs[hour + 1] ?? endUs, endUs);
    const sums = sumsOf(hour);
    const values: number[] = [];
    let area = sums?.area ?? 0;
    let weightUs = sums?.weightUs ?? 0;
    const headUs = (sums?.firstUs ?? stopUs) - startUs;
    if (held !== null && headUs > 0) {
      area += held * headUs;
      weightUs += headUs;
      values.push(held);
    }
    if (sums !== undefined) {
      for (const extreme of [sums.min, sums.max]) if (extreme !== null) values.push(extreme);
      held = sums.last;
      if (held !== null) {
        area += held * (stopUs - sums.lastUs);
        weightUs += stopUs - sums.lastUs;
      }
    }
    const min = values.length === 0 ? null : Math.min(...values);
    const max = values.length === 0 ? null : Math.max(...values);
    const mean = meanOf(area, weightUs, min, max);
    hours.push({ startUs, min, max, mean, count: sums?.count ?? 0, last: held, heldUs: weightUs });
  }
  return hours;
}

/** Rounding may push a mean of equal values past them by the last digit. */
function meanOf(area: number, weightUs: number, min: number | null, max: number | null): number | null {
  if (weightUs <= 0 || min === null || max === null) return null;
  return Math.min(Math.max(area / weightUs, min), max);
}

/** Hours of equal length that follow each other, so that an hour's place is a division. Nearly always there is one run. */
export interface Run extends Interval {
  /** Place of its first hour among all hours. */
  readonly first: number;
  readonly lengthUs: number;
}

export function runsOf(edgesUs: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const [hour, startUs] of edgesUs.slice(0, -1).entries()) {
    const endUs = edgesUs[hour + 1] ?? startUs;
    const last = runs.at(-1);
    if (last !== undefined && last.lengthUs === endUs - startUs) runs[runs.length - 1] = { ...last, endUs };
    else runs.push({ first: hour, startUs, endUs, lengthUs: endUs - startUs });
  }
  return runs;
}
