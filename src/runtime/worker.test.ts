/**
 * Goal: work runs again and again, one run at a time, less often while it fails, and a stop waits for the run under way.
 * Method: works under fake timers that succeed, fail and last, with a log that keeps its lines.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keptLog } from './testing/kept-log.ts';
import { Worker } from './worker.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function workerOf(work: () => Promise<void>, everyMs = 1000, isDue?: () => boolean) {
  const { log, lines } = keptLog();
  const deps = { work, failure: 'It could not be posted', log, ...(isDue === undefined ? {} : { isDue }) };
  return { worker: new Worker(deps, everyMs), lines };
}

describe('Worker', () => {
  it('runs after each pause, and not after a stop', async () => {
    let runs = 0;
    const { worker } = workerOf(async () => {
      runs += 1;
    });
    worker.start();
    await vi.advanceTimersByTimeAsync(3500);
    expect(runs).toBe(3);
    await worker.stop();
    worker.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(runs).toBe(3);
    expect(worker.status()).toEqual({ isStopped: true, error: null });
  });
  it('leaves out runs that are not due, but not one that is asked for', async () => {
    let runs = 0;
    const work = async () => {
      runs += 1;
    };
    const { worker } = workerOf(work, 1000, () => false);
    worker.start();
    await vi.advanceTimersByTimeAsync(5000);
    expect(runs).toBe(0);
    worker.runNow();
    await vi.advanceTimersByTimeAsync(0);
    expect(runs).toBe(1);
    await worker.stop();
  });
  it('tries less often while it fails, logs the first failure as a warning, and says when it works again', async () => {
    let isFailing = true;
    const runsMs: number[] = [];
    const { worker, lines } = workerOf(async () => {
      runsMs.push(Date.now() - startMs);
      if (isFailing) throw new Error('away');
    });
    const startMs = Date.now();
    worker.start();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(runsMs).toEqual([1000, 3000, 7000, 15_000]);
    expect(worker.status().error).toBe('away');
    isFailing = false;
    worker.runNow();
    await vi.advanceTimersByTimeAsync(1000);
    expect(runsMs.slice(4)).toEqual([15_000, 16_000]);
    expect(worker.status().error).toBe(null);
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'It could not be posted; it is tried again'],
      ['debug', 'It could not be posted'],
      ['debug', 'It could not be posted'],
      ['debug', 'It could not be posted'],
      ['info', 'It works again'],
    ]);
    await worker.stop();
  });
  it('pauses a minute at most', async () => {
    let runs = 0;
    const { worker } = workerOf(async () => {
      runs += 1;
      throw new Error('away');
    }, 40_000);
    worker.start();
    await vi.advanceTimersByTimeAsync(40_000 + 3 * 60_000);
    expect(runs).toBe(4);
    await worker.stop();
  });
  it('settles after a run that begins later, and rejects when that run fails', async () => {
    const order: string[] = [];
    let runs = 0;
    const { worker } = workerOf(async () => {
      runs += 1;
      const run = runs;
      order.push(`begin ${run}`);
      await new Promise<void>((resolve) => setTimeout(resolve, 100));
      order.push(`end ${run}`);
      if (run === 3) throw new Error('away');
    });
    const both = Promise.all([worker.settle(), worker.settle()]);
    await vi.advanceTimersByTimeAsync(200);
    await both;
    expect(order).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
    const failing = expect(worker.settle()).rejects.toThrow('away');
    await vi.advanceTimersByTimeAsync(100);
    await failing;
  });
  it('waits with a stop for the run under way', async () => {
    let isDone = false;
    const { worker } = workerOf(async () => {
      await new Promise<void>((resolve) => setTimeout(resolve, 100));
      isDone = true;
    });
    worker.start();
    await vi.advanceTimersByTimeAsync(1000);
    const stopped = worker.stop();
    await vi.advanceTimersByTimeAsync(100);
    await stopped;
    expect(isDone).toBe(true);
  });
});
