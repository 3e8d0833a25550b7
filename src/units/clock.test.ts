import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';

const hourMs = 3_600_000;

describe('systemClock', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells microseconds since the epoch', () => {
    expect(Math.abs(systemClock.nowUs() / 1000 - Date.now())).toBeLessThan(1000);
  });

  it('follows the clock of the system when that is set, forward and back', () => {
    const startMs = Date.now();
    for (const stepMs of [hourMs, -hourMs, 0]) {
      vi.useFakeTimers({ toFake: ['Date'], now: startMs + stepMs });
      expect(Math.abs(systemClock.nowUs() / 1000 - (startMs + stepMs))).toBeLessThan(50);
    }
  });

  it('has one that never steps beside it', () => {
    const before = systemClock.monotonicMs();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - hourMs });
    expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(before);
  });
});
