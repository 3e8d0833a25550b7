/**
 * Goal: while Core starts, its commands are waited for; once it runs, a refusal is a refusal.
 * Method: a Core that is not ready for the first tries, and one that never will be; the clock is the test's.
 */
import { describe, expect, it } from 'vitest';
import { CommandRefused } from './command-error.ts';
import { throughWarmUp } from './warm-up.ts';

function core(options: {
  readonly readyAfter: number;
  readonly runningAfter: number;
  readonly code?: string;
}) {
  let tries = 0;
  let nowMs = 0;
  return {
    tries: () => tries,
    nowMs: () => nowMs,
    ask: () =>
      throughWarmUp(
        async () => {
          tries += 1;
          if (tries > options.readyAfter) return 'answer';
          throw new CommandRefused('energy/get_prefs', options.code ?? 'unknown_command', 'Unknown command.');
        },
        {
          withinMs: 60_000,
          firstMs: 500,
          isRunning: async () => tries > options.runningAfter,
          pause: async (ms) => {
            nowMs += ms;
          },
          monotonicMs: () => nowMs,
        },
      ),
  };
}

describe('a command during warm-up', () => {
  it('is tried until Core knows it', async () => {
    const starting = core({ readyAfter: 6, runningAfter: 100 });
    expect(await starting.ask()).toBe('answer');
    expect(starting.tries()).toBe(7);
  });

  it('is tried once more when Core runs, for it may have come up in between', async () => {
    const started = core({ readyAfter: 1, runningAfter: 0 });
    expect(await started.ask()).toBe('answer');
    expect(started.nowMs()).toBe(0);
  });

  it('is refused when Core runs and does not know it', async () => {
    const without = core({ readyAfter: Infinity, runningAfter: 3 });
    await expect(without.ask()).rejects.toMatchObject({ code: 'unknown_command' });
    expect(without.tries()).toBe(5);
  });

  it('is refused when Core takes too long', async () => {
    const stuck = core({ readyAfter: Infinity, runningAfter: Infinity });
    await expect(stuck.ask()).rejects.toMatchObject({ code: 'unknown_command' });
    expect(stuck.nowMs()).toBeLessThanOrEqual(60_000);
    expect(stuck.tries()).toBeLessThan(30);
  });

  it.each(['not_found', 'unauthorized', 'invalid_format'])(
    'that gets %s is not tried again',
    async (code) => {
      const refusing = core({ readyAfter: Infinity, runningAfter: Infinity, code });
      await expect(refusing.ask()).rejects.toMatchObject({ code });
      expect(refusing.tries()).toBe(1);
    },
  );
});
