/** A row of statistics, in the statistic's own unit. */
export interface Row {
  readonly startMs: number;
  readonly endMs: number;
  readonly state: number | null;
  readonly sum: number | null;
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
}
