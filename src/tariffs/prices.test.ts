/**
 * Goal: the prices are read once a minute at most, one reading for all who ask at once; the last list goes on while the
 * store is away; and what changes the prices is seen at once.
 * Method: a store that counts and answers on command, and a clock by hand.
 */
import { expect, it } from 'vitest';
import { TestCostVersions } from '../api/testing/test-ledger.ts';
import { Prices } from './prices.ts';

/** Of a clock that began long before. */
const startMs = 1_000_000;

function pricesOf() {
  const store = new TestCostVersions();
  const counted = { reads: 0, ms: startMs };
  const all: TestCostVersions['all'] = () => {
    counted.reads++;
    return store.all();
  };
  const clock = { nowUs: () => 0, monotonicMs: () => counted.ms };
  const prices = new Prices({ store: Object.assign(Object.create(store), { all }), clock });
  return { store, counted, prices };
}
const version = {
  ...{
    costVersionId: 'a',
    area: null,
    effectiveFromUs: 0,
    pricePerKwhMicro: 300_000,
    notes: '',
    createdAtUs: 0,
  },
};

it('reads the store again after a minute, and once for all who ask at once', async () => {
  const { counted, prices, store } = pricesOf();
  expect(prices.inUse()).toBeNull();
  const [one, other] = await Promise.all([prices.list(), prices.list()]);
  expect(one).toBe(other);
  expect(prices.inUse()).toBe(one);
  expect(counted.reads).toBe(1);
  store.versions = [version];
  counted.ms = startMs + 59_999;
  expect(await prices.list()).toBe(one);
  counted.ms = startMs + 60_000;
  expect((await prices.list()).inForce(null, 1)).toEqual(version);
  expect(counted.reads).toBe(2);
  expect(await prices.versions()).toEqual([version]);
  expect(counted.reads).toBe(3);
});

it('goes on with the last list while the store is away, and has none before the first', async () => {
  const { counted, prices, store } = pricesOf();
  store.isDown = true;
  await expect(prices.list()).rejects.toThrow('is down');
  store.isDown = false;
  const list = await prices.list();
  store.isDown = true;
  counted.ms = startMs + 120_000;
  expect(await prices.list()).toBe(list);
  await expect(prices.versions()).rejects.toThrow('is down');
});

it('keeps no answer that an invalidation overtook', async () => {
  const { counted, prices } = pricesOf();
  const old = prices.list();
  prices.invalidate();
  const fresh = prices.list();
  const [before, after] = await Promise.all([old, fresh]);
  expect(before).not.toBe(after);
  expect(counted.reads).toBe(2);
  expect(prices.inUse()).toBe(after);
  prices.invalidate();
  expect(prices.inUse()).toBeNull();
  await prices.list();
  expect(counted.reads).toBe(3);
});
