import type { Bucket } from '../../statistics/bucket.ts';

/** Fewer days do not show what is usual. */
const habitDays = 3;
const quarterHoursAnHour = 4;

/**
 * The most that a meter counts in an hour, by the highest measured quarter-hours of the days around one. The very highest
 * day is left out: a jump without a decision must not make the next one usual.
 * @param days the meter's days; the day itself may be among them
 * @returns millionths of the meter's unit; null with too few days
 */
export function highestUsualMicro(days: readonly Bucket[], dayStartUs: number): number | null {
  const highest = days
    .filter(({ startUs, endUs }) => dayStartUs < startUs || dayStartUs >= endUs)
    .flatMap(({ highestMicro }) => highestMicro ?? [])
    .sort((a, b) => b - a);
  const second = highest[1];
  return second === undefined || highest.length < habitDays ? null : second * quarterHoursAnHour;
}
