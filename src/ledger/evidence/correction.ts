/**
 * What the user (or, where it is safe, the app) declares about a meter's evidence. Corrections are evidence of their
 * own: posting includes them, the quarter-hours get a new revision with its cause, and a removal posts them again
 * without it.
 */
import { type Interval, intervalAt } from '../../units/interval.ts';

interface Declared {
  readonly correctionId: string;
  readonly entityId: string;
  readonly notes: string;
  readonly createdAtUs: number;
  /** The ticket that it resolves; null when there is none. */
  readonly ticketId: string | null;
}

/** The meter was replaced at an instant. */
export interface ExchangeCorrection extends Declared {
  readonly kind: 'exchange';
  readonly atUs: number;
  /** The old meter's last register; null when it is not known: what it counted since its last reading stays unknown. */
  readonly oldRegisterMicro: number | null;
  readonly newRegisterMicro: number;
}

/** Readings in [startUs, endUs) are no evidence: a spike, a faulty sensor. They stay in the store. */
export interface ExclusionCorrection extends Declared, Interval {
  readonly kind: 'exclusion';
}

/**
 * Between the evidence at (or before) `startUs` and the evidence at (or after) `endUs` the meter delivered this much,
 * whatever its register did; 0 says that a jump was not energy. For a power sensor: over [startUs, endUs).
 */
export interface AmountCorrection extends Declared, Interval {
  readonly kind: 'amount';
  readonly amountMicro: number;
}

export type Correction = ExchangeCorrection | ExclusionCorrection | AmountCorrection;

/** Where a correction changes evidence. An amount takes effect at its end, so its interval includes that instant. */
export function correctedInterval(correction: Correction): Interval {
  if (correction.kind === 'exchange') return intervalAt(correction.atUs);
  const { startUs, endUs } = correction;
  return { startUs, endUs: correction.kind === 'amount' ? endUs + 1 : endUs };
}

/** Keeps corrections, a handful in a meter's life. Calls reject when the store is down. */
export interface CorrectionStore {
  /** Ascending by instant. */
  of(entityId: string): Promise<Correction[]>;
  find(correctionId: string): Promise<Correction | null>;
  /** One of the same id is replaced. */
  add(correction: Correction): Promise<void>;
  /** Removes it; false when there was none. */
  remove(correctionId: string): Promise<boolean>;
}
