/**
 * Goal: no wake is lost and no wait is longer than asked.
 * Method: wakes before, during and after a wait, under fake timers.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WakeSignal } from './wake-signal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('WakeSignal', () => {
  it('ends a wait at once when it is woken during it or before it', async () => {
    const signal = new WakeSignal();
    const waiting = signal.wait();
    signal.wake();
    await waiting;
    signal.wake();
    signal.wake();
    await signal.wait();
    expect(vi.getTimerCount()).toBe(0);
  });
  it('waits again after a wake that was used', async () => {
    const signal = new WakeSignal();
    signal.wake();
    await signal.wait();
    let isOver = false;
    void signal.wait(100).then(() => {
      isOver = true;
    });
    await vi.advanceTimersByTimeAsync(99);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isOver).toBe(true);
  });
  it('does not wait at all for no time', async () => {
    await new WakeSignal().wait(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
