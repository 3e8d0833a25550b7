/**
 * Goal: the rows that are kept as evidence are those of Home Assistant, and only what changed is posted again.
 * Method: rows by hand against a store in memory; at random, rows that were kept differently or not at all.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HomeAssistantUnavailable, type HomeStatisticsRow } from '../../home/home-assistant.ts';
import { MemoryStatisticsStore } from '../../ledger/testing/statistics-doubles.ts';
import { hourUs } from '../../units/durations.ts';
import { refreshRows, rowsOf, StatisticsRefused } from './statistics-refresh.ts';

const entityId = 'sensor.meter';
const startUs = Date.UTC(2026, 10, 24) * 1000;
const at = (hour: number) => startUs + hour * hourUs;
const row = (hour: number, extra: Partial<HomeStatisticsRow> = {}): HomeStatisticsRow => ({
  ...{ entityId, period: 'hour', startUs: at(hour), endUs: at(hour + 1) },
  ...{ state: 100 + hour, sum: hour, mean: 1, min: 0, max: 2, unit: 'kWh', ...extra },
});
async function kept(...rows: HomeStatisticsRow[]) {
  const store = new MemoryStatisticsStore();
  await store.append(rows);
  store.appended = 0;
  return store;
}
const rows = [row(0), row(1), row(2), row(3)];

describe('the rows of Home Assistant', () => {
  it('are those in the unit of the meter, in the order of time', async () => {
    const rows = [row(3), row(1, { unit: 'W' }), row(2), row(0, { unit: null }), row(1)];
    const asked: unknown[] = [];
    const statistics = async (...question: unknown[]) => {
      asked.push(question);
      return rows;
    };
    expect(await rowsOf({ statistics }, { entityId, unit: 'kWh' }, 0, 9, 'hour')).toEqual([
      row(1),
      row(2),
      row(3),
    ]);
    expect(asked).toEqual([[[entityId], 0, 9, 'hour']]);
  });

  it.each<[string, unknown, new (message: string) => Error, string]>([
    ['that is away are waited for', new HomeAssistantUnavailable('away'), HomeAssistantUnavailable, 'away'],
    [
      'that refuses are not available',
      new Error('no such statistic'),
      StatisticsRefused,
      'no such statistic',
    ],
    ['that fails oddly are not available', 'odd', StatisticsRefused, 'odd'],
  ])('%s', async (_, cause, kind, message) => {
    const refused = rowsOf(
      { statistics: () => Promise.reject(cause) },
      { entityId, unit: 'kWh' },
      0,
      9,
      'hour',
    );
    await expect(refused).rejects.toThrow(kind);
    await expect(refused).rejects.toThrow(message);
  });
});

describe('rows that are kept', () => {
  it('are let alone when they are the same, and when there are none', async () => {
    const store = await kept(...rows);
    expect(await refreshRows(store, entityId, rows)).toBeNull();
    expect(await refreshRows(store, entityId, [])).toBeNull();
    expect(store.appended).toBe(0);
  });

  it.each(['state', 'sum', 'mean', 'min', 'max'] as const)(
    'are made right when their %s was wrong',
    async (field) => {
      for (const value of [7.5, null]) {
        const store = await kept(row(0), row(1, { [field]: value }), row(2), row(3));
        expect(await refreshRows(store, entityId, rows)).toEqual({ startUs: at(1), endUs: at(2) + 1 });
        expect(store.appended).toBe(1);
        expect(await store.range(entityId, 'hour', at(0), at(9), 9)).toEqual(rows);
      }
    },
  );

  it('are brought where they were missing, from the first to the last of them', async () => {
    const store = await kept(row(2));
    expect(await refreshRows(store, entityId, rows)).toEqual({ startUs: at(0), endUs: at(4) + 1 });
    expect(store.appended).toBe(3);
  });

  it('are let alone beside others that Home Assistant has lost', async () => {
    const store = await kept(...rows);
    const limits: number[] = [];
    const range: typeof store.range = (...asked) => {
      limits.push(asked[4]);
      return store.range(...asked);
    };
    const append = () => Promise.reject(new Error('nothing is to be written'));
    expect(await refreshRows({ range, append }, entityId, [row(0), row(3)])).toBeNull();
    // As many as there may be, and no more.
    expect(limits).toEqual([4]);
  });

  it('are those of Home Assistant after it, whatever they were', async () => {
    const some = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1 });
    const wrong = fc.constantFrom<Partial<HomeStatisticsRow>>({}, { sum: -1 }, { state: null });
    await fc.assert(
      fc.asyncProperty(
        some,
        fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), wrong)),
        async (hours, before) => {
          const store = await kept(...before.map(([hour, extra]) => row(hour, extra)));
          const theirs = hours.sort((a, b) => a - b).map((hour) => row(hour));
          const changed = await refreshRows(store, entityId, theirs);
          for (const one of theirs)
            expect(await store.range(entityId, 'hour', one.startUs, one.endUs, 2)).toEqual([one]);
          expect(changed === null).toBe(store.appended === 0);
          expect(await refreshRows(store, entityId, theirs)).toBeNull();
        },
      ),
    );
  });
});
