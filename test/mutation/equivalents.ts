/** A mutant that no test can kill, because the program with it does the same. */
export interface Equivalent {
  readonly file: string;
  /** The source's line, trimmed. */
  readonly code: string;
  /** As the run prints it; every change of the line when left out. */
  readonly change?: string;
  readonly why: string;
}

export const equivalents: readonly Equivalent[] = [];
