/** What a bucket rests on, as it is to be seen: measured, fetched afterwards, reckoned, missing. Pure. */
import type { BalanceAnswer } from '../../src/contract/balance.ts';

export type Grounds = Pick<BalanceAnswer['total'], 'coverage' | 'quality' | 'provisional'>;
/** `pale`: measured, but fetched afterwards. `hatched`: the sum is known, how it spreads is not, or it is an estimate. */
export type BarLook = 'solid' | 'pale' | 'hatched';

export function barLook(quality: Grounds['quality']): BarLook {
  switch (quality) {
    case 'measured':
    case 'imported':
    case 'none':
      return 'solid';
    case 'recovered':
      return 'pale';
    case 'hourly':
    case 'estimated':
      return 'hatched';
  }
}

/** A little that is not covered is a reading that came a moment late. */
const enough = 0.995;

/**
 * Whether a part of the amount is missing. Hours and estimates cover nothing, yet nothing of their sum is missing: what
 * they don't know is when.
 */
export function isIncomplete({ coverage, quality }: Grounds): boolean {
  return barLook(quality) !== 'hatched' && quality !== 'none' && coverage < enough;
}

/** What has just ended is posted a little later: until then it is not yet known, and not missing. */
const settleMs = 20 * 60_000;

export type Presence = 'known' | 'missing' | 'future';

export function presenceOf(isKnown: boolean, endMs: number, nowMs: number): Presence {
  if (isKnown) return 'known';
  return endMs + settleMs <= nowMs ? 'missing' : 'future';
}
