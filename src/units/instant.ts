/**
 * Instants are microseconds since the Unix epoch, UTC, as safe integers (good until the year 2255).
 * Home Assistant tells time in four ways (ISO text, float seconds, integer milliseconds, ISO in local time);
 * each is turned into this one here.
 */

const usPerSecond = 1_000_000;
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

/**
 * Microseconds of Home Assistant's float seconds (`lu`, `lc`), rounded as Python's `fromtimestamp` does: half to even, and
 * the fraction by itself, for `seconds * 1e6` is off by one in one of eight where Core's clock told parts of a microsecond.
 */
export function instantFromSeconds(seconds: number): number {
  const whole = Math.floor(seconds);
  const fractionUs = (seconds - whole) * usPerSecond;
  const below = Math.floor(fractionUs);
  const rest = fractionUs - below;
  const isUp = rest > 0.5 || (rest === 0.5 && below % 2 === 1);
  return whole * usPerSecond + below + (isUp ? 1 : 0);
}

export function instantFromMs(milliseconds: number): number {
  return Math.round(milliseconds * 1000);
}

/** ISO 8601 in UTC with all six digits of the second: 2026-11-21T08:00:00.123456Z. */
export function isoFromInstant(us: number): string {
  const seconds = Math.floor(us / usPerSecond);
  const fraction = String(us - seconds * usPerSecond).padStart(6, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
