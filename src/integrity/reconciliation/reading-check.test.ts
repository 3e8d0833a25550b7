/**
 * Goal: wrong values are found by the hourly and the nightly check, of a register that reports each ten seconds and of one
 * that reports once a day.
 * Method: lives in a store in memory, checked in short and in long ranges; each finding must be the same.
 */

import { describe, expect, it } from 'vitest';
import { MemoryReadingStore, reading } from '../../recording/testing/doubles.ts';
import { dayUs, hourUs, minuteUs } from '../../units/durations.ts';
import { checkRegister, pagesOf, registerPath } from './reading-check.ts';

const entityId = 'sensor.meter';
const startUs = Date.UTC(2026, 10, 10) * 1000;

async function lived(everyUs: number, count: number, kwh: (place: number) => number | null) {
  const store = new MemoryReadingStore();
  await store.append(
    Array.from({ length: count }, (_, place) => {
      const value = kwh(place);
      return {
        ...{
          entityId,
          atUs: startUs + place * everyUs,
          value,
          absence: value === null ? 'unavailable' : null,
        },
        ...{ unit: 'kWh', sourceUnit: 'kWh', lastResetAtUs: null, origin: 'history' },
      } as const;
    }),
  );
  return (startOffsetUs: number, endOffsetUs: number, kind: 'rising' | 'net' = 'rising') =>
    checkRegister(
      store,
      entityId,
      { kind, unit: 'kWh' },
      () => null,
      startUs + startOffsetUs,
      startUs + endOffsetUs,
    );
}
const reported = (found: Awaited<ReturnType<typeof checkRegister>>) =>
  found.map(({ finding, handling }) => `${finding.kind} ${handling} ${(finding.startUs - startUs) / hourUs}`);

describe('checkRegister', () => {
  it.each([
    ['ten seconds', minuteUs / 6, 2 * 6 * 60 * 24],
    ['a quarter of an hour', 15 * minuteUs, 2 * 96],
    ['an hour', hourUs, 2 * 24],
  ])('finds 0 of a counter that reports each %s, by the hour and by the night', async (_, everyUs, count) => {
    const away = Math.round((30 * hourUs) / everyUs);
    const check = await lived(everyUs, count, (place) =>
      place === away ? 0 : 4 + (place * everyUs * 0.3) / hourUs,
    );
    const expected = ['spike exclude 30'];
    expect(reported(await check(0, 2 * dayUs))).toEqual(expected);
    expect(reported(await check(29 * hourUs, 32 * hourUs))).toEqual(expected);
    expect(reported(await check(30 * hourUs, 30 * hourUs + 1))).toEqual(expected);
    expect(reported(await check(28 * hourUs, 30 * hourUs))).toEqual([]);
    const [one] = await check(29 * hourUs, 32 * hourUs);
    expect(one?.claim).toMatchObject({ startUs: expect.any(Number) as number });
    expect((one?.claim?.startUs ?? 0) <= startUs + 30 * hourUs).toBe(true);
  });

  it('finds it of one that reports once a day, though its return lies days ahead', async () => {
    const check = await lived(dayUs, 12, (place) => (place === 5 ? 0 : 5000 + place * 10));
    expect(reported(await check(5 * dayUs, 6 * dayUs))).toEqual(['spike exclude 120']);
    expect(reported(await check(0, 12 * dayUs))).toEqual(['spike exclude 120']);
  });

  it('knows the pace of one that was silent for long', async () => {
    const check = await lived(hourUs, 300, (place) => {
      if (place < 100) return 1 + place / 100;
      if (place < 290) return null;
      return place === 290 ? 1 : 2 + (place - 290) / 100;
    });
    expect(reported(await check(289 * hourUs, 292 * hourUs))).toEqual(['spike exclude 290']);
  });

  it('finds one that goes on lower on the day on which it fell', async () => {
    const check = await lived(30 * minuteUs, 96, (place) => (place < 47 ? 100 : 93) + place / 100);
    const expected = ['register_fell ask 23'];
    expect(reported(await check(0, dayUs))).toEqual(expected);
    expect(reported(await check(23 * hourUs, 24 * hourUs))).toEqual(expected);
    expect(reported(await check(24 * hourUs, 2 * dayUs))).toEqual([]);
  });

  it('does not take the return from a spike for a register that goes on lower', async () => {
    const check = await lived(15 * minuteUs, 96, (place) =>
      place === 30 || place === 31 ? 1050 : 1000 + place / 10,
    );
    expect(reported(await check(0, dayUs))).toEqual(['spike exclude 7.5']);
  });

  it('finds one that ran over', async () => {
    const check = await lived(30 * minuteUs, 96, (place) =>
      place < 47 ? 2_147_000 + place : place - 2_147_100,
    );
    expect(reported(await check(0, dayUs))).toEqual(['register_fell ask 23']);
  });
});

describe('how far a register is read', () => {
  const wideUs = 4 * hourUs;
  /** @returns what was asked of the store, as hours around the day */
  async function asked(readings: readonly (readonly [atUs: number, kwh: number | null])[]) {
    const store = new MemoryReadingStore();
    await store.append(readings.map(([atUs, kwh]) => reading(entityId, startUs + atUs, kwh)));
    const ranges: (readonly [number, number])[] = [];
    const spied = {
      before: (...question: Parameters<MemoryReadingStore['before']>) => store.before(...question),
      range: (...question: Parameters<MemoryReadingStore['range']>) => {
        ranges.push([(question[1] - startUs) / hourUs, (question[2] - startUs) / hourUs]);
        return store.range(...question);
      },
    };
    const rules = { kind: 'rising', unit: 'kWh' } as const;
    const found = await checkRegister(spied, entityId, rules, () => null, startUs, startUs + dayUs);
    return { ranges, found };
  }
  const everyUs = 4 * minuteUs;
  const often = Array.from(
    { length: (dayUs + 2 * wideUs) / everyUs },
    (_, n) => [n * everyUs - wideUs, n / 10] as const,
  );

  it('is four hours on either side, where sixty readings lie there', async () => {
    expect((await asked(often)).ranges).toEqual([[-4, 28]]);
  });

  it('is a day more, and ten more, where fewer lie before', async () => {
    const { ranges } = await asked(often.slice(1));
    expect(ranges).toEqual([
      [-4, 28],
      [-28, -4],
      [-268, -28],
    ]);
    // A minute's reading of the day before is enough.
    const known = [[-5 * hourUs, -1] as const, ...often.slice(1)];
    expect((await asked(known)).ranges).toEqual(ranges.slice(0, 2));
  });

  it('is as far as the next sixty, where fewer lie after', async () => {
    const { ranges } = await asked(often.slice(0, -1));
    expect(ranges).toHaveLength(2);
    expect(ranges[1]?.[0]).toBe(28);
  });

  it('reaches back to the last value, whatever was absent since', async () => {
    const seldom = [-40, -30, 0.5, 0.75, 20, 40].map(
      (day, n) => [day * dayUs, n === 2 ? 0 : 5000 + n] as const,
    );
    const { found } = await asked([...seldom.slice(0, 2), [-20 * dayUs, null], ...seldom.slice(2)]);
    expect(reported(found)).toEqual(['spike exclude 12']);
  });
});

describe('readings page by page', () => {
  it.each([
    [0, [0]],
    [9_999, [9_999]],
    [20_000, [10_000, 10_000, 0]],
    [25_000, [10_000, 10_000, 5_000]],
  ])('are all %d of them, each once', async (count, sizes) => {
    const all = Array.from({ length: count }, (_, n) => reading(entityId, startUs + n, n));
    const store = {
      range: async (_: string, sinceUs: number, endUs: number, limit: number) =>
        all.slice(Math.max(0, sinceUs - startUs), Math.max(0, endUs - startUs)).slice(0, limit),
    };
    const pages: (readonly { atUs: number }[])[] = [];
    for await (const page of pagesOf(store, entityId, startUs, startUs + dayUs)) {
      pages.push(page);
      if (pages.length > sizes.length) break;
    }
    expect(pages.map((page) => page.length)).toEqual(sizes);
    expect(pages.flat().map(({ atUs }) => atUs)).toEqual(all.map(({ atUs }) => atUs));
  });

  it('of a register begin with the last value before them', async () => {
    const store = new MemoryReadingStore();
    await store.append([
      reading(entityId, startUs - 9, 7),
      reading(entityId, startUs - 5, null),
      reading(entityId, startUs, 8),
    ]);
    const path = await registerPath(store, entityId, 'rising', startUs, startUs + 1);
    expect(path.map(({ registerMicro }) => registerMicro)).toEqual([7_000_000, 8_000_000]);
  });
});
