/**
 * Goal: a loop works when it is woken or its wait is over, and a stop ends it at once and waits for its work.
 * Method: a loop that counts its rounds, under fake timers.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Loop } from './loop.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('Loop', () => {
  it('works after each wait and at each wake', async () => {
    const loop = new Loop();
    let rounds = 0;
    loop.start(async (signal) => {
      for (;;) {
        await loop.wait(1000);
        if (signal.aborted) return;
        rounds += 1;
      }
    });
    await vi.advanceTimersByTimeAsync(2500);
    expect(rounds).toBe(2);
    loop.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(rounds).toBe(3);
    await loop.stop();
    await vi.advanceTimersByTimeAsync(5000);
    expect(rounds).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });
  it('waits with a stop for the work under way, and is stopped by it without a start', async () => {
    const loop = new Loop();
    let isDone = false;
    loop.start(async () => {
      await loop.wait();
      await new Promise<void>((resolve) => setTimeout(resolve, 100));
      isDone = true;
    });
    const stopped = loop.stop();
    expect(loop.signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(100);
    await stopped;
    expect(isDone).toBe(true);
    await new Loop().stop();
  });
});
