/** Lengths of time in milliseconds, and in seconds for charts. A day is 24 hours, not a day of the calendar. */
export const minuteMs = 60_000;
export const quarterHourMs = 15 * minuteMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

export const minuteSeconds = 60;
export const hourSeconds = 3600;
export const daySeconds = 86_400;
