/** Time ranges of queries: half-open, in order, limited. */
import { instantFromIso } from '../units/instant.ts';
import { HttpProblem } from './problems.ts';

const dayUs = 86_400_000_000;
/** Before that nothing was recorded by anyone; a typo in the year shall not scan it. */
const earliestUs = Date.UTC(2000, 0, 1) * 1000;

export interface RangeQuery {
  readonly start: { readonly field: string; readonly text: string | undefined };
  readonly end: { readonly field: string; readonly text: string | undefined };
  readonly nowUs: number;
  readonly longestDays: number;
  /** Where the range ends and starts when it is not told; without it the 24 hours before now. */
  readonly defaults?: { readonly endUs: number; readonly startUs: (endUs: number) => number };
}

export interface Range {
  readonly startUs: number;
  /** Exclusive. */
  readonly endUs: number;
}

function parse(field: string, text: string | undefined, fallbackUs: number): number {
  if (text === undefined) return fallbackUs;
  const us = instantFromIso(text);
  if (us === null || us < earliestUs)
    throw new HttpProblem(400, {
      detail: `${field} is not an instant that can be used.`,
      field,
      expected: 'an ISO 8601 instant with offset after the year 2000, for example 2026-11-21T08:00:00Z',
    });
  return us;
}

/** Throws a 400 that names the field. */
export function readRange({ start, end, nowUs, longestDays, defaults }: RangeQuery): Range {
  const endUs = parse(end.field, end.text, defaults?.endUs ?? nowUs);
  const fallbackUs = defaults?.startUs(endUs) ?? Math.min(nowUs, endUs) - dayUs;
  const startUs = parse(start.field, start.text, fallbackUs);
  if (startUs >= endUs)
    throw new HttpProblem(400, {
      detail: `${start.field} is not before ${end.field}.`,
      field: start.field,
      expected: `an instant before ${end.field}`,
    });
  if (endUs - startUs > longestDays * dayUs)
    throw new HttpProblem(400, {
      detail: `The range is longer than ${longestDays} days.`,
      field: start.field,
      expected: `at most ${longestDays} days before ${end.field}`,
    });
  return { startUs, endUs };
}
