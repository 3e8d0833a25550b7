/**
 * Goal: what Home Assistant recorded while nothing was received gets into the store, once, with honest counts,
 * whatever is away meanwhile.
 * Method: recorder and back-fill between stand-ins; the home keeps its own history, so the two can be compared.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hourUs } from '../../units/durations.ts';
import { Recorder, type TrackedEntity } from '../stream/recorder.ts';
import {
  baseUs,
  MemoryHome,
  MemoryReadingStore,
  MemorySubscriptionStore,
  MemorySyncLog,
  quietLog,
  reading,
  state,
} from '../testing/doubles.ts';
import { FileSpool } from '../write/spool/file-spool.ts';
import { Backfill } from './backfill.ts';

const meter = 'sensor.meter';
const other = 'sensor.other';
const entity = (entityId: string): TrackedEntity => ({
  entityId,
  quantity: 'energy',
  unit: 'kWh',
  stateClass: 'total_increasing',
});
const fast = {
  spoolAfterMs: 1,
  busyAfterMs: 5,
  quietAfterMs: 5,
  retryFirstMs: 5,
  retryLimitMs: 20,
  stopMs: 500,
};

describe('back-fill', () => {
  let directory: string;
  let home: MemoryHome;
  let store: MemoryReadingStore;
  let subscription: MemorySubscriptionStore;
  let syncLog: MemorySyncLog;
  let recorder: Recorder;
  let backfill: Backfill;
  let nowUs: number;
  let ids: number;
  let isStarted: boolean;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'spool-'));
    home = new MemoryHome();
    store = new MemoryReadingStore();
    subscription = new MemorySubscriptionStore();
    syncLog = new MemorySyncLog();
    nowUs = baseUs;
    ids = 0;
    const clock = { nowUs: () => nowUs, monotonicMs: () => performance.now() };
    recorder = new Recorder(
      {
        homeAssistant: home,
        readings: store,
        subscription,
        spool: new FileSpool({ directory }),
        zone: () => 'Europe/Brussels',
        clock,
        log: quietLog,
      },
      fast,
    );
    const newId = () => {
      ids += 1;
      return `run-${ids}`;
    };
    backfill = new Backfill(
      { homeAssistant: home, readings: store, recorder, syncLog, clock, log: quietLog, newId },
      { retryFirstMs: 5, retryLimitMs: 20, passesAfterMs: [20, 40] },
    );
    isStarted = false;
  });
  afterEach(async () => {
    await backfill.stop();
    await recorder.stop();
    await rm(directory, { recursive: true });
  });

  const instants = (entityId: string) =>
    [...store.rows.values()]
      .filter((row) => row.entityId === entityId)
      .map(({ atUs }) => atUs)
      .sort((a, b) => a - b);
  const pastOf = (entityId: string) =>
    home.past.filter((found) => found.entityId === entityId).map(({ lastUpdatedUs }) => lastUpdatedUs);
  const connected = async () => {
    if (!isStarted) {
      backfill.start();
      await recorder.start();
    }
    isStarted = true;
    home.connect();
    await vi.waitFor(() => expect(recorder.status().isSubscribed).toBe(true));
  };
  const finished = (count: number) =>
    vi.waitFor(() => {
      const done = [...syncLog.runs.values()].filter(({ status }) => status !== 'running');
      expect(done.length).toBe(count);
    });

  it('brings all that Home Assistant keeps of an entity that is tracked for the first time', async () => {
    // More than the usual ten days.
    for (let i = 0; i < 900; i += 1) home.change(state(meter, baseUs - i * hourUs, String(900 - i)));
    home.change(state(meter, baseUs - 5, 'broken'));
    home.change(state(meter, baseUs - 1, '900'));
    recorder.track([entity(meter)]);
    await connected();
    await finished(1);
    const reported = pastOf(meter).filter((atUs) => atUs !== baseUs - 5);
    expect(instants(meter)).toEqual(reported.sort((a, b) => a - b));
    const run = syncLog.runs.get('run-1');
    // The newest came by the snapshot.
    expect(run).toMatchObject({ kind: 'start', status: 'success', readingsAdded: reported.length - 1 });
    expect(recorder.status().readingsReceived).toBe(reported.length);
    expect([...store.rows.values()].filter(({ origin }) => origin === 'stream').length).toBe(1);
  });

  it('fills the gap of a cut connection, and what Home Assistant wrote late', async () => {
    await store.append([reading(meter, baseUs - 11 * 24 * hourUs)]);
    subscription.state = {
      status: 'active',
      subscribedAtUs: 1,
      lastEventAtUs: baseUs,
      reconnectCount: 0,
      errorMessage: null,
      complete: { endUs: baseUs, entityIds: [meter] },
    };
    recorder.track([entity(meter)]);
    await connected();
    await finished(1);
    home.change(state(meter, baseUs + 1, '1'));
    nowUs = baseUs + 10;
    home.change(state(meter, baseUs + 10, '2'));
    home.disconnect();
    await vi.waitFor(() => expect(recorder.status().isSubscribed).toBe(false));
    nowUs = baseUs + 10 * hourUs;
    for (let i = 1; i <= 20; i += 1) home.change(state(meter, baseUs + i * 1000, String(2 + i)));
    // Not committed yet when the first pass asks.
    const late = state(meter, baseUs + 10 * hourUs - 500, '22.5');
    home.change(state(meter, baseUs + 10 * hourUs - 1, '23'));
    await connected();
    await finished(2);
    expect(syncLog.runs.get('run-2')).toMatchObject({
      kind: 'reconnect',
      status: 'success',
      readingsAdded: 20,
    });
    home.past.push(late);
    await vi.waitFor(() => expect(syncLog.runs.get('run-2')?.readingsAdded).toBe(21));
    await recorder.settled();
    expect(instants(meter).slice(1)).toEqual(pastOf(meter).sort((a, b) => a - b));
  });

  it('starts where the previous process was complete, and continues with the rest', async () => {
    await store.append([reading(meter, baseUs - 100 * hourUs), reading(other, baseUs - 100 * hourUs)]);
    subscription.state = {
      status: 'active',
      subscribedAtUs: 1,
      lastEventAtUs: baseUs - hourUs,
      reconnectCount: 0,
      errorMessage: null,
      complete: { endUs: baseUs - 25 * hourUs, entityIds: [meter] },
    };
    await syncLog.save({
      syncId: 'old',
      kind: 'first',
      startUs: baseUs - 50 * hourUs,
      endUs: baseUs - hourUs,
      status: 'running',
      entitiesTotal: 2,
      entitiesDone: 1,
      readingsAdded: 3,
      error: null,
      startedAtUs: baseUs - hourUs,
      finishedAtUs: null,
    });
    for (let i = 90; i > 0; i -= 10) {
      home.change(state(meter, baseUs - i * hourUs, String(100 - i)));
      home.change(state(other, baseUs - i * hourUs, String(100 - i)));
    }
    recorder.track([entity(meter), entity(other)]);
    await connected();
    await finished(3);
    expect(syncLog.runs.get('old')?.status).toBe('failed');
    expect(instants(meter)).toEqual([100, 20, 10].map((i) => baseUs - i * hourUs));
    expect(instants(other)).toEqual(
      [100, 90, 80, 70, 60, 50, 40, 30, 20, 10].map((i) => baseUs - i * hourUs),
    );
    // A second pass ran meanwhile: only then it is certain.
    await new Promise((resolve) => setTimeout(resolve, 150));
    await backfill.stop();
    await recorder.stop();
    expect(subscription.state?.complete).toEqual({ endUs: baseUs, entityIds: [meter, other] });
  });

  it('goes on when Home Assistant and the store are away for a while', async () => {
    for (let i = 0; i < 50; i += 1) home.change(state(meter, baseUs - (50 - i) * hourUs, String(i)));
    recorder.track([entity(meter)]);
    await connected();
    home.failures = 3;
    let storeFaults = 8;
    store.fault = () => {
      storeFaults -= 1;
      return storeFaults > 0 ? 'before' : 'none';
    };
    await finished(1);
    expect(instants(meter)).toEqual(pastOf(meter));
    expect(syncLog.runs.get('run-1')?.status).toBe('success');
  });

  it('marks a run as failed when Home Assistant refuses the history, and continues with the others', async () => {
    home.change(state(meter, baseUs - 2 * hourUs, '1'));
    home.change(state(other, baseUs - 2 * hourUs, '1'));
    home.change(state(other, baseUs - hourUs, '2'));
    const history = home.history.bind(home);
    home.history = async (entityIds, startUs, endUs) => {
      if (entityIds.includes(meter)) throw new Error('recorder is not loaded');
      return history(entityIds, startUs, endUs);
    };
    recorder.track([entity(meter), entity(other)]);
    await connected();
    await finished(1);
    expect(syncLog.runs.get('run-1')).toMatchObject({
      status: 'partial',
      error: `${meter}: recorder is not loaded`,
    });
    expect(instants(other).length).toBe(2);
    expect(backfill.status().isOk).toBe(false);
  });

  it('answers an id at once, merges what waits, and finds nothing new the second time', async () => {
    for (let i = 0; i < 20; i += 1) home.change(state(meter, baseUs - (20 - i) * hourUs, String(i)));
    recorder.track([entity(meter)]);
    await connected();
    await finished(1);
    const first = backfill.request();
    expect(backfill.request()).toBe(first);
    expect(syncLog.runs.get(first)?.status).toBe('running');
    expect(backfill.running(first)).toMatchObject({ syncId: first, status: 'running' });
    expect(backfill.running('another')).toBeNull();
    await finished(2);
    expect(syncLog.runs.get(first)).toMatchObject({
      kind: 'manual',
      status: 'success',
      readingsAdded: 0,
      entitiesDone: 1,
    });
    expect(store.appended).toBe(20);
  });
});
