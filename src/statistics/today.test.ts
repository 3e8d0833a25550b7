/**
 * Goal: what a meter counted since local midnight is right whichever way its readings came: from the store at start, by
 * the stream, late by the back-fill, over midnight.
 * Method: a stand-in for the recorder that reports readings by hand, the real posting worker over stores in memory,
 * fake timers.
 */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoredEvidence } from '../ledger/evidence/stored-evidence.ts';
import { PostingWorker } from '../ledger/posting/posting-worker.ts';
import { MemoryLedger } from '../ledger/testing/memory-ledger.ts';
import { MemoryStatisticsStore } from '../ledger/testing/statistics-doubles.ts';
import type { Reading } from '../recording/reading.ts';
import type { TrackedEntity } from '../recording/stream/recorder.ts';
import { MemoryReadingStore, quietLog, reading, testClock } from '../recording/testing/doubles.ts';
import type { ReadingListener } from '../recording/write/reading-feed.ts';
import { dayUs, minuteUs } from '../units/durations.ts';
import { intervalAt } from '../units/interval.ts';
import { Today } from './today.ts';

const zone = 'Europe/Brussels';
const midnightUs = Date.UTC(2026, 10, 20, 23) * 1000;
const meter = 'sensor.meter';
const power = 'sensor.power';
const everything = { startUs: midnightUs - 3 * dayUs, endUs: midnightUs + 3 * dayUs };

describe('today', () => {
  let store: MemoryReadingStore;
  let listener: ReadingListener;
  let newest: Map<string, Reading>;
  let tracked: Map<string, TrackedEntity>;
  let today: Today;
  let isUp: boolean;
  /** How often the store was asked for the day. */
  let asks: number;
  let errors: string[];
  let ledger: MemoryLedger;
  let statistics: MemoryStatisticsStore;
  let postingWorker: PostingWorker;

  beforeEach(() => {
    vi.useFakeTimers({ now: midnightUs / 1000 + 8 * 3_600_000 });
    store = new MemoryReadingStore();
    isUp = true;
    asks = 0;
    errors = [];
    const count = store.count.bind(store);
    store.count = (...asked) => {
      asks += 1;
      return count(...asked);
    };
    store.fault = () => (isUp ? 'none' : 'before');
    newest = new Map();
    tracked = new Map([
      [meter, { entityId: meter, quantity: 'energy', unit: 'kWh', stateClass: 'total_increasing' }],
      [power, { entityId: power, quantity: 'power', unit: 'W', stateClass: 'measurement' }],
    ]);
    ledger = new MemoryLedger();
    statistics = new MemoryStatisticsStore();
    const evidence = new StoredEvidence({
      readings: store,
      statistics,
      corrections: async () => [],
      kindOf: () => 'rising',
    });
    postingWorker = new PostingWorker({
      evidence,
      ledger,
      readable: async () => {
        if (!isUp) throw new Error('The store is away');
      },
      mark: { load: async () => null, save: async () => undefined },
      receivedSince: async () => new Map([...store.rows.values()].map((row) => [row.entityId, everything])),
      heldUntil: () => null,
      clock: testClock,
      log: quietLog,
    });
    postingWorker.setMeters([{ entityId: meter, posts: 'register', kind: 'rising' }]);
    postingWorker.start();
    today = new Today({
      ledger,
      evidence,
      postingWorker,
      recorder: {
        tracked: () => tracked,
        newest: () => newest,
        settled: async () => undefined,
        onReadings: (given) => {
          listener = given;
          return () => undefined;
        },
      },
      readings: store,
      clock: testClock,
      log: { ...quietLog, error: (_fields, message) => errors.push(message) },
      zone: () => zone,
    });
  });
  afterEach(async () => {
    const stopping = today.stop();
    await vi.advanceTimersByTimeAsync(100);
    await stopping;
    await postingWorker.stop();
    vi.useRealTimers();
  });

  const report = async (...readings: Reading[]) => {
    await store.append(readings);
    for (const { entityId, atUs } of readings) postingWorker.markDirty(entityId, intervalAt(atUs));
    for (const item of readings)
      if ((newest.get(item.entityId)?.atUs ?? 0) <= item.atUs) newest.set(item.entityId, item);
    listener({ readings, missed: 0 });
  };
  const at = (minutes: number, value: number | null, entityId = meter) =>
    reading(entityId, midnightUs + minutes * minuteUs, value);

  it('counts from the last reading before midnight, then goes on with the stream', async () => {
    await store.append([at(-2000, 1), at(-5, 10), at(5, 10.5), at(60, null), at(70, 11), at(3, 1, power)]);
    today.start();
    expect(today.of(meter)).toEqual({ counted: null, readings: 0 });
    await vi.advanceTimersByTimeAsync(3000);
    expect(today.of(meter)).toEqual({ counted: 0.75, readings: 3 });
    expect(today.of(power)).toEqual({ counted: null, readings: 1 });
    expect(today.midnightUs()).toBe(midnightUs);
    await report(at(8 * 60 + 1, 12), at(8 * 60 + 1, 500, power));
    expect(today.of(meter)).toEqual({ counted: 1.75, readings: 4 });
    expect(today.of(power).readings).toBe(2);
  });

  it('is not known before the store was asked, and counts nothing twice that comes meanwhile', async () => {
    await store.append([at(-5, 10), at(5, 11)]);
    isUp = false;
    today.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(today.of(meter).counted).toBe(null);
    isUp = true;
    // Comes while the day is read, and is stored at once: in both.
    for (let i = 0; i < 40; i += 1) {
      await report(reading(meter, testClock.nowUs(), 11 + (i + 1) / 100));
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(today.of(meter)).toEqual({ counted: 0.9, readings: 41 });
  });

  it('puts late readings in their place', async () => {
    await store.append([at(5, 11)]);
    today.start();
    await vi.advanceTimersByTimeAsync(3000);
    await report(at(8 * 60 + 1, 12));
    expect(today.of(meter)).toEqual({ counted: 1, readings: 2 });
    const changes: string[] = [];
    today.onChange((entityIds) => changes.push(...entityIds));
    // The back-fill finds the reading before midnight, and a reset.
    await report(at(-5, 10.5), at(60, 0.5));
    await vi.advanceTimersByTimeAsync(4000);
    expect(today.of(meter)).toEqual({ counted: 0.25 + 0.5 + 11.5, readings: 3 });
    expect(changes).toEqual([meter]);
  });

  it('begins anew at midnight, from where the meter stood', async () => {
    vi.setSystemTime(midnightUs / 1000 + 24 * 3_600_000 - 5000);
    await store.append([at(0, 10), at(1430, 20)]);
    today.start();
    await vi.advanceTimersByTimeAsync(3000);
    expect(today.of(meter)).toEqual({ counted: 10, readings: 2 });
    await vi.advanceTimersByTimeAsync(4000);
    expect(today.of(meter)).toEqual({ counted: 0, readings: 0 });
    expect(today.midnightUs()).toBe(midnightUs + 24 * 3_600_000_000);
    await report(at(24 * 60 + 1, 20.25));
    // Of the eleven minutes one lies in the new day, as the ledger splits it.
    expect(today.of(meter)).toEqual({ counted: 0.022728, readings: 1 });
  });

  it('takes up what is tracked later', async () => {
    tracked.delete(meter);
    await store.append([at(-5, 10), at(5, 11)]);
    today.start();
    await vi.advanceTimersByTimeAsync(3000);
    tracked.set(meter, { entityId: meter, quantity: 'energy', unit: 'kWh', stateClass: 'total_increasing' });
    await vi.advanceTimersByTimeAsync(4000);
    expect(today.of(meter)).toEqual({ counted: 0.5, readings: 1 });
  });

  it('is what the ledger says where only statistics cover the night, and stays while the stores are away', async () => {
    await report(at(480, 20));
    today.start();
    await vi.advanceTimersByTimeAsync(4000);
    expect(today.of(meter).counted).toBe(0);
    const hours = [-1, 0, 1, 2, 3, 4, 5, 6].map((hour) => ({
      ...{ entityId: meter, period: 'hour' as const, unit: 'kWh', mean: null, min: null, max: null },
      startUs: midnightUs + hour * 60 * minuteUs,
      endUs: midnightUs + (hour + 1) * 60 * minuteUs,
      ...{ state: 11 + hour, sum: 11 + hour },
    }));
    await statistics.append(hours);
    postingWorker.markDirty(
      meter,
      { startUs: midnightUs - 60 * minuteUs, endUs: midnightUs + 420 * minuteUs },
      'statistics',
    );
    await postingWorker.settle();
    await vi.advanceTimersByTimeAsync(4000);
    const said = ledger
      .all()
      .filter((entry) => entry.quarterHourStartUs >= midnightUs && entry.kind === 'quantity');
    expect(said.reduce((sum, entry) => sum + entry.amountMicro, 0)).toBe(10_000_000);
    expect(today.of(meter).counted).toBe(10);
    isUp = false;
    listener({ readings: [at(481, 20.5)], missed: 0 });
    expect(today.of(meter).counted).toBe(10.5);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(today.of(meter).counted).toBe(10.5);
  });

  it('knows nothing of what is not tracked, and nothing counted of what has not spoken', async () => {
    today.start();
    await vi.advanceTimersByTimeAsync(3000);
    await report(at(481, 3, 'sensor.other'));
    expect(today.of('sensor.other')).toEqual({ counted: null, readings: 0 });
    expect(today.of(power)).toEqual({ counted: null, readings: 0 });
  });

  it('knows a new meter once the ledger has an entry of it', async () => {
    today.start();
    await vi.advanceTimersByTimeAsync(3000);
    await report(at(481, 5));
    await report(at(482, 6));
    expect(today.of(meter)).toEqual({ counted: null, readings: 2 });
    await postingWorker.settle();
    await vi.advanceTimersByTimeAsync(3000);
    expect(today.of(meter)).toEqual({ counted: 1, readings: 2 });
    await report(at(490, 6.5));
    expect(today.of(meter)).toEqual({ counted: 1.5, readings: 3 });
  });

  it('does not ask the store again for readings that it heard and that are posted', async () => {
    postingWorker.setMeters([
      { entityId: meter, posts: 'register', kind: 'rising' },
      { entityId: power, posts: 'power' },
    ]);
    const posted: string[] = [];
    postingWorker.onPosted((entityId) => posted.push(entityId));
    await store.append([at(5, 11), at(5, 100, power)]);
    today.start();
    await vi.advanceTimersByTimeAsync(3000);
    expect(asks).toBe(1);
    await report(at(481, 12), at(481, 500, power));
    posted.length = 0;
    await postingWorker.settle();
    expect(new Set(posted)).toEqual(new Set([meter, power]));
    await vi.advanceTimersByTimeAsync(3000);
    expect(asks).toBe(1);
  });

  it('asks the store for what the stream was too slow to bring', async () => {
    await store.append([at(5, 11)]);
    today.start();
    await vi.advanceTimersByTimeAsync(3000);
    await store.append([at(480.1, 12)]);
    postingWorker.markDirty(meter, { startUs: midnightUs, endUs: testClock.nowUs() });
    await vi.advanceTimersByTimeAsync(5000);
    expect(today.of(meter)).toEqual({ counted: 0, readings: 1 });
    listener({ readings: [], missed: 1 });
    await vi.advanceTimersByTimeAsync(3000);
    expect(today.of(meter)).toEqual({ counted: 1, readings: 2 });
  });

  it('takes a reading for another of the same instant in its stead', async () => {
    await store.append([at(5, 11)]);
    today.start();
    await vi.advanceTimersByTimeAsync(3000);
    await report(at(481, 12));
    await report(at(481, 12.5));
    await vi.advanceTimersByTimeAsync(70_000);
    expect(today.of(meter)).toEqual({ counted: 1.5, readings: 2 });
  });

  it('counts late readings of what is no meter too, from midnight on', async () => {
    today.start();
    await vi.advanceTimersByTimeAsync(3000);
    for (const [minute, readings] of [
      [-1, 0],
      [0, 1],
      [20, 2],
    ] as const) {
      await report(at(minute, 100, power));
      await vi.advanceTimersByTimeAsync(3000);
      expect(today.of(power).readings).toBe(readings);
    }
    // What lies before midnight is no reason to ask.
    expect(asks).toBe(3);
  });

  it('counts once what a clock ahead of ours said while the day is read', async () => {
    const ahead = reading(meter, testClock.nowUs() + 5_000_000, 12);
    await store.append([at(5, 11), ahead]);
    newest.set(meter, ahead);
    today.start();
    listener({ readings: [ahead], missed: 0 });
    await vi.advanceTimersByTimeAsync(3000);
    expect(today.of(meter)).toEqual({ counted: 1, readings: 2 });
    await report(reading(meter, ahead.atUs + 1_000_000, 12.5));
    expect(today.of(meter)).toEqual({ counted: 1.5, readings: 3 });
  });

  it('reads the day again when something late comes after its readings were counted', async () => {
    await store.append([at(5, 11)]);
    const count = store.count.bind(store);
    store.count = async (...asked) => {
      const counts = await count(...asked);
      if (asks === 1) await report(at(60, 500, power));
      return counts;
    };
    today.start();
    await vi.advanceTimersByTimeAsync(6000);
    expect(today.of(power).readings).toBe(1);
    expect(asks).toBe(2);
  });

  it.each([
    [100_000, 1],
    [100_001, 2],
  ])('holds %d readings while the day is read; of more it reads the day anew', async (heard, expected) => {
    today.start();
    const startUs = testClock.nowUs() + 1;
    listener({ readings: Array.from({ length: heard }, (_, at) => reading(power, startUs + at)), missed: 0 });
    await vi.advanceTimersByTimeAsync(8000);
    expect(asks).toBe(expected);
  });

  it('reads no further meter once it is stopped', async () => {
    const other = 'sensor.other_meter';
    tracked.set(other, { entityId: other, quantity: 'volume', unit: 'm³', stateClass: 'total_increasing' });
    const read: string[] = [];
    const openingBefore = ledger.openingBefore.bind(ledger);
    today.start();
    await vi.advanceTimersByTimeAsync(1000);
    await postingWorker.settle();
    ledger.openingBefore = async (entityId, atUs) => {
      read.push(entityId);
      void today.stop();
      return await openingBefore(entityId, atUs);
    };
    await vi.advanceTimersByTimeAsync(3000);
    expect(read).toEqual([meter]);
  });

  it('reports changes to every listener, though one throws', async () => {
    const changed: string[] = [];
    today.onChange(() => {
      throw new Error('This listener is broken');
    });
    const unlisten = today.onChange((entityIds) => changed.push(...entityIds));
    await store.append([at(-5, 10), at(5, 11)]);
    today.start();
    await vi.advanceTimersByTimeAsync(3000);
    expect(changed.splice(0)).toEqual([meter, power]);
    expect(errors).toContain('A listener to what today counts failed');
    expect(today.of(meter)).toEqual({ counted: 0.5, readings: 1 });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(asks).toBe(1);
    unlisten();
    await report(at(-3, 10.5));
    await vi.advanceTimersByTimeAsync(3000);
    expect(changed).toEqual([]);
  });

  describe('over midnight', () => {
    const nextUs = midnightUs + dayUs;
    const second = (seconds: number) => 24 * 60 + seconds / 60;
    beforeEach(async () => {
      vi.setSystemTime(nextUs / 1000 - 5000);
      await store.append([at(0, 10), at(second(-62), 20)]);
      today.start();
      await vi.advanceTimersByTimeAsync(3000);
      expect(today.of(meter)).toEqual({ counted: 10, readings: 2 });
    });
    const turn = async () => {
      await vi.advanceTimersByTimeAsync(2500);
      expect(today.midnightUs()).toBe(nextUs);
    };

    it('has the readings of a clock that is ahead of ours in the new day, as soon as the store says so', async () => {
      await report(at(second(0), 20.1), at(second(1), 20.2), at(second(0), 7, power));
      expect(today.midnightUs()).toBe(midnightUs);
      await turn();
      expect(today.of(meter)).toEqual({ counted: null, readings: 0 });
      await vi.advanceTimersByTimeAsync(3000);
      expect(today.of(meter)).toEqual({ counted: 0.1, readings: 2 });
      expect(today.of(power).readings).toBe(1);
    });

    it('has what a late reading of the old day leaves of the new one', async () => {
      await turn();
      await report(at(second(-2), 20.5), at(second(-2), 7, power));
      expect(today.of(power).readings).toBe(0);
      await vi.advanceTimersByTimeAsync(3000);
      expect(today.of(meter)).toEqual({ counted: 0, readings: 0 });
      await report(at(second(60), 21.12));
      // 60 of the 62 seconds since lie in the new day.
      expect(today.of(meter)).toEqual({ counted: 0.6, readings: 1 });
    });

    it('has a reading of midnight itself in the new day', async () => {
      await turn();
      await report(at(second(0), 20.4), at(second(0), 7, power));
      expect([today.of(meter), today.of(power).readings]).toEqual([{ counted: 0, readings: 1 }, 1]);
      await report(at(second(10), 21));
      expect(today.of(meter)).toEqual({ counted: 0.6, readings: 2 });
    });
  });
});
