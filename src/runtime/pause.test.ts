/**
 * Goal: a stop ends every wait at once, and what was waited for can't end the process afterwards.
 * Method: promises that reject before and after the abort; the process receives a rejection that is not handled.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pause, unlessAborted } from './pause.ts';

describe('waiting until a stop', () => {
  const unheard: unknown[] = [];
  const hear = (cause: unknown) => unheard.push(cause);
  const others = process.listeners('unhandledRejection');
  beforeEach(() => {
    unheard.length = 0;
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', hear);
  });
  afterEach(() => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of others) process.on('unhandledRejection', listener);
  });
  const turns = () => new Promise((resolve) => setTimeout(resolve, 20));

  it('handles a rejection that comes after a stop before it', async () => {
    const rejected = new Promise((_, reject) => setTimeout(() => reject(new Error('stopped')), 5));
    expect(await unlessAborted(rejected, AbortSignal.abort())).toBeNull();
    await turns();
    expect(unheard).toEqual([]);
  });

  it('handles a rejection that comes after a stop in between', async () => {
    const stop = new AbortController();
    const rejected = new Promise((_, reject) => setTimeout(() => reject(new Error('stopped')), 5));
    const waiting = unlessAborted(rejected, stop.signal);
    stop.abort();
    expect(await waiting).toBeNull();
    await turns();
    expect(unheard).toEqual([]);
  });

  it('settles as the promise does while nobody stops', async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(Promise.resolve(7), signal)).toBe(7);
    await expect(unlessAborted(Promise.reject(new Error('away')), signal)).rejects.toThrow('away');
  });

  it('ends a pause at once', async () => {
    const beganMs = performance.now();
    await pause(10_000, AbortSignal.abort());
    expect(performance.now() - beganMs).toBeLessThan(5000);
  });
});
