/** What the parts of the page share: whether something is under way, and what came of it. */
export interface Outcome {
  readonly text: string;
  /** Makes it as it was before. */
  readonly undo?: () => void;
}

export interface PriceDesk {
  readonly mayChange: boolean;
  readonly isBusy: boolean;
  /** Does it, tells what came of it or why it failed, and asks for the prices anew when something was changed. */
  attempt(work: () => Promise<Outcome | null>): Promise<void>;
  refuse(why: string): void;
}
