/**
 * Goal: work is done one round at a time, when it is due or asked for; what fails is tried again, less and less often, and
 * said once.
 * Method: work that fails as it is told, with the timers of the test.
 */
import { expect, it, vi } from 'vitest';
import { Worker } from './worker.ts';

/** Runs a test with timers of its own: `pass` lets time go by. */
async function timed(
  use: (given: {
    rounds: Worker;
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
  const rounds = new Worker(
    given.isDue === undefined ? deps : { ...deps, isDue: given.isDue },
    given.everyMs ?? 10_000,
  );
  try {
    await use({ rounds, work, said, pass: (ms) => vi.advanceTimersByTimeAsync(ms) });
  } finally {
    await rounds.stop();
    vi.useRealTimers();
  }
}
function never(): never {
  throw new Error('not asked for');
}

it('works each time', () =>
  timed(async ({ rounds, work, pass }) => {
    rounds.start();
    await pass(9_999);
    expect(work).toHaveBeenCalledTimes(0);
    await pass(1);
    expect(work).toHaveBeenCalledTimes(1);
    await pass(20_000);
    expect(work).toHaveBeenCalledTimes(3);
    await rounds.stop();
    await pass(60_000);
    expect(work).toHaveBeenCalledTimes(3);
    rounds.start();
    await pass(60_000);
    expect(work).toHaveBeenCalledTimes(3);
    expect(rounds.isStopped()).toBe(true);
  }));

it('leaves out a turn without a reason, and none that is asked for', () => {
  let isDue = false;
  return timed(
    async ({ rounds, work, pass }) => {
      rounds.soon();
      await pass(0);
      expect(work).toHaveBeenCalledTimes(0);
      rounds.start();
      await pass(30_000);
      expect(work).toHaveBeenCalledTimes(0);
      rounds.soon();
      await pass(0);
      expect(work).toHaveBeenCalledTimes(1);
      isDue = true;
      await pass(10_000);
      expect(work).toHaveBeenCalledTimes(2);
      await rounds.settle();
      expect(work).toHaveBeenCalledTimes(3);
    },
    { isDue: () => isDue },
  );
});

it('tries what failed again, due or not, twice as late each time and once a minute at least', () =>
  timed(
    async ({ rounds, work, said, pass }) => {
      work.mockRejectedValue(new Error('away'));
      rounds.start();
      rounds.soon();
      await pass(0);
      expect([work.mock.calls.length, rounds.error()]).toEqual([1, 'away']);
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
      expect(rounds.error()).toBeNull();
      await pass(10_000);
      expect(said).toHaveLength(8);
      // Nothing is due any more.
      expect(work).toHaveBeenCalledTimes(8);
    },
    { isDue: () => false },
  ));

it('does not count on without end', () =>
  timed(
    async ({ rounds, work, pass }) => {
      work.mockRejectedValue(new Error('away'));
      rounds.start();
      await pass(2 ** 11);
      expect(work).toHaveBeenCalledTimes(11);
      await pass(2 ** 10 + 2 ** 10);
      expect(work).toHaveBeenCalledTimes(13);
    },
    { everyMs: 1 },
  ));

it('settles when a round that begins then is done, and rejects when that fails', () =>
  timed(async ({ rounds, work, said }) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    work.mockReturnValueOnce(promise);
    const order: string[] = [];
    const first = rounds.settle().then(() => order.push('first'));
    const second = rounds.settle().then(() => order.push('second'));
    await Promise.resolve();
    expect(work).toHaveBeenCalledTimes(1);
    resolve();
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
    expect(work).toHaveBeenCalledTimes(2);
    work.mockRejectedValueOnce('gone');
    await expect(rounds.settle()).rejects.toThrow('gone');
    await rounds.settle();
    expect(said).toEqual(['warn: It failed; it is tried again', 'info: It works again']);
  }));

it('is silent of what fails because it stops, and waits for the round under way', () =>
  timed(async ({ rounds, work, said }) => {
    const { promise, reject } = Promise.withResolvers<void>();
    work.mockReturnValueOnce(promise);
    const settled = rounds.settle();
    await Promise.resolve();
    let isStopped = false;
    const stopped = rounds.stop().then(() => {
      isStopped = true;
    });
    await Promise.resolve();
    expect(isStopped).toBe(false);
    reject(new Error('cut'));
    await expect(settled).rejects.toThrow('cut');
    await stopped;
    expect(said).toEqual([]);
    await rounds.settle().catch(() => undefined);
    expect(work).toHaveBeenCalledTimes(1);
  }));
