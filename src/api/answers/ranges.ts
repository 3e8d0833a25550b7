/**
 * Times of queries: instants, local days and months, and half-open ranges of them, in order and limited. The one place
 * that reads them; what can't be used is a 400 that names the field.
 */

import { bucketStartUs, dayRange, monthRange, nextBucketUs, plusDays } from '../../units/calendar.ts';
import { dayUs } from '../../units/durations.ts';
import { instantFromIso } from '../../units/instant.ts';
import type { Interval } from '../../units/interval.ts';
import type { ApiDeps } from '../http/deps.ts';
import { HttpProblem } from '../http/problems.ts';

/** Nothing was recorded before: a typo in the year must not scan it. */
const earliestUs = Date.UTC(2000, 0, 1) * 1000;
/** Far enough for every price and plan, and near enough for every store. */
const latestUs = Date.UTC(2200, 0, 1) * 1000;

/** The range as it was asked for: by the names of all calls, or by a call's older ones. */
interface AskedRange {
  readonly start_time?: string | undefined;
  readonly start?: string | undefined;
  readonly since?: string | undefined;
  readonly end_time?: string | undefined;
  readonly end?: string | undefined;
  readonly until?: string | undefined;
}

const startNames = ['start_time', 'start', 'since'] as const;
const endNames = ['end_time', 'end', 'until'] as const;

/** Where a range ends and starts when that is not given; the start depends on the end, which may be given. */
type DefaultRange = (
  nowUs: number,
  zone: string,
) => { readonly endUs: number; readonly startUs: (endUs: number) => number };

/** So many days of 24 hours, up to now. */
export const lastDays =
  (days: number): DefaultRange =>
  (nowUs) => ({ endUs: nowUs, startUs: (endUs) => Math.min(nowUs, endUs) - days * dayUs });

/** The home's day: today, or the last one of the range. */
export const wholeDay: DefaultRange = (nowUs, zone) => ({
  endUs: nextBucketUs(bucketStartUs(nowUs, 'day', zone), 'day', zone),
  startUs: (endUs) => bucketStartUs(Math.min(endUs - 1, nowUs), 'day', zone),
});

/** From the start of the home's day six days ago, up to now. */
export const lastSevenDays: DefaultRange = (nowUs, zone) => ({
  endUs: nowUs,
  startUs: (endUs) => bucketStartUs(Math.min(endUs, nowUs) - 6 * dayUs, 'day', zone),
});

/** As far back as anything may be recorded. */
export const always: DefaultRange = (nowUs) => ({ endUs: nowUs, startUs: () => earliestUs });

export interface RangeQuery {
  readonly asked: AskedRange;
  /** The home's, in which a date begins. */
  readonly zone: string;
  readonly nowUs: number;
  /** Days by the home's clock. */
  readonly longestDays: number;
  /** `required`: both ends have to be given. Without it the 24 hours before now. */
  readonly defaults?: DefaultRange | 'required';
  /** The power analytics' own rule: an end that is a date includes that day. */
  readonly includesEndDate?: boolean;
}

interface Named {
  readonly field: string;
  readonly text: string | undefined;
}

function named(asked: AskedRange, names: typeof startNames | typeof endNames): Named {
  const given = names.filter((name) => asked[name] !== undefined);
  const [field = names[0], second] = given;
  if (second !== undefined)
    throw new HttpProblem(400, {
      detail: `${field} and ${second} are two names for one thing, and both are given.`,
      field: second,
      expected: `${field} alone`,
    });
  return { field, text: asked[field] };
}

/** A `+` that was not encoded in an address arrives as a blank; nothing else has one there. */
const lostPlus = /^(\d{4}-\d{2}-\d{2}T\S+) (\d{2}:?\d{2})$/i;
const datePattern = /^\d{4}-\d{2}-\d{2}$/;
const instantExpected =
  'an ISO 8601 instant with offset or a date, from 2000 to 2199, for example 2026-11-21T08:00:00Z or 2026-11-21';

function requireUsable(us: number | undefined | null, field: string, expected: string): number {
  if (us === undefined || us === null || us < earliestUs || us >= latestUs)
    throw new HttpProblem(400, { detail: `${field} must be ${expected}.`, field, expected });
  return us;
}

/** Microseconds of an instant, or of the start of a local day; of its end where the day is included. */
function instantOf({ field, text }: Named, zone: string, isDayIncluded = false): number {
  if (text === undefined)
    throw new HttpProblem(400, {
      detail: `${field} is missing: it must be ${instantExpected}.`,
      field,
      expected: instantExpected,
    });
  const value = text.replace(lostPlus, '$1+$2');
  if (!datePattern.test(value)) return requireUsable(instantFromIso(value), field, instantExpected);
  const day = dayRange(value, zone);
  return requireUsable(isDayIncluded ? day?.endUs : day?.startUs, field, instantExpected);
}

/** A single instant, or the start of a local day. Throws a 400 that names the field. */
export function readInstant(text: string, field: string, zone: string): number {
  return instantOf({ field, text }, zone);
}

/** A local day YYYY-MM-DD. Throws a 400 that names the field. */
export function readDay(text: string, field: string, zone: string): Interval {
  const range = dayRange(text, zone);
  requireUsable(range?.startUs, field, 'a day as YYYY-MM-DD, from 2000 to 2199');
  return range as Interval;
}

/** A local month YYYY-MM. Throws a 400 that names the field. */
export function readMonth(text: string, field: string, zone: string): Interval {
  const range = monthRange(text, zone);
  requireUsable(range?.startUs, field, 'a month as YYYY-MM, from 2000-01 to 2199-12');
  return range as Interval;
}

interface RangeEnds {
  readonly start: { readonly field: string; readonly us: number };
  readonly end: { readonly field: string; readonly us: number };
}

/** Both ends, which have to be given, in any order and however far apart. Throws a 400 that names the field. */
export function readEnds(asked: AskedRange, zone: string): RangeEnds {
  const [start, end] = [named(asked, startNames), named(asked, endNames)];
  return {
    start: { field: start.field, us: instantOf(start, zone) },
    end: { field: end.field, us: instantOf(end, zone) },
  };
}

/** Throws a 400 that names the field. */
export function readRange(query: RangeQuery): Interval {
  const { asked, zone, nowUs, longestDays, includesEndDate = false } = query;
  const [start, end] = [named(asked, startNames), named(asked, endNames)];
  const { defaults: rule = lastDays(1) } = query;
  const defaults = rule === 'required' ? null : rule(nowUs, zone);
  const endUs =
    end.text === undefined && defaults !== null ? defaults.endUs : instantOf(end, zone, includesEndDate);
  const startUs =
    start.text === undefined && defaults !== null ? defaults.startUs(endUs) : instantOf(start, zone);
  if (startUs >= endUs)
    throw new HttpProblem(400, {
      detail: `${start.field} is not before ${end.field}.`,
      field: start.field,
      expected: `an instant before ${end.field}`,
    });
  // Thirty-one days of a month in which the clock is turned have an hour more.
  if (endUs > Math.max(startUs + longestDays * dayUs, plusDays(startUs, longestDays, zone)))
    throw new HttpProblem(400, {
      detail: `The range is longer than ${longestDays} days.`,
      field: start.field,
      expected: `at most ${longestDays} days before ${end.field}`,
    });
  return { startUs, endUs };
}

type RangeDeps = Pick<ApiDeps, 'clock' | 'ledger'>;

/** The range of a call, on the home's clock. Throws a 400 that names the field. */
export function rangeOf(
  { clock, ledger }: RangeDeps,
  asked: AskedRange,
  longestDays: number,
  defaults: DefaultRange = lastDays(1),
): Interval {
  return readRange({ asked, zone: ledger.views.zone(), nowUs: clock.nowUs(), longestDays, defaults });
}

/** The range of a power-analytics call: both ends are needed, and an end that is a date includes that day. */
export function inclusiveRangeOf(
  { clock, ledger }: RangeDeps,
  asked: AskedRange,
  longestDays: number,
): Interval {
  return readRange({
    ...{ asked, zone: ledger.views.zone(), nowUs: clock.nowUs(), longestDays },
    ...{ defaults: 'required', includesEndDate: true },
  });
}
