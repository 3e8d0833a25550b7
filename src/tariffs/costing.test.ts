/**
 * Goal: a bucket of any length costs what its quarter-hours cost, each at the price in force when it began; a part
 * without a price makes the cost unknown and is reported; another list of prices says what it changes.
 * Method: random amounts and prices that change at random instants, also inside quarter-hours and on both clock
 * changes, beside a plain sum over the quarter-hours; single cases by hand.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postedEntry, TestLedger } from '../api/testing/test-ledger.ts';
import { localDate, type Period } from '../units/calendar.ts';
import { dayUs, hourUs, quarterHourUs } from '../units/durations.ts';
import { CostSum, type CostVersion, PriceList } from './cost-versions.ts';
import { costOf } from './costing.ts';
import { repricing } from './repricing.ts';

const zone = 'Europe/Brussels';
/** Three days before the clocks are turned back. */
const startUs = Date.UTC(2026, 9, 21, 22) * 1000;
const endUs = startUs + 6 * dayUs + hourUs;
const meter = 'sensor.grid_import';

const version = (effectiveFromUs: number, price: number, area: string | null = null): CostVersion => ({
  ...{ costVersionId: `${area} ${effectiveFromUs} ${price}`, area, effectiveFromUs },
  ...{ pricePerKwhMicro: price, notes: '', createdAtUs: 0 },
});

function ledgerOf(amounts: readonly (number | null)[], entityId = meter): TestLedger {
  const ledger = new TestLedger();
  ledger.entries.set(
    entityId,
    amounts.flatMap((amountMicro, index) =>
      amountMicro === null ? [] : [postedEntry(startUs + index * quarterHourUs, { amountMicro })],
    ),
  );
  return ledger;
}

const amountsFrom = (min: number) =>
  fc.array(fc.option(fc.integer({ min, max: 2_000_000 }), { freq: 20 }), {
    ...{ minLength: 6 * 96, maxLength: 6 * 96 },
  });
const versions = (least: number) =>
  fc.array(
    fc
      .tuple(
        fc.constantFrom(null, null, 'Kitchen', 'Attic'),
        fc.oneof(
          fc.integer({ min: startUs, max: endUs }),
          fc.integer({ min: 0, max: 6 * 96 }).map((quarters) => startUs + quarters * quarterHourUs),
          fc.integer({ min: 0, max: 6 }).map((days) => startUs + days * dayUs),
        ),
        fc.integer({ min: -50_000, max: 900_000 }),
      )
      .map(([area, at, price]) => version(at, price, area)),
    { minLength: least, maxLength: 6 },
  );

async function plainCost(
  ledger: TestLedger,
  prices: PriceList,
  area: string | null,
  spanStartUs: number,
  spanEndUs: number,
) {
  const sum = new CostSum();
  for (const quarter of await ledger.buckets([meter], 'quarter', spanStartUs, spanEndUs))
    sum.add(quarter.amountMicro ?? 0, prices.inForce(area, quarter.startUs)?.pricePerKwhMicro ?? null);
  return { cost: sum.cost(), unpricedMwh: sum.unpricedMwh() };
}

describe('costOf', () => {
  it('costs a bucket what its quarter-hours cost', async () => {
    await fc.assert(
      fc.asyncProperty(
        amountsFrom(-500_000),
        versions(0),
        fc.boolean(),
        fc.constantFrom<Period>('quarter', 'hour', 'day', 'week', 'month'),
        fc.constantFrom(null, 'Kitchen'),
        async (drawn, own, isPriced, period, area) => {
          const ledger = ledgerOf(drawn);
          const prices = new PriceList(isPriced ? [version(0, 250_000), ...own] : own);
          const buckets = await ledger.buckets([meter], period, startUs, endUs);
          const costs = await costOf(ledger, prices, area, buckets);
          expect([...costs.keys()]).toEqual(buckets.map((bucket) => bucket.startUs));
          for (const bucket of period === 'quarter' ? buckets.slice(0, 40) : buckets) {
            const { cost } = await plainCost(ledger, prices, area, bucket.startUs, bucket.endUs);
            expect(costs.get(bucket.startUs)).toBe(cost);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('reads the quarter-hours only of the days in which a price changes', async () => {
    const ledger = ledgerOf(Array.from({ length: 6 * 96 }, () => 1000));
    const week = await ledger.buckets([meter], 'week', startUs, startUs + 1);
    const asked: string[] = [];
    const buckets: TestLedger['buckets'] = (ids, period, askedStartUs, askedEndUs) => {
      asked.push(`${period} ${(askedEndUs - askedStartUs) / hourUs} h`);
      return ledger.buckets(ids, period, askedStartUs, askedEndUs);
    };
    const views = Object.assign(Object.create(ledger), { buckets });
    const costs = (at: number) => costOf(views, new PriceList([version(0, 1), version(at, 2)]), null, week);
    await costs(week[0]?.startUs ?? 0);
    expect(asked).toEqual([]);
    await costs(startUs + dayUs + hourUs);
    expect(asked).toEqual(['day 169 h', 'quarter 24 h']);
    asked.length = 0;
    await costs(startUs + dayUs);
    expect(asked).toEqual(['day 169 h']);
    asked.length = 0;
    // The day of 25 hours is a day.
    const days = await ledger.buckets([meter], 'day', startUs + 3 * dayUs, startUs + 3 * dayUs + 1);
    await costOf(views, new PriceList([version(0, 1), version(startUs + 3 * dayUs + 1, 2)]), null, days);
    expect(asked).toEqual(['quarter 25 h']);
  });

  it('prices meters of one area together, and an empty bucket not at all', async () => {
    const ledger = ledgerOf([1_000_000, 1_000_000]);
    ledger.entries.set('sensor.other', [postedEntry(startUs + quarterHourUs, { amountMicro: 3_000_000 })]);
    const prices = new PriceList([version(0, 100_000), version(startUs + quarterHourUs, 200_000)]);
    const place = { startUs, endUs: startUs + hourUs };
    const both = await costOf(
      ledger,
      prices,
      null,
      [{ ...place, amountMicro: 5_000_000 }],
      [meter, 'sensor.other'],
    );
    expect(both.get(startUs)).toBe(0.9);
    expect([
      ...(await costOf(ledger, prices, null, [{ ...place, startUs: 0, endUs: 1, amountMicro: null }])),
    ]).toEqual([[0, null]]);
  });
});

describe('repricing', () => {
  it('says what the other prices make of the same energy', async () => {
    await fc.assert(
      fc.asyncProperty(
        amountsFrom(0),
        versions(1),
        fc.boolean(),
        fc.integer({ min: 0, max: 95 }),
        async (drawn, later, isPriced, from) => {
          const ledger = ledgerOf(drawn);
          const before = new PriceList([version(0, 250_000)]);
          const after = new PriceList(isPriced ? [version(0, 250_000), ...later] : later);
          const spanStartUs = startUs + from * quarterHourUs;
          const meters = [{ entityId: meter, area: 'Kitchen' }];
          const found = await repricing(ledger, meters, before, after, spanStartUs, endUs);
          const was = await plainCost(ledger, before, 'Kitchen', spanStartUs, endUs);
          const is = await plainCost(ledger, after, 'Kitchen', spanStartUs, endUs);
          const quarters = await ledger.buckets([meter], 'quarter', spanStartUs, endUs);
          expect(found.energyMwh).toBe(quarters.reduce((sum, one) => sum + (one.amountMicro ?? 0), 0));
          // Each piece is rounded to a millionth.
          const pieces = 200e-6;
          expect(Math.abs((found.costBefore ?? 0) - (was.cost ?? 0))).toBeLessThan(pieces);
          expect(found.costAfter === null).toBe(is.cost === null);
          expect(Math.abs((found.costAfter ?? 0) - (is.cost ?? 0))).toBeLessThan(pieces);
          expect(found.unpricedMwh).toBe(is.unpricedMwh);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('counts the days whose cost is another, of all meters together', async () => {
    const ledger = ledgerOf(Array.from({ length: 5 * 96 + 10 }, () => 1000));
    const others = ['sensor.washer', 'sensor.not_asked'];
    for (const id of others)
      ledger.entries.set(id, [postedEntry(startUs + dayUs, { amountMicro: 1_000_000 })]);
    const before = new PriceList([version(0, 300_000), version(0, 100_000, 'Laundry')]);
    const after = new PriceList([
      version(0, 300_000),
      version(startUs + 2 * dayUs, 400_000),
      version(0, 200_000, 'Laundry'),
    ]);
    const meters = [
      { entityId: meter, area: null },
      { entityId: 'sensor.washer', area: 'Laundry' },
    ];
    const found = await repricing(ledger, meters, before, after, startUs + hourUs, endUs);
    const days = new Set([1, 2, 3, 4, 5].map((day) => localDate(startUs + day * dayUs + 2 * hourUs, zone)));
    expect(found.daysChanged).toBe(days.size);
    expect(found).toMatchObject({ energyMwh: (5 * 96 + 10 - 4) * 1000 + 1_000_000, unpricedMwh: 0 });
    expect((found.costAfter ?? 0) - (found.costBefore ?? 0)).toBeCloseTo(0.1 + (298 * 1000 * 0.1) / 1e6, 5);
  });

  it('reads the quarter-hours only of what is without a price in a part', async () => {
    const ledger = ledgerOf([1000, 1000, 1000, 1000, 2000, 2000, 2000, 2000]);
    const asked: string[] = [];
    const buckets: TestLedger['buckets'] = (ids, period, askedStartUs, askedEndUs) => {
      asked.push(period);
      return ledger.buckets(ids, period, askedStartUs, askedEndUs);
    };
    const views = Object.assign(Object.create(ledger), { buckets });
    const unpriced = async (at: number) => {
      asked.length = 0;
      const after = new PriceList([version(at, 1)]);
      const meters = [{ entityId: meter, area: null }];
      return (await repricing(views, meters, new PriceList([]), after, startUs, endUs)).unpricedMwh;
    };
    expect(await unpriced(endUs)).toBe(12_000);
    const withoutPrice = asked.filter((period) => period === 'quarter').length;
    expect(await unpriced(startUs + hourUs + quarterHourUs)).toBe(6000);
    expect(asked.filter((period) => period === 'quarter').length).toBe(withoutPrice + 2);
  });

  it('knows no costs of nothing, nor where either list has no price', async () => {
    const [none, some] = [new PriceList([]), new PriceList([version(0, 300_000)])];
    const meters = [{ entityId: meter, area: null }];
    const nothing = await repricing(ledgerOf([]), meters, some, some, startUs, endUs);
    expect(nothing).toEqual({
      ...{ costBefore: null, costAfter: null, energyMwh: 0, unpricedMwh: 0, daysChanged: 0 },
    });
    expect(await repricing(ledgerOf([1_000_000]), meters, none, some, startUs, endUs)).toEqual({
      ...{ costBefore: null, costAfter: 0.3, energyMwh: 1_000_000, unpricedMwh: 0, daysChanged: 1 },
    });
    expect(await repricing(ledgerOf([-1_000_000]), meters, some, none, startUs, endUs)).toEqual({
      ...{ costBefore: -0.3, costAfter: null, energyMwh: -1_000_000, unpricedMwh: 1_000_000, daysChanged: 1 },
    });
  });
});
