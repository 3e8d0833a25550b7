/**
 * Goal: the hourly mean is weighted by time, the value carried into an hour counts and an unavailable spell does not,
 * by the hours of any zone's wall clock, days that change it among them.
 * Method: random readings in the real QuestDB, held against a plain walk through all of them.
 */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reading } from '../../src/recording/reading.ts';
import type { HourlyReadings } from '../../src/recording/reading-store.ts';
import { bucketEdges } from '../../src/units/calendar.ts';
import { hourUs } from '../../src/units/durations.ts';
import { applied, baseUs, freshEntity, openQuestDb, powerReading } from './questdb-fixture.ts';

const { db, store } = openQuestDb();

beforeAll(() => db.prepared());
afterAll(() => db.stop());

/** Walks through every spell in which a value held, and cuts it to each hour. */
function oracle(
  readings: readonly Reading[],
  startUs: number,
  endUs: number,
  zone: string,
): HourlyReadings[] {
  const sorted = readings.toSorted((a, b) => a.atUs - b.atUs);
  const edges = bucketEdges(startUs, endUs, 'hour', zone);
  return edges.slice(0, -1).map((hourStartUs, index) => {
    const hourEndUs = Math.min(edges[index + 1] ?? endUs, endUs);
    let area = 0;
    let weight = 0;
    let min: number | null = null;
    let max: number | null = null;
    for (const [place, { atUs, value }] of sorted.entries()) {
      const spellEndUs = Math.min(sorted[place + 1]?.atUs ?? endUs, hourEndUs);
      const heldUs = spellEndUs - Math.max(atUs, hourStartUs);
      if (value === null || heldUs <= 0) continue;
      area += value * heldUs;
      weight += heldUs;
      min = min === null ? value : Math.min(min, value);
      max = max === null ? value : Math.max(max, value);
    }
    const count = sorted.filter(({ atUs }) => atUs >= hourStartUs && atUs < hourEndUs).length;
    const last = sorted.findLast(({ atUs }) => atUs < hourEndUs)?.value ?? null;
    return {
      startUs: hourStartUs,
      min,
      max,
      mean: weight > 0 ? area / weight : null,
      count,
      last,
      heldUs: weight,
    };
  });
}

function expectSame(found: readonly HourlyReadings[], expected: readonly HourlyReadings[]): void {
  const withoutMean = (hours: readonly HourlyReadings[]) => hours.map(({ mean, ...rest }) => rest);
  expect(withoutMean(found)).toEqual(withoutMean(expected));
  for (const [index, { mean, startUs, min, max }] of found.entries()) {
    const wanted = expected[index]?.mean ?? null;
    if (mean === null || wanted === null) {
      expect(mean, `hour ${startUs}`).toBe(wanted);
      continue;
    }
    const scale = Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0), 1e-9);
    expect(Math.abs(mean - wanted) / scale, `mean of hour ${startUs}`).toBeLessThan(1e-9);
    expect(mean).toBeGreaterThanOrEqual(min ?? mean);
    expect(mean).toBeLessThanOrEqual(max ?? mean);
  }
}

/** Zones with whole, half and quarter hours, and the ends and beginnings of their summer times. */
const changes: readonly [string, number][] = [
  ['UTC', Date.UTC(2026, 5, 1)],
  ['Europe/Brussels', Date.UTC(2026, 9, 25, 1)],
  ['Europe/Brussels', Date.UTC(2026, 2, 29, 1)],
  ['Asia/Kolkata', Date.UTC(2026, 5, 1)],
  ['Asia/Kathmandu', Date.UTC(2026, 5, 1)],
  ['America/St_Johns', Date.UTC(2026, 10, 1, 4, 30)],
  ['Australia/Lord_Howe', Date.UTC(2026, 3, 4, 15)],
  ['Australia/Lord_Howe', Date.UTC(2026, 9, 3, 15, 30)],
];

describe('hourly', () => {
  it('is what a walk through all readings gives', async () => {
    const value = fc.oneof(
      { weight: 4, arbitrary: fc.double({ min: -1e5, max: 1e5, noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom(0, 1e6, 123_456.789) },
    );
    // Instants crowd around full hours, where a mistake would show.
    const offset = fc.oneof(
      fc.integer({ min: -6 * hourUs, max: 6 * hourUs }),
      fc
        .tuple(fc.integer({ min: -12, max: 12 }), fc.integer({ min: -1, max: 1 }))
        .map(([halves, us]) => (halves * hourUs) / 2 + us),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...changes),
        fc.uniqueArray(fc.tuple(offset, value), { selector: ([at]) => at, maxLength: 60 }),
        offset,
        fc.integer({ min: 1, max: 8 * hourUs }),
        async ([zone, changeMs], points, from, length) => {
          const id = freshEntity('hours');
          const readings = points.map(([at, v]) =>
            powerReading(id, changeMs * 1000 + at, v === null ? null : v + 0),
          );
          await store.append(readings);
          await applied(store);
          const startUs = changeMs * 1000 + from;
          const endUs = startUs + length;
          const inSight = readings.filter(({ atUs }) => atUs < endUs);
          expectSame(await store.hourly(id, startUs, endUs, zone), oracle(inSight, startUs, endUs, zone));
        },
      ),
      { numRuns: 70 },
    );
  });

  it('weighs by time and not by the number of readings, as worked out by hand', async () => {
    const id = freshEntity('hours');
    const minuteUs = 60_000_000;
    await store.append([
      powerReading(id, baseUs - 30 * minuteUs, 600),
      // Ten readings in the last minute of the first quarter-hour must not weigh more than their minute.
      ...Array.from({ length: 10 }, (_, second) =>
        powerReading(id, baseUs + 14 * minuteUs + second * 6_000_000, 1200),
      ),
      powerReading(id, baseUs + 15 * minuteUs, null),
      powerReading(id, baseUs + 45 * minuteUs, 0),
    ]);
    await applied(store);
    const [before, hour, after] = await store.hourly(
      id,
      baseUs - hourUs,
      baseUs + 2 * hourUs,
      'Europe/Brussels',
    );
    const halfHourUs = 30 * minuteUs;
    expect(before).toEqual({
      ...{ startUs: baseUs - hourUs, min: 600, max: 600, mean: 600, count: 1 },
      ...{ last: 600, heldUs: halfHourUs },
    });
    // 14 minutes of 600, one of 1200, half an hour of nothing, 15 minutes of 0.
    expect(hour).toEqual({
      ...{ startUs: baseUs, min: 0, max: 1200, mean: (14 * 600 + 1200) / 30, count: 12 },
      ...{ last: 0, heldUs: halfHourUs },
    });
    expect(after).toEqual({
      ...{ startUs: baseUs + hourUs, min: 0, max: 0, mean: 0, count: 0 },
      ...{ last: 0, heldUs: hourUs },
    });
  });

  it('has nothing to say of hours before the first reading, and of an empty span', async () => {
    const id = freshEntity('hours');
    await store.append([powerReading(id, baseUs + hourUs, 5)]);
    await applied(store);
    const hours = await store.hourly(id, baseUs, baseUs + 2 * hourUs, 'UTC');
    const nothing = { min: null, max: null, mean: null, count: 0, last: null, heldUs: 0 };
    expect(hours[0]).toEqual({ startUs: baseUs, ...nothing });
    const five = { min: 5, max: 5, mean: 5, count: 1, last: 5, heldUs: hourUs };
    expect(hours[1]).toEqual({ startUs: baseUs + hourUs, ...five });
    expect(await store.hourly(id, baseUs, baseUs, 'UTC')).toEqual([]);
  });
});

describe('curve', () => {
  it('is the readings themselves when they are few', async () => {
    const id = freshEntity('curve');
    const readings = [1, 2, null, 4].map((v, index) => powerReading(id, baseUs + index * 1000, v));
    await store.append(readings);
    await applied(store);
    const curve = await store.curve(id, baseUs, baseUs + hourUs, 10);
    expect(curve).toEqual({
      unit: 'W',
      readingCount: 4,
      bucketUs: null,
      atUs: readings.map(({ atUs }) => atUs),
      last: [1, 2, null, 4],
      min: [1, 2, null, 4],
      max: [1, 2, null, 4],
    });
    const nothing = { unit: null, readingCount: 0, bucketUs: null, atUs: [], last: [], min: [], max: [] };
    expect(await store.curve(freshEntity(), baseUs, baseUs + hourUs, 10)).toEqual(nothing);
  });

  it('has the last, least and highest value of each bucket, never more buckets than asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc.tuple(
            fc.integer({ min: 0, max: 2 * hourUs }),
            fc.option(fc.double({ min: -1e4, max: 1e4, noNaN: true })),
          ),
          { selector: ([at]) => at, minLength: 30, maxLength: 300 },
        ),
        fc.integer({ min: 10, max: 25 }),
        fc.integer({ min: 0, max: hourUs }),
        fc.integer({ min: 1_000_000, max: 2 * hourUs }),
        async (points, most, from, length) => {
          const id = freshEntity('curve');
          const readings = points
            .map(([at, v]) => powerReading(id, baseUs + at, v === null ? null : v + 0))
            .toSorted((a, b) => a.atUs - b.atUs);
          await store.append(readings);
          await applied(store);
          const sinceUs = baseUs + from;
          const endUs = sinceUs + length;
          const inside = readings.filter(({ atUs }) => atUs >= sinceUs && atUs < endUs);
          const curve = await store.curve(id, sinceUs, endUs, most);
          expect(curve.readingCount).toBe(inside.length);
          expect(curve.atUs.length).toBeLessThanOrEqual(most);
          const { bucketUs } = curve;
          if (inside.length <= most) {
            expect(bucketUs).toBeNull();
            return;
          }
          const buckets = Map.groupBy(inside, ({ atUs }) => Math.floor(atUs / (bucketUs ?? 1)));
          const columns = [...buckets.values()].map((bucket) => {
            const values = bucket.flatMap(({ value }) => (value === null ? [] : [value]));
            return {
              atUs: bucket.at(-1)?.atUs,
              last: bucket.at(-1)?.value,
              min: values.length === 0 ? null : Math.min(...values),
              max: values.length === 0 ? null : Math.max(...values),
            };
          });
          const column = (name: 'atUs' | 'last' | 'min' | 'max') => columns.map((bucket) => bucket[name]);
          expect(curve.atUs).toEqual(column('atUs'));
          expect(curve.last).toEqual(column('last'));
          expect(curve.min).toEqual(column('min'));
          expect(curve.max).toEqual(column('max'));
        },
      ),
      { numRuns: 35 },
    );
  });

  it('breaks where the entity was unavailable for longer than a bucket', async () => {
    const id = freshEntity('curve');
    const minuteUs = 60_000_000;
    const readings = Array.from({ length: 120 }, (_, minute) =>
      powerReading(id, baseUs + minute * minuteUs, 1),
    );
    const withGap = readings.filter((_, minute) => minute <= 40 || minute >= 80);
    await store.append([...withGap, powerReading(id, baseUs + 40.5 * minuteUs, null)]);
    await applied(store);
    const curve = await store.curve(id, baseUs, baseUs + 120 * minuteUs, 24);
    expect(curve.bucketUs).toBe(5 * minuteUs);
    const gap = curve.last.indexOf(null);
    expect(curve.atUs[gap]).toBe(baseUs + 40.5 * minuteUs);
    expect(curve.atUs[gap + 1]).toBe(baseUs + 84 * minuteUs);
    expect(curve.last.filter((value) => value === null)).toHaveLength(1);
  });
});
