/**
 * Hours, days, weeks, months and years by the wall clock of a zone. Inputs are an IANA zone and instants in
 * microseconds. A day has 23, 24 or 25 hours; both hours that are called 02:00 in autumn are hours of their own, for
 * hours step by the instant and not by the label.
 */

import { dayUs, hourUs, minuteUs, quarterHourUs } from './durations.ts';
import type { Interval } from './interval.ts';

export type Period = 'quarter' | 'hour' | 'day' | 'week' | 'month' | 'year';

const usPerMs = 1000;

function zoned(atUs: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(atUs / usPerMs)).toZonedDateTimeISO(zone);
}

function us(when: Temporal.ZonedDateTime): number {
  return when.epochMilliseconds * usPerMs;
}

/** Temporal also takes offsets and whole instants for zones; a name has letters and a few signs between them. */
const zoneName = /^(?=.{1,64}$)[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/;

/** Whether a name is an IANA zone that this runtime knows. Nothing that could end a text in SQL is one. */
export function isZone(zone: string): boolean {
  if (!zoneName.test(zone)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/**
 * Caches results by zone, period and instant: a year of a home needs the same few hundred days for each of its meters,
 * and Temporal takes some microseconds for each. It is cleared when it is full.
 */
class Known {
  readonly #answers = new Map<string, Map<number, number>>();
  readonly #limit = 16_384;

  of(atUs: number, period: Period, zone: string, work: () => number): number {
    const name = `${period} ${zone}`;
    let answers = this.#answers.get(name);
    if (answers === undefined) {
      // A home has one zone, and a second one on the day that it moves.
      if (this.#answers.size >= 16) this.#answers.clear();
      answers = new Map();
      this.#answers.set(name, answers);
    }
    const known = answers.get(atUs);
    if (known !== undefined) return known;
    if (answers.size >= this.#limit) answers.clear();
    const answer = work();
    answers.set(atUs, answer);
    return answer;
  }
}

const knownStarts = new Known();
const knownNexts = new Known();

/** The start of the bucket in which an instant lies. Weeks begin on Monday (ISO 8601). */
export function bucketStartUs(atUs: number, period: Period, zone: string): number {
  if (period === 'quarter') return Math.floor(atUs / quarterHourUs) * quarterHourUs;
  return knownStarts.of(atUs, period, zone, () => startOf(atUs, period, zone));
}

function startOf(atUs: number, period: Period, zone: string): number {
  const when = zoned(atUs, zone);
  if (period === 'hour') {
    // Full hours by the wall clock, found by stepping back from the instant: the label alone is the same for both
    // 02:00 of autumn.
    const intoHour =
      (when.minute * 60 + when.second) * 1_000_000 + (atUs - Math.floor(atUs / 1_000_000) * 1_000_000);
    const fullUs = atUs - intoHour;
    if (zoned(fullUs, zone).offsetNanoseconds === when.offsetNanoseconds) return fullUs;
    // A clock turned within the hour (Lord Howe, by half of one) opens another that begins when it was turned.
    const turned = when.add({ nanoseconds: 1 }).getTimeZoneTransition('previous');
    return turned === null ? fullUs : Math.max(fullUs, us(turned));
  }
  const day = when.toPlainDate();
  const first =
    period === 'day'
      ? day
      : period === 'week'
        ? day.subtract({ days: day.dayOfWeek - 1 })
        : period === 'month'
          ? day.with({ day: 1 })
          : day.with({ month: 1, day: 1 });
  return us(first.toZonedDateTime(zone));
}

/** The start of the bucket after the one that starts at `startUs`. */
export function nextBucketUs(startUs: number, period: Period, zone: string): number {
  if (period === 'quarter') return startUs + quarterHourUs;
  return knownNexts.of(startUs, period, zone, () => startOfNext(startUs, period, zone));
}

function startOfNext(startUs: number, period: Period, zone: string): number {
  if (period === 'hour') {
    const start = zoned(startUs, zone);
    const end = zoned(startUs + hourUs, zone);
    if (start.minute === 0 && start.offsetNanoseconds === end.offsetNanoseconds) return startUs + hourUs;
    // Where the clock is turned by half an hour an hour may last half an hour, and the next one begins within it.
    let nextUs = startUs;
    for (let at = startUs + quarterHourUs; nextUs <= startUs; at += quarterHourUs)
      nextUs = bucketStartUs(at, 'hour', zone);
    return nextUs;
  }
  const day = zoned(startUs, zone).toPlainDate();
  const next =
    period === 'day'
      ? day.add({ days: 1 })
      : period === 'week'
        ? day.add({ days: 7 })
        : period === 'month'
          ? day.add({ months: 1 })
          : day.add({ years: 1 });
  return us(next.toZonedDateTime(zone));
}

/**
 * The starts of all buckets that touch [startUs, endUs), ascending, and the end of the last one. At most `limit`
 * buckets.
 */
export function bucketEdges(
  startUs: number,
  endUs: number,
  period: Period,
  zone: string,
  limit = 100_000,
): number[] {
  let at = bucketStartUs(startUs, period, zone);
  const edges = [at];
  while (at < endUs) {
    at = nextBucketUs(at, period, zone);
    edges.push(at);
    if (edges.length > limit + 1) throw new RangeError(`more than ${limit} buckets of a ${period}`);
  }
  return edges;
}

/** Local date of an instant, YYYY-MM-DD. */
export function localDate(atUs: number, zone: string): string {
  return zoned(atUs, zone).toPlainDate().toString();
}

/** Local month of an instant, YYYY-MM. */
export function localMonth(atUs: number, zone: string): string {
  return localDate(atUs, zone).slice(0, 7);
}

/** [start, end) of a local month YYYY-MM; null when it is not one. */
export function monthRange(month: string, zone: string): Interval | null {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) return null;
  const startUs = us(Temporal.PlainDate.from(`${month}-01`).toZonedDateTime(zone));
  return { startUs, endUs: nextBucketUs(startUs, 'month', zone) };
}

/**
 * [start, end) of a local day YYYY-MM-DD; null when it is not one. Empty for a day that a zone left out (Apia,
 * 2011-12-30).
 */
export function dayRange(date: string, zone: string): Interval | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return null;
  try {
    const day = Temporal.PlainDate.from(date, { overflow: 'reject' });
    return { startUs: us(day.toZonedDateTime(zone)), endUs: us(day.add({ days: 1 }).toZonedDateTime(zone)) };
  } catch {
    return null;
  }
}

/** The same time of the wall clock so many days later; the next one that there is where the clock leaves it out. */
export function plusDays(atUs: number, days: number, zone: string): number {
  return us(zoned(atUs, zone).add({ days })) + (((atUs % usPerMs) + usPerMs) % usPerMs);
}

/** ISO 8601 with the zone's offset at that instant: 2026-11-21T09:00:00+01:00. */
export function localIso(atUs: number, zone: string): string {
  const startUs = Math.floor(atUs / dayUs) * dayUs;
  const offsetUs = offsetOf(startUs, zone);
  // No zone turns its clock there and back within a day: between two midnights of UTC that agree nothing changes.
  if (offsetUs !== offsetOf(startUs + dayUs, zone) || offsetUs % minuteUs !== 0)
    return zoned(atUs, zone).toString({ timeZoneName: 'never', smallestUnit: 'second' });
  const local = new Date((atUs + offsetUs) / usPerMs).toISOString();
  const minutes = Math.abs(offsetUs) / minuteUs;
  const two = (value: number) => String(value).padStart(2, '0');
  const offset = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return `${local.slice(0, -5)}${offsetUs < 0 ? '-' : '+'}${offset}`;
}

const knownOffsets = new Known();

function offsetOf(atUs: number, zone: string): number {
  return knownOffsets.of(atUs, 'day', zone, () => zoned(atUs, zone).offsetNanoseconds / 1000);
}
