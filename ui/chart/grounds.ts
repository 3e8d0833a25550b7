/** What a bucket rests on, as it is to be seen: measured, fetched afterwards, reckoned, missing. Pure. */
import type { BalanceAnswer } from '../../src/schemas/balance.ts';
import type { Span } from '../period/period.ts';

export type Grounds = Pick<BalanceAnswer['total'], 'coverage' | 'quality' | 'provisional'>;
/** `pale`: fetched afterwards from what Home Assistant kept, right for the hour. `hatched`: a part is an estimate. */
export type BarLook = 'solid' | 'pale' | 'hatched';

export function barLook(quality: Grounds['quality']): BarLook {
  switch (quality) {
    case 'measured':
    case 'imported':
    case 'none':
      return 'solid';
    case 'recovered':
    case 'hourly':
      return 'pale';
    case 'estimated':
      return 'hatched';
  }
}

/** What has just ended is posted a little later: until then it is not yet known, and not missing. */
export const settleMs = 20 * 60_000;
/** A little that is not covered is a reading that came a moment late. */
const enough = 0.995;

/**
 * Whether a part of the amount is missing. Hours and estimates cover nothing, yet nothing of their sum is missing: what
 * they don't know is when.
 */
export function isIncomplete(
  { coverage, quality }: Grounds,
  { startMs, endMs }: Span,
  nowMs: number,
): boolean {
  if (!isMeasured(quality) || coverage >= enough) return false;
  // Coverage is of what has passed; the last minutes of a span that runs are only not posted yet.
  const missingMs = (1 - coverage) * (Math.min(endMs, nowMs) - startMs);
  return nowMs >= endMs + settleMs || missingMs > settleMs;
}

/** Whether it was measured quarter by quarter, live or fetched afterwards. */
export function isMeasured(quality: Grounds['quality']): boolean {
  return quality === 'measured' || quality === 'imported' || quality === 'recovered';
}

/** The span that an answer or a row of one tells. */
export function spanIn(range: { readonly start: string; readonly end: string }): Span {
  return { startMs: Date.parse(range.start), endMs: Date.parse(range.end) };
}

export type Presence = 'known' | 'missing' | 'future';

export function presenceOf(isKnown: boolean, endMs: number, nowMs: number): Presence {
  if (isKnown) return 'known';
  return endMs + settleMs <= nowMs ? 'missing' : 'future';
}
