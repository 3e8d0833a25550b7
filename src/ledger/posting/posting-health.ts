/** How far posting, the flows and the connections included, is behind what is stored. */
export interface PostingHealth {
  readonly metersWaiting: number;
  /** Readings older than a day are being posted: their figures still grow. */
  readonly isPostingPast: boolean;
  readonly lastPostedAtUs: number | null;
  /** Why the last posting failed; null when it did not. */
  readonly error: string | null;
}
