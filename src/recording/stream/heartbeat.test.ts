/**
 * Goal: a subscription that delivers nothing is found within minutes and made anew, and nothing else is mistaken for
 * one.
 * Method: recorder, back-fill and heartbeat on a virtual clock, with a home that falls silent while it goes on
 * recording.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EntityState } from '../../home/home-assistant.ts';
import { Backfill } from '../backfill/backfill.ts';
import { type RecordingEvent, RecordingEvents } from '../recording-events.ts';
import {
  baseUs,
  MemoryHome,
  MemoryReadingStore,
  MemorySubscriptionStore,
  MemorySyncLog,
  quietLog,
  state,
  testClock,
} from '../testing/doubles.ts';
import { MemoryDisk, MemorySpool } from '../testing/memory-spool.ts';
import { Heartbeat } from './heartbeat.ts';
import { Recorder, type TrackedEntity } from './recorder.ts';

const meter = 'sensor.meter';
const text = 'sensor.text';
const minute = 60_000;
const tracked: TrackedEntity[] = [meter, text].map((entityId) => ({
  entityId,
  quantity: 'energy',
  unit: 'kWh',
  stateClass: 'total_increasing',
}));

describe('heartbeat', () => {
  let home: MemoryHome;
  let store: MemoryReadingStore;
  let recorder: Recorder;
  let backfill: Backfill;
  let syncLog: MemorySyncLog;
  let heartbeat: Heartbeat;
  let reported: RecordingEvent[];

  beforeEach(async () => {
    vi.useFakeTimers({ now: baseUs / 1000 });
    home = new MemoryHome();
    store = new MemoryReadingStore();
    syncLog = new MemorySyncLog();
    reported = [];
    const events = new RecordingEvents(quietLog);
    events.on((event) => reported.push(event));
    const deps = { homeAssistant: home, readings: store, clock: testClock, log: quietLog };
    recorder = new Recorder({
      ...deps,
      subscription: new MemorySubscriptionStore(),
      spool: new MemorySpool(new MemoryDisk(10_000)),
      zone: () => 'Europe/Brussels',
    });
    backfill = new Backfill({ ...deps, recorder, syncLog, newId: () => `run-${syncLog.runs.size}` });
    heartbeat = new Heartbeat({ ...deps, recorder, events });
    backfill.start();
    recorder.track(tracked);
    await recorder.start();
    heartbeat.start();
    say(meter, '1');
    say(text, 'n/a');
    home.connect();
    await vi.advanceTimersByTimeAsync(minute);
  });
  afterEach(async () => {
    const stopped = Promise.all([heartbeat.stop(), backfill.stop()]).then(() => recorder.stop());
    await vi.advanceTimersByTimeAsync(minute);
    await stopped;
    vi.useRealTimers();
  });

  function say(entityId: string, value: string): EntityState {
    const next = state(entityId, testClock.nowUs(), value);
    home.change(next);
    return next;
  }

  it('finds a silence, subscribes again and fetches what was missed', async () => {
    await vi.advanceTimersByTimeAsync(5 * minute);
    expect(heartbeat.status()).toMatchObject({
      isOk: true,
      silences: 0,
      lastComparedAtUs: expect.any(Number),
    });
    home.isSilent = true;
    const missed = [say(meter, '2')];
    await vi.advanceTimersByTimeAsync(2 * minute);
    missed.push(say(meter, '3'));
    home.isSilent = false;
    await vi.advanceTimersByTimeAsync(2.5 * minute);
    expect(heartbeat.status()).toMatchObject({ isOk: false, silences: 1 });
    expect(reported).toEqual([
      { kind: 'silent', entityIds: [meter], sinceUs: expect.any(Number), atUs: expect.any(Number) },
    ]);
    for (const { lastUpdatedUs } of missed)
      expect([...store.rows.keys()]).toContain(`${meter} ${lastUpdatedUs}`);
    const kinds = [...syncLog.runs.values()].map(({ kind }) => kind);
    expect(kinds).toContain('silent');
    await vi.advanceTimersByTimeAsync(2 * minute);
    expect(heartbeat.status()).toMatchObject({ isOk: true, silences: 1 });
    expect(home.reconnectCount()).toBe(0);
  });

  it('makes the connection anew when it is silent again', async () => {
    home.isSilent = true;
    say(meter, '2');
    await vi.advanceTimersByTimeAsync(5 * minute);
    expect(heartbeat.status().silences).toBe(1);
    expect(home.reconnectCount()).toBe(0);
    say(meter, '3');
    await vi.advanceTimersByTimeAsync(2 * minute);
    expect(heartbeat.status().silences).toBe(2);
    expect(home.reconnectCount()).toBe(1);
    home.isSilent = false;
    await vi.advanceTimersByTimeAsync(5 * minute);
    expect(heartbeat.status().isOk).toBe(true);
    expect(store.rows.size).toBe(3);
  });

  it('takes none of these for a silence: nothing new, no number, a removal, an answer that overtakes an event', async () => {
    // Nothing new, and a state that was rejected.
    await vi.advanceTimersByTimeAsync(6 * minute);
    say(text, 'still no number');
    await vi.advanceTimersByTimeAsync(5 * minute);
    home.remove(meter);
    await vi.advanceTimersByTimeAsync(5 * minute);
    // On the way while the states are asked for.
    const ask = vi.spyOn(home, 'states').mockImplementation(async () => {
      const next = state(text, testClock.nowUs(), 'late');
      setTimeout(() => home.change(next), 3000);
      return [next];
    });
    await vi.advanceTimersByTimeAsync(6 * minute);
    expect(ask).toHaveBeenCalled();
    expect(heartbeat.status()).toMatchObject({ isOk: true, silences: 0 });
    expect(reported).toEqual([]);
  });

  it('says nothing of a connection that is cut, not read, or does not answer', async () => {
    home.isSilent = true;
    say(meter, '2');
    home.disconnect();
    await vi.advanceTimersByTimeAsync(10 * minute);
    expect(heartbeat.status().silences).toBe(0);
    home.isSilent = false;
    home.connect();
    vi.spyOn(home, 'states').mockRejectedValue(new Error('no answer'));
    await vi.advanceTimersByTimeAsync(10 * minute);
    expect(heartbeat.status()).toMatchObject({ isOk: true, silences: 0 });
  });

  it('knows how long it was silent when the clock is set back meanwhile', async () => {
    await vi.advanceTimersByTimeAsync(5 * minute);
    vi.setSystemTime(Date.now() - 60 * minute);
    home.isSilent = true;
    const missed = say(meter, '2');
    await vi.advanceTimersByTimeAsync(6 * minute);
    expect(heartbeat.status().silences).toBe(1);
    expect([...store.rows.keys()]).toContain(`${meter} ${missed.lastUpdatedUs}`);
  });
});
