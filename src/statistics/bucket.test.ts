/**
 * Goal: a week is its days and a year its months, and what is missing stays missing.
 * Method: random days regrouped in several zones; sums are compared, empty places looked at by hand.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketEdges, type Period } from '../units/calendar.ts';
import { hourUs } from '../units/durations.ts';
import { instantFromIso } from '../units/instant.ts';
import { aligned, type Bucket, coverageOf, emptyBucket, regroup, total } from './bucket.ts';

const start = instantFromIso('2026-01-01T00:00:00Z') ?? 0;

function days(zone: string, amounts: readonly (number | null)[]): Bucket[] {
  const edges = bucketEdges(start, start + amounts.length * 24 * hourUs, 'day', zone);
  return amounts.flatMap((amountMicro, index) => {
    if (amountMicro === null) return [];
    const startUs = edges[index] ?? 0;
    const endUs = edges[index + 1] ?? 0;
    const found = { ...emptyBucket('sensor.a', startUs, endUs), amountMicro, highestMicro: amountMicro };
    return [{ ...found, quality: 'measured' as const, quarters: 96, coveredUs: endUs - startUs }];
  });
}

describe('buckets', () => {
  it('have the extremes of those that know one, also below 0', () => {
    const known = { ...emptyBucket('sensor.a', 0, 1), quarters: 1, highestMicro: -5, lowestMicro: 7 };
    const unknown = { ...emptyBucket('sensor.a', 1, 2), quarters: 1 };
    for (const both of [
      [known, unknown],
      [unknown, known],
    ])
      expect(total('sensor.a', both, 0, 2)).toMatchObject({ highestMicro: -5, lowestMicro: 7 });
  });

  it('keep their sum and highest when they are gathered', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.integer({ min: 0, max: 1e9 })), { minLength: 1, maxLength: 400 }),
        fc.constantFrom('Europe/Brussels', 'Asia/Kolkata', 'America/New_York'),
        fc.constantFrom<Period>('week', 'month', 'year'),
        (amounts, zone, period) => {
          const gathered = regroup(days(zone, amounts), period, zone);
          const known = amounts.filter((amount) => amount !== null);
          expect(gathered.reduce((sum, bucket) => sum + (bucket.amountMicro ?? 0), 0)).toBe(
            known.reduce((sum, amount) => sum + amount, 0),
          );
          const highest = Math.max(-1, ...gathered.map((bucket) => bucket.highestMicro ?? -1));
          expect(highest).toBe(Math.max(-1, ...known));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leave a place empty where nothing is known', () => {
    const found = aligned(
      days('Europe/Brussels', [5, null, 7]),
      'sensor.a',
      start,
      start + 48 * hourUs,
      'day',
      'Europe/Brussels',
    );
    expect(found.map((bucket) => bucket.amountMicro)).toEqual([5, null, 7]);
    expect(found[1]?.quality).toBe('none');
  });

  it('report their coverage of the time that has passed', () => {
    const [day] = days('UTC', [5]);
    if (day === undefined) throw new Error('a day');
    expect(coverageOf(day)).toBe(1);
    expect(coverageOf({ ...day, coveredUs: 6 * hourUs }, day.startUs + 12 * hourUs)).toBe(0.5);
    expect(total('sensor.a', [], 0, 1)).toMatchObject({ amountMicro: null, quality: 'none' });
  });
});
