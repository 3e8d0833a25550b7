import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Reading } from '../reading.ts';
import { baseUs, quietLog, reading } from '../testing/doubles.ts';
import { MemoryDisk, MemorySpool } from '../testing/memory-spool.ts';
import { ReadingWriter } from './reading-writer.ts';

const clock = {
  nowUs: () => baseUs + Math.round(performance.now() * 1000),
  monotonicMs: () => performance.now(),
};

describe('when readings are stored', () => {
  let disk: MemoryDisk;
  let flushes: { readonly atMs: number; readonly readings: readonly Reading[] }[];
  let writer: ReadingWriter;
  let beganMs: number;
  let count: number;

  beforeEach(async () => {
    vi.useFakeTimers();
    disk = new MemoryDisk(1_000_000);
    flushes = [];
    count = 0;
    await begin();
  });
  afterEach(async () => {
    const stopped = writer.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    await stopped;
    vi.useRealTimers();
  });

  async function begin(): Promise<void> {
    writer = new ReadingWriter({
      store: {
        append: async (readings) => {
          flushes.push({ atMs: performance.now() - beganMs, readings });
        },
      },
      spool: new MemorySpool(disk),
      clock,
      log: quietLog,
      onPressure: () => undefined,
    });
    beganMs = performance.now();
    await writer.start(() => undefined);
  }

  async function offerEvery(ms: number, untilMs: number, some = 1): Promise<void> {
    while (performance.now() - beganMs < untilMs) {
      writer.offer(Array.from({ length: some }, () => reading('sensor.a', baseUs + count++)));
      await vi.advanceTimersByTimeAsync(ms);
    }
  }

  it('is once a minute in a home of two readings a second that nobody watches', async () => {
    await offerEvery(500, 300_000);
    expect(flushes.length).toBe(4);
    expect(flushes[0]?.atMs).toBeGreaterThanOrEqual(60_000);
    expect(flushes[0]?.atMs).toBeLessThan(61_000);
  });

  it('is at once when somebody asks, with all that came until then', async () => {
    await offerEvery(500, 10_000);
    expect(flushes.length).toBe(0);
    const asked = writer.settled();
    await vi.advanceTimersByTimeAsync(50);
    await asked;
    expect(flushes.flatMap(({ readings }) => readings).length).toBe(count);
    expect(writer.status().waiting).toBe(0);
  });

  it('is notified before anyone who waits for it, whatever a listener does', async () => {
    const calls: (string | number)[] = [];
    writer.onStored(() => {
      throw new Error('a listener that fails');
    });
    const remove = writer.onStored((readings) => calls.push(readings.length));
    await offerEvery(500, 3000);
    const asked = writer.settled().then(() => calls.push('settled'));
    await vi.advanceTimersByTimeAsync(50);
    await asked;
    expect(calls).toEqual([count, 'settled']);
    expect(writer.status().waiting).toBe(0);
    remove();
    writer.offer([reading('sensor.a', baseUs + count++)]);
    await vi.advanceTimersByTimeAsync(60_100);
    expect(calls.length).toBe(2);
  });

  it('is some times a second where hundreds come in one', async () => {
    await offerEvery(10, 3000, 5);
    expect(flushes.length).toBeGreaterThan(20);
    const stored = flushes.flatMap(({ readings }) => readings).length;
    expect(stored).toBeGreaterThan(count - 100);
  });

  it('survives a power cut a few seconds after receipt, for the spool is synced', async () => {
    await offerEvery(500, 20_000);
    expect(flushes.length).toBe(0);
    disk.cutPower();
    expect(disk.end).toBeGreaterThanOrEqual(count - 10);
  });

  it('is at once for what an earlier process left', async () => {
    await offerEvery(500, 5000);
    const stopped = writer.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    await stopped;
    disk.readings = [reading('sensor.a', baseUs)];
    disk.first = 0;
    flushes = [];
    await begin();
    await vi.advanceTimersByTimeAsync(100);
    expect(flushes.flatMap(({ readings }) => readings).length).toBe(1);
  });
});
