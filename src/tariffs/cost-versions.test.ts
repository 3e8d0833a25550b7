/**
 * Goal: every amount meets the price that was in force, the narrower scope first, and no price is never a price of 0.
 * Method: by hand for scopes and dates; random amounts for the exact sum.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CostSum, type CostVersion, overlapping, PriceList } from './cost-versions.ts';

function version(area: string | null, effectiveFromUs: number, pricePerKwhMicro: number): CostVersion {
  return {
    costVersionId: `${area} ${effectiveFromUs}`,
    area,
    effectiveFromUs,
    pricePerKwhMicro,
    notes: '',
    createdAtUs: 0,
  };
}

describe('PriceList', () => {
  const prices = new PriceList([
    version(null, 100, 300_000),
    version('Kitchen', 200, 200_000),
    version(null, 300, 350_000),
  ]);

  it('finds the version in force, the area before the home', () => {
    expect(prices.inForce(null, 99)).toBeNull();
    expect(prices.inForce(null, 100)?.pricePerKwhMicro).toBe(300_000);
    expect(prices.inForce('Kitchen', 199)?.pricePerKwhMicro).toBe(300_000);
    expect(prices.inForce('Kitchen', 400)?.pricePerKwhMicro).toBe(200_000);
    expect(prices.inForce('Attic', 400)?.pricePerKwhMicro).toBe(350_000);
  });

  it('returns where prices change within a span', () => {
    expect(prices.changesWithin('Kitchen', 100, 300)).toEqual([200]);
    expect(prices.changesWithin(null, 0, 1000)).toEqual([100, 300]);
  });

  it('takes versions in any order, and returns changes of both scopes by time, each once', () => {
    const any = new PriceList([
      ...[version(null, 300, 3), version('Kitchen', 200, 2), version(null, 100, 1)],
      ...[version('Kitchen', 300, 4), version('Kitchen', 50, 5)],
    ]);
    expect([99, 100, 299, 300].map((at) => any.inForce(null, at)?.pricePerKwhMicro)).toEqual([
      ...[undefined, 1, 1, 3],
    ]);
    expect([50, 200, 300].map((at) => any.inForce('Kitchen', at)?.pricePerKwhMicro)).toEqual([5, 2, 4]);
    expect(any.changesWithin('Kitchen', 0, 1000)).toEqual([50, 100, 200, 300]);
  });

  it('knows which areas have prices of their own', () => {
    expect([prices.scopeOf('Kitchen'), prices.scopeOf('Attic'), prices.scopeOf(null)]).toEqual([
      ...['Kitchen', null, null],
    ]);
  });

  it('finds a second version of the same scope and instant', () => {
    const versions = [version('Kitchen', 200, 1)];
    expect(overlapping(versions, 'Kitchen', 200)).toBe(versions[0]);
    expect(overlapping(versions, null, 200)).toBeNull();
  });
});

describe('CostSum', () => {
  it.each([
    [499_999, 0],
    [500_000, 0.000_001],
    [-499_999, 0],
    [-500_000, -0.000_001],
    [0, 0],
  ])('rounds %d millionths of a millionth to %d', (energyMwh, cost) => {
    const sum = new CostSum();
    sum.add(energyMwh, 1);
    expect(sum.cost()).toBe(cost);
  });

  it('is exact however the amount is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1 }),
        fc.nat(2_000_000),
        (parts, price) => {
          const cut = new CostSum();
          for (const part of parts) cut.add(part, price);
          const whole = new CostSum();
          whole.add(
            parts.reduce((sum, part) => sum + part, 0),
            price,
          );
          expect(cut.cost()).toBe(whole.cost());
        },
      ),
    );
  });

  it('is unknown when a part has no price, and of nothing', () => {
    const sum = new CostSum();
    expect(sum.cost()).toBeNull();
    sum.add(1_000_000, 300_000);
    expect(sum.cost()).toBe(0.3);
    sum.add(500_000, null);
    expect(sum.cost()).toBeNull();
    expect(sum.unpricedMwh()).toBe(500_000);
  });
});
