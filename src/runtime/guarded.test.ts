/**
 * Goal: what fails in a listener ends there and is told.
 * Method: listeners that throw and reject, under a log that is kept.
 */
import { describe, expect, it } from 'vitest';
import { guarded } from './guarded.ts';
import type { Log } from './log.ts';

function keptLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (_, message) => lines.push(message),
    child: () => log,
  };
  return { log, lines };
}

describe('a guarded listener', () => {
  it('is called with all it is given, and nothing is said when it does its work', () => {
    const { log, lines } = keptLog();
    const heard: unknown[] = [];
    guarded(log, 'failed', (one: number, other: string) => void heard.push(one, other))(1, 'two');
    const answering: () => void = () => true;
    guarded(log, 'failed', answering)();
    expect([heard, lines]).toEqual([[1, 'two'], []]);
  });
  it('that throws or rejects is told of, and cleaned up after', async () => {
    const { log, lines } = keptLog();
    const cleaned: number[] = [];
    const after = (one: number) => void cleaned.push(one);
    guarded(
      log,
      'thrown',
      (_: number) => {
        throw new Error('no');
      },
      after,
    )(1);
    guarded(log, 'rejected', (_: number) => Promise.reject(new Error('no')), after)(2);
    await Promise.resolve();
    await Promise.resolve();
    expect([lines, cleaned]).toEqual([
      ['thrown', 'rejected'],
      [1, 2],
    ]);
  });
});
