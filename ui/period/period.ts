/**
 * Periods as dates of the home's calendar; only `spanOf` needs the zone. Half-open: `end` is the first date after the
 * period.
 */
export const periodKinds = ['day', 'week', 'month', 'year', 'range'] as const;
type PeriodKind = (typeof periodKinds)[number];

export interface Period {
  readonly kind: PeriodKind;
  readonly start: Temporal.PlainDate;
  readonly end: Temporal.PlainDate;
}

/** An interval in epoch milliseconds, half-open. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

const longestRangeDays = 3660;

/** `firstWeekday`: 1 is Monday, 7 is Sunday. */
export function periodAround(kind: PeriodKind, date: Temporal.PlainDate, firstWeekday = 1): Period {
  switch (kind) {
    case 'day':
    case 'range':
      return { kind, start: date, end: date.add({ days: 1 }) };
    case 'week': {
      const start = date.subtract({ days: (date.dayOfWeek - firstWeekday + 7) % 7 });
      return { kind, start, end: start.add({ days: 7 }) };
    }
    case 'month': {
      const start = date.with({ day: 1 });
      return { kind, start, end: start.add({ months: 1 }) };
    }
    case 'year': {
      const start = date.with({ day: 1, month: 1 });
      return { kind, start, end: start.add({ years: 1 }) };
    }
  }
}

/** A range that includes both dates, in either order. Its end is cut after ten years. */
export function rangeOf(first: Temporal.PlainDate, last: Temporal.PlainDate): Period {
  const [start, inclusive] = Temporal.PlainDate.compare(first, last) <= 0 ? [first, last] : [last, first];
  const end = inclusive.add({ days: 1 });
  const longest = start.add({ days: longestRangeDays });
  return { kind: 'range', start, end: Temporal.PlainDate.compare(end, longest) > 0 ? longest : end };
}

export function lengthDays(period: Period): number {
  return period.start.until(period.end, { largestUnit: 'day' }).days;
}

/** The period `steps` later; earlier when negative. A range moves by its own length. */
export function shifted(period: Period, steps: number): Period {
  const { kind, start } = period;
  switch (kind) {
    case 'day':
    case 'week':
    case 'range': {
      const days = steps * lengthDays(period);
      return { kind, start: start.add({ days }), end: period.end.add({ days }) };
    }
    case 'month': {
      const next = start.add({ months: steps });
      return { kind, start: next, end: next.add({ months: 1 }) };
    }
    case 'year': {
      const next = start.add({ years: steps });
      return { kind, start: next, end: next.add({ years: 1 }) };
    }
  }
}

/** Another kind of period around the same time: around today if the period includes it, else around its first day. */
export function asKind(
  period: Period,
  kind: PeriodKind,
  today: Temporal.PlainDate,
  firstWeekday: number,
): Period {
  if (kind === 'range') return { kind, start: period.start, end: period.end };
  return periodAround(kind, includes(period, today) ? today : period.start, firstWeekday);
}

export function includes(period: Period, date: Temporal.PlainDate): boolean {
  return (
    Temporal.PlainDate.compare(period.start, date) <= 0 && Temporal.PlainDate.compare(date, period.end) < 0
  );
}

export function isSame(a: Period, b: Period): boolean {
  return a.kind === b.kind && a.start.equals(b.start) && a.end.equals(b.end);
}

/** The period by the wall clock of the zone: a day has 23, 24 or 25 hours. */
export function spanOf(period: Period, zone: string): Span {
  const startOf = (date: Temporal.PlainDate) => date.toZonedDateTime(zone).epochMilliseconds;
  return { startMs: startOf(period.start), endMs: startOf(period.end) };
}

/** The interval of a row or an answer, whose instants are ISO 8601. */
export function parseSpan({ start, end }: { readonly start: string; readonly end: string }): Span {
  return { startMs: Date.parse(start), endMs: Date.parse(end) };
}

export function contains({ startMs, endMs }: Span, epochMs: number): boolean {
  return startMs <= epochMs && epochMs < endMs;
}

/** An instant by the wall clock of the zone. */
export function localAt(epochMs: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone);
}

export function dateAt(epochMs: number, zone: string): Temporal.PlainDate {
  return localAt(epochMs, zone).toPlainDate();
}

/** Parses YYYY, YYYY-MM or YYYY-MM-DD. Null when it is not a date, or outside 1990 to 2199. */
export function parseDate(text: string | null): Temporal.PlainDate | null {
  const match = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(text ?? '');
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  if (year < 1990 || year > 2199) return null;
  try {
    return Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

export function periodFromParams(params: URLSearchParams): Period | null {
  const kind = params.get('period');
  if (kind === 'range') {
    const [first, last] = [parseDate(params.get('from')), parseDate(params.get('to'))];
    return first === null || last === null ? null : rangeOf(first, last);
  }
  const date = parseDate(params.get('at'));
  if (date === null) return null;
  switch (kind) {
    case 'week':
      // The address contains the first day of the week, which depends on the language.
      return { kind, start: date, end: date.add({ days: 7 }) };
    case 'day':
    case 'month':
    case 'year':
      return periodAround(kind, date);
    default:
      return null;
  }
}

export function periodToParams(period: Period | null): Record<string, string> {
  if (period === null) return {};
  const { kind, start, end } = period;
  if (kind === 'range')
    return { period: kind, from: start.toString(), to: end.subtract({ days: 1 }).toString() };
  const at = start.toString();
  const length = kind === 'year' ? 4 : kind === 'month' ? 7 : 10;
  return { period: kind, at: at.slice(0, length) };
}
