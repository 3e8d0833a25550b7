/** Formats instants, intervals and periods for a language and a time zone. */
import { dayMs, daySeconds, hourSeconds, minuteSeconds } from '../../src/units/durations.ts';
import { dateAt, includes, lengthDays, type Period, type Span } from '../period/period.ts';

const formatters = new Map<string, Intl.DateTimeFormat>();
const maxFormatters = 100;

function formatter(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  let found = formatters.get(key);
  if (found === undefined) {
    if (formatters.size >= maxFormatters) formatters.clear();
    found = new Intl.DateTimeFormat(language, options);
    formatters.set(key, found);
  }
  return found;
}

export interface Locale {
  readonly language: string;
  readonly zone: string;
}

const styles = {
  time: { hour: '2-digit', minute: '2-digit' },
  seconds: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  exact: {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  },
  moment: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  fullMoment: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  day: { day: 'numeric', month: 'short' },
  dayAndMonth: { day: 'numeric', month: 'long' },
  weekday: { weekday: 'short', day: 'numeric' },
  dayOfYear: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  month: { month: 'short' },
  monthOfYear: { month: 'long', year: 'numeric' },
  year: { year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

type InstantStyle = keyof typeof styles;

/** `at`: epoch milliseconds, or ISO 8601. */
export function formatInstant(at: number | string, style: InstantStyle, { language, zone }: Locale): string {
  const epochMs = typeof at === 'string' ? Date.parse(at) : at;
  return formatter(language, { ...styles[style], timeZone: zone }).format(epochMs);
}

const longMs = 2 * dayMs;

/** "21 Nov, 10:00 – 12:00". Within a day the end is only a time; over more than two days both ends are only dates. */
export function formatSpan({ startMs, endMs }: Span, { language, zone }: Locale): string {
  const style = endMs - startMs > longMs ? 'day' : 'moment';
  return formatter(language, { ...styles[style], timeZone: zone }).formatRange(
    startMs,
    Math.max(startMs, endMs),
  );
}

function utcMs(date: Temporal.PlainDate): number {
  return date.toZonedDateTime('UTC').epochMilliseconds;
}

export function formatDate(date: Temporal.PlainDate, style: InstantStyle, language: string): string {
  return formatInstant(utcMs(date), style, { language, zone: 'UTC' });
}

export function formatPeriod(period: Period, language: string): string {
  if (period.kind === 'day') return formatDate(period.start, 'dayOfYear', language);
  if (period.kind === 'month') return formatDate(period.start, 'monthOfYear', language);
  if (period.kind === 'year') return formatDate(period.start, 'year', language);
  if (lengthDays(period) === 1) return formatDate(period.start, 'dayOfYear', language);
  return formatter(language, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).formatRange(utcMs(period.start), utcMs(period.end.subtract({ days: 1 })));
}

/** How a sentence ends with the period it is about: "… so far today", "… on Sat, 21 Nov 2026", "… in November 2026". */
interface PeriodWords {
  readonly today: (text: string) => string;
  readonly week: (text: string) => string;
  readonly month: (text: string) => string;
  readonly year: (text: string) => string;
  readonly range: (text: string, name: string) => string;
  readonly onDay: (text: string, name: string) => string;
  readonly in: (text: string, name: string) => string;
}

/** `text` with the period it is about. A period that includes `nowMs` is still running. */
export function withPeriod(
  text: string,
  period: Period,
  nowMs: number,
  words: PeriodWords,
  { language, zone }: Locale,
): string {
  const name = formatPeriod(period, language);
  if (!includes(period, dateAt(nowMs, zone)))
    return period.kind === 'day' ? words.onDay(text, name) : words.in(text, name);
  switch (period.kind) {
    case 'day':
      return words.today(text);
    case 'week':
      return words.week(text);
    case 'month':
      return words.month(text);
    case 'year':
      return words.year(text);
    case 'range':
      return words.range(text, name);
  }
}

const units = [
  ['day', daySeconds],
  ['hour', hourSeconds],
  ['minute', minuteSeconds],
  ['second', 1],
] as const;

/** "5m". Negative ages, from a clock that is ahead, are shown as 0 s. */
export function formatAge(ageMs: number, language: string): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  const [unit, size] = units.find(([, length]) => seconds >= length) ?? units[3];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'narrow' }).format(
    Math.floor(seconds / size),
  );
}

/** The first weekday in the language's region, 1 is Monday. Monday, as in ISO 8601, if the language names no region. */
export function firstWeekdayOf(language: string): number {
  try {
    const locale = new Intl.Locale(language) as Intl.Locale & {
      getWeekInfo?: () => { firstDay: number };
      weekInfo?: { firstDay: number };
    };
    if (locale.region === undefined) return 1;
    return locale.getWeekInfo?.().firstDay ?? locale.weekInfo?.firstDay ?? 1;
  } catch (error) {
    if (error instanceof RangeError) return 1;
    throw error;
  }
}
