/**
 * Goal: nothing is lost or made when an amount is cut at boundaries of time.
 * Method: random amounts, spans and cuts; the parts are added up and held against an even spread.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { microFromValue, splitByTime } from './amount.ts';

const span = fc
  .record({
    amountMicro: fc.integer({ min: -1e14, max: 1e14 }),
    startUs: fc.integer({ min: 0, max: 2e15 }),
    lengths: fc.array(fc.integer({ min: 1, max: 1e12 }), { minLength: 1, maxLength: 20 }),
  })
  .map(({ amountMicro, startUs, lengths }) => {
    const edges = [startUs];
    for (const length of lengths) edges.push((edges.at(-1) ?? 0) + length);
    return { amountMicro, startUs, cutsUs: edges.slice(1, -1), endUs: edges.at(-1) ?? startUs, edges };
  });

describe('splitByTime', () => {
  it('gives integers that add up to the amount exactly', () => {
    fc.assert(
      fc.property(span, ({ amountMicro, startUs, endUs, cutsUs }) => {
        const parts = splitByTime(amountMicro, startUs, endUs, cutsUs);
        expect(parts).toHaveLength(cutsUs.length + 1);
        expect(parts.every(Number.isSafeInteger)).toBe(true);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(amountMicro);
      }),
    );
  });

  it('is never further than one unit from the even spread', () => {
    fc.assert(
      fc.property(span, ({ amountMicro, startUs, endUs, cutsUs, edges }) => {
        const parts = splitByTime(amountMicro, startUs, endUs, cutsUs);
        for (const [index, part] of parts.entries()) {
          const length = BigInt((edges[index + 1] ?? 0) - (edges[index] ?? 0));
          const difference = BigInt(part) * BigInt(endUs - startUs) - BigInt(amountMicro) * length;
          expect(difference < 0n ? -difference : difference).toBeLessThanOrEqual(BigInt(endUs - startUs));
        }
      }),
    );
  });

  it('makes the same parts when a span is cut twice', () => {
    expect(splitByTime(10, 0, 3, [1, 2])).toEqual([3, 3, 4]);
    expect(splitByTime(-10, 0, 3, [1, 2])).toEqual([-3, -3, -4]);
    expect(splitByTime(7, 5, 5, [])).toEqual([7]);
  });
});

describe('microFromValue', () => {
  it('takes the nearest integer, as meters with float noise need', () => {
    expect(microFromValue(0.00432000000000698)).toBe(4320);
    expect(microFromValue(453.26)).toBe(453_260_000);
    expect(Object.is(microFromValue(-1e-9), 0)).toBe(true);
    expect(microFromValue(1e12)).toBeNull();
    expect(microFromValue(Number.NaN)).toBeNull();
  });
});
