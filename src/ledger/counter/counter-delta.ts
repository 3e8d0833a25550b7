import type { Interval } from '../../units/interval.ts';

/** The quantity counted over [startUs, endUs). */
export interface CounterDelta extends Interval {
  readonly amountMicro: number;
  /**
   * By how much the register fell without negative use: a reset, an exchange, a corrected amount. 0 for plain counting.
   */
  readonly restartMicro: number;
  readonly cause: 'counted' | 'reset' | 'exchange' | 'corrected';
  /** A correction excludes evidence in the interval, or declares its amount. */
  readonly isCorrected: boolean;
  /** Part of the interval lies in an absence, so that its spread over time is a guess. */
  readonly isInterrupted: boolean;
  /** Where it begins is a guess; see `Step`. */
  readonly isDoubtful: boolean;
  /** The evidence at or before its beginning. */
  readonly restsFromUs: number;
  /** One of its ends is only known to lie within the statistics row in which a slow register moved. */
  readonly isRough: boolean;
  /** Begins where a statistics row ended. */
  readonly isAfterRow: boolean;
}
