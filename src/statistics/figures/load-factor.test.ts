/**
 * Goal: a load factor is mean divided by peak, between 0 and 1, and has a reason whenever it is null.
 * Method: worked values, and random facts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figuresOf } from './figures.ts';
import { loadFactor } from './load-factor.ts';
import type { Facts } from './statistic.ts';

const facts = (some: Partial<Facts>): Facts => ({
  isMeter: true,
  ...{ state: null, sum: 1, mean: 300, min: 0, max: 1200, cost: null },
  ...some,
});

describe('load factor', () => {
  it.each([
    { some: {}, factor: 0.25, reason: null },
    { some: { mean: 1200 }, factor: 1, reason: null },
    { some: { mean: 0 }, factor: 0, reason: null },
    { some: { mean: null }, factor: null, reason: 'nothing_known' },
    { some: { max: null }, factor: null, reason: 'no_peak' },
    { some: { mean: 1201 }, factor: null, reason: 'no_peak' },
    { some: { mean: 0, max: 0 }, factor: null, reason: 'peak_is_zero' },
    { some: { isMeter: false }, factor: null, reason: 'no_meter' },
  ])('of $some is $factor, reason $reason', ({ some, factor, reason }) => {
    expect(figuresOf(facts(some))).toMatchObject({ load_factor: factor, load_factor_reason: reason });
  });

  it('is between 0 and 1, or null with a reason', () => {
    const power = fc.option(fc.nat(20_000), { nil: null });
    fc.assert(
      fc.property(fc.boolean(), power, power, (isMeter, mean, max) => {
        const asked = facts({ isMeter, mean, max });
        const factor = loadFactor.compute(asked);
        expect(factor === null).toBe(loadFactor.reason.of(asked) !== null);
        if (factor === null) return;
        expect(factor).toBeGreaterThanOrEqual(0);
        expect(factor).toBeLessThanOrEqual(1);
      }),
    );
  });
});
