/**
 * Goal: what is appended comes back as it was, once, whatever it holds and in whatever order it came.
 * Method: readings written to a real QuestDB and read through every call of the store.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reading } from '../../src/recording/reading.ts';
import { applied, baseUs, freshEntity, openQuestDb, powerReading } from './questdb-fixture.ts';

const { db, store } = openQuestDb();
const forEverUs = Date.UTC(2200, 0, 1) * 1000;

beforeAll(() => db.prepared());
afterAll(() => db.stop());

async function stored(entityId: string): Promise<Reading[]> {
  return store.range(entityId, 0, forEverUs, 100_000);
}

describe('append and range', () => {
  it('keeps every field, microseconds and units beyond ASCII among them', async () => {
    const id = freshEntity();
    const readings: Reading[] = [
      powerReading(id, baseUs + 1, 0.1 + 0.2, { unit: 'm³', sourceUnit: 'ft³', lastResetAtUs: baseUs - 7 }),
      powerReading(id, baseUs + 2, null, { absence: 'unknown', unit: null, sourceUnit: null }),
      powerReading(id, baseUs + 3, null, { absence: 'removed', origin: 'history' }),
      powerReading(id, baseUs + 999_999, -1e-9, { unit: 'm³/h', sourceUnit: 'L/min', origin: 'mqtt' }),
      powerReading(id, baseUs + 1_000_000, 0, { unit: '%', sourceUnit: '%', origin: 'import' }),
    ];
    await store.append(readings);
    await applied(store);
    expect(await stored(id)).toEqual(readings);
  });

  it('gives back the very double that was stored', async () => {
    const id = freshEntity();
    const doubles = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), 3000);
    const edges = [Number.MAX_VALUE, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER, 1 / 3, 5e-324, 1e21, -1e-7];
    const readings = [...edges, ...doubles].map((value, index) =>
      powerReading(id, baseUs + index, value + 0),
    );
    await store.append(readings);
    await applied(store);
    expect((await stored(id)).map(({ value }) => value)).toEqual(readings.map(({ value }) => value));
  });

  it('keeps each reading once, however often and in whatever order it comes', async () => {
    const readingOf = (id: string) =>
      fc
        .record({
          second: fc.integer({ min: 0, max: 86_400 * 3 }),
          us: fc.integer({ min: 0, max: 999_999 }),
          value: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })),
        })
        .map(({ second, us, value }) =>
          powerReading(id, baseUs + second * 1_000_000 + us, value === null ? null : value + 0),
        );
    await fc.assert(
      fc.asyncProperty(
        fc.constant(null).chain(() => {
          const id = freshEntity();
          return fc
            .uniqueArray(readingOf(id), { selector: ({ atUs }) => atUs, minLength: 1, maxLength: 40 })
            .chain((readings) =>
              fc.record({
                id: fc.constant(id),
                readings: fc.constant(readings),
                batches: fc.array(fc.shuffledSubarray(readings), { maxLength: 5 }),
                last: fc.shuffledSubarray(readings, { minLength: readings.length }),
              }),
            );
        }),
        async ({ id, readings, batches, last }) => {
          for (const batch of [...batches, last]) await store.append(batch);
          await applied(store);
          expect(await stored(id)).toEqual(readings.toSorted((a, b) => a.atUs - b.atUs));
        },
      ),
      { numRuns: 15 },
    );
  });

  it('splits an append that is larger than a flush, and pages through it without loss', async () => {
    const id = freshEntity();
    const readings = Array.from({ length: 23_456 }, (_, index) =>
      powerReading(id, baseUs + index * 7, index),
    );
    await store.append(readings.toReversed());
    await applied(store);
    const seen: Reading[] = [];
    for (let sinceUs = 0; ; ) {
      const page = await store.range(id, sinceUs, forEverUs, 10_000);
      seen.push(...page);
      if (page.length < 10_000) break;
      sinceUs = (page.at(-1)?.atUs ?? 0) + 1;
    }
    expect(seen).toEqual(readings);
  });

  it('takes appends side by side', async () => {
    const ids = Array.from({ length: 10 }, () => freshEntity());
    const batchOf = (id: string) => Array.from({ length: 50 }, (_, at) => powerReading(id, baseUs + at, at));
    await Promise.all(ids.map((id) => store.append(batchOf(id))));
    await applied(store);
    for (const id of ids) expect(await stored(id)).toEqual(batchOf(id));
  });

  it('cuts a range at its ends: the first inclusive, the last exclusive', async () => {
    const id = freshEntity();
    const readings = [0, 1, 2, 3].map((at) => powerReading(id, baseUs + at, at));
    await store.append(readings);
    await applied(store);
    expect(await store.range(id, baseUs + 1, baseUs + 3, 10)).toEqual(readings.slice(1, 3));
    expect(await store.range(id, baseUs, baseUs + 4, 2)).toEqual(readings.slice(0, 2));
  });

  it('refuses a reading that no store could keep, and writes nothing of its batch', async () => {
    const id = freshEntity();
    const good = powerReading(id, baseUs, 1);
    for (const bad of [
      { value: Number.NaN },
      { value: Number.POSITIVE_INFINITY },
      { atUs: 0.5 },
      { entityId: '' },
    ])
      await expect(store.append([good, { ...good, ...bad }])).rejects.toThrow('Nothing was written');
    await applied(store);
    expect(await stored(id)).toEqual([]);
  });

  it('takes the same batch of nothing', async () => {
    await expect(store.append([])).resolves.toBeUndefined();
  });
});

describe('before, newest and count', () => {
  it('finds the newest reading before an instant, with a value when asked', async () => {
    const id = freshEntity();
    const value = powerReading(id, baseUs, 5);
    const gone = powerReading(id, baseUs + 10, null);
    await store.append([value, gone]);
    await applied(store);
    expect(await store.before(id, baseUs + 11)).toEqual(gone);
    expect(await store.before(id, baseUs + 10)).toEqual(value);
    expect(await store.before(id, baseUs + 11, true)).toEqual(value);
    expect(await store.before(id, baseUs)).toBeNull();
    expect(await store.before(freshEntity(), baseUs)).toBeNull();
  });

  it('returns the newest of many entities, and nothing for those without', async () => {
    const ids = Array.from({ length: 450 }, () => freshEntity());
    const none = freshEntity();
    const newestOf = (id: string, index: number) =>
      powerReading(id, baseUs + index, index % 2 ? null : index);
    await store.append(ids.flatMap((id, index) => [powerReading(id, baseUs - 1, 1), newestOf(id, index)]));
    await applied(store);
    const newest = await store.newest([...ids, none]);
    expect(newest.size).toBe(ids.length);
    expect([...newest.keys()].toSorted()).toEqual(ids.toSorted());
    for (const [index, id] of ids.entries()) expect(newest.get(id)).toEqual(newestOf(id, index));
    expect(await store.newest([])).toEqual(new Map());
  });

  it('counts what lies in a span', async () => {
    const id = freshEntity();
    await store.append([0, 1, 2, 3].map((at) => powerReading(id, baseUs + at, at === 2 ? null : at)));
    await applied(store);
    expect((await store.count(baseUs + 1, baseUs + 3)).get(id)).toBe(2);
    expect((await store.count(baseUs + 4, baseUs + 5)).get(id)).toBeUndefined();
  });
});

describe('an entity id is data and nothing else', () => {
  const hostile = [
    "x' OR '1'='1",
    "'; DROP TABLE energy_readings; --",
    'x" OR 1=1 --',
    'sensor.a,origin=mqtt state=1 1\nenergy_readings,entity_id=forged state=1',
    'sensor.a b=c\\',
    '$1',
    '{}%s\\n',
    'sensor.ü€𝄞',
  ];

  it.each(hostile)('%j', async (text) => {
    const id = `${freshEntity()} ${text}`;
    const reading = powerReading(id, baseUs, 1, { sourceUnit: `W ${text}` });
    await store.append([reading]);
    await applied(store);
    expect(await stored(id)).toEqual([reading]);
    expect(await store.before(id, baseUs + 1)).toEqual(reading);
    expect(await store.newest([id, freshEntity()])).toEqual(new Map([[id, reading]]));
    expect((await store.hourly(id, baseUs, baseUs + 60_000_000, 'UTC'))[0]?.count).toBe(1);
    expect((await store.curve(id, baseUs, baseUs + 60_000_000, 10)).last).toEqual([1]);
    expect(await stored(text)).toEqual([]);
    expect(await stored('forged')).toEqual([]);
  });
});
