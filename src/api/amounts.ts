/** Amounts of the ledger as the wire tells them. */
import type { Quality } from '../ledger/entry.ts';
import { valueFromMicro } from '../units/amount.ts';
import { quarterUs } from '../units/quarter.ts';
import { type Bucket, coverageOf } from '../views/bucket.ts';

/** kWh of mWh, m³ of millilitres; null stays null. */
export function valueOrNull(micro: number | null): number | null {
  return micro === null ? null : valueFromMicro(micro);
}

export interface Grounds {
  readonly coverage: number;
  readonly quality: Quality;
  readonly provisional: boolean;
}

/** What a bucket rests on; of one that is not over, the part that has passed counts. */
export function groundsOf(bucket: Bucket, nowUs: number): Grounds {
  return {
    coverage: rounded(coverageOf(bucket, nowUs)),
    quality: bucket.quality,
    provisional: bucket.isProvisional,
  };
}

/** Parts and shares need no more digits than anyone can read. */
export function rounded(part: number): number {
  return Math.round(part * 1e6) / 1e6;
}

const measuredRanks: readonly Quality[] = ['measured', 'imported', 'recovered'];

/** How long the time is that a bucket's amount stands for: where it was measured that time alone, else its quarters. */
export function knownUs(bucket: Bucket): number {
  return measuredRanks.includes(bucket.quality) ? bucket.coveredUs : bucket.quarters * quarterUs;
}

/** Mean power in W of energy, mean flow in m³/h of volume; null when nothing is known. */
export function meanOf(bucket: Bucket, quantity: 'energy' | 'volume'): number | null {
  const us = knownUs(bucket);
  if (bucket.amountMicro === null || us === 0) return null;
  const perHour = (bucket.amountMicro * 3_600_000_000) / us;
  return Math.round(perHour) / (quantity === 'energy' ? 1000 : 1_000_000);
}

/** The same of one quarter's amount. */
export function rateOfQuarter(amountMicro: number | null, quantity: 'energy' | 'volume'): number | null {
  if (amountMicro === null) return null;
  return (amountMicro * 4) / (quantity === 'energy' ? 1000 : 1_000_000);
}

export function secondsOrNull(us: number | null): number | null {
  return us === null ? null : us / 1_000_000;
}

/** Costs of parts together; unknown as soon as one is, and null of nothing. */
export function costSum(costs: Iterable<number | null>): number | null {
  let sum: number | null = null;
  for (const cost of costs) {
    if (cost === null) return null;
    sum = (sum ?? 0) + cost;
  }
  return sum === null ? null : Math.round(sum * 1e6) / 1e6;
}
