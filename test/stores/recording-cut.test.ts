/**
 * Goal: after a cut of the network and a death of QuestDB at the same time, the store has exactly what Home Assistant's
 * own recorder has, and the runs say what they added.
 * Method: recorder and back-fill with the real adapters, between a demo home (its recorder is the truth) and stores of
 * their own; every tracked entity's rows are held against the home's, instant by instant.
 */

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DemoHome, startDemoHome } from '../../addon/demo-home/demo-home.ts';
import { installSidecars, type Sidecars, startSidecars } from '../../addon/sidecars/sidecars.ts';
import { endpointFromUrl } from '../../src/adapters/homeassistant/endpoint.ts';
import {
  createHomeAssistant,
  type HomeAssistantConnection,
} from '../../src/adapters/homeassistant/home-assistant.ts';
import { Documents } from '../../src/adapters/mongodb/documents.ts';
import { MongoSubscriptionStore } from '../../src/adapters/mongodb/subscription-store.ts';
import { MongoSyncLog } from '../../src/adapters/mongodb/sync-log.ts';
import { QuestDb } from '../../src/adapters/questdb/questdb.ts';
import { QuestDbReadingStore } from '../../src/adapters/questdb/reading-store.ts';
import { Backfill } from '../../src/recording/backfill/backfill.ts';
import { Recorder, type TrackedEntity } from '../../src/recording/stream/recorder.ts';
import { quietLog } from '../../src/recording/testing/doubles.ts';
import { FileSpool } from '../../src/recording/write/spool/file-spool.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { hourUs } from '../../src/units/durations.ts';
import { quantityOf } from '../../src/units/quantity.ts';

const patience = { timeout: 30_000, interval: 100 };

describe('recording through a cut', () => {
  let dataDir: string;
  let sidecars: Sidecars;
  let demoHome: DemoHome;
  let homeAssistant: HomeAssistantConnection;
  let db: QuestDb;
  let documents: Documents;
  let store: QuestDbReadingStore;
  let syncLog: MongoSyncLog;
  let recorder: Recorder;
  let backfill: Backfill;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'energy-ledger-cut-'));
    sidecars = await startSidecars({
      programs: await installSidecars(() => undefined),
      dataDir,
      log: () => undefined,
    });
    demoHome = await startDemoHome({ token: 'cut', p1Seconds: 1 });
    const endpoint = endpointFromUrl(demoHome.url);
    if (endpoint.kind === 'invalid') throw new Error(endpoint.error);
    homeAssistant = createHomeAssistant({
      endpoint: { websocketUrl: endpoint.websocketUrl, token: demoHome.token, source: 'environment' },
      clock: systemClock,
      log: quietLog,
      timings: { retryFirstMs: 100, retryLimitMs: 500 },
    });
    db = new QuestDb({
      url: sidecars.questdbUrl,
      pgUrl: sidecars.questdbPgUrl,
      clock: systemClock,
      log: quietLog,
    });
    documents = new Documents({ url: sidecars.mongodbUrl, log: quietLog });
    store = new QuestDbReadingStore(db, systemClock);
    syncLog = new MongoSyncLog(documents);
    recorder = new Recorder({
      homeAssistant,
      readings: store,
      subscription: new MongoSubscriptionStore(documents),
      spool: new FileSpool({ directory: join(dataDir, 'spool') }),
      zone: () => 'Europe/Brussels',
      clock: systemClock,
      log: quietLog,
    });
    backfill = new Backfill(
      {
        homeAssistant,
        readings: store,
        recorder,
        syncLog,
        clock: systemClock,
        log: quietLog,
        newId: randomUUID,
      },
      { memoryUs: hourUs, longestHistoryUs: hourUs, passesAfterMs: [500, 1000] },
    );
  });
  afterAll(async () => {
    await backfill.stop();
    await recorder.stop();
    await homeAssistant.stop();
    await demoHome.stop();
    await Promise.all([db.stop(), documents.stop()]);
    await sidecars.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const runsDone = (count: number) =>
    vi.waitFor(async () => {
      const runs = await syncLog.recent(10);
      expect(runs.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 'success'));
    }, patience);

  it('has in the end what the home recorded, each state once', async () => {
    backfill.start();
    await recorder.start();
    homeAssistant.start();
    await vi.waitFor(() => expect(homeAssistant.status().kind).toBe('connected'), patience);
    const beganUs = systemClock.nowUs();
    const entities: TrackedEntity[] = [];
    for (const { entityId, attributes } of await homeAssistant.states()) {
      const unit = attributes.unit_of_measurement;
      const quantity = typeof unit === 'string' ? quantityOf(unit) : null;
      if (quantity === null || typeof unit !== 'string' || !entityId.startsWith('sensor.')) continue;
      entities.push({ entityId, quantity, unit, stateClass: 'measurement' });
    }
    expect(entities.length).toBeGreaterThan(20);
    recorder.track(entities);
    await runsDone(1);

    sidecars.kill('questdb', 'SIGKILL');
    demoHome.refuseConnections('reset');
    expect(demoHome.dropConnections()).toBe(1);
    await vi.waitFor(() => expect(recorder.status().isSubscribed).toBe(false), patience);
    const receivedBefore = recorder.status().readingsReceived;
    const firedBefore = demoHome.eventsFired();
    await vi.waitFor(() => expect(demoHome.eventsFired()).toBeGreaterThan(firedBefore + 40), patience);
    expect(recorder.status().readingsReceived).toBe(receivedBefore);
    demoHome.refuseConnections('no');
    await runsDone(2);
    const [reconnect] = await syncLog.recent(1);
    expect(reconnect?.kind).toBe('reconnect');
    expect(reconnect?.readingsAdded).toBeGreaterThan(0);

    demoHome.standStill(true);
    const endUs = systemClock.nowUs();
    await recorder.settled();
    const startUs = beganUs - hourUs / 2;
    const check = async () => {
      for (const { entityId } of entities) {
        const said = demoHome.recorded(entityId, startUs, endUs);
        const stored = await store.range(entityId, startUs, endUs, 100_000);
        expect([entityId, stored.map(({ atUs }) => atUs)]).toEqual([
          entityId,
          said.map(({ lastUpdatedUs }) => lastUpdatedUs),
        ]);
      }
    };
    await vi.waitFor(check, patience);
    const status = recorder.status();
    expect(status.readingsStored).toBe(status.readingsReceived);
    expect(status.rejected).toEqual({});
  }, 120_000);
});
