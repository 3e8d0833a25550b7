/**
 * Goal: what Home Assistant reports while QuestDB dies, hangs or is away is in it afterwards, every reading once.
 * Method: recorder with its spool on disk against a real QuestDB of its own, which is killed in the middle of a
 * burst, stopped by a signal for longer than a write may take, and taken down over a restart of the recorder; then
 * its rows are held against what the home reported.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { installSidecars, type Sidecars, startSidecars } from '../../addon/sidecars/sidecars.ts';
import { defaultQuestDbLimits, QuestDb } from '../../src/adapters/questdb/questdb.ts';
import { QuestDbReadingStore } from '../../src/adapters/questdb/reading-store.ts';
import { Recorder, type TrackedEntity } from '../../src/recording/stream/recorder.ts';
import {
  baseUs,
  MemoryHome,
  MemorySubscriptionStore,
  quietLog,
  state,
} from '../../src/recording/testing/doubles.ts';
import { FileSpool } from '../../src/recording/write/spool/file-spool.ts';
import { systemClock } from '../../src/runtime/clock.ts';

const clock = { nowUs: () => baseUs + 3_600_000_000, monotonicMs: () => performance.now() };
const flushMs = 2000;
let run = 0;

describe('recorder and QuestDB', () => {
  let sidecars: Sidecars;
  let dataDir: string;
  let home: MemoryHome;
  let db: QuestDb;
  let store: QuestDbReadingStore;
  let recorder: Recorder;
  let entities: TrackedEntity[];
  let reported: Map<string, number[]>;
  let spoolDir: string;
  let lastUs: number;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'energy-ledger-recorder-'));
    sidecars = await startSidecars({
      programs: await installSidecars(() => undefined),
      dataDir,
      log: () => undefined,
    });
  });
  afterAll(async () => {
    await sidecars.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  beforeEach(async () => {
    run += 1;
    spoolDir = join(dataDir, `spool-${run}`);
    home = new MemoryHome();
    db = new QuestDb(
      { url: sidecars.questdbUrl, pgUrl: sidecars.questdbPgUrl, clock: systemClock, log: quietLog },
      { ...defaultQuestDbLimits, flushMs },
    );
    store = new QuestDbReadingStore(db, systemClock);
    entities = [0, 1, 2, 3, 4].map((i) => ({
      entityId: `sensor.run_${run}_${i}`,
      quantity: 'energy',
      unit: 'kWh',
      stateClass: 'total_increasing',
    }));
    reported = new Map(entities.map(({ entityId }) => [entityId, []]));
    lastUs = baseUs;
    home.connect();
    await boot();
  });
  afterEach(async () => {
    await recorder.stop();
    await db.stop();
  });

  async function boot(): Promise<void> {
    recorder = new Recorder(
      {
        homeAssistant: home,
        readings: store,
        subscription: new MemorySubscriptionStore(),
        spool: new FileSpool({ directory: spoolDir }),
        zone: () => 'Europe/Brussels',
        clock,
        log: quietLog,
      },
      { retryLimitMs: 500, stopMs: 1000 },
    );
    await recorder.start();
    recorder.track(entities);
    await vi.waitFor(() => expect(recorder.status().isSubscribed).toBe(true), { timeout: 10_000 });
  }

  /** A burst of a few thousand a second; `during` is begun in its middle. */
  async function burst(count: number, during: () => void = () => undefined): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      const entity = entities[i % entities.length];
      if (entity === undefined) return;
      lastUs += 1;
      reported.get(entity.entityId)?.push(lastUs);
      home.change(state(entity.entityId, lastUs, String(lastUs - baseUs)));
      if (i === Math.floor(count / 2)) during();
      if (i % 200 === 199) await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  async function stored(entityId: string): Promise<number[]> {
    const found: number[] = [];
    for (let startUs = baseUs; ; ) {
      const page = await store.range(entityId, startUs, lastUs + 1, 5000);
      for (const { atUs, value } of page) {
        expect(value).toBe(atUs - baseUs);
        found.push(atUs);
      }
      const last = page.at(-1);
      if (last === undefined || page.length < 5000) return found;
      startUs = last.atUs + 1;
    }
  }

  async function expectAll(): Promise<void> {
    await recorder.settled();
    for (const [entityId, expected] of reported)
      await vi.waitFor(async () => expect(await stored(entityId)).toEqual(expected), {
        timeout: 20_000,
        interval: 200,
      });
    expect(recorder.status()).toMatchObject({
      isOk: true,
      readingsWaiting: 0,
      readingsLost: 0,
      overflowed: 0,
    });
  }

  it('has every reading once after QuestDB was killed in the middle of a burst', async () => {
    await burst(20_000, () => sidecars.kill('questdb', 'SIGKILL'));
    await burst(2000);
    await sidecars.answering('questdb');
    await expectAll();
    expect(recorder.status().readingsReceived).toBe(22_000);
    expect(recorder.status().readingsStored).toBe(22_000);
  });

  it('has every reading once after QuestDB hung for longer than a write may take', async () => {
    await burst(10_000, () => sidecars.kill('questdb', 'SIGSTOP'));
    try {
      await vi.waitFor(() => expect(recorder.status().writeErrors).toBeGreaterThan(0), { timeout: 20_000 });
      expect(recorder.status().isOk).toBe(false);
      await burst(3000);
    } finally {
      sidecars.kill('questdb', 'SIGCONT');
    }
    await expectAll();
    expect(recorder.status().readingsReceived).toBe(13_000);
  });

  it('has every reading once after the recorder, too, was started anew while QuestDB was away', async () => {
    await burst(3000);
    await sidecars.down('questdb');
    try {
      await burst(6000);
      await recorder.stop();
      await boot();
      await burst(1000);
    } finally {
      await sidecars.up('questdb');
    }
    await expectAll();
  });
});
