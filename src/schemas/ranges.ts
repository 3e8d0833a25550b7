import { z } from 'zod';

/**
 * A range of time in a request: half-open, `start_time` inclusive, `end_time` exclusive. Calls with older names take those
 * too. The API reads all of them in one place (src/api/answers/ranges.ts), which also says what is wrong.
 */

const longestText = 64;

/** An instant, or a day: the start of that day in the home's zone. */
export const instantOrDate = z
  .string()
  .max(longestText)
  .describe(
    'ISO 8601 instant with offset, or a date, which is its local midnight: 2026-11-21T08:00:00Z or 2026-11-21',
  )
  .meta({
    anyOf: [
      { type: 'string', format: 'date-time' },
      { type: 'string', format: 'date' },
    ],
  });

const form = 'ISO 8601 instant with offset, or a date for its local midnight';

/** The names of every call. Each text says what holds when it is not given. */
export function rangeFields(texts: { readonly start: string; readonly end: string }) {
  return {
    start_time: instantOrDate.optional().describe(`${form}. Inclusive; ${texts.start}`),
    end_time: instantOrDate.optional().describe(`${form}. Exclusive; ${texts.end}`),
  };
}

const other = (name: string) => instantOrDate.optional().describe(`Another name for \`${name}\``);

/** For calls whose older names are `start` and `end`. */
export const startAndEnd = { start: other('start_time'), end: other('end_time') };

/** For calls whose older names are `since` and `until`. */
export const sinceAndUntil = { since: other('start_time'), until: other('end_time') };
