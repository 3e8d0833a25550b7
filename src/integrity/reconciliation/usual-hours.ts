import type { Bucket } from '../../statistics/bucket.ts';

/** With fewer days than this a meter has no habits to go by. */
export const habitDays = 3;
const quarterHoursAnHour = 4;

/**
 * The most that a meter counts in an hour, by the highest measured quarters of the days around one. The very highest day is
 * left out: a jump that nobody decided about yet must not make the next one usual.
 * @param days the meter's days; the one asked about may be among them
 */
export function highestUsualMicro(days: readonly Bucket[], dayStartUs: number): number | null {
  const highest = days
    .filter(({ startUs, endUs }) => dayStartUs < startUs || dayStartUs >= endUs)
    .flatMap(({ highestMicro }) => highestMicro ?? [])
    .sort((a, b) => b - a);
  const second = highest[1];
  return second === undefined || highest.length < habitDays ? null : second * quarterHoursAnHour;
}
