/** Into which buckets a period is cut to be drawn, and what opening one of them shows. Pure. */
import { dateAt, lengthDays, type Period, periodAround } from './period.ts';

export type BucketPeriod = 'hour' | 'day' | 'month' | 'year';

/** So that there are enough bars to see a shape and few enough to tell them apart. */
export function bucketPeriodOf(period: Period): BucketPeriod {
  switch (period.kind) {
    case 'day':
      return 'hour';
    case 'week':
    case 'month':
      return 'day';
    case 'year':
      return 'month';
    case 'range': {
      const days = lengthDays(period);
      if (days <= 3) return 'hour';
      if (days <= 92) return 'day';
      return days <= 1100 ? 'month' : 'year';
    }
  }
}

/** The period that a bucket is; null for an hour, which holds no finer picture. */
export function periodOfBucket(bucket: BucketPeriod, startMs: number, zone: string): Period | null {
  return bucket === 'hour' ? null : periodAround(bucket, dateAt(startMs, zone));
}

/** The same kind where a span is one, else a range: for naming what an answer says it holds. */
export function periodOfSpan(kind: Period['kind'], startMs: number, endMs: number, zone: string): Period {
  const start = dateAt(startMs, zone);
  const end = dateAt(endMs, zone);
  const around = periodAround(kind, start);
  return around.start.equals(start) && around.end.equals(end) && kind !== 'week'
    ? around
    : { kind: 'range', start, end };
}
