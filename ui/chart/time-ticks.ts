/** Ticks of a time axis at round times of the home's wall clock, and their labels. Pure. */

import { daySeconds, hourSeconds, minuteSeconds } from '../../src/units/durations.ts';
import { formatInstant, type Locale } from '../format/instants.ts';
import { localAt } from '../period/period.ts';

type Step = {
  readonly unit: 'second' | 'minute' | 'hour' | 'day' | 'month' | 'year';
  readonly count: number;
};

const steps: readonly (Step & { readonly seconds: number })[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => ({ unit: 'second' as const, count, seconds: count })),
  ...[1, 2, 5, 10, 15, 30].map((count) => ({
    unit: 'minute' as const,
    count,
    seconds: count * minuteSeconds,
  })),
  ...[1, 2, 3, 4, 6, 12].map((count) => ({ unit: 'hour' as const, count, seconds: count * hourSeconds })),
  ...[1, 2, 5, 7, 14].map((count) => ({ unit: 'day' as const, count, seconds: count * daySeconds })),
  ...[1, 2, 3, 6].map((count) => ({ unit: 'month' as const, count, seconds: count * 2_629_746 })),
  ...[1, 2, 5, 10].map((count) => ({ unit: 'year' as const, count, seconds: count * 31_556_952 })),
];
const maxTicks = 60;

/** The smallest step that gives at most `most` ticks. */
export function stepFor(spanS: number, most: number): Step {
  const found = steps.find(({ seconds }) => spanS / seconds <= Math.max(1, most));
  return found ?? { unit: 'year', count: 10 };
}

/** Round times of the zone's wall clock in [startS, endS], epoch seconds, also on days of 23 and 25 hours. */
export function ticksOf(startS: number, endS: number, step: Step, zone: string): number[] {
  const { unit, count } = step;
  const ticks: number[] = [];
  const start = localAt(Math.ceil(startS * 1000), zone);
  const push = (at: Temporal.ZonedDateTime) => {
    const seconds = at.epochMilliseconds / 1000;
    if (seconds >= startS && seconds <= endS && seconds !== ticks.at(-1)) ticks.push(seconds);
    return seconds <= endS && ticks.length < maxTicks;
  };
  if (unit === 'second' || unit === 'minute') {
    // Within an hour the steps are equal in length, counted from the local hour.
    const lengthS = count * (unit === 'minute' ? minuteSeconds : 1);
    const hour = start.round({ smallestUnit: 'hour', roundingMode: 'floor' });
    let at = hour.epochMilliseconds / 1000;
    at += Math.ceil((startS - at) / lengthS) * lengthS;
    for (; at <= endS && ticks.length < maxTicks; at += lengthS) ticks.push(at);
    return ticks;
  }
  if (unit === 'hour') {
    const midnight = start.startOfDay();
    for (let day = midnight; ; day = day.add({ days: 1 })) {
      for (let hour = 0; hour < 24; hour += count)
        if (!push(day.toPlainDate().toZonedDateTime({ timeZone: zone, plainTime: { hour } }))) return ticks;
    }
  }
  const date = start.toPlainDate();
  let first: Temporal.PlainDate;
  if (unit === 'day') first = count === 1 ? date : date.with({ day: 1 });
  else if (unit === 'month') first = date.with({ day: 1, month: 1 });
  else first = date.with({ day: 1, month: 1, year: date.year - (date.year % count) });
  for (let at = first; ; ) {
    if (!push(at.toZonedDateTime(zone))) return ticks;
    if (unit === 'month') at = at.add({ months: count });
    else if (unit === 'year') at = at.add({ years: count });
    else {
      // Counted from the first of the month, so that ticks stay in place when the span moves.
      const next = at.add({ days: count });
      at =
        count > 1 && (next.month !== at.month || next.day > 29)
          ? at.add({ months: 1 }).with({ day: 1 })
          : next;
    }
  }
}

/** "14:00", and the date at midnight; as fine as the step. */
export function tickLabel(seconds: number, step: Step, locale: Locale): string {
  const atMs = seconds * 1000;
  const local = localAt(atMs, locale.zone);
  switch (step.unit) {
    case 'second':
      return formatInstant(atMs, 'seconds', locale);
    case 'minute':
    case 'hour':
      return local.hour === 0 && local.minute === 0
        ? formatInstant(atMs, 'day', locale)
        : formatInstant(atMs, 'time', locale);
    case 'day':
      return formatInstant(atMs, 'day', locale);
    case 'month':
      return local.month === 1 ? formatInstant(atMs, 'year', locale) : formatInstant(atMs, 'month', locale);
    case 'year':
      return formatInstant(atMs, 'year', locale);
  }
}
