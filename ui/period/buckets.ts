/** The buckets that a period is divided into for a chart, and the period that opening a bucket shows. Pure. */
import { dateAt, lengthDays, type Period, periodAround } from './period.ts';

export type BucketPeriod = 'hour' | 'day' | 'month' | 'year';

/** Chosen so that the bars are many enough to show a shape and few enough to be distinguished. */
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

/** The period of a bucket; null for an hour, which has no finer chart. */
export function periodOfBucket(bucket: BucketPeriod, startMs: number, zone: string): Period | null {
  return bucket === 'hour' ? null : periodAround(bucket, dateAt(startMs, zone));
}

/** A period for an interval, used to name it: of `kind` if the interval is exactly one, else a range. */
export function periodOfSpan(kind: Period['kind'], startMs: number, endMs: number, zone: string): Period {
  const start = dateAt(startMs, zone);
  const end = dateAt(endMs, zone);
  const around = periodAround(kind, start);
  return around.start.equals(start) && around.end.equals(end) && kind !== 'week'
    ? around
    : { kind: 'range', start, end };
}
