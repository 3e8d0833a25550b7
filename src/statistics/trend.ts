export interface Trend {
  /** Null when there is nothing to compare with: nothing known, or a span before of 0. */
  readonly percentageChange: number | null;
  readonly direction: 'up' | 'down' | 'stable' | null;
}

/** Smaller changes are no trend. */
const stableWithinPercent = 1;

/**
 * How a figure changed against an earlier one of the same unit, in percent; null where one is missing or the earlier
 * is 0.
 */
export function trendOf(now: number | null, before: number | null): Trend {
  if (now === null || before === null || before === 0) return { percentageChange: null, direction: null };
  const exact = ((now - before) / Math.abs(before)) * 100;
  const percentageChange = Math.round(exact * 100) / 100;
  const direction = Math.abs(exact) <= stableWithinPercent ? 'stable' : exact > 0 ? 'up' : 'down';
  return { percentageChange, direction };
}
