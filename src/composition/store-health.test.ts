/**
 * Goal: the status page knows of a store what is so, and never its password. Method: pings that fail and recover, on
 * fake timers.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../home/testing/doubles.ts';
import { StoreHealth, withoutCredentials } from './store-health.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('store health', () => {
  it('follows the store, and reports its changes', async () => {
    let error: Error | null = new Error('connect ECONNREFUSED mongodb://me:hush@store:1\nat x.ts');
    const changes: boolean[] = [];
    const ping = async () => {
      if (error !== null) throw error;
    };
    const health = new StoreHealth({
      name: 'QuestDB',
      ping,
      log: silentLog,
      onChange: (isUp) => changes.push(isUp),
    });
    expect(health.health()).toEqual({
      isOk: false,
      problem: { code: 'store_not_reached', values: { store: 'QuestDB' } },
    });
    health.start();
    await vi.advanceTimersByTimeAsync(5000);
    expect(health.health().problem).toEqual({
      code: 'store_silent',
      values: { store: 'QuestDB', reason: 'connect ECONNREFUSED mongodb://store:1' },
    });
    error = null;
    await vi.advanceTimersByTimeAsync(1000);
    expect([health.isUp(), health.health().problem]).toEqual([true, null]);
    error = new Error('gone');
    await vi.advanceTimersByTimeAsync(5000);
    expect(health.isUp()).toBe(false);
    health.stop();
    error = null;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(changes).toEqual([false, true, false]);
  });

  it.each([
    ['at postgres://admin:quest@127.0.0.1:1/qdb it failed', 'at postgres://127.0.0.1:1/qdb it failed'],
    ['no address', 'no address'],
    ['first\nsecond', 'first'],
  ])('leaves credentials out of %j', (text, wanted) => {
    expect(withoutCredentials(text)).toBe(wanted);
  });
});
