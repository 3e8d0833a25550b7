/**
 * Goal: the buckets of a span hold each of its quarter-hours once, and no other.
 * Method: a ledger in memory in which every quarter-hour holds another power of two or ten, so that a sum names its
 * quarter-hours.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { postedEntry, TestLedger } from '../api/testing/test-ledger.ts';
import { quarterHourUs } from '../units/durations.ts';
import { byMeter, spanBuckets, wholeQuarterHours } from './span-totals.ts';

const startUs = Date.UTC(2026, 2, 27, 23) * 1000;

it('adds up to the quarter-hours that the span touches', async () => {
  const ledger = new TestLedger();
  const amounts = Array.from({ length: 96 * 5 }, (_, index) => (index * 7919) % 10_007);
  ledger.entries.set(
    'sensor.a',
    amounts.map((amountMicro, index) => postedEntry(startUs + index * quarterHourUs, { amountMicro })),
  );
  ledger.entries.set('sensor.b', [postedEntry(startUs + 96 * quarterHourUs, { amountMicro: 1 })]);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(96 * 5 * 900),
      fc.integer({ min: 1, max: 96 * 5 * 900 }),
      async (from, length) => {
        const [spanStartUs, spanEndUs] = [startUs + from * 1_000_000, startUs + (from + length) * 1_000_000];
        const touched = wholeQuarterHours(spanStartUs, spanEndUs);
        const isTouched = (index: number) => {
          const at = startUs + index * quarterHourUs;
          return at >= touched.startUs && at < touched.endUs;
        };
        const found = byMeter(await spanBuckets(ledger, ['sensor.a', 'sensor.b'], spanStartUs, spanEndUs));
        const sums = ['sensor.a', 'sensor.b'].map((id) =>
          (found.get(id) ?? []).reduce((sum, bucket) => sum + (bucket.amountMicro ?? 0), 0),
        );
        expect(sums).toEqual([
          amounts.filter((_, index) => isTouched(index)).reduce((sum, amount) => sum + amount, 0),
          isTouched(96) ? 1 : 0,
        ]);
      },
    ),
  );
});

it('touches a quarter-hour only where it has a part in it', () => {
  expect(wholeQuarterHours(startUs, startUs + quarterHourUs)).toEqual({
    startUs,
    endUs: startUs + quarterHourUs,
  });
  expect(wholeQuarterHours(startUs + 1, startUs + quarterHourUs + 1)).toEqual({
    startUs,
    endUs: startUs + 2 * quarterHourUs,
  });
});
