import { type Quality, worse } from '../ledger/entries/entry.ts';
import type { Interval } from '../units/interval.ts';
import type { Bucket } from './bucket.ts';

/** Groups of meters beside each other in one bucket of the clock. */
export interface SideBySide extends Interval {
  /** In the order of the groups. */
  readonly groups: readonly GroupSum[];
  /** The worst of what is known; `none` when nothing is. */
  readonly quality: Quality;
  readonly isProvisional: boolean;
}

/** What the meters of a group counted together, as far as they are known. */
interface GroupSum {
  /** Null when none of them has an entry. */
  readonly amountMicro: number | null;
  /** Added up over the meters. */
  readonly coveredUs: number;
  readonly onTimeUs: number | null;
}

export const emptySum: GroupSum = { amountMicro: null, coveredUs: 0, onTimeUs: null };

function sumOf(one: number | null, other: number | null): number | null {
  return one === null ? other : one + (other ?? 0);
}

/** Two sums of one group added: amounts in millionths, times in µs; null where neither is known. */
export function addSums(one: GroupSum, other: GroupSum): GroupSum {
  return {
    amountMicro: sumOf(one.amountMicro, other.amountMicro),
    coveredUs: one.coveredUs + other.coveredUs,
    onTimeUs: sumOf(one.onTimeUs, other.onTimeUs),
  };
}

/** Two of the same groups as one; `none` takes nothing from the other's quality. */
export function joinSides(one: SideBySide, other: SideBySide): SideBySide {
  const quality =
    one.quality === 'none'
      ? other.quality
      : other.quality === 'none'
        ? one.quality
        : worse(one.quality, other.quality);
  return {
    startUs: Math.min(one.startUs, other.startUs),
    endUs: Math.max(one.endUs, other.endUs),
    groups: one.groups.map((group, index) => addSums(group, other.groups[index] ?? emptySum)),
    quality,
    isProvisional: one.isProvisional || other.isProvisional,
  };
}

/** A bucket of [startUs, endUs) in which none of the groups has an entry. */
export function emptySide(groupCount: number, startUs: number, endUs: number): SideBySide {
  const groups = Array.from({ length: groupCount }, () => emptySum);
  return { startUs, endUs, groups, quality: 'none', isProvisional: false };
}

/** The same of buckets that were read meter by meter; ascending, places without an entry are absent. */
export function sideBySide(groups: readonly (readonly string[])[], buckets: readonly Bucket[]): SideBySide[] {
  const sides = new Map<number, SideBySide>();
  for (const {
    entityId,
    startUs,
    endUs,
    amountMicro,
    coveredUs,
    onTimeUs,
    quality,
    isProvisional,
  } of buckets) {
    const own = groups.map((ids) =>
      ids.includes(entityId) ? { amountMicro, coveredUs, onTimeUs } : emptySum,
    );
    const side: SideBySide = { startUs, endUs, groups: own, quality, isProvisional };
    const before = sides.get(startUs);
    sides.set(startUs, before === undefined ? side : joinSides(before, side));
  }
  return [...sides.values()].sort((a, b) => a.startUs - b.startUs);
}
