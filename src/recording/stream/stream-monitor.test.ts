/**
 * Goal: a wrong clock is reported with how far and since when, one that is right again too, and late readings with
 * their number; messages that were delayed for a while are neither.
 * Method: the events over a stream that the test sets, on a clock that the test moves.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RecordingEvent, RecordingEvents } from '../recording-events.ts';
import { StreamStats } from '../stream-stats.ts';
import { baseUs, quietLog, state, testClock } from '../testing/doubles.ts';
import { StreamMonitor } from './stream-monitor.ts';

const meter = 'sensor.meter';
const minute = 60_000;
const second = 1_000_000;

let stream: StreamStats;
let isFollowing: boolean;
let reported: RecordingEvent[];
let news: StreamMonitor;
let count: number;

beforeEach(() => {
  vi.useFakeTimers({ now: baseUs / 1000 });
  stream = new StreamStats();
  isFollowing = true;
  reported = [];
  count = 0;
  const events = new RecordingEvents(quietLog);
  events.on((event) => reported.push(event));
  const recorder = { stream: () => stream, isFollowing: () => isFollowing };
  news = new StreamMonitor({ recorder, events, clock: testClock, log: quietLog });
  news.start();
});
afterEach(() => {
  news.stop();
  vi.useRealTimers();
});

/** A message every second, by a clock of Home Assistant's that ours is so far ahead of. */
async function pass(minutes: number, aheadUs: number): Promise<void> {
  for (let i = 0; i < minutes * 60; i += 1) {
    const nowUs = testClock.nowUs();
    count += 1;
    stream.add(state(meter, nowUs - aheadUs, String(count)), 'change', nowUs);
    await vi.advanceTimersByTimeAsync(1000);
  }
}

const kinds = () => reported.map(({ kind }) => kind);

describe('the clocks', () => {
  it('are reported to agree once, and to differ when they keep differing', async () => {
    await pass(10, 200_000);
    expect(reported).toEqual([
      { kind: 'clock_right', driftUs: 200_000, atUs: baseUs + 60 * second - 200_000 },
    ]);
    const startUs = testClock.nowUs();
    await pass(5, -40 * second);
    expect(kinds()).toEqual(['clock_right']);
    await pass(5, -40 * second);
    expect(kinds()).toEqual(['clock_right', 'clock_drift']);
    const [, drift] = reported;
    if (drift?.kind !== 'clock_drift') throw new Error('a drift');
    expect(drift.driftUs).toBe(-40 * second);
    // By Home Assistant's clock, and to the minute.
    expect(drift.sinceUs - (startUs + 40 * second)).toBeGreaterThanOrEqual(0);
    expect(drift.sinceUs - (startUs + 40 * second)).toBeLessThanOrEqual(120 * second);
    await pass(10, -100 * second);
    expect(reported.at(-1)).toMatchObject({ driftUs: -100 * second, sinceUs: drift.sinceUs });
    expect(reported.length).toBe(3);
    await pass(10, -20 * second);
    // Within the tolerance, and not well within.
    expect(reported.length).toBe(4);
    await pass(10, 0);
    expect(reported.at(-1)).toMatchObject({ kind: 'clock_right', driftUs: 0 });
    expect(reported.length).toBe(5);
  });

  it('are not judged by messages that were held up', async () => {
    await pass(3, 0);
    await pass(4, 90 * second);
    isFollowing = false;
    await pass(9, 90 * second);
    isFollowing = true;
    await pass(4, 90 * second);
    await pass(10, 0);
    expect(kinds()).toEqual(['clock_right']);
  });
});

describe('what came out of order', () => {
  it('is reported within a minute, and what follows once an hour', async () => {
    stream.tookLate(meter, baseUs - 5);
    await vi.advanceTimersByTimeAsync(minute);
    expect(reported).toEqual([
      { kind: 'out_of_order', entityIds: [meter], count: 1, firstUs: baseUs - 5, lastUs: baseUs - 5 },
    ]);
    for (let i = 0; i < 7; i += 1) stream.tookLate(meter, baseUs + i);
    await vi.advanceTimersByTimeAsync(50 * minute);
    expect(reported.length).toBe(1);
    await vi.advanceTimersByTimeAsync(10 * minute);
    expect(reported.at(-1)).toMatchObject({ count: 7, lastUs: baseUs + 6 });
    await vi.advanceTimersByTimeAsync(180 * minute);
    expect(reported.length).toBe(2);
  });
});
