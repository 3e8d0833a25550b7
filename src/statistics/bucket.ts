import { type Entry, type Quality, qualities, worse } from '../ledger/entries/entry.ts';
import { bucketEdges, bucketStartUs, nextBucketUs, type Period } from '../units/calendar.ts';
import { quarterHourUs } from '../units/durations.ts';
import type { Interval } from '../units/interval.ts';

/** What one meter's entries add up to in one bucket of the home's clock. */
export interface Bucket extends Interval {
  readonly entityId: string;
  /** Millionths of the meter's unit; null when no entry lies in the bucket. */
  readonly amountMicro: number | null;
  /** The highest quarter-hour that was measured as one and to its end; null when none was. */
  readonly highestMicro: number | null;
  readonly lowestMicro: number | null;
  readonly coveredUs: number;
  readonly quality: Quality;
  readonly quarters: number;
  readonly isProvisional: boolean;
  readonly onTimeUs: number | null;
  /** Of a quarter-hour that was not measured as one: the first and last evidence that its amount rests on. */
  readonly restsOn?: Interval;
}

/**
 * One entry as the store's views return its quarter-hour: only one that was measured whole is a peak, in millionths of the
 * unit; any other has its evidence span.
 */
export function quarterHourBucket(entityId: string, entry: Entry): Bucket {
  const { quarterHourStartUs: startUs, amountMicro, coveredUs, quality, isProvisional, onTimeUs } = entry;
  const isWhole = qualities.indexOf(quality) <= qualities.indexOf('recovered') && coveredUs === quarterHourUs;
  return {
    entityId,
    startUs,
    endUs: startUs + quarterHourUs,
    amountMicro,
    highestMicro: isWhole ? amountMicro : null,
    lowestMicro: isWhole ? amountMicro : null,
    coveredUs,
    quality,
    quarters: 1,
    isProvisional,
    onTimeUs,
    ...(!isWhole && { restsOn: { startUs: entry.firstEvidenceUs, endUs: entry.lastEvidenceUs } }),
  };
}

/** A bucket of [startUs, endUs) without entries: amounts are null, never 0. */
export function emptyBucket(entityId: string, startUs: number, endUs: number): Bucket {
  return {
    entityId,
    startUs,
    endUs,
    amountMicro: null,
    highestMicro: null,
    lowestMicro: null,
    coveredUs: 0,
    quality: 'none',
    quarters: 0,
    isProvisional: false,
    onTimeUs: null,
  };
}

/** The part of the bucket that was measured, 0 to 1; of a bucket that is not over, the part of what has passed. */
export function coverageOf(
  bucket: Pick<Bucket, 'startUs' | 'endUs' | 'coveredUs'>,
  nowUs = Number.POSITIVE_INFINITY,
): number {
  const passedUs = Math.min(bucket.endUs, nowUs) - bucket.startUs;
  return passedUs <= 0 ? 0 : Math.min(1, bucket.coveredUs / passedUs);
}

function sumOf(one: number | null, other: number | null): number | null {
  return one === null ? other : one + (other ?? 0);
}

type Extreme = (one: number, other: number) => number;

function extremeOf(pick: Extreme, one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : pick(one, other);
}

/** Two buckets of a meter as one that reaches over both; an empty one takes nothing from the other's quality. */
export function joinBuckets(one: Bucket, other: Bucket): Bucket {
  const quality =
    one.quarters === 0
      ? other.quality
      : other.quarters === 0
        ? one.quality
        : worse(one.quality, other.quality);
  return {
    entityId: one.entityId,
    startUs: Math.min(one.startUs, other.startUs),
    endUs: Math.max(one.endUs, other.endUs),
    amountMicro: sumOf(one.amountMicro, other.amountMicro),
    highestMicro: extremeOf(Math.max, one.highestMicro, other.highestMicro),
    lowestMicro: extremeOf(Math.min, one.lowestMicro, other.lowestMicro),
    coveredUs: one.coveredUs + other.coveredUs,
    quality,
    quarters: one.quarters + other.quarters,
    isProvisional: one.isProvisional || other.isProvisional,
    onTimeUs: sumOf(one.onTimeUs, other.onTimeUs),
  };
}

/** All of a meter's buckets as one over [startUs, endUs). */
export function total(entityId: string, buckets: readonly Bucket[], startUs: number, endUs: number): Bucket {
  return buckets.reduce(joinBuckets, emptyBucket(entityId, startUs, endUs));
}

/**
 * Gathers finer buckets into those of a longer period: days into weeks, months and years, quarter-hours into hours of
 * a zone whose offset is no whole number of hours.
 */
export function regroup(buckets: readonly Bucket[], period: Period, zone: string): Bucket[] {
  const groups = new Map<string, Bucket>();
  for (const bucket of buckets) {
    const startUs = bucketStartUs(bucket.startUs, period, zone);
    const key = `${bucket.entityId} ${startUs}`;
    const endUs = nextBucketUs(startUs, period, zone);
    groups.set(key, joinBuckets(groups.get(key) ?? emptyBucket(bucket.entityId, startUs, endUs), bucket));
  }
  return [...groups.values()];
}

/** One bucket for each place of the period's grid over [startUs, endUs): what is missing is empty, never 0. */
export function aligned(
  buckets: readonly Bucket[],
  entityId: string,
  startUs: number,
  endUs: number,
  period: Period,
  zone: string,
): Bucket[] {
  const byStart = new Map(
    buckets.filter((bucket) => bucket.entityId === entityId).map((bucket) => [bucket.startUs, bucket]),
  );
  const edges = bucketEdges(startUs, endUs, period, zone);
  return edges.slice(0, -1).map((edgeUs, index) => {
    return byStart.get(edgeUs) ?? emptyBucket(entityId, edgeUs, edges[index + 1] ?? edgeUs + quarterHourUs);
  });
}
