/**
 * Goal: groups of meters beside each other are what their meters say one by one, whatever is missing.
 * Method: random buckets of five meters; sums reckoned meter by meter.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qualities, worse } from '../ledger/entries/entry.ts';
import { quarterHourUs } from '../units/durations.ts';
import { type Bucket, emptyBucket } from './bucket.ts';
import { emptySide, joinSides, sideBySide } from './side-by-side.ts';

const ids = ['a', 'b', 'c', 'd', 'e'];
const groups = [['a'], ['b', 'c'], ['d']];
const bucket = fc
  .record({
    entityId: fc.constantFrom(...ids),
    place: fc.integer({ min: 0, max: 3 }),
    amountMicro: fc.integer({ min: -5000, max: 5000 }),
    coveredUs: fc.integer({ min: 0, max: quarterHourUs }),
    onTimeUs: fc.option(fc.integer({ min: 0, max: quarterHourUs })),
    quality: fc.constantFrom(...qualities.slice(0, 5)),
    isProvisional: fc.boolean(),
  })
  .map(
    ({ place, ...rest }): Bucket => ({
      ...emptyBucket(rest.entityId, place * quarterHourUs, (place + 1) * quarterHourUs),
      ...rest,
      quarters: 1,
    }),
  );
const buckets = fc.uniqueArray(bucket, {
  selector: (one) => `${one.entityId} ${one.startUs}`,
  maxLength: 20,
});

describe('meters side by side', () => {
  it('say what each says, added up by group', () => {
    fc.assert(
      fc.property(buckets, (all) => {
        const listed = all.filter((one) => groups.flat().includes(one.entityId));
        const sides = sideBySide(groups, listed);
        expect(sides.map((side) => side.startUs)).toEqual(
          [...new Set(listed.map((one) => one.startUs))].sort((a, b) => a - b),
        );
        for (const side of sides) {
          const own = listed.filter((one) => one.startUs === side.startUs);
          expect(side.quality).toBe(own.map((one) => one.quality).reduce(worse));
          expect(side.isProvisional).toBe(own.some((one) => one.isProvisional));
          for (const [index, members] of groups.entries()) {
            const inside = own.filter((one) => members.includes(one.entityId));
            const on = inside.flatMap((one) => one.onTimeUs ?? []);
            expect(side.groups[index]).toEqual({
              amountMicro:
                inside.length === 0 ? null : inside.reduce((sum, one) => sum + (one.amountMicro ?? 0), 0),
              coveredUs: inside.reduce((sum, one) => sum + one.coveredUs, 0),
              onTimeUs: on.length === 0 ? null : on.reduce((sum, us) => sum + us, 0),
            });
          }
        }
      }),
    );
  });

  it('joined over a span know as much as the whole', () => {
    fc.assert(
      fc.property(buckets, (all) => {
        const whole = sideBySide(groups, all).reduce(joinSides, emptySide(3, 0, 4 * quarterHourUs));
        const [once = emptySide(3, 0, 0)] = sideBySide(
          groups,
          all.map((one) => ({ ...one, startUs: 0, endUs: 4 * quarterHourUs })),
        );
        expect(whole).toEqual({ ...once, startUs: 0, endUs: 4 * quarterHourUs });
      }),
    );
  });
});
