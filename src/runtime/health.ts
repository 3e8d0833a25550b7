/** Whether a part of the process does its job. */
export interface PartHealth {
  readonly isOk: boolean;
  /** What is wrong and what to do, in words; null when all is well. */
  readonly detail: string | null;
}
