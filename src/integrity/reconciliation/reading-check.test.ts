/**
 * Goal: what went wrong is found whenever it is looked for: by the hour and by the night, of a register that is told each
 * ten seconds and of one that is told once a day.
 * Method: lives in a store in memory, looked at in short and in long ranges; each finding must be the same one.
 */
import { describe, expect, it } from 'vitest';
import { MemoryReadingStore } from '../../recording/testing/doubles.ts';
import { checkRegister } from './reading-check.ts';

const entityId = 'sensor.meter';
const minuteUs = 60_000_000;
const hourUs = 60 * minuteUs;
const dayUs = 24 * hourUs;
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
  return (startUs: number, endUs: number, kind: 'rising' | 'net' = 'rising') =>
    checkRegister(store, entityId, { kind, unit: 'kWh' }, () => null, startUs + startUs, startUs + endUs);
}
const told = (found: Awaited<ReturnType<typeof checkRegister>>) =>
  found.map(({ finding, handling }) => `${finding.kind} ${handling} ${(finding.startUs - startUs) / hourUs}`);

describe('checkRegister', () => {
  it.each([
    ['ten seconds', minuteUs / 6, 2 * 6 * 60 * 24],
    ['a quarter of an hour', 15 * minuteUs, 2 * 96],
    ['an hour', hourUs, 2 * 24],
  ])('finds 0 of a counter that is told each %s, by the hour and by the night', async (_, everyUs, count) => {
    const away = Math.round((30 * hourUs) / everyUs);
    const check = await lived(everyUs, count, (place) =>
      place === away ? 0 : 4 + (place * everyUs * 0.3) / hourUs,
    );
    const expected = ['spike exclude 30'];
    expect(told(await check(0, 2 * dayUs))).toEqual(expected);
    expect(told(await check(29 * hourUs, 32 * hourUs))).toEqual(expected);
    expect(told(await check(30 * hourUs, 30 * hourUs + 1))).toEqual(expected);
    expect(told(await check(28 * hourUs, 30 * hourUs))).toEqual([]);
    const [one] = await check(29 * hourUs, 32 * hourUs);
    expect(one?.claim).toMatchObject({ startUs: expect.any(Number) as number });
    expect((one?.claim?.startUs ?? 0) <= startUs + 30 * hourUs).toBe(true);
  });

  it('finds it of one that is told once a day, though its return lies days ahead', async () => {
    const check = await lived(dayUs, 12, (place) => (place === 5 ? 0 : 5000 + place * 10));
    expect(told(await check(5 * dayUs, 6 * dayUs))).toEqual(['spike exclude 120']);
    expect(told(await check(0, 12 * dayUs))).toEqual(['spike exclude 120']);
  });

  it('knows the pace of one that was silent for long', async () => {
    const check = await lived(hourUs, 300, (place) => {
      if (place < 100) return 1 + place / 100;
      if (place < 290) return null;
      return place === 290 ? 1 : 2 + (place - 290) / 100;
    });
    expect(told(await check(289 * hourUs, 292 * hourUs))).toEqual(['spike exclude 290']);
  });

  it('tells of one that goes on lower on the day on which it fell', async () => {
    const check = await lived(30 * minuteUs, 96, (place) => (place < 47 ? 100 : 93) + place / 100);
    const expected = ['register_fell ask 23'];
    expect(told(await check(0, dayUs))).toEqual(expected);
    expect(told(await check(23 * hourUs, 24 * hourUs))).toEqual(expected);
    expect(told(await check(24 * hourUs, 2 * dayUs))).toEqual([]);
  });

  it('tells of one that ran over', async () => {
    const check = await lived(30 * minuteUs, 96, (place) =>
      place < 47 ? 2_147_000 + place : place - 2_147_100,
    );
    expect(told(await check(0, dayUs))).toEqual(['register_fell ask 23']);
  });
});
