/**
 * Goal: whatever happens on the way, the store ends with every row that Home Assistant has of the tracked entities, the
 * ledger posts all of them, and nothing is asked for twice without need.
 * Method: the import runs against statistics in memory that go away, refuse, or are cut off by a stop at any question,
 * and a store that goes down; afterwards the two are compared row by row, and questions and rows are counted.
 */

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { statisticsPeriodUs } from '../../home/home-assistant.ts';
import { MemorySettings, silentLog } from '../../home/testing/doubles.ts';
import { MemorySyncLog } from '../../recording/testing/doubles.ts';
import { dayUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import { MemoryStatistics, MemoryStatisticsStore } from '../testing/statistics-doubles.ts';
import { HistoryImport, type HistoryImportLimits } from './history-import.ts';
import type { ImportEntity } from './import-deps.ts';

const nowUs = Date.UTC(2026, 10, 21, 8) * 1000;

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** Advances time until a check passes, up to a limit. */
async function until(isTrue: () => void | Promise<void>): Promise<void> {
  for (let passed = 0; passed < 500; passed++) {
    try {
      return await isTrue();
    } catch {
      await pass(1);
    }
  }
  await isTrue();
}

/** A home and its stores, which outlive a process. */
class World {
  readonly home = new MemoryStatistics();
  readonly store = new MemoryStatisticsStore();
  readonly settings = new MemorySettings();
  readonly log = new MemorySyncLog();
  entities: ImportEntity[] = [];
  readonly posted = new Map<string, Interval[]>();
  isPostingDown = false;
  isBusy = false;
  #ids = 0;
  readonly #started: HistoryImport[] = [];

  track(entityId: string, posting: ImportEntity['posting'] = 'alone'): void {
    this.entities.push({ entityId, unit: 'kWh', posting });
  }

  start(limits: Partial<HistoryImportLimits> = {}): HistoryImport {
    const importer = new HistoryImport(
      {
        homeAssistant: this.home,
        statistics: this.store,
        syncLog: this.log,
        settings: this.settings,
        entities: () => this.entities,
        post: async (spans) => {
          if (this.isPostingDown) throw new Error('the ledger is down');
          for (const [entityId, span] of spans)
            this.posted.set(entityId, [...(this.posted.get(entityId) ?? []), span]);
        },
        isBusy: () => this.isBusy,
        clock: { nowUs: () => nowUs, monotonicMs: () => performance.now() },
        log: silentLog,
        newId: () => `run-${++this.#ids}`,
      },
      { startDelayMs: 0, busyPauseMs: 1, breathMs: 0, retryFirstMs: 1, retryLimitMs: 2, ...limits },
    );
    this.#started.push(importer);
    importer.start();
    return importer;
  }

  async done(importer: HistoryImport, isCut = () => false): Promise<void> {
    await until(() => {
      if (isCut()) return;
      expect(importer.status()).toMatchObject({ run: null, isOk: true });
      expect(importer.status().lastFinishedAtUs).not.toBeNull();
    });
  }

  async end(): Promise<void> {
    for (const importer of this.#started) await importer.stop();
  }

  /** The store has all that the home has of the tracked entities, and no more. */
  expectAll(): void {
    const ids = new Set(this.entities.map(({ entityId }) => entityId));
    const tracked = this.home.rows.filter((row) => ids.has(row.entityId));
    const isStored = ({ entityId, period, startUs }: (typeof tracked)[number]) =>
      this.store.rows.has(`${entityId} ${period} ${startUs}`);
    expect(tracked.filter((row) => !isStored(row))).toEqual([]);
    expect(this.store.rows.size).toBe(tracked.length);
  }

  /** Every posted entity's rows lie in the spans that were posted. */
  expectPosted(): void {
    for (const { entityId, posting } of this.entities) {
      const spans = this.posted.get(entityId) ?? [];
      if (posting === null) expect(spans).toEqual([]);
      else {
        const rows = [...this.store.rows.values()].filter((row) => row.entityId === entityId);
        const isPosted = (row: { readonly startUs: number; readonly endUs: number }) =>
          spans.some((one) => one.startUs <= row.startUs && one.endUs >= row.endUs);
        expect(rows.filter((row) => !isPosted(row))).toEqual([]);
      }
    }
  }
}

/** Runs a test in a world of its own, with timers of its own. */
function inWorld(use: (world: World) => Promise<void>): () => Promise<void> {
  return async () => {
    vi.useFakeTimers();
    const world = new World();
    try {
      await use(world);
    } finally {
      await world.end();
      vi.useRealTimers();
    }
  };
}

describe('the import of the past', () => {
  it(
    'checks for new rows of external statistics more often, because they arrive hours or days late',
    inWorld(async (world) => {
      const { home } = world;
      for (const id of ['opower:grid', 'sensor.grid']) {
        world.track(id, 'together');
        home.add(id, 'hour', nowUs - 4 * dayUs, 24);
      }
      const importer = world.start({ refreshExternalEveryMs: 0 });
      await world.done(importer);
      for (const id of ['opower:grid', 'sensor.grid']) home.add(id, 'hour', nowUs - 3 * dayUs, 24);
      importer.follow();
      const stored = (id: string) =>
        [...world.store.rows.values()].filter(({ entityId }) => entityId === id).length;
      await until(() => expect(stored('opower:grid')).toBe(48));
      expect(stored('sensor.grid')).toBe(24);
      await importer.stop();
    }),
  );

  it(
    'imports all rows, and posts those of posted entities',
    inWorld(async (world) => {
      const { home } = world;
      world.track('sensor.grid', 'together');
      world.track('sensor.device');
      world.track('sensor.power', null);
      world.track('sensor.none');
      home.add('sensor.grid', 'hour', nowUs - 900 * dayUs, 900 * 24, (n) => n > 5000 && n < 9000);
      home.add('sensor.device', 'hour', nowUs - 30 * dayUs, 30 * 24);
      home.add('sensor.device', '5minute', nowUs - 24 * dayUs, 24 * 288);
      home.add('sensor.power', 'hour', nowUs - 3 * dayUs, 72);
      home.add('sensor.untracked', 'hour', nowUs - 3 * dayUs, 72);
      const importer = world.start();
      await world.done(importer);
      world.expectAll();
      world.expectPosted();
      expect(home.longestAnswer).toBeLessThanOrEqual(8640);
      expect(await world.log.recent(9)).toMatchObject([
        {
          kind: 'statistics',
          status: 'success',
          entitiesTotal: 4,
          entitiesDone: 4,
          readingsAdded: world.store.rows.size,
          startUs: nowUs - 900 * dayUs,
        },
      ]);
      const syncs = await importer.entitySyncs();
      expect(syncs.map((one) => [one.entityId, one.rowsInLastDay, one.lastSyncUs])).toEqual([
        ['sensor.grid', 24, nowUs],
        ['sensor.device', 24 + 288, nowUs],
        ['sensor.power', 24, nowUs],
        ['sensor.none', 0, null],
      ]);
      expect(syncs[1]?.syncs).toEqual([
        { period: 'hour', atUs: nowUs, rows: 30 * 24, status: 'success' },
        { period: '5minute', atUs: nowUs, rows: 24 * 288, status: 'success' },
      ]);
      expect(syncs[2]?.syncs).toEqual([{ period: 'hour', atUs: nowUs, rows: 72, status: 'success' }]);
    }),
  );

  it(
    'waits while Home Assistant or the store is down, reports that, and ends well',
    inWorld(async (world) => {
      const { home, store } = world;
      world.track('sensor.a');
      home.add('sensor.a', 'hour', nowUs - 200 * dayUs, 200 * 24);
      home.connect(false);
      const importer = world.start();
      await pass(5);
      expect(home.asked).toBe(0);
      let questions = 0;
      home.fault = () => (++questions % 2 === 1 ? 'away' : null);
      store.isDown = true;
      home.connect(true);
      await until(() => expect(importer.status().detail).toBe('the store is down'));
      store.isDown = false;
      world.isPostingDown = true;
      await until(() => expect(importer.status().detail).toBe('the ledger is down'));
      expect(importer.status().run).toMatchObject({ status: 'running', entitiesTotal: 1, entitiesDone: 0 });
      world.isPostingDown = false;
      await world.done(importer);
      world.expectAll();
      world.expectPosted();
    }),
  );

  it(
    'posts rows that an earlier process stored and did not post',
    inWorld(async (world) => {
      const { home } = world;
      world.track('sensor.a');
      home.add('sensor.a', 'hour', nowUs - 30 * dayUs, 30 * 24);
      world.isPostingDown = true;
      const first = world.start();
      await until(() => expect(first.status().detail).toBe('the ledger is down'));
      await first.stop();
      world.isPostingDown = false;
      await world.done(world.start());
      world.expectPosted();
    }),
  );

  it(
    'leaves out only what is refused or in another unit, and reports which',
    inWorld(async (world) => {
      const { home } = world;
      for (const name of ['a', 'b', 'c', 'd']) world.track(`sensor.${name}`);
      for (const name of ['a', 'b', 'c']) home.add(`sensor.${name}`, 'hour', nowUs - 30 * dayUs, 30 * 24);
      home.rows.push({
        ...{
          entityId: 'sensor.d',
          period: 'hour',
          startUs: nowUs - dayUs,
          endUs: nowUs - dayUs + statisticsPeriodUs.hour,
        },
        ...{ state: 1, sum: 1, mean: null, min: null, max: null, unit: 'm³' },
      });
      home.fault = (ids) => (ids.includes('sensor.b') ? 'refused' : null);
      const importer = world.start();
      await until(() => expect(importer.status().lastFinishedAtUs).not.toBeNull());
      const [run] = await world.log.recent(1);
      expect(run).toMatchObject({ status: 'partial', readingsAdded: 2 * 30 * 24 });
      expect(run?.error).toContain('sensor.b: Home Assistant refused');
      expect(run?.error).toContain('sensor.d: its statistics are in m³ and not in kWh');
      expect([...(await world.store.ends('hour')).keys()].sort()).toEqual(['sensor.a', 'sensor.c']);
    }),
  );

  it(
    'imports all again into a store that was lost, and only what is new into one that was not',
    inWorld(async (world) => {
      const { home, store } = world;
      world.track('sensor.a');
      home.add('sensor.a', 'hour', nowUs - 300 * dayUs, 300 * 24);
      await world.done(world.start());
      await world.end();
      const before = home.answeredRows;
      await world.done(world.start());
      await world.end();
      expect(home.answeredRows - before).toBeLessThanOrEqual(4);
      expect((await world.log.recent(1))[0]).toMatchObject({ status: 'success', readingsAdded: 0 });
      store.rows.clear();
      await world.done(world.start());
      world.expectAll();
    }),
  );

  it(
    'imports new entities when they are tracked, and drops those that no longer are',
    inWorld(async (world) => {
      const { home } = world;
      world.track('sensor.a');
      for (const name of ['a', 'b']) home.add(`sensor.${name}`, 'hour', nowUs - 50 * dayUs, 50 * 24);
      const importer = world.start();
      await world.done(importer);
      const before = home.answeredRows;
      world.track('sensor.b');
      importer.follow();
      await until(() => expect(world.posted.has('sensor.b')).toBe(true));
      await world.done(importer);
      expect(home.answeredRows - before).toBe(50 * 24);
      world.expectAll();
    }),
  );

  it(
    'fetches a requested range again, returns the id at once, and keeps its own place',
    inWorld(async (world) => {
      const { home, store } = world;
      world.track('sensor.a');
      home.add('sensor.a', 'hour', nowUs - 400 * dayUs, 400 * 24);
      const importer = world.start();
      await world.done(importer);
      store.rows.clear();
      world.isBusy = true;
      let noted: unknown;
      const { append } = store;
      store.append = async (rows) => {
        noted = JSON.parse(JSON.stringify(world.settings.values.get('statistics_import')));
        await append.call(store, rows);
      };
      const id = importer.request(['sensor.a'], nowUs - 20 * dayUs, nowUs - 10 * dayUs, 'hour');
      expect(importer.running(id)).toMatchObject({ syncId: id, status: 'running', kind: 'statistics' });
      expect(importer.running('another')).toBeNull();
      await pass(0);
      expect(await world.log.find(id)).toMatchObject({ status: 'running' });
      world.isBusy = false;
      await until(async () => expect(await world.log.find(id)).toMatchObject({ status: 'success' }));
      expect(store.rows.size).toBe(240);
      // Saved before the rows are stored: after a crash in between they are posted.
      expect(noted).toMatchObject({ entities: [['sensor.a', { unpostedFromUs: nowUs - 20 * dayUs }]] });
      expect(world.posted.get('sensor.a')?.at(-1)?.startUs).toBe(nowUs - 20 * dayUs);
      const { asked } = home;
      const old = importer.request(['sensor.a'], 0, nowUs - 399 * dayUs);
      await until(async () => expect(await world.log.find(old)).toMatchObject({ status: 'success' }));
      expect(home.asked - asked).toBeLessThan(10);
      const ids = new Set(Array.from({ length: 30 }, () => importer.request(['sensor.a'])));
      expect(ids.size).toBeLessThanOrEqual(9);
      await until(async () => {
        for (const one of ids) expect(await world.log.find(one)).toMatchObject({ status: 'success' });
      });
      world.expectAll();
    }),
  );

  it(
    'checks every ten minutes, and fetches new rows of an entity once a day',
    inWorld(async (world) => {
      const { home } = world;
      const minuteMs = 60_000;
      const hourMs = 60 * minuteMs;
      world.track('sensor.a');
      home.add('sensor.a', 'hour', nowUs - 2 * dayUs, 24);
      await pass(13 * hourMs);
      const importer = world.start({ startDelayMs: 5000 });
      await pass(4990);
      expect(home.asked).toBe(0);
      await pass(1000);
      await world.done(importer);
      const { asked } = home;
      await pass(24 * hourMs - minuteMs);
      expect(home.asked).toBe(asked);
      await pass(11 * minuteMs);
      expect(home.asked).toBeGreaterThan(asked);
    }),
  );

  it(
    'fetches all tracked entities when none is named',
    inWorld(async (world) => {
      for (const name of ['a', 'b']) world.track(`sensor.${name}`);
      const importer = world.start();
      await world.done(importer);
      const id = importer.request();
      await until(async () =>
        expect(await world.log.find(id)).toMatchObject({ status: 'success', entitiesTotal: 2 }),
      );
    }),
  );

  it(
    'lets raw history and recording go first',
    inWorld(async (world) => {
      const { home } = world;
      world.track('sensor.a');
      home.add('sensor.a', 'hour', nowUs - 50 * dayUs, 50 * 24);
      world.isBusy = true;
      const importer = world.start();
      await pass(20);
      expect(home.asked).toBe(0);
      world.isBusy = false;
      await world.done(importer);
      world.expectAll();
    }),
  );

  it('continues where it was stopped, and does not import everything again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 30 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 13 }),
        (stops, count) =>
          inWorld(async (world) => {
            const { home, store } = world;
            for (let i = 0; i < count; i += 1) {
              world.track(`sensor.s${i}`, i % 3 === 0 ? 'together' : i % 3 === 1 ? 'alone' : null);
              home.add(`sensor.s${i}`, 'hour', nowUs - (40 + 40 * i) * dayUs, (40 + 40 * i) * 24);
              home.add(`sensor.s${i}`, '5minute', nowUs - dayUs, 288);
            }
            for (const afterQuestions of stops) {
              const untilAsked = home.asked + afterQuestions;
              home.fault = () => (home.asked <= untilAsked ? null : 'away');
              const importer = world.start();
              await world.done(importer, () => home.asked > untilAsked);
              await importer.stop();
            }
            home.fault = () => null;
            await world.done(world.start());
            world.expectAll();
            world.expectPosted();
            // Each piece once, and after each stop at most a piece and the rows that are fetched again.
            expect(store.appended).toBeLessThanOrEqual(
              store.rows.size + stops.length * (2 * 8640 + count * 8),
            );
          })(),
      ),
      { numRuns: 8 },
    );
  });
});
