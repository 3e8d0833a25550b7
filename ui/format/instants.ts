/** Instants and spans as people read them, in a language and a zone that are told. */

import { lengthDays, type Period } from '../period/period.ts';

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

export type InstantStyle = keyof typeof styles;

export function formatInstant(epochMs: number, style: InstantStyle, { language, zone }: Locale): string {
  return formatter(language, { ...styles[style], timeZone: zone }).format(epochMs);
}

const longMs = 2 * 86_400_000;

/** From and to, as short as the language has it: of one day the end is but a time, of many only the days are told. */
export function formatSpan(startMs: number, endMs: number, { language, zone }: Locale): string {
  const style = endMs - startMs > longMs ? 'day' : 'moment';
  return formatter(language, { ...styles[style], timeZone: zone }).formatRange(
    startMs,
    Math.max(startMs, endMs),
  );
}

function formatDate(date: Temporal.PlainDate, style: InstantStyle, language: string): string {
  return formatter(language, { ...styles[style], timeZone: 'UTC' }).format(
    date.toZonedDateTime('UTC').epochMilliseconds,
  );
}

export function formatPeriod(period: Period, language: string): string {
  if (period.kind === 'day') return formatDate(period.start, 'dayOfYear', language);
  if (period.kind === 'month') return formatDate(period.start, 'monthOfYear', language);
  if (period.kind === 'year') return formatDate(period.start, 'year', language);
  if (lengthDays(period) === 1) return formatDate(period.start, 'dayOfYear', language);
  const at = (date: Temporal.PlainDate) => date.toZonedDateTime('UTC').epochMilliseconds;
  return formatter(language, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).formatRange(at(period.start), at(period.end.subtract({ days: 1 })));
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** "5m" of what passed; a clock that runs ahead counts as none. */
export function formatAge(ageMs: number, language: string): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  const [unit, size] = units.find(([, length]) => seconds >= length) ?? units[3];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'narrow' }).format(
    Math.floor(seconds / size),
  );
}

/** 1 is Monday. What the region is used to; Monday, as ISO 8601 has it, when the language names no region. */
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
