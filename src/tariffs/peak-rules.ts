import type { PeakRule } from './peaks.ts';

/** A way to bill peaks that holds from an instant on, until the next of its list. */
export interface DatedPeakRule extends PeakRule {
  readonly effectiveFromUs: number;
  readonly name: string;
}

/** How peaks are billed, as data: a tariff version may bring others. */
export const flemishPeakRules: readonly DatedPeakRule[] = [
  {
    name: 'Flanders, capacity tariff of 2023',
    effectiveFromUs: Date.parse('2022-12-31T23:00:00Z') * 1000,
    floorW: 2500,
    months: 12,
  },
];

/** The rule in force; months before the first rule are reckoned by it, to see what they would have cost. */
export function peakRuleAt(rules: readonly DatedPeakRule[], atUs: number): DatedPeakRule | null {
  const ascending = [...rules].sort((a, b) => a.effectiveFromUs - b.effectiveFromUs);
  return ascending.findLast((rule) => rule.effectiveFromUs <= atUs) ?? ascending[0] ?? null;
}
