/** One entity's readings over a span, down-sampled when there are more than the picture has points. */
import type { Curve } from '../contract/readings.ts';
import type { ReadingStore } from '../recording/reading-store.ts';

type CurveColumns = Pick<Curve, 'x' | 'state' | 'min' | 'max' | 'bucket_seconds' | 'reading_count'>;

/** Steps that people can read off an axis, in seconds. */
const niceSeconds = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
];

/** The smallest nice bucket with which the span has at most `points` buckets; whole days above a day. */
export function bucketSeconds(spanUs: number, points: number): number {
  const least = spanUs / 1_000_000 / points;
  return niceSeconds.find((seconds) => seconds >= least) ?? Math.ceil(least / 86_400) * 86_400;
}

/** Rejects when the store is down. */
export async function readCurve(
  store: Pick<ReadingStore, 'range' | 'curve'>,
  entityId: string,
  startUs: number,
  endUs: number,
  points: number,
): Promise<CurveColumns> {
  const few = await store.range(entityId, startUs, endUs, points + 1);
  if (few.length <= points) {
    const values = few.map((reading) => reading.value);
    return {
      x: few.map((reading) => reading.atUs / 1_000_000),
      state: values,
      min: values,
      max: values,
      bucket_seconds: null,
      reading_count: few.length,
    };
  }
  const seconds = bucketSeconds(endUs - startUs, points);
  const buckets = await store.curve(entityId, startUs, endUs, seconds * 1_000_000);
  return {
    x: buckets.map((bucket) => bucket.atUs / 1_000_000),
    state: buckets.map((bucket) => bucket.last),
    min: buckets.map((bucket) => bucket.min),
    max: buckets.map((bucket) => bucket.max),
    bucket_seconds: seconds,
    reading_count: buckets.reduce((sum, bucket) => sum + bucket.count, 0),
  };
}
