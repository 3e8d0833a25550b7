/** Amounts of the ledger as they are answered. */
import type { Quality } from '../../ledger/entries/entry.ts';
import { type Bucket, coverageOf } from '../../statistics/bucket.ts';
import { valueFromMicro } from '../../units/amount.ts';

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

export function roundedOrNull(part: number | null): number | null {
  return part === null ? null : rounded(part);
}

/** The sum of the known amounts; null when none is known. */
export function sumOrNull(amounts: readonly (number | null)[]): number | null {
  const known = amounts.filter((amount) => amount !== null);
  return known.length === 0 ? null : known.reduce((sum, amount) => sum + amount, 0);
}

export function secondsOrNull(us: number | null): number | null {
  return us === null ? null : us / 1_000_000;
}

/** The sum of costs; null as soon as one of them is, and without any. */
export function costSum(costs: Iterable<number | null>): number | null {
  let sum: number | null = null;
  for (const cost of costs) {
    if (cost === null) return null;
    sum = (sum ?? 0) + cost;
  }
  return sum === null ? null : Math.round(sum * 1e6) / 1e6;
}
