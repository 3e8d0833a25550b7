/**
 * How a country bills peaks, as data: no code of this folder is specific to Flanders, and a tariff version may add
 * rules of its own.
 */
export interface PeakRule {
  /** Over what power is averaged: fixed quarter-hours of the clock, or full hours of the home's wall clock. */
  readonly window: 'quarter' | 'hour';
  /** A month's peak is the mean of so many of its highest windows. */
  readonly peaks: number;
  /** No two of those may lie on one day. */
  readonly isOnePerDay: boolean;
  /** Which windows count, by the wall clock; null when all do. */
  readonly counting: CountingHours | null;
  /** Over how many months, the billed one included, the mean is taken. */
  readonly months: number;
  /** No month counts for less; watts. */
  readonly floorW: number;
}

/** Windows that start on one of the weekdays (1 is Monday), from one hour of the day until before another. */
interface CountingHours {
  readonly weekdays: readonly number[];
  readonly fromHour: number;
  readonly untilHour: number;
}

/** A way to bill peaks that holds from an instant on, until the next of its list. */
export interface DatedPeakRule extends PeakRule {
  readonly effectiveFromUs: number;
  readonly name: string;
}

export const flemishPeakRules: readonly DatedPeakRule[] = [
  {
    name: 'Flanders, capacity tariff of 2023',
    effectiveFromUs: Date.parse('2022-12-31T23:00:00Z') * 1000,
    window: 'quarter',
    peaks: 1,
    isOnePerDay: false,
    counting: null,
    months: 12,
    floorW: 2500,
  },
];

/** The rule in force; months before the first rule are reckoned by it, to see what they would have cost. */
export function peakRuleAt(rules: readonly DatedPeakRule[], atUs: number): DatedPeakRule | null {
  const ascending = [...rules].sort((a, b) => a.effectiveFromUs - b.effectiveFromUs);
  return ascending.findLast((rule) => rule.effectiveFromUs <= atUs) ?? ascending[0] ?? null;
}
