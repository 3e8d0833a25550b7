/**
 * Goal: every state of a tracked entity reaches the store once, whatever the connection and the store do, with bounded
 * memory and honest counts.
 * Method: the recorder with a real spool on disk between stand-ins for Home Assistant and the stores.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Gap } from '../gap-tracker.ts';
import {
  baseUs,
  MemoryHome,
  MemoryReadingStore,
  MemorySubscriptionStore,
  quietLog,
  reading,
  state,
} from '../testing/doubles.ts';
import { FileSpool } from '../write/spool/file-spool.ts';
import type { TrackedEntity } from './recorder.ts';
import { Recorder } from './recorder.ts';

const entity = (entityId: string): TrackedEntity => ({
  entityId,
  quantity: 'energy',
  unit: 'kWh',
  stateClass: 'total_increasing',
});
const meter = 'sensor.meter';
const other = 'sensor.other';
const clock = { nowUs: () => baseUs + 3_600_000_000, monotonicMs: () => performance.now() };
const fast = {
  spoolAfterMs: 1,
  busyAfterMs: 5,
  quietAfterMs: 5,
  retryFirstMs: 5,
  retryLimitMs: 20,
  stopMs: 500,
};

describe('recorder', () => {
  let directory: string;
  let home: MemoryHome;
  let store: MemoryReadingStore;
  let subscription: MemorySubscriptionStore;
  let recorder: Recorder;

  const make = (limits = {}, limitBytes = 1_000_000) =>
    new Recorder(
      {
        homeAssistant: home,
        readings: store,
        subscription,
        spool: new FileSpool({ directory, limitBytes }),
        zone: () => 'Europe/Brussels',
        clock,
        log: quietLog,
      },
      { ...fast, ...limits },
    );
  const states = (entityId: string) =>
    [...store.rows.values()].filter((row) => row.entityId === entityId).map((row) => row.value);
  const subscribed = () => vi.waitFor(() => expect(recorder.status().isSubscribed).toBe(true));

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'spool-'));
    home = new MemoryHome();
    store = new MemoryReadingStore();
    subscription = new MemorySubscriptionStore();
    recorder = make();
  });
  afterEach(async () => {
    await recorder.stop();
    await rm(directory, { recursive: true });
  });

  it('records the snapshot and every change after it', async () => {
    home.change(state(meter, baseUs, '1'));
    await recorder.start();
    recorder.track([entity(meter)]);
    home.connect();
    await subscribed();
    home.change(state(meter, baseUs + 1, '2'));
    home.change(state(meter, baseUs + 2, 'unavailable'));
    home.change(state(meter, baseUs + 3, 'oops'));
    home.change(state(other, baseUs + 3, '9'));
    await recorder.settled();
    expect(states(meter)).toEqual([1, 2, null]);
    expect(store.rows.size).toBe(3);
    expect(recorder.newest().get(meter)?.absence).toBe('unavailable');
    const status = recorder.status();
    expect(status).toMatchObject({
      isOk: true,
      readingsReceived: 3,
      readingsStored: 3,
      readingsWaiting: 0,
      rejected: { not_a_number: 1 },
      lastRejection: { entityId: meter, state: 'oops' },
      lastReadingAtUs: baseUs + 2,
    });
  });

  it('takes from history what it refused while its own clock was behind', async () => {
    const aheadUs = baseUs + 2 * 3_600_000_000;
    await recorder.start();
    recorder.track([entity(meter)]);
    home.connect();
    await subscribed();
    home.change(state(meter, aheadUs, '5'));
    expect(recorder.status().rejected).toEqual({ from_the_future: 1 });
    const taken = await recorder.record([reading(meter, aheadUs, 5)], new AbortController().signal);
    expect(taken).toBe(1);
    await vi.waitFor(() => expect(states(meter)).toEqual([5]));
  });

  it('counts a state once that comes again with snapshots or is stored already', async () => {
    await store.append([reading(meter, baseUs, 1)]);
    home.change(state(meter, baseUs, '1'));
    await recorder.start();
    recorder.track([entity(meter)]);
    home.connect();
    await subscribed();
    home.change(state(meter, baseUs + 1, '2'));
    home.disconnect();
    await vi.waitFor(() => expect(recorder.status().isSubscribed).toBe(false));
    home.connect();
    await subscribed();
    await recorder.settled();
    expect(recorder.status()).toMatchObject({ readingsReceived: 1, duplicates: 2 });
    expect(states(meter)).toEqual([1, 2]);
  });

  it('loses nothing while the store is away and says that it is', async () => {
    await recorder.start();
    recorder.track([entity(meter)]);
    home.connect();
    await subscribed();
    store.fault = () => 'before';
    for (let i = 0; i < 500; i += 1) home.change(state(meter, baseUs + i, String(i)));
    await vi.waitFor(() => expect(recorder.status().writeErrors).toBeGreaterThan(1));
    expect(recorder.status()).toMatchObject({ isOk: false, readingsStored: 0, readingsWaiting: 500 });
    store.fault = null;
    await recorder.settled();
    expect(states(meter)).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect(recorder.status()).toMatchObject({ isOk: true, readingsStored: 500, readingsWaiting: 0 });
  });

  it('brings what a stopped process left in the spool, in order', async () => {
    await recorder.start();
    recorder.track([entity(meter)]);
    home.connect();
    await subscribed();
    store.fault = () => 'before';
    for (let i = 0; i < 1200; i += 1) home.change(state(meter, baseUs + i, String(i)));
    await vi.waitFor(() => expect(recorder.status().spool.readings).toBe(1200));
    await recorder.stop();
    store.fault = null;
    recorder = make();
    await recorder.start();
    await recorder.settled();
    expect(states(meter)).toEqual(Array.from({ length: 1200 }, (_, i) => i));
    expect(recorder.status()).toMatchObject({ readingsReceived: 1200, readingsStored: 1200 });
  });

  it('reads back from the spool what memory did not hold, while more comes', async () => {
    recorder = make({ queueReadings: 50, batchReadings: 40 });
    await recorder.start();
    recorder.track([entity(meter)]);
    home.connect();
    await subscribed();
    store.fault = () => 'before';
    for (let i = 0; i < 700; i += 1) home.change(state(meter, baseUs + i, String(i)));
    await vi.waitFor(() => expect(recorder.status().spool.readings).toBe(700));
    store.fault = null;
    for (let i = 700; i < 1000; i += 1) {
      home.change(state(meter, baseUs + i, String(i)));
      if (i % 30 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await recorder.settled();
    expect(states(meter)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(store.appended).toBe(1000);
  });

  it('stops reading from Home Assistant when the spool is full, goes on when there is room', async () => {
    recorder = make({}, 20_000);
    await recorder.start();
    recorder.track([entity(meter)]);
    home.connect();
    await subscribed();
    store.fault = () => 'before';
    let sent = 0;
    while (!home.isPaused && sent < 5000) {
      home.change(state(meter, baseUs + sent, String(sent)));
      sent += 1;
      if (sent % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
    }
    expect(home.isPaused).toBe(true);
    expect(recorder.status().spool.bytes).toBeLessThanOrEqual(20_000);
    expect(recorder.status()).toMatchObject({ isOk: false, isPaused: true });
    store.fault = null;
    await recorder.settled();
    await vi.waitFor(() => expect(home.isPaused).toBe(false));
    expect(states(meter)).toEqual(Array.from({ length: sent }, (_, i) => i));
  });

  it('refuses what comes in spite of a pause, and reports the gap', async () => {
    const gaps: Gap[] = [];
    recorder = make({ limitReadings: 100, highReadings: 50, lowReadings: 10 });
    recorder.onGap((gap) => gaps.push(gap));
    await recorder.start();
    recorder.track([entity(meter)]);
    home.connect();
    await subscribed();
    for (let i = 0; i < 250; i += 1) home.change(state(meter, baseUs + i, String(i)));
    expect(home.isPaused).toBe(true);
    await recorder.settled();
    await vi.waitFor(() => expect(home.isPaused).toBe(false));
    expect(recorder.status().overflowed).toBe(150);
    expect(gaps.at(-1)).toEqual({ kind: 'reconnect', entityIds: [meter], sinceUs: baseUs + 100 });
  });

  it('follows a changed set without a gap in between, and reports what to fetch', async () => {
    const gaps: Gap[] = [];
    subscription.state = {
      status: 'active',
      subscribedAtUs: 1,
      lastEventAtUs: baseUs - 5,
      reconnectCount: 0,
      errorMessage: null,
      complete: { endUs: baseUs - 5, entityIds: [meter] },
    };
    recorder.onGap((gap) => gaps.push(gap));
    await recorder.start();
    recorder.track([entity(meter)]);
    home.connect();
    await subscribed();
    home.change(state(meter, baseUs + 1, '1'));
    home.change(state(other, baseUs + 1, '1'));
    recorder.track([entity(meter), entity(other)]);
    home.change(state(meter, baseUs + 2, '2'));
    await vi.waitFor(() => expect(gaps.length).toBe(2));
    home.change(state(meter, baseUs + 3, '3'));
    recorder.track([entity(other)]);
    await vi.waitFor(() => expect([...home.subscriptions][0]?.ids).toEqual(new Set([other])));
    home.change(state(meter, baseUs + 4, '4'));
    home.change(state(other, baseUs + 5, '5'));
    home.disconnect();
    await vi.waitFor(() => expect(recorder.status().isSubscribed).toBe(false));
    home.connect();
    await subscribed();
    await recorder.settled();
    expect(states(meter)).toEqual([1, 2, 3]);
    expect(states(other)).toEqual([1, 5]);
    expect(home.subscriptions.size).toBe(1);
    expect(gaps).toEqual([
      { kind: 'start', entityIds: [meter], sinceUs: baseUs - 5 },
      { kind: 'first', entityIds: [other], sinceUs: null },
      { kind: 'reconnect', entityIds: [other], sinceUs: clock.nowUs() },
    ]);
  });

  it('subscribes again after Home Assistant refused for a while', async () => {
    home.failures = 1;
    await recorder.start();
    recorder.track([entity(meter)]);
    home.connect();
    await vi.waitFor(() =>
      expect(recorder.status().problem?.values).toMatchObject({
        reason: expect.stringContaining('warming up'),
      }),
    );
    await vi.waitFor(() => expect(recorder.status().isSubscribed).toBe(true), { timeout: 3000 });
    expect(recorder.status().isOk).toBe(true);
  });

  it('is not held up by a listener that fails', async () => {
    const reported: number[] = [];
    recorder.onReadings(() => {
      throw new Error('listener');
    });
    recorder.onReadings(({ readings }) => reported.push(...readings.map(({ atUs }) => atUs - baseUs)));
    await recorder.start();
    recorder.track([entity(meter)]);
    home.connect();
    await subscribed();
    home.change(state(meter, baseUs + 1, '1'));
    home.change(state(meter, baseUs + 2, '2'));
    await recorder.settled();
    await vi.waitFor(() => expect(reported).toEqual([1, 2]));
    expect(states(meter)).toEqual([1, 2]);
  });

  it('keeps the state of the subscription', async () => {
    await recorder.start();
    recorder.track([entity(meter)]);
    home.connect();
    await subscribed();
    home.change(state(meter, baseUs + 1, '1'));
    await recorder.stop();
    expect(subscription.state).toMatchObject({ status: 'disconnected', lastEventAtUs: clock.nowUs() });
    expect(subscription.saves).toBeLessThan(4);
  });
});
