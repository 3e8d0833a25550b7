import { afterEach, describe, expect, it, vi } from 'vitest';
import { hourMs } from '../units/durations.ts';
import { systemClock } from './clock.ts';

describe('systemClock', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('returns microseconds since the epoch', () => {
    expect(Math.abs(systemClock.nowUs() / 1000 - Date.now())).toBeLessThan(1000);
  });

  it('follows the clock of the system when that is set, forward and back', () => {
    const startMs = Date.now();
    for (const stepMs of [hourMs, -hourMs, 0]) {
      vi.useFakeTimers({ toFake: ['Date'], now: startMs + stepMs });
      expect(Math.abs(systemClock.nowUs() / 1000 - (startMs + stepMs))).toBeLessThan(50);
    }
  });

  it('was set when it is off by more than 20 ms', () => {
    const nowMs = 1_800_000_000_000;
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: nowMs });
    expect(systemClock.nowUs()).toBe(nowMs * 1000);
    vi.setSystemTime(nowMs + 20);
    expect(systemClock.nowUs()).toBe(nowMs * 1000);
    vi.setSystemTime(nowMs + 21);
    expect(systemClock.nowUs()).toBe((nowMs + 21) * 1000);
  });

  it('has one that never steps beside it', () => {
    const before = systemClock.monotonicMs();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - hourMs });
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(before);
  });
});
