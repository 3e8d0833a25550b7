/** Goal: a clock that is set makes nothing written that is not. Method: two clocks by hand. */

import { beforeEach, describe, expect, it } from 'vitest';
import { minuteUs } from '../../units/durations.ts';
import { baseUs } from '../testing/doubles.ts';
import { WrittenTime } from './written-time.ts';

describe('what Home Assistant has written', () => {
  let wallUs: number;
  let monotonicMs: number;
  let written: WrittenTime;
  const pass = (minutes: number) => {
    wallUs += minutes * minuteUs;
    monotonicMs += minutes * 60_000;
  };

  beforeEach(() => {
    wallUs = baseUs;
    monotonicMs = 0;
    written = new WrittenTime({ nowUs: () => wallUs, monotonicMs: () => monotonicMs }, 5 * minuteUs, 0);
  });

  it('is what was said some minutes ago', () => {
    expect(written.endUs()).toBe(baseUs - 5 * minuteUs);
    pass(90);
    expect(written.endUs()).toBe(baseUs + 85 * minuteUs);
  });

  it('is no more when the clock is set forward, until the delay has passed', () => {
    pass(10);
    wallUs += 120 * minuteUs;
    expect(written.endUs()).toBe(baseUs + 5 * minuteUs);
    pass(4);
    expect(written.endUs()).toBe(baseUs + 9 * minuteUs);
    pass(2);
    expect(written.endUs()).toBe(baseUs + 131 * minuteUs);
  });

  it('is only what is hours old just after a start, for the clock may have been set before it', () => {
    const clock = { nowUs: () => wallUs, monotonicMs: () => monotonicMs };
    const fresh = new WrittenTime(clock, 5 * minuteUs, 180 * minuteUs);
    expect(fresh.endUs()).toBe(baseUs - 180 * minuteUs);
    pass(5);
    expect(fresh.endUs()).toBe(baseUs);
  });

  it('follows a clock that is set back, or drifts', () => {
    wallUs -= 120 * minuteUs;
    expect(written.endUs()).toBe(baseUs - 125 * minuteUs);
    monotonicMs += 60_000;
    wallUs += minuteUs + 2_000_000;
    expect(written.endUs()).toBe(wallUs - 5 * minuteUs);
  });
});
