/**
 * What a person (or, where it is safe, the app) says of a meter's evidence. Corrections are evidence of their own:
 * posting takes them in, the quarters get a new revision that says why, and taking one back posts them anew without it.
 */
import { type Interval, intervalAt } from '../../units/interval.ts';

interface Declared {
  readonly correctionId: string;
  readonly entityId: string;
  readonly notes: string;
  readonly createdAtUs: number;
  /** The ticket that it answers; null when it was declared by itself. */
  readonly ticketId: string | null;
}

/** The meter was replaced at an instant. */
export interface ExchangeCorrection extends Declared {
  readonly kind: 'exchange';
  readonly atUs: number;
  /** The old meter's last register; null when nobody wrote it down: what it counted since its last reading stays unknown. */
  readonly oldRegisterMicro: number | null;
  readonly newRegisterMicro: number;
}

/** Readings in [startUs, endUs) are no evidence: a spike, a sensor gone mad. They stay in the store. */
export interface ExclusionCorrection extends Declared, Interval {
  readonly kind: 'exclusion';
}

/**
 * Between the evidence at (or before) `startUs` and the evidence at (or after) `endUs` the meter delivered this much, whatever
 * its register did; 0 says that a jump was not energy. For a power sensor: over [startUs, endUs).
 */
export interface AmountCorrection extends Declared, Interval {
  readonly kind: 'amount';
  readonly amountMicro: number;
}

export type Correction = ExchangeCorrection | ExclusionCorrection | AmountCorrection;

/** Where a correction changes evidence. An amount stands at its end, which belongs to it for that. */
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
  /** Takes it back; false when there was none. */
  remove(correctionId: string): Promise<boolean>;
}
