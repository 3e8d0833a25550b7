/**
 * Goal: a gap is found wherever it lies, by the readings of an hour and not by the newest row; a verification never
 * claims more than was seen; what the store lost is fetched again.
 * Method: coverage verifier and recorder between stand-ins; the home keeps its own history, and readings are taken
 * out of the store.
 */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HomeAssistantUnavailable } from '../../home/home-assistant.ts';
import { minuteUs } from '../../units/durations.ts';
import { coverageHourUs, type VerificationResult } from '../coverage-store.ts';
import { type RecordingEvent, RecordingEvents } from '../recording-events.ts';
import { Recorder, type TrackedEntity } from '../stream/recorder.ts';
import {
  baseUs,
  MemoryCoverageStore,
  MemoryHome,
  MemoryReadingStore,
  MemorySubscriptionStore,
  quietLog,
  reading,
  state,
} from '../testing/doubles.ts';
import { MemoryDisk, MemorySpool } from '../testing/memory-spool.ts';
import { CoverageVerifier } from './coverage-verifier.ts';

const meter = 'sensor.meter';
const entity: TrackedEntity = {
  entityId: meter,
  quantity: 'energy',
  unit: 'kWh',
  stateClass: 'total_increasing',
};
const live = new AbortController().signal;

describe('verified hours', () => {
  let home: MemoryHome;
  let store: MemoryReadingStore;
  let coverage: MemoryCoverageStore;
  let recorder: Recorder;
  let coverageVerifier: CoverageVerifier;
  let reported: RecordingEvent[];
  let nowUs: number;

  beforeEach(async () => {
    home = new MemoryHome();
    store = new MemoryReadingStore();
    coverage = new MemoryCoverageStore(store);
    nowUs = baseUs + 6 * coverageHourUs + 30 * minuteUs;
    const clock = { nowUs: () => nowUs, monotonicMs: () => performance.now() + nowUs / 1000 };
    const deps = { homeAssistant: home, readings: store, clock, log: quietLog };
    recorder = new Recorder(
      {
        ...deps,
        subscription: new MemorySubscriptionStore(),
        spool: new MemorySpool(new MemoryDisk(10_000)),
        zone: () => 'Europe/Brussels',
      },
      { spoolAfterMs: 1, quietAfterMs: 2, busyAfterMs: 2, retryFirstMs: 2, retryLimitMs: 5, stopMs: 200 },
    );
    reported = [];
    const events = new RecordingEvents(quietLog);
    events.on((event) => reported.push(event));
    coverageVerifier = new CoverageVerifier(
      { ...deps, recorder, coverage, events, readable: () => Promise.resolve() },
      { retryMs: 1, startDoubtUs: 0 },
    );
    // Six hours, a reading every ten minutes; all received before.
    for (let i = 0; i < 36; i += 1) {
      const atUs = baseUs + i * 10 * minuteUs;
      home.change(state(meter, atUs, String(i)));
      await store.append([reading(meter, atUs, i)]);
    }
    recorder.track([entity]);
    await recorder.start();
    home.connect();
    await vi.waitFor(() => expect(recorder.status().isSubscribed).toBe(true));
  });
  afterEach(() => recorder.stop());

  const verify = async (endUs: number) => {
    let result: VerificationResult = { hours: 0, found: [], error: null };
    const asked = { entityIds: [meter], startUs: baseUs, endUs, isExact: true };
    await coverageVerifier.verify(asked, { signal: live, onVerified: (_, one) => (result = one) });
    return result;
  };
  const all = () => verify(nowUs);
  const unverified = () => coverageVerifier.unverifiedCount([meter], baseUs, nowUs);
  const lose = (index: number) => store.rows.delete(`${meter} ${baseUs + index * 10 * minuteUs}`);

  it('verifies complete hours, and does not fetch them again', async () => {
    expect(await unverified()).toBe(6);
    expect(await all()).toEqual({ hours: 6, found: [], error: null });
    expect(await unverified()).toBe(0);
    const asked = vi.spyOn(home, 'history');
    await all();
    // Only the running hour, which is not saved.
    expect(asked.mock.calls.map(([, startUs]) => startUs)).toEqual([baseUs + 6 * coverageHourUs]);
  });

  it('is asked for by several at once, and asks Home Assistant once', async () => {
    const asked = vi.spyOn(home, 'history');
    const held = vi.spyOn(coverage, 'held');
    const other = 'sensor.other';
    const verified: string[] = [];
    const one = () =>
      coverageVerifier.verify(
        { entityIds: [meter, other], startUs: baseUs, endUs: nowUs, isExact: false },
        { signal: live, onVerified: (entityId) => verified.push(entityId) },
      );
    await Promise.all([one(), one()]);
    expect(verified.filter((entityId) => entityId === meter)).toEqual([meter]);
    expect(asked.mock.calls.filter(([[entityId]]) => entityId === meter).length).toBe(1);
    // The unverified hours of all entities are queried together.
    expect(held.mock.calls.filter(([entityIds]) => entityIds.length > 1).length).toBe(2);
  });

  it('finds gaps in the middle, where newer readings are stored', async () => {
    for (const index of [3, 4, 20]) lose(index);
    const result = await all();
    expect(result.found).toEqual([
      {
        ...{ entityId: meter, firstUs: baseUs + 30 * minuteUs, lastUs: baseUs + 40 * minuteUs },
        added: 2,
      },
      {
        ...{ entityId: meter, firstUs: baseUs + 200 * minuteUs, lastUs: baseUs + 200 * minuteUs },
        added: 1,
      },
    ]);
    expect(store.rows.size).toBe(36);
    expect(await unverified()).toBe(0);
    expect(reported.map(({ kind }) => kind)).toEqual(['found', 'found']);
  });

  it('distinguishes a first fetch from what went missing since', async () => {
    // Brought in from the history, but for the last.
    for (const [key, row] of store.rows)
      if (row.atUs < baseUs + 300 * minuteUs) store.rows.set(key, { ...row, origin: 'history' });
    for (const index of [3, 4, 20, 33]) lose(index);
    expect((await all()).found.map(({ isFirst }) => isFirst ?? false)).toEqual([true, true, false]);
    const verifiedAtUs = nowUs;
    nowUs += 2 * coverageHourUs;
    const late = state(meter, verifiedAtUs, '50');
    home.past.push(
      state(meter, verifiedAtUs - minuteUs, '40'),
      late,
      state(meter, verifiedAtUs + 70 * minuteUs, '60'),
    );
    lose(7);
    const again = (await all()).found;
    // What was verified, what follows a received reading, and what comes after the first verification.
    expect(again.map(({ firstUs, isFirst }) => [firstUs, isFirst ?? false])).toEqual([
      [baseUs + 70 * minuteUs, false],
      [verifiedAtUs - minuteUs, false],
      [verifiedAtUs + 70 * minuteUs, false],
    ]);
  });

  it('fetches again what a store lost after it was verified, also what was received a moment ago', async () => {
    await all();
    lose(35);
    lose(7);
    expect(await coverageVerifier.unverifiedHours([meter], baseUs, nowUs)).toEqual(
      new Map([[meter, [baseUs + coverageHourUs, baseUs + 5 * coverageHourUs]]]),
    );
    const result = await all();
    expect(result).toMatchObject({ hours: 2, error: null });
    expect(store.rows.size).toBe(36);
    expect(await unverified()).toBe(0);
  });

  it('says what is lost for good: gone from the store and from Home Assistant', async () => {
    await all();
    lose(2);
    home.past.splice(2, 1);
    expect(await unverified()).toBe(1);
    await all();
    expect(reported).toEqual([{ kind: 'lost', entityId: meter, hourUs: baseUs, heldBefore: 6, held: 5 }]);
    expect(await unverified()).toBe(0);
  });

  it('does not verify an hour that Home Assistant may still be writing', async () => {
    nowUs = baseUs + 6 * coverageHourUs + 4 * minuteUs;
    await all();
    expect(coverage.hours.size).toBe(5);
    nowUs += 2 * minuteUs;
    await all();
    expect(coverage.hours.size).toBe(6);
  });

  it('checks an hour again for some hours when Home Assistant returns less than was received', async () => {
    const [late] = home.past.splice(35, 1);
    await all();
    expect(await unverified()).toBe(1);
    if (late !== undefined) home.past.push(late);
    await all();
    expect(await unverified()).toBe(0);
    home.past.splice(30, 6);
    coverage.hours.clear();
    nowUs += 7 * coverageHourUs;
    await all();
    expect(await unverified()).toBe(0);
  });

  it('notes nothing of what Home Assistant does not answer, and rejects when it is away', async () => {
    home.failures = 2;
    expect(await all()).toMatchObject({ error: null });
    coverage.hours.clear();
    home.failures = 3;
    await expect(all()).rejects.toThrow(HomeAssistantUnavailable);
    expect(coverage.hours.size).toBe(0);
    vi.spyOn(home, 'history').mockRejectedValue(new Error('the recorder is not ready'));
    expect(await all()).toMatchObject({ error: 'the recorder is not ready' });
    expect(coverage.hours.size).toBe(0);
  });

  it('does not verify an hour that was not over when it was fetched', async () => {
    const span = { startUs: baseUs, endUs: baseUs + 6 * coverageHourUs };
    const reported = new Map(Array.from({ length: 6 }, (_, i) => [baseUs + i * coverageHourUs, 6]));
    // Then it waited for the store until the hours were over.
    const writtenUntilUs = baseUs + 2 * coverageHourUs + 5 * minuteUs;
    await coverageVerifier.note([{ entityId: meter, span, writtenUntilUs, reported }]);
    expect(await unverified()).toBe(4);
  });

  it('does not trust the verification of hours that the clock came back to', async () => {
    await all();
    nowUs = baseUs + 4 * coverageHourUs + 30 * minuteUs;
    await coverageVerifier.invalidateSince(nowUs);
    const atUs = nowUs - 5 * minuteUs;
    home.past.push(state(meter, atUs, '7'));
    nowUs = baseUs + 6 * coverageHourUs + 30 * minuteUs;
    expect(await unverified()).toBe(2);
    expect((await all()).found).toMatchObject([{ firstUs: atUs, lastUs: atUs, added: 1 }]);
    expect(reported.map(({ kind }) => kind)).toEqual(['found']);
    expect(await unverified()).toBe(0);
  });

  it('does not trust what was verified while our clock was ahead, once it is set right', async () => {
    // By Home Assistant's clock half of the hour is still to come.
    home.past.splice(33, 3);
    for (let index = 33; index < 36; index += 1) lose(index);
    nowUs = baseUs + 6 * coverageHourUs + 20 * minuteUs;
    await all();
    for (let index = 33; index < 36; index += 1)
      home.past.push(state(meter, baseUs + index * 10 * minuteUs, String(index)));
    nowUs += 5 * coverageHourUs;
    expect(await coverageVerifier.unverifiedCount([meter], baseUs, baseUs + 6 * coverageHourUs)).toBe(0);
    await coverageVerifier.invalidateSince(nowUs, coverageHourUs);
    await verify(baseUs + 6 * coverageHourUs);
    expect(store.rows.size).toBe(36);
  });

  it('rejects while the store is down, and notes nothing', async () => {
    store.fault = () => 'before';
    await expect(all()).rejects.toThrow('store is down');
    store.fault = null;
    expect(coverage.hours.size).toBe(0);
  });
});
