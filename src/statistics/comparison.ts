import type { Interval } from '../units/interval.ts';

type Comparison = 'previous' | 'year';

/** How far back the compared span lies: steps of the calendar, or a plain length. */
type Shift = { readonly months: number } | { readonly days: number } | { readonly us: number };

function zoned(atUs: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(atUs / 1000)).toZonedDateTimeISO(zone);
}

function isMidnight(when: Temporal.ZonedDateTime): boolean {
  return when.equals(when.startOfDay());
}

function shiftOf(startUs: number, endUs: number, zone: string, comparison: Comparison): Shift {
  if (comparison === 'year') return { months: 12 };
  const start = zoned(startUs, zone);
  const end = zoned(endUs, zone);
  if (!isMidnight(start) || !isMidnight(end)) return { us: endUs - startUs };
  if (start.day === 1 && end.day === 1)
    return { months: (end.year - start.year) * 12 + end.month - start.month };
  return { days: start.toPlainDate().until(end.toPlainDate(), { largestUnit: 'day' }).days };
}

/** The sign is +1 to go forward, -1 to go back. A time that a clock change skipped becomes the one after it. */
function moved(atUs: number, zone: string, shift: Shift, sign: 1 | -1): number {
  if ('us' in shift) return atUs + sign * shift.us;
  const when = zoned(atUs, zone);
  const to =
    'months' in shift ? when.add({ months: sign * shift.months }) : when.add({ days: sign * shift.days });
  return to.epochMilliseconds * 1000;
}

/**
 * The span before, or the same a year ago, and where its instants stand on the time of the asked one. Whole months are
 * compared with whole months and whole days with whole days, also where they have more or fewer hours.
 */
export function comparedWith(
  startUs: number,
  endUs: number,
  zone: string,
  comparison: Comparison,
): Interval & { readonly aligned: (atUs: number) => number } {
  const shift = shiftOf(startUs, endUs, zone, comparison);
  return {
    startUs: moved(startUs, zone, shift, -1),
    endUs: comparison === 'previous' ? startUs : moved(endUs, zone, shift, -1),
    aligned: (atUs) => moved(atUs, zone, shift, 1),
  };
}
