/**
 * Goal: what a meter counted since local midnight is right whichever way its readings came: from the store at start, by
 * the stream, late by the back-fill, over midnight.
 * Method: a stand-in for the recorder that tells readings by hand, the real posting worker over stores in memory, fake timers.
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
import { Today } from './today.ts';

const zone = 'Europe/Brussels';
const midnightUs = Date.UTC(2026, 10, 20, 23) * 1000;
const minuteUs = 60_000_000;
const meter = 'sensor.meter';
const power = 'sensor.power';
const everything = { startUs: 0, endUs: Number.MAX_SAFE_INTEGER };

describe('today', () => {
  let store: MemoryReadingStore;
  let listener: ReadingListener;
  let newest: Map<string, Reading>;
  let tracked: Map<string, TrackedEntity>;
  let today: Today;
  let isUp: boolean;
  let ledger: MemoryLedger;
  let statistics: MemoryStatisticsStore;
  let postingWorker: PostingWorker;

  beforeEach(() => {
    vi.useFakeTimers({ now: midnightUs / 1000 + 8 * 3_600_000 });
    store = new MemoryReadingStore();
    isUp = true;
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
      log: quietLog,
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

  const tell = async (...readings: Reading[]) => {
    await store.append(readings);
    for (const { entityId, atUs } of readings) postingWorker.touch(entityId, { startUs: atUs, endUs: atUs });
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
    await tell(at(8 * 60 + 1, 12), at(8 * 60 + 1, 500, power));
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
      await tell(reading(meter, testClock.nowUs(), 11 + (i + 1) / 100));
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(today.of(meter)).toEqual({ counted: 0.9, readings: 41 });
  });

  it('puts late readings in their place', async () => {
    await store.append([at(5, 11)]);
    today.start();
    await vi.advanceTimersByTimeAsync(3000);
    await tell(at(8 * 60 + 1, 12));
    expect(today.of(meter)).toEqual({ counted: 1, readings: 2 });
    const changes: string[] = [];
    today.onChange((entityIds) => changes.push(...entityIds));
    // The back-fill finds the reading before midnight, and a reset.
    await tell(at(-5, 10.5), at(60, 0.5));
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
    await tell(at(24 * 60 + 1, 20.25));
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

  it('is what the ledger says where only statistics tell of the night, and stays while the stores are away', async () => {
    await tell(at(480, 20));
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
    postingWorker.touch(
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
});
