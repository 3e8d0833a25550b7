/**
 * Goal: a run fetches what is not stored yet and a little more, or a requested range again; each row is counted once,
 * and the ledger posts all that is new, in groups.
 * Method: single runs over statistics and stores in memory; what is asked, posted and saved, by hand.
 */

import { describe, expect, it } from 'vitest';
import { statisticsPeriodUs } from '../../home/home-assistant.ts';
import { MemorySettings, silentLog } from '../../home/testing/doubles.ts';
import type { SyncRun } from '../../recording/sync-log.ts';
import { MemorySyncLog } from '../../recording/testing/doubles.ts';
import type { Interval } from '../../units/interval.ts';
import { MemoryStatistics, MemoryStatisticsStore } from '../testing/statistics-doubles.ts';
import type { ImportEntity } from './import-deps.ts';
import { ImportMarks } from './import-marks.ts';
import type { ImportJob } from './import-queue.ts';
import { ImportRun } from './import-run.ts';

const nowUs = Date.UTC(2026, 10, 21, 8) * 1000;
const hour = statisticsPeriodUs.hour;
const short = statisticsPeriodUs['5minute'];
const hoursAgo = (hours: number) => nowUs - hours * hour;

function world(...entities: readonly (string | ImportEntity)[]) {
  const home = new MemoryStatistics();
  const store = new MemoryStatisticsStore();
  const settings = new MemorySettings();
  const marks = new ImportMarks(settings);
  const asked: { ids: readonly string[]; from: number; until: number; period: string }[] = [];
  const firsts: (readonly string[])[] = [];
  const posted: Record<string, Interval>[] = [];
  const progress: [number, number, boolean][] = [];
  const started: SyncRun[] = [];
  const stop = new AbortController();
  const all = entities.map(
    (one): ImportEntity => (typeof one === 'string' ? { entityId: one, unit: 'kWh', posting: 'alone' } : one),
  );
  const given = { posting: async (spans: ReadonlyMap<string, Interval>) => void spans };
  const deps = {
    homeAssistant: {
      status: () => home.status(),
      onStatus: (listener: Parameters<typeof home.onStatus>[0]) => home.onStatus(listener),
      firstStatistics: (ids: readonly string[]) => {
        firsts.push(ids);
        return home.firstStatistics(ids);
      },
      statistics: (...question: Parameters<typeof home.statistics>) => {
        const [ids, startUs, endUs, period] = question;
        asked.push({ ids, from: (nowUs - startUs) / hour, until: (nowUs - endUs) / hour, period });
        return home.statistics(...question);
      },
    },
    ...{ statistics: store, syncLog: new MemorySyncLog(), settings, entities: () => all },
    post: async (spans: ReadonlyMap<string, Interval>) => {
      await given.posting(spans);
      posted.push(Object.fromEntries(spans));
    },
    ...{ isBusy: () => false, clock: { nowUs: () => nowUs, monotonicMs: () => 0 }, log: silentLog },
    newId: () => 'id',
  };
  const run = (job: Partial<ImportJob> = {}) => {
    for (const list of [asked, firsts, posted, progress]) list.length = 0;
    const ids = all.map(({ entityId }) => entityId);
    const whole = { syncId: 'run', entityIds: ids, periods: ['hour'] as const, range: null, ...job };
    return new ImportRun(deps, { breathMs: 0, retryFirstMs: 0, retryLimitMs: 0 }, marks, whole, {
      signal: stop.signal,
      wake: () => new AbortController().signal,
      onProgress: (one, isMilestone) => {
        started.push(one);
        progress.push([one.entitiesDone, one.readingsAdded, isMilestone]);
      },
      onTrouble: () => undefined,
    }).do();
  };
  return { home, store, settings, marks, asked, firsts, posted, progress, started, stop, all, given, run };
}

describe('a run', () => {
  it('fetches all hours from the first on, and then the new rows and two more', async () => {
    const { home, asked, firsts, marks, run } = world('sensor.a');
    home.add('sensor.a', 'hour', hoursAgo(10), 8);
    expect(await run()).toMatchObject({
      ...{ syncId: 'run', status: 'success', error: null, entitiesTotal: 1, entitiesDone: 1 },
      ...{ readingsAdded: 8, startUs: hoursAgo(10), endUs: nowUs, finishedAtUs: nowUs },
    });
    expect(firsts).toEqual([['sensor.a']]);
    expect(asked).toEqual([{ ids: ['sensor.a'], from: 10, until: 0, period: 'hour' }]);
    expect(marks.of('sensor.a')).toMatchObject({
      ...{ endUs: { '5minute': null, hour: nowUs }, unpostedFromUs: null },
      syncs: [{ period: 'hour', atUs: nowUs, rows: 8, status: 'success' }],
    });
    // Until two hours ago there are rows; the last two are fetched again.
    home.add('sensor.a', 'hour', hoursAgo(2), 2);
    expect(await run()).toMatchObject({ readingsAdded: 0, status: 'success' });
    expect(firsts).toEqual([]);
    expect(asked).toEqual([{ ids: ['sensor.a'], from: 4, until: 0, period: 'hour' }]);
  });

  it('continues where the mark or the store ends, whichever is earlier', async () => {
    const { home, asked, marks, run } = world('sensor.a');
    home.add('sensor.a', 'hour', hoursAgo(10), 10);
    await run();
    marks.reach('sensor.a', 'hour', hoursAgo(3));
    expect(await run()).toMatchObject({ readingsAdded: 3 });
    expect(asked.map(({ from }) => from)).toEqual([5]);
    // A mark of the other period does not count for this one.
    marks.reach('sensor.a', '5minute', hoursAgo(9));
    await run();
    expect(asked.map(({ from }) => from)).toEqual([2]);
  });

  it('starts again where the store lost what the mark covers, and counts all again', async () => {
    const { home, store, marks, run } = world('sensor.a');
    home.add('sensor.a', 'hour', hoursAgo(10), 10);
    await run();
    store.rows.clear();
    expect(await run()).toMatchObject({ readingsAdded: 10, startUs: hoursAgo(10) });
    expect(store.rows.size).toBe(10);
    expect(marks.of('sensor.a').endUs.hour).toBe(nowUs);
  });

  it('fetches five-minute rows as far back as Home Assistant has them, for entities with states only', async () => {
    const { home, store, asked, run } = world('sensor.a', 'opower:grid');
    const tenDays = 240;
    home.add('sensor.a', '5minute', hoursAgo(tenDays + 5), (tenDays + 5) * 12);
    home.add('opower:grid', '5minute', hoursAgo(3), 36);
    await run({ periods: ['5minute'] });
    // Ten days ago there are rows within the six hours before, another ten days before there are none.
    expect(asked.slice(0, 2)).toEqual([
      { ids: ['sensor.a'], from: tenDays + 6, until: tenDays, period: '5minute' },
      { ids: ['sensor.a'], from: 2 * tenDays + 6, until: 2 * tenDays, period: '5minute' },
    ]);
    expect(asked[2]).toMatchObject({ ids: ['sensor.a'], from: 2 * tenDays });
    expect(store.rows.size).toBe((tenDays + 5) * 12);
    expect(asked.every(({ ids }) => !ids.includes('opower:grid'))).toBe(true);
  });

  it('takes one old row as a sign that there may be older ones', async () => {
    const { home, store, asked, run } = world('sensor.a');
    home.add('sensor.a', '5minute', hoursAgo(245), 1);
    await run({ periods: ['5minute'] });
    expect(asked.slice(0, 2).map(({ until }) => until)).toEqual([240, 480]);
    expect(store.rows.size).toBe(1);
  });

  it('asks for twelve entities at a time', async () => {
    const ids = Array.from({ length: 25 }, (_, n) => `sensor.s${String(n).padStart(2, '0')}`);
    const { home, asked, firsts, store, run } = world(...ids);
    for (const id of ids) home.add(id, 'hour', hoursAgo(5), 5);
    await run();
    expect(firsts.map(({ length }) => length)).toEqual([12, 12, 1]);
    expect(asked.map((one) => one.ids.length)).toEqual([12, 12, 1]);
    expect(store.rows.size).toBe(125);
    store.rows.clear();
    await run({ periods: ['5minute'] });
    expect([...new Set(asked.map((one) => one.ids.length))]).toEqual([12, 1]);
    await run({ entityIds: ids.slice(0, 12) });
    expect(asked.map((one) => one.ids.length)).toEqual([12]);
  });

  it('fetches the requested entities, and none that is no longer tracked', async () => {
    const { home, asked, run, store } = world('sensor.a', 'sensor.b');
    for (const id of ['sensor.a', 'sensor.b', 'sensor.gone']) home.add(id, 'hour', hoursAgo(5), 5);
    expect(await run({ entityIds: ['sensor.a', 'sensor.gone'] })).toMatchObject({
      ...{ readingsAdded: 5, entitiesTotal: 2, entitiesDone: 2 },
    });
    expect(asked.map(({ ids }) => ids)).toEqual([['sensor.a']]);
    expect([...(await store.ends('hour')).keys()]).toEqual(['sensor.a']);
  });

  it('stores nothing that it did not ask for', async () => {
    const { home, run, store } = world('sensor.a');
    for (const id of ['sensor.a', 'sensor.other']) home.add(id, 'hour', hoursAgo(5), 5);
    const answer = home.statistics.bind(home);
    home.statistics = (ids, ...span) => answer([...ids, 'sensor.other'], ...span);
    expect(await run()).toMatchObject({ readingsAdded: 5, status: 'success' });
    expect([...(await store.ends('hour')).keys()]).toEqual(['sensor.a']);
  });

  it('stores in the order of time, for all entities together', async () => {
    const { home, run, store } = world('sensor.a', 'sensor.b');
    for (const id of ['sensor.a', 'sensor.b']) home.add(id, 'hour', hoursAgo(5), 5);
    const { append } = store;
    const stored: number[][] = [];
    store.append = async (rows) => {
      stored.push(rows.map(({ startUs }) => (nowUs - startUs) / hour));
      await append.call(store, rows);
    };
    await run();
    expect(stored).toEqual([[5, 5, 4, 4, 3, 3, 2, 2, 1, 1]]);
  });

  it('ends without a result when the process stops', async () => {
    const { home, run, stop } = world('sensor.a');
    home.add('sensor.a', 'hour', hoursAgo(5), 5);
    stop.abort();
    expect(await run()).toBeNull();
  });

  it('reports its progress: at its start, when all rows are stored, and after each group', async () => {
    const { home, run, progress, started } = world('sensor.a', 'sensor.b');
    for (const id of ['sensor.a', 'sensor.b']) home.add(id, 'hour', hoursAgo(5), 5);
    await run();
    expect(progress).toEqual([
      [0, 0, true],
      [0, 0, false],
      [0, 10, false],
      [0, 10, true],
      [2, 10, false],
    ]);
    expect(started[0]).toMatchObject({ status: 'running', startUs: nowUs, entitiesTotal: 2 });
    expect(started[1]?.startUs).toBe(hoursAgo(5));
  });
});

describe('a run over a range', () => {
  it('fetches its whole rows again and keeps its place', async () => {
    const { home, asked, marks, posted, run } = world('sensor.a');
    home.add('sensor.a', 'hour', hoursAgo(20), 20);
    await run();
    marks.reach('sensor.a', 'hour', hoursAgo(1));
    const range = { startUs: hoursAgo(10) + 5, endUs: hoursAgo(6) };
    expect(await run({ range })).toMatchObject({
      startUs: hoursAgo(10),
      endUs: hoursAgo(6),
      readingsAdded: 0,
    });
    expect(asked).toEqual([{ ids: ['sensor.a'], from: 10, until: 6, period: 'hour' }]);
    expect(marks.of('sensor.a').endUs.hour).toBe(hoursAgo(1));
    expect(posted).toEqual([{ 'sensor.a': { startUs: hoursAgo(10), endUs: nowUs + 1 } }]);
    // The rows of five minutes have edges of their own.
    await run({ range: { startUs: hoursAgo(10) + short + 5, endUs: hoursAgo(9) }, periods: ['5minute'] });
    expect(asked.at(-1)).toMatchObject({ from: 10 - 1 / 12, until: 9 });
  });

  it('begins with the first row and ends with the present where the range is wider, or open', async () => {
    const { home, asked, marks, run } = world('sensor.a');
    home.add('sensor.a', 'hour', hoursAgo(20), 20);
    for (const range of [
      { startUs: hoursAgo(900), endUs: nowUs + 50 * hour },
      { startUs: null, endUs: null },
    ]) {
      await run({ range });
      expect(asked.map(({ from, until }) => [from, until])).toEqual([[20, 0]]);
    }
    expect(marks.of('sensor.a').endUs.hour).toBeNull();
  });
});

describe('a refused entity', () => {
  it('is left out, and the run is partial while others succeed', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `sensor.${name}`);
    const { home, marks, run } = world(...ids);
    for (const id of ids) home.add(id, 'hour', hoursAgo(5), 5);
    home.fault = (some) => (some.some((id) => id !== 'sensor.g') ? 'refused' : null);
    const why = (names: string) =>
      [...names].map((name) => `sensor.${name}: Home Assistant refused`).join('; ');
    expect(await run()).toMatchObject({ status: 'partial', error: why('abcde'), readingsAdded: 5 });
    expect(marks.of('sensor.a').syncs).toEqual([{ period: 'hour', atUs: nowUs, rows: 0, status: 'failed' }]);
    expect(marks.of('sensor.a').endUs.hour).toBeNull();
    expect(await run({ entityIds: ['sensor.a'] })).toMatchObject({ status: 'failed', error: why('a') });
    expect(await run({ entityIds: ['sensor.g'] })).toMatchObject({ status: 'success', error: null });
  });

  it('is also one in another unit, from then on', async () => {
    const { home, marks, asked, store, run } = world('sensor.a', 'sensor.b');
    for (const id of ['sensor.a', 'sensor.b']) home.add(id, 'hour', hoursAgo(5), 5);
    const row = home.rows[0];
    if (row) home.rows[0] = { ...row, unit: null };
    expect(await run({ periods: ['hour', '5minute'] })).toMatchObject({
      ...{
        status: 'partial',
        error: 'sensor.a: its statistics are in a unit that is not known and not in kWh',
      },
    });
    expect(asked.filter(({ period }) => period === '5minute').every(({ ids }) => ids.length === 1)).toBe(
      true,
    );
    expect(marks.of('sensor.a').endUs.hour).toBeNull();
    expect(marks.of('sensor.b').endUs.hour).toBe(nowUs);
    const long = world('sensor.a', 'sensor.b');
    for (const id of ['sensor.a', 'sensor.b']) long.home.add(id, 'hour', hoursAgo(20_000), 20_000);
    const first = long.home.rows[0];
    if (first) long.home.rows[0] = { ...first, unit: 'm³' };
    await long.run();
    expect(long.asked.map(({ ids }) => ids.join(' '))).toEqual([
      'sensor.a sensor.b',
      ...Array.from({ length: 6 }, () => 'sensor.b'),
    ]);
    // Home Assistant is asked for nothing when nothing is left.
    await long.run({ entityIds: ['sensor.a'], range: { startUs: null, endUs: null } });
    expect(long.asked).toHaveLength(1);
    expect(
      [...store.rows.values()].filter(({ entityId, unit }) => entityId === 'sensor.a' && unit === null),
    ).toEqual([]);
  });
});

describe('the ledger', () => {
  const entity = (entityId: string, posting: ImportEntity['posting']): ImportEntity => ({
    ...{ entityId, unit: 'kWh', posting },
  });

  it('posts the balance at once, the others four at a time, from their first new row on', async () => {
    const alone = ['b', 'c', 'd', 'e', 'f'].map((name) => entity(`sensor.${name}`, 'alone'));
    const together = ['x', 'y'].map((name) => entity(`sensor.${name}`, 'together'));
    const { home, posted, progress, run, all, marks } = world(
      ...alone.slice(0, 2),
      ...together,
      ...alone.slice(2),
      entity('sensor.power', null),
      entity('sensor.none', 'alone'),
    );
    for (const [n, { entityId }] of all.entries())
      if (entityId !== 'sensor.none') home.add(entityId, 'hour', hoursAgo(5 + n), 5 + n);
    expect(await run()).toMatchObject({ entitiesDone: 9 });
    expect(posted.map((spans) => Object.keys(spans))).toEqual([
      ['sensor.x', 'sensor.y'],
      ['sensor.b', 'sensor.c', 'sensor.d', 'sensor.e'],
      ['sensor.f'],
    ]);
    expect(posted[0]?.['sensor.y']).toEqual({ startUs: hoursAgo(8), endUs: nowUs + 1 });
    // Entities that are only stored, or have no rows, wait for nothing.
    expect(progress.slice(-4).map(([done, , isMilestone]) => [done, isMilestone])).toEqual([
      [2, true],
      [4, false],
      [8, false],
      [9, false],
    ]);
    expect(marks.of('sensor.power').unpostedFromUs).toBeNull();
    expect(marks.of('sensor.none').syncs).toEqual([]);
    // Nothing is new.
    await run({ range: { startUs: hoursAgo(1), endUs: hoursAgo(1) } });
    expect(posted).toEqual([]);
  });

  it('posts at the end what another run left, where it was requested and is posted', async () => {
    const { posted, marks, run } = world(
      entity('sensor.a', 'alone'),
      entity('sensor.b', 'alone'),
      entity('sensor.c', null),
    );
    for (const id of ['sensor.a', 'sensor.b', 'sensor.c']) marks.addUnposted(id, hoursAgo(70));
    await run({ entityIds: ['sensor.a', 'sensor.c'] });
    expect(posted).toEqual([{ 'sensor.a': { startUs: hoursAgo(70), endUs: nowUs + 1 } }]);
    expect(marks.of('sensor.b').unpostedFromUs).toBe(hoursAgo(70));
  });

  it('is marked as behind before the rows are stored, and less so after each group', async () => {
    const { home, store, settings, given, run } = world(
      entity('sensor.a', 'together'),
      entity('sensor.b', 'alone'),
    );
    for (const id of ['sensor.a', 'sensor.b']) home.add(id, 'hour', hoursAgo(5), 5);
    const unposted = () => {
      const { entities } = JSON.parse(JSON.stringify(settings.values.get('statistics_import')));
      return Object.fromEntries(
        entities.map(([id, mark]: [string, { unpostedFromUs: number | null }]) => [id, mark.unpostedFromUs]),
      );
    };
    const known: unknown[] = [];
    const { append } = store;
    store.append = async (rows) => {
      known.push(unposted());
      await append.call(store, rows);
    };
    given.posting = async () => void known.push(unposted());
    await run();
    const startUs = hoursAgo(5);
    expect(known).toEqual([
      { 'sensor.a': startUs, 'sensor.b': startUs },
      { 'sensor.a': startUs, 'sensor.b': startUs },
      { 'sensor.a': null, 'sensor.b': startUs },
    ]);
    expect(unposted()).toEqual({ 'sensor.a': null, 'sensor.b': null });
  });
});
