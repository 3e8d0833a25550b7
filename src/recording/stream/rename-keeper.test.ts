/**
 * Goal: all that was recorded under an entity's old id is under its new one, once, whatever cuts the carrying off.
 * Method: the keeper over a store and settings in memory that fail when the test says so.
 */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemorySettings } from '../../home/testing/doubles.ts';
import type { Reading } from '../reading.ts';
import { type RecordingEvent, RecordingEvents } from '../recording-events.ts';
import { baseUs, MemoryReadingStore, quietLog, reading } from '../testing/doubles.ts';
import { RenameKeeper } from './rename-keeper.ts';

const [before, after] = ['sensor.before', 'sensor.after'];

describe('a renamed entity', () => {
  let store: MemoryReadingStore;
  let settings: MemorySettings;
  let reported: RecordingEvent[];
  let keeper: RenameKeeper;
  let renames: Map<string, string>;
  let isTracked: boolean;
  let carried: string[];
  let takeovers: Map<string, number>;
  let excluded: [string, number][];
  let corrections: () => Promise<void>;
  let settled: () => Promise<void>;

  const make = () => {
    const events = new RecordingEvents(quietLog);
    events.on((event) => reported.push(event));
    return new RenameKeeper(
      {
        renames: () => renames,
        isTracked: () => isTracked,
        readings: store,
        carryCorrections: async (oldId, newId) => {
          await corrections();
          carried.push(`${oldId} ${newId} ${store.appended}`);
          return 1;
        },
        takeovers: () => takeovers,
        excludeUntil: async (entityId, endUs) => {
          await corrections();
          excluded.push([entityId, endUs]);
        },
        settings,
        settled: () => settled(),
        isBusy: () => false,
        events,
        clock: { nowUs: () => baseUs + 1_000_000, monotonicMs: () => performance.now() },
        log: quietLog,
      },
      { pageReadings: 10, checkEveryMs: 5, retryMs: 5 },
    );
  };
  beforeEach(async () => {
    store = new MemoryReadingStore();
    settings = new MemorySettings();
    reported = [];
    renames = new Map([[before, after]]);
    isTracked = true;
    carried = [];
    takeovers = new Map();
    excluded = [];
    corrections = async () => undefined;
    settled = async () => undefined;
    for (let i = 0; i < 35; i += 1) await store.append([reading(before, baseUs + i, i === 7 ? null : i)]);
    await store.append([{ ...reading(before, baseUs + 35, null), absence: 'removed' }]);
    keeper = make();
  });
  afterEach(() => keeper.stop());

  const of = async (entityId: string) =>
    (await store.range(entityId, 0, baseUs + 100, 100)).map(({ atUs, value }) => [atUs - baseUs, value]);

  it('has its past under the new id, without the removal of the old one', async () => {
    keeper.start();
    await vi.waitFor(() => expect(reported.map(({ kind }) => kind)).toEqual(['renamed']));
    expect(await of(after)).toEqual((await of(before)).slice(0, 35));
    const { appended } = store;
    await keeper.stop();
    keeper = make();
    keeper.start();
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(store.appended).toBe(appended);
    expect(reported.length).toBe(1);
  });

  it('has its corrections before its readings, and waits for them', async () => {
    let isDown = true;
    corrections = async () => {
      if (isDown) throw new Error('the store is down');
    };
    const { appended } = store;
    keeper.start();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect([store.appended, carried, reported]).toEqual([appended, [], []]);
    isDown = false;
    await vi.waitFor(() => expect(reported.length).toBe(1));
    expect(carried).toEqual([`${before} ${after} ${appended}`]);
  });

  it('reports each batch that is stored under the new id', async () => {
    const batches: Reading[][] = [];
    keeper.onStored((stored) => batches.push([...stored]));
    keeper.start();
    await vi.waitFor(() => expect(reported.length).toBe(1));
    expect(batches.map((batch) => batch.length)).toEqual([10, 10, 10, 5]);
    expect(batches.flat().every(({ entityId }) => entityId === after)).toBe(true);
  });

  it('has what was received while our clock was behind', async () => {
    await store.append([reading(before, baseUs + 9_000_000, 40)]);
    keeper.start();
    await vi.waitFor(() => expect(reported.length).toBe(1));
    expect(store.rows.has(`${after} ${baseUs + 9_000_000}`)).toBe(true);
  });

  it('waits for what was received and is not stored yet', async () => {
    const heard = Promise.withResolvers<void>();
    settled = () => heard.promise;
    keeper.start();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(reported).toEqual([]);
    await store.append([reading(before, baseUs + 50, 41)]);
    heard.resolve();
    await vi.waitFor(() => expect(reported.length).toBe(1));
    expect(store.rows.has(`${after} ${baseUs + 50}`)).toBe(true);
  });

  it('goes on where it was cut off', async () => {
    let calls = 0;
    store.fault = () => {
      calls += 1;
      return calls > 5 && calls < 9 ? 'before' : 'none';
    };
    keeper.start();
    await vi.waitFor(() => expect(reported.length).toBe(1));
    expect(calls).toBeGreaterThan(9);
    store.fault = null;
    expect(await of(after)).toEqual((await of(before)).slice(0, 35));
  });

  it('carries nothing to what is not tracked', async () => {
    isTracked = false;
    keeper.start();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await of(after)).toEqual([]);
    isTracked = true;
    keeper.check();
    await vi.waitFor(() => expect(reported.length).toBe(1));
  });

  it('whose id another one has: what was read under it counts no more for that one, said once', async () => {
    renames = new Map();
    takeovers = new Map([[before, baseUs + 50]]);
    corrections = vi.fn(async () => undefined).mockRejectedValueOnce(new Error('down'));
    keeper.start();
    await vi.waitFor(() => expect(reported).toMatchObject([{ kind: 'replaced', newEntityId: before }]));
    await keeper.stop();
    keeper = make();
    keeper.start();
    keeper.check();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(excluded).toEqual([[before, baseUs + 50]]);
    expect(reported).toHaveLength(1);
  });
});
