/**
 * Goal: a clock that is wrong is told with how far and since when, one that is right again too, and what came out of order
 * with how many; messages that were held up for a while are neither.
 * Method: the news over a stream that says what the test sets, on a clock that the test turns.
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
let told: RecordingEvent[];
let news: StreamMonitor;
let count: number;

beforeEach(() => {
  vi.useFakeTimers({ now: baseUs / 1000 });
  stream = new StreamStats();
  isFollowing = true;
  told = [];
  count = 0;
  const events = new RecordingEvents(quietLog);
  events.listen((event) => told.push(event));
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
    stream.hear(state(meter, nowUs - aheadUs, String(count)), 'change', nowUs);
    await vi.advanceTimersByTimeAsync(1000);
  }
}

const kinds = () => told.map(({ kind }) => kind);

describe('the clocks', () => {
  it('are told to agree once, and to be apart when they stay so', async () => {
    await pass(10, 200_000);
    expect(told).toEqual([{ kind: 'clock_right', driftUs: 200_000, atUs: baseUs + 60 * second - 200_000 }]);
    const startUs = testClock.nowUs();
    await pass(5, -40 * second);
    expect(kinds()).toEqual(['clock_right']);
    await pass(5, -40 * second);
    expect(kinds()).toEqual(['clock_right', 'clock_drift']);
    const [, drift] = told;
    if (drift?.kind !== 'clock_drift') throw new Error('a drift');
    expect(drift.driftUs).toBe(-40 * second);
    // By Home Assistant's clock, and to the minute.
    expect(drift.sinceUs - (startUs + 40 * second)).toBeGreaterThanOrEqual(0);
    expect(drift.sinceUs - (startUs + 40 * second)).toBeLessThanOrEqual(120 * second);
    await pass(10, -100 * second);
    expect(told.at(-1)).toMatchObject({ driftUs: -100 * second, sinceUs: drift.sinceUs });
    expect(told.length).toBe(3);
    await pass(10, -20 * second);
    // Within the tolerance, and not well within.
    expect(told.length).toBe(4);
    await pass(10, 0);
    expect(told.at(-1)).toMatchObject({ kind: 'clock_right', driftUs: 0 });
    expect(told.length).toBe(5);
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
  it('is told within a minute, and what follows once an hour', async () => {
    stream.tookLate(meter, baseUs - 5);
    await vi.advanceTimersByTimeAsync(minute);
    expect(told).toEqual([
      { kind: 'out_of_order', entityIds: [meter], count: 1, firstUs: baseUs - 5, lastUs: baseUs - 5 },
    ]);
    for (let i = 0; i < 7; i += 1) stream.tookLate(meter, baseUs + i);
    await vi.advanceTimersByTimeAsync(50 * minute);
    expect(told.length).toBe(1);
    await vi.advanceTimersByTimeAsync(10 * minute);
    expect(told.at(-1)).toMatchObject({ count: 7, lastUs: baseUs + 6 });
    await vi.advanceTimersByTimeAsync(180 * minute);
    expect(told.length).toBe(2);
  });
});
