/**
 * Goal: over a long span, hours and curve come from the view that QuestDB keeps, and are what the readings themselves
 * say, also of what was written after the view was last made.
 * Method: ten days of random readings with absences in the real QuestDB; the view made anew by hand; the answers of a
 * store that may use it held against those of one that asks for each day alone, which is read from the readings.
 */

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readingHoursView } from '../../src/adapters/questdb/reading-schema.ts';
import { QuestDbReadingStore } from '../../src/adapters/questdb/reading-store.ts';
import type { HourlyReadings } from '../../src/recording/reading-store.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { dayUs, hourUs } from '../../src/units/durations.ts';
import { applied, eventually, freshEntity, openQuestDb, powerReading } from './questdb-fixture.ts';

const { db, store: writer } = openQuestDb();
const startUs = Date.UTC(2026, 9, 20, 22) * 1000;
const days = 10;
const endUs = startUs + days * dayUs;

/** A store that has been there for half an hour, and so knows what was written since. */
function olderStore(): QuestDbReadingStore {
  let isMade = false;
  const nowUs = () => systemClock.nowUs() - (isMade ? 0 : 1800e6);
  const store = new QuestDbReadingStore(db, { ...systemClock, nowUs });
  isMade = true;
  return store;
}

async function refreshed(): Promise<void> {
  const afterUs = systemClock.nowUs();
  await db.query(`REFRESH MATERIALIZED VIEW ${readingHoursView} INCREMENTAL`, []);
  await eventually(async () => {
    const [state] = await db.query(
      `SELECT view_status, cast(last_refresh_start_timestamp AS LONG) AS us FROM materialized_views()
       WHERE view_name = $1`,
      [readingHoursView],
    );
    return state?.view_status === 'valid' && Number(state.us) >= afterUs;
  });
}

async function dayByDay(store: QuestDbReadingStore, id: string): Promise<HourlyReadings[]> {
  const hours: HourlyReadings[] = [];
  for (let day = 0; day < days; day += 1)
    hours.push(...(await store.hourly(id, startUs + day * dayUs, startUs + (day + 1) * dayUs, 'UTC')));
  return hours;
}

function expectSame(found: readonly HourlyReadings[], wanted: readonly HourlyReadings[]): void {
  expect(found).toHaveLength(wanted.length);
  for (const [index, { mean, ...rest }] of found.entries()) {
    const { mean: wantedMean, ...wantedRest } = wanted[index] ?? { mean: null };
    expect(rest).toEqual(wantedRest);
    if (mean === null || wantedMean === null) expect(mean).toBe(wantedMean);
    else expect(mean).toBeCloseTo(wantedMean, 6);
  }
}

beforeAll(() => db.prepared());
afterAll(() => db.stop());

describe('hours of a long span', () => {
  it('come from the view and say what the readings say, of late ones too', async () => {
    const id = freshEntity('long');
    const readings = Array.from({ length: 3000 }, (_, index) => {
      const atUs = startUs + Math.floor((index + Math.random()) * ((days * dayUs) / 3000));
      return powerReading(id, atUs, Math.random() < 0.05 ? null : Math.random() * 4000);
    });
    await writer.append(readings);
    await applied(writer);
    await refreshed();

    const store = olderStore();
    const asked = vi.spyOn(db, 'query');
    const hours = await store.hourly(id, startUs, endUs, 'Europe/Brussels');
    const isOfView = ([text]: readonly unknown[]) => String(text).includes(`FROM ${readingHoursView}`);
    expect(asked.mock.calls.some(isOfView)).toBe(true);
    expectSame(hours, await dayByDay(store, id));
    expect(hours.some((hour) => hour.count === 0 || hour.mean === null || hour.count > 5)).toBe(true);

    // A reading long past, and one that replaces another: neither waits for the view.
    const replaced = readings[1500];
    if (replaced === undefined) throw new Error('there are 3000');
    const late = [
      powerReading(id, startUs + 3 * dayUs + 5, 99_999),
      { ...replaced, value: 88_888, absence: null },
    ];
    await store.append(late);
    await applied(store);
    const after = await store.hourly(id, startUs, endUs, 'Europe/Brussels');
    expectSame(after, await dayByDay(store, id));
    expect(after.filter((hour) => (hour.max ?? 0) > 80_000)).toHaveLength(2);
    asked.mockRestore();
  });

  it('are not taken from the view by a store that does not know what was written before it', async () => {
    const id = freshEntity('long');
    await writer.append([powerReading(id, startUs + dayUs, 1), powerReading(id, startUs + 2 * dayUs, 3)]);
    await applied(writer);
    const hours = await new QuestDbReadingStore(db, systemClock).hourly(id, startUs, endUs, 'UTC');
    expect(hours.filter((hour) => hour.count === 1)).toHaveLength(2);
  });
});

describe('a curve of whole hours', () => {
  it('has the last, least and highest value of each bucket', async () => {
    const id = freshEntity('long');
    const readings = Array.from({ length: 2000 }, (_, index) =>
      powerReading(
        id,
        startUs + Math.floor((index * days * dayUs) / 2000),
        index % 37 === 0 ? null : Math.random() * 100,
      ),
    );
    await writer.append(readings);
    await applied(writer);
    await refreshed();
    const curveStartUs = startUs + 12_345_678;
    const curveEndUs = endUs - 98_765_432;
    const inside = readings.filter(({ atUs }) => atUs >= curveStartUs && atUs < curveEndUs);
    for (const points of [300, 100, 30, 10]) {
      const curve = await olderStore().curve(id, curveStartUs, curveEndUs, points);
      const { bucketUs } = curve;
      if (bucketUs === null) throw new Error('it is down-sampled');
      expect(bucketUs % hourUs).toBe(0);
      const buckets = [...Map.groupBy(inside, ({ atUs }) => Math.floor(atUs / bucketUs)).values()];
      const numbers = buckets.map((bucket) => bucket.flatMap(({ value }) => (value === null ? [] : [value])));
      expect(curve.readingCount).toBe(inside.length);
      expect(curve.unit).toBe('W');
      expect(curve.atUs).toEqual(buckets.map((bucket) => bucket.at(-1)?.atUs));
      expect(curve.last).toEqual(buckets.map((bucket) => bucket.at(-1)?.value));
      expect(curve.min).toEqual(numbers.map((all) => (all.length === 0 ? null : Math.min(...all))));
      expect(curve.max).toEqual(numbers.map((all) => (all.length === 0 ? null : Math.max(...all))));
    }
  });
});
