/** How the data quality of a bucket is shown: measured, fetched afterwards, estimated, missing. Pure. */
import type { BalanceAnswer } from '../../src/schemas/balance.ts';
import { minuteMs } from '../../src/units/durations.ts';
import type { Span } from '../period/period.ts';

type DataQuality = Pick<BalanceAnswer['total'], 'coverage' | 'quality'>;
/** `pale`: fetched afterwards from Home Assistant, right by the hour. `hatched`: partly estimated. */
export type BarLook = 'solid' | 'pale' | 'hatched';

export function barLook(quality: DataQuality['quality']): BarLook {
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

/** The ledger is posted with a delay: until then data is not known yet, and not missing. */
export const settleMs = 20 * minuteMs;
/** Less than this is missing when a reading arrives a moment late. */
const enoughCoverage = 0.995;

/**
 * Whether a part of the amount is missing. Hourly data and estimates have no coverage, but their sums are complete: only
 * the distribution within the hour is unknown.
 */
export function isIncomplete(
  { coverage, quality }: DataQuality,
  { startMs, endMs }: Span,
  nowMs: number,
): boolean {
  if (!isMeasured(quality) || coverage >= enoughCoverage) return false;
  // Coverage is the share of the time that has passed; the last minutes are only not posted yet.
  const missingMs = (1 - coverage) * (Math.min(endMs, nowMs) - startMs);
  return nowMs >= endMs + settleMs || missingMs > settleMs;
}

/** Whether it was measured by the quarter-hour, live or fetched afterwards. */
export function isMeasured(quality: DataQuality['quality']): boolean {
  return quality === 'measured' || quality === 'imported' || quality === 'recovered';
}

export type Presence = 'known' | 'missing' | 'future';

export function presenceOf(isKnown: boolean, endMs: number, nowMs: number): Presence {
  if (isKnown) return 'known';
  return endMs + settleMs <= nowMs ? 'missing' : 'future';
}
