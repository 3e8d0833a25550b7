import type { Correction } from './correction.ts';

/** The entries that a correction changes. */
export interface CorrectionChanges {
  /** The number of entries that change; final ones get a new revision. */
  readonly entries: number;
  /** The sum of the quarter-hours in [startUs, endUs), before and after; null where none has an entry. */
  readonly quantityBeforeMicro: number | null;
  readonly quantityAfterMicro: number | null;
  /** From the first quarter-hour that changes to the end of the last; the declared interval when none does. */
  readonly startUs: number;
  readonly endUs: number;
}

export type CorrectionOutcome =
  | { readonly kind: 'changed'; readonly changes: CorrectionChanges }
  /** It can't be declared for this meter, because of this field. */
  | {
      readonly kind: 'refused';
      readonly field: CorrectionField;
      readonly refusal: CorrectionRefusal;
      /** It would contradict a correction that is declared already. */
      readonly isConflict: boolean;
    }
  /** There is no correction of this id to remove. */
  | { readonly kind: 'unknown' };

/** Why a correction can't be declared, as a code and its values. */
export type CorrectionRefusal =
  | { readonly code: 'not_tracked' | 'no_register'; readonly values: { readonly entityId: string } }
  | { readonly code: 'too_many'; readonly values: { readonly limit: number } }
  | { readonly code: 'too_long'; readonly values: { readonly limitDays: number } }
  | {
      readonly code:
        | 'exchange_out_of_range'
        | 'exchange_exists'
        | 'amount_exists'
        | 'start_out_of_range'
        | 'end_before_start'
        | 'end_in_future'
        | 'amount_negative'
        | 'overlaps';
    };

export type CorrectionField =
  | 'entityId'
  | 'atUs'
  | 'startUs'
  | 'endUs'
  | 'amountMicro'
  | 'oldRegisterMicro'
  | 'newRegisterMicro';

/** Declares and removes corrections. Calls reject when a store is down; they may then be repeated. */
export interface Corrections {
  /** Every correction of a meter, ascending by instant. */
  of(entityId: string): Promise<Correction[]>;
  /** Returns what it would change; writes nothing. */
  preview(asked: Correction | { readonly takeBack: string }): Promise<CorrectionOutcome>;
  /** Stores it and posts the meter again; returns the same figures as a preview. Repeating it changes nothing. */
  apply(correction: Correction): Promise<CorrectionOutcome>;
  /** The current state becomes what it would be without it; the journal keeps the revisions of meanwhile. */
  takeBack(correctionId: string): Promise<CorrectionOutcome>;
}
