/**
 * Goal: the algebra of intervals is that of the sets of instants that they hold.
 * Method: short intervals of small integers; the set of each is written out and compared.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contains,
  durationUs,
  hull,
  type Interval,
  intersect,
  intervalAt,
  isEmpty,
  overlaps,
  splitAt,
  subtract,
  union,
  unionWith,
} from './interval.ts';

const any = fc
  .tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -3, max: 12 }))
  .map(([startUs, lengthUs]): Interval => ({ startUs, endUs: startUs + lengthUs }));
const filled = any.filter((one) => !isEmpty(one));
const list = fc.array(filled, { maxLength: 8 });
const instants = Array.from({ length: 60 }, (_, index) => index - 25);
const setOf = (...some: readonly Interval[]) =>
  instants.filter((atUs) => some.some(({ startUs, endUs }) => startUs <= atUs && atUs < endUs));
const areApart = (some: readonly Interval[]) =>
  some.every((one, index) => !isEmpty(one) && (index === 0 || (some[index - 1]?.endUs ?? 0) < one.startUs));

describe('an interval', () => {
  it('holds its start and not its end', () => {
    expect([4, 5, 6, 7].map((atUs) => contains({ startUs: 5, endUs: 7 }, atUs))).toEqual([
      ...[false, true, true, false],
    ]);
    expect(contains({ startUs: 5, endUs: 5 }, 5)).toBe(false);
    expect(setOf(intervalAt(3))).toEqual([3]);
  });

  it('lasts as many microseconds as it holds instants', () => {
    fc.assert(
      fc.property(any, (one) => {
        expect(setOf(one)).toHaveLength(durationUs(one));
        expect(isEmpty(one)).toBe(setOf(one).length === 0);
        expect(setOf(one)).toEqual(instants.filter((atUs) => contains(one, atUs)));
      }),
    );
  });
});

describe('two intervals', () => {
  it('share what is in both', () => {
    fc.assert(
      fc.property(any, any, (one, other) => {
        const both = setOf(one).filter((atUs) => contains(other, atUs));
        expect(setOf(intersect(one, other))).toEqual(both);
        expect(overlaps(one, other)).toBe(both.length > 0);
        expect(overlaps(other, one)).toBe(both.length > 0);
      }),
    );
  });

  it('that touch share nothing', () => {
    expect(overlaps({ startUs: 1, endUs: 5 }, { startUs: 5, endUs: 9 })).toBe(false);
    expect(intersect({ startUs: 1, endUs: 5 }, { startUs: 7, endUs: 9 })).toEqual({ startUs: 7, endUs: 7 });
  });

  it('lie in the smallest interval around them', () => {
    fc.assert(
      fc.property(filled, filled, (one, other) => {
        const all = setOf(one, other);
        const around = hull(one, other);
        expect([around.startUs, around.endUs]).toEqual([all[0], (all.at(-1) ?? 0) + 1]);
        expect(hull(undefined, other)).toBe(other);
      }),
    );
  });
});

describe('a list of intervals', () => {
  it('joined holds the same, ascending and apart', () => {
    fc.assert(
      fc.property(list, (some) => {
        const joined = union(some);
        expect(setOf(...joined)).toEqual(setOf(...some));
        expect(areApart(joined)).toBe(true);
        expect(union(joined)).toEqual(joined);
      }),
    );
  });

  it('joined keeps what is beside the interval', () => {
    const join = (one: Interval & { n: number }, other: Interval & { n: number }) => ({
      ...hull(one, other),
      n: one.n + other.n,
    });
    const some = [
      { startUs: 9, endUs: 12, n: 1 },
      { startUs: 1, endUs: 5, n: 2 },
      { startUs: 5, endUs: 6, n: 4 },
    ];
    expect(unionWith(some, join)).toEqual([{ startUs: 1, endUs: 6, n: 6 }, some[0]]);
  });

  it('taken away leaves the rest', () => {
    fc.assert(
      fc.property(any, list, (one, some) => {
        const rest = subtract(one, union(some));
        const taken = setOf(...some);
        expect(setOf(...rest)).toEqual(setOf(one).filter((atUs) => !taken.includes(atUs)));
        expect(areApart(rest)).toBe(true);
      }),
    );
  });
});

it('splits at the boundaries within it, and keeps all of it', () => {
  fc.assert(
    fc.property(filled, fc.uniqueArray(fc.integer({ min: -25, max: 30 })), (one, drawn) => {
      const boundaries = drawn.sort((a, b) => a - b);
      const parts = splitAt(one, boundaries);
      expect(parts.flatMap((part) => setOf(part))).toEqual(setOf(one));
      expect(parts.map(({ startUs }) => startUs)).toEqual([
        one.startUs,
        ...boundaries.filter((us) => us !== one.startUs && contains(one, us)),
      ]);
      expect(parts.every((part) => !isEmpty(part))).toBe(true);
    }),
  );
});
