/**
 * Goal: a listener's failure ends there and is logged.
 * Method: listeners that throw and reject, under a log that keeps its lines.
 */
import { describe, expect, it } from 'vitest';
import { guarded } from './guarded.ts';
import { keptLog } from './testing/kept-log.ts';

describe('guarded', () => {
  it('passes on all arguments and logs nothing when the listener succeeds', () => {
    const { log, lines } = keptLog();
    const received: unknown[] = [];
    guarded(log, 'failed', (one: number, other: string) => void received.push(one, other))(1, 'two');
    const withResult: () => void = () => true;
    guarded(log, 'failed', withResult)();
    expect([received, lines]).toEqual([[1, 'two'], []]);
  });
  it('logs what is thrown or rejected, then cleans up', async () => {
    const { log, lines } = keptLog();
    const cleaned: number[] = [];
    const after = (one: number) => void cleaned.push(one);
    const thrower = (_: number) => {
      throw new Error('no');
    };
    guarded(log, 'thrown', thrower, after)(1);
    guarded(log, 'rejected', (_: number) => Promise.reject(new Error('no')), after)(2);
    await Promise.resolve();
    await Promise.resolve();
    expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'error thrown',
      'error rejected',
    ]);
    expect(cleaned).toEqual([1, 2]);
  });
});
