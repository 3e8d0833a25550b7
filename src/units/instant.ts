/**
 * Instants are microseconds since the Unix epoch, UTC, as safe integers (good until the year 2255).
 * Home Assistant writes time in four ways (ISO text, float seconds, integer milliseconds, ISO in local time);
 * each is turned into this one here.
 */
import { secondUs } from './durations.ts';

const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})$/i;

/** Microseconds of an ISO 8601 text with an offset, digits past the sixth cut; null when it is not one. */
export function instantFromIso(text: string): number | null {
  const match = isoPattern.exec(text);
  if (match === null) return null;
  const fraction = (match[7] ?? '').padEnd(6, '0').slice(0, 6);
  const whole = `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6] ?? '00'}`;
  const offset = match[8]?.toUpperCase() ?? 'Z';
  const milliseconds = Date.parse(
    `${whole}${offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset}`,
  );
  return Number.isNaN(milliseconds) ? null : milliseconds * 1000 + Number(fraction);
}

const localPattern =
  /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?|(\d{2})(\d{2}))(?:[T ](\d{1,2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * Microseconds of an ISO 8601 text in any form that Core reads: without an offset it is local time of the zone (of
 * two the earlier one, and where the clock leaps as before the leap), a date alone is its midnight. Null when it is
 * none, lies before 1970 or past what can be kept, or when it has no offset and the zone is not known.
 */
export function instantFromLocalIso(text: string, zone: string | null): number | null {
  const match = localPattern.exec(text);
  if (match === null) return null;
  const [, year, month, day, packedMonth, packedDay, hour, minute, second, fraction, offset] = match;
  const part = (digits: string | undefined, otherwise = 0) =>
    digits === undefined ? otherwise : Number(digits);
  // Midnight at the end of a day.
  const isNextDay = part(hour) === 24 && part(minute) === 0 && part(second) === 0;
  const micro = (fraction ?? '').padEnd(6, '0').slice(0, 6);
  try {
    const date = Temporal.PlainDate.from(
      { year: part(year), month: part(month ?? packedMonth), day: part(day ?? packedDay, 1) },
      { overflow: 'reject' },
    );
    const time = Temporal.PlainTime.from(
      { hour: isNextDay ? 0 : part(hour), minute: part(minute), second: part(second) },
      { overflow: 'reject' },
    );
    const local = (isNextDay ? date.add({ days: 1 }) : date).toPlainDateTime(time);
    const place = offset === undefined ? zone : offset.toUpperCase() === 'Z' ? 'UTC' : offset;
    if (place === null) return null;
    const us = local.toZonedDateTime(place).epochMilliseconds * 1000 + Number(micro);
    return us >= 0 && Number.isSafeInteger(us) ? us : null;
  } catch {
    // No such day, time, offset or zone.
    return null;
  }
}

/**
 * Microseconds of Home Assistant's float seconds (`lu`, `lc`), rounded as Python's `fromtimestamp` does: half to
 * even, and the fraction by itself, for `seconds * 1e6` is off by one in one of eight where Core's clock has parts of
 * a microsecond.
 */
export function instantFromSeconds(seconds: number): number {
  const whole = Math.floor(seconds);
  const fractionUs = (seconds - whole) * secondUs;
  const below = Math.floor(fractionUs);
  const rest = fractionUs - below;
  const isUp = rest > 0.5 || (rest === 0.5 && below % 2 === 1);
  return whole * secondUs + below + (isUp ? 1 : 0);
}

/** Milliseconds since the Unix epoch as microseconds, rounded to whole ones. */
export function instantFromMs(milliseconds: number): number {
  return Math.round(milliseconds * 1000);
}

/** ISO 8601 in UTC with all six digits of the second: 2026-11-21T08:00:00.123456Z. */
export function isoFromInstant(us: number): string {
  const seconds = Math.floor(us / secondUs);
  const fraction = String(us - seconds * secondUs).padStart(6, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
