/** What can be wrong with a part of the process: the values of each code. `reason` is the message of another program. */
interface ProblemValues {
  readonly failed: { readonly reason: string };
  readonly store_not_reached: { readonly store: string };
  readonly store_silent: { readonly store: string; readonly reason: string };
  readonly spool_failed: { readonly reason: string };
  readonly spool_damaged: { readonly damagedBytes: number };
  readonly no_room: Readonly<Record<string, never>>;
  /** The readings store takes nothing; readings wait in the spool. */
  readonly readings_waiting: { readonly reason: string };
  readonly subscription_failed: { readonly reason: string };
  /** Home Assistant answers and does not report changes of states. */
  readonly states_silent: Readonly<Record<string, never>>;
  readonly disk_full: { readonly freeBytes: number };
  /** Below `reserveBytes` nothing more is written. */
  readonly disk_low: { readonly freeBytes: number; readonly reserveBytes: number };
  readonly posting_failed: { readonly reason: string };
  readonly history_incomplete: { readonly reason: string };
  readonly verification_refused: { readonly reason: string };
  readonly home_assistant_not_set: Readonly<Record<string, never>>;
  readonly home_assistant_connecting: Readonly<Record<string, never>>;
  readonly home_assistant_silent: { readonly reason: string };
  readonly token_refused: { readonly reason: string };
  readonly statistics_missing: { readonly statisticIds: readonly string[] };
  readonly sources_unknown: { readonly statisticIds: readonly string[] };
  readonly entities_not_read: Readonly<Record<string, never>>;
}

type ProblemCode = keyof ProblemValues;

export type PartProblem<C extends ProblemCode = ProblemCode> = {
  readonly [K in C]: { readonly code: K; readonly values: ProblemValues[K] };
}[C];

/** Whether a part of the process does its job. */
export interface PartHealth {
  readonly isOk: boolean;
  /** Null when all is well. */
  readonly problem: PartProblem | null;
}
