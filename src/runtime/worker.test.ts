/**
 * Goal: work runs again and again, one run at a time, when it is due or asked for; a failure is retried less and less often
 * and logged as a warning once.
 * Method: work that fails on request, under fake timers.
 */
import { expect, it, vi } from 'vitest';
import { Worker } from './worker.ts';

/** Runs a test with timers of its own: `pass` lets time go by. */
async function timed(
  use: (given: {
    worker: Worker;
    work: ReturnType<typeof vi.fn<() => Promise<void>>>;
    said: string[];
    pass: (ms: number) => Promise<unknown>;
  }) => Promise<void>,
  given: { everyMs?: number; isDue?: () => boolean } = {},
): Promise<void> {
  vi.useFakeTimers();
  const said: string[] = [];
  const work = vi.fn(async (): Promise<void> => undefined);
  const say = (level: string) => (_: object, message: string) => void said.push(`${level}: ${message}`);
  const log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  const deps = {
    work,
    failure: 'It failed',
    log: { ...log, child: () => ({ ...log, child: () => never() }) },
  };
  const worker = new Worker(
    given.isDue === undefined ? deps : { ...deps, isDue: given.isDue },
    given.everyMs ?? 10_000,
  );
  try {
    await use({ worker, work, said, pass: (ms) => vi.advanceTimersByTimeAsync(ms) });
  } finally {
    await worker.stop();
    vi.useRealTimers();
  }
}
function never(): never {
  throw new Error('not asked for');
}

it('runs after each pause, and not after a stop', () =>
  timed(async ({ worker, work, pass }) => {
    worker.start();
    await pass(9_999);
    expect(work).toHaveBeenCalledTimes(0);
    await pass(1);
    expect(work).toHaveBeenCalledTimes(1);
    await pass(20_000);
    expect(work).toHaveBeenCalledTimes(3);
    await worker.stop();
    await pass(60_000);
    expect(work).toHaveBeenCalledTimes(3);
    worker.start();
    await pass(60_000);
    expect(work).toHaveBeenCalledTimes(3);
    expect(worker.status().isStopped).toBe(true);
  }));

it('leaves out runs that are not due, but none that is asked for', () => {
  let isDue = false;
  return timed(
    async ({ worker, work, pass }) => {
      worker.runNow();
      await pass(0);
      expect(work).toHaveBeenCalledTimes(0);
      worker.start();
      await pass(30_000);
      expect(work).toHaveBeenCalledTimes(0);
      worker.runNow();
      await pass(0);
      expect(work).toHaveBeenCalledTimes(1);
      isDue = true;
      await pass(10_000);
      expect(work).toHaveBeenCalledTimes(2);
      await worker.settle();
      expect(work).toHaveBeenCalledTimes(3);
    },
    { isDue: () => isDue },
  );
});

it('retries a failure, due or not, after twice the pause each time and at least once a minute', () =>
  timed(
    async ({ worker, work, said, pass }) => {
      work.mockRejectedValue(new Error('away'));
      worker.start();
      worker.runNow();
      await pass(0);
      expect([work.mock.calls.length, worker.status().error]).toEqual([1, 'away']);
      const tried: number[] = [];
      for (let passedS = 1; passedS <= 330; passedS++) {
        const before = work.mock.calls.length;
        await pass(1000);
        if (work.mock.calls.length > before) tried.push(passedS);
      }
      expect(tried).toEqual([20, 60, 120, 180, 240, 300]);
      expect(said).toEqual(['warn: It failed; it is tried again', ...tried.map(() => 'debug: It failed')]);
      work.mockResolvedValue();
      await pass(60_000);
      expect(said.at(-1)).toBe('info: It works again');
      expect(worker.status().error).toBeNull();
      await pass(10_000);
      expect(said).toHaveLength(8);
      // Nothing is due any more.
      expect(work).toHaveBeenCalledTimes(8);
    },
    { isDue: () => false },
  ));

it('doubles the pause of frequent work, too', () =>
  timed(
    async ({ worker, work, pass }) => {
      work.mockRejectedValue(new Error('away'));
      worker.start();
      await pass(2 ** 11);
      expect(work).toHaveBeenCalledTimes(11);
      await pass(2 ** 11);
      expect(work).toHaveBeenCalledTimes(12);
    },
    { everyMs: 1 },
  ));

it('settles after a run that begins later, and rejects when that run fails', () =>
  timed(async ({ worker, work, said }) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    work.mockReturnValueOnce(promise);
    const order: string[] = [];
    const first = worker.settle().then(() => order.push('first'));
    const second = worker.settle().then(() => order.push('second'));
    await Promise.resolve();
    expect(work).toHaveBeenCalledTimes(1);
    resolve();
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
    expect(work).toHaveBeenCalledTimes(2);
    work.mockRejectedValueOnce('gone');
    await expect(worker.settle()).rejects.toThrow('gone');
    await worker.settle();
    expect(said).toEqual(['warn: It failed; it is tried again', 'info: It works again']);
  }));

it('does not log what fails because of a stop, and waits for the run under way', () =>
  timed(async ({ worker, work, said }) => {
    const { promise, reject } = Promise.withResolvers<void>();
    work.mockReturnValueOnce(promise);
    const settled = worker.settle();
    await Promise.resolve();
    let isStopped = false;
    const stopped = worker.stop().then(() => {
      isStopped = true;
    });
    await Promise.resolve();
    expect(isStopped).toBe(false);
    reject(new Error('cut'));
    await expect(settled).rejects.toThrow('cut');
    await stopped;
    expect(said).toEqual([]);
    await worker.settle().catch(() => undefined);
    expect(work).toHaveBeenCalledTimes(1);
  }));
