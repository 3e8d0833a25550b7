/**
 * Goal: each period has as many bars as can be distinguished, and the intervals of an answer get their names back.
 * Method: examples of each kind, and of the lengths at which the bucket changes.
 */
import { describe, expect, it } from 'vitest';
import { bucketPeriodOf, periodOfBucket, periodOfSpan } from './buckets.ts';
import { periodAround, rangeOf } from './period.ts';

const date = (text: string) => Temporal.PlainDate.from(text);
const zone = 'Europe/Brussels';
const range = (days: number) => rangeOf(date('2026-01-01'), date('2026-01-01').add({ days: days - 1 }));

describe('buckets', () => {
  it.each([
    [periodAround('day', date('2026-11-21')), 'hour'],
    [periodAround('week', date('2026-11-21')), 'day'],
    [periodAround('month', date('2026-11-21')), 'day'],
    [periodAround('year', date('2026-11-21')), 'month'],
    [range(3), 'hour'],
    [range(4), 'day'],
    [range(92), 'day'],
    [range(93), 'month'],
    [range(1101), 'year'],
  ] as const)('cut %o into %s', (period, bucket) => expect(bucketPeriodOf(period)).toBe(bucket));

  it('open into the period that they are', () => {
    const at = Date.parse('2026-10-31T23:00:00Z');
    expect(periodOfBucket('hour', at, zone)).toBeNull();
    expect(periodOfBucket('day', at, zone)?.start.toString()).toBe('2026-11-01');
    expect(periodOfBucket('month', at, zone)?.end.toString()).toBe('2026-12-01');
  });

  it('distinguish a month from a range of as many days', () => {
    const month = periodOfSpan(
      'month',
      Date.parse('2026-09-30T22:00:00Z'),
      Date.parse('2026-10-31T23:00:00Z'),
      zone,
    );
    expect(month.kind).toBe('month');
    const days = periodOfSpan(
      'month',
      Date.parse('2026-09-29T22:00:00Z'),
      Date.parse('2026-10-31T23:00:00Z'),
      zone,
    );
    expect(days.kind).toBe('range');
  });
});
