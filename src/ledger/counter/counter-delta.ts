import type { Interval } from '../../units/interval.ts';

/** The quantity counted over [startUs, endUs). */
export interface CounterDelta extends Interval {
  readonly amountMicro: number;
  /** What the register fell by without it being negative use: a reset, an exchange, a corrected amount. 0 for plain counting. */
  readonly restartMicro: number;
  readonly cause: 'counted' | 'reset' | 'exchange' | 'corrected';
  /** A correction took evidence out of the span, or says what was counted in it. */
  readonly isCorrected: boolean;
  /** Part of the span lies in an absence, so that its spread over time is a guess. */
  readonly isInterrupted: boolean;
  /** Where it begins is a guess; see `Step`. */
  readonly isDoubtful: boolean;
  /** The evidence at or before its beginning. */
  readonly restsFromUs: number;
  /** One of its ends is only known to the row of statistics in which a slow register moved. */
  readonly isRough: boolean;
  /** Begins where a statistics row ended. */
  readonly isAfterRow: boolean;
}
