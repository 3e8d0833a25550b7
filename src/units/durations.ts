/** Lengths of time that are the same everywhere. A day here is 24 hours; a day of a zone is in calendar.ts. */

/** Microseconds. */
export const secondUs = 1_000_000;
export const minuteUs = 60 * secondUs;
/** Of the clock: see quarter-hour.ts. */
export const quarterHourUs = 15 * minuteUs;
export const hourUs = 60 * minuteUs;
export const dayUs = 24 * hourUs;

/** Milliseconds, for timers and the browser's clock. */
export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const quarterHourMs = 15 * minuteMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Seconds, for the scales of charts. */
export const minuteSeconds = 60;
export const hourSeconds = 60 * minuteSeconds;
export const daySeconds = 24 * hourSeconds;
