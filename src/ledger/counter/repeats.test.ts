/**
 * Goal: a state that repeats a register is a reading where the meter is read, and none where a restart or an attribute
 * wrote it.
 * Method: by hand, at the bounds and just beside them.
 */
import { describe, expect, it } from 'vitest';
import { fastUs, isReading, type Repeats, steadyRepeats, withRepeat } from './repeats.ts';
import type { Rhythm } from './rhythm.ts';

const second = 1_000_000;
const rhythm = (...intervalsS: number[]): Rhythm =>
  intervalsS.map((intervalS) => ({ intervalS, amountMicro: 50_000 }));

describe('withRepeat', () => {
  const first: Repeats = { count: 1, everyUs: 100, lastUs: 600 };

  it('takes the time since the state before as the pace', () => {
    expect(withRepeat(null, 500, 600)).toEqual(first);
    expect(withRepeat(first, 500, 700)).toEqual({ count: 2, everyUs: 100, lastUs: 700 });
  });

  it('counts a repeat at most half the pace early or late, and starts again otherwise', () => {
    expect(withRepeat(first, 500, 650).count).toBe(2);
    expect(withRepeat(first, 500, 750).count).toBe(2);
    expect(withRepeat(first, 500, 649)).toEqual({ count: 1, everyUs: 49, lastUs: 649 });
    expect(withRepeat(first, 500, 751)).toEqual({ count: 1, everyUs: 151, lastUs: 751 });
  });
});

describe('isReading', () => {
  const repeats = (count: number, everyS: number): Repeats => ({
    count,
    everyUs: everyS * second,
    lastUs: 0,
  });

  it('is a repeat of a fast meter without a pause', () => {
    const fastS = fastUs / second;
    const fast = rhythm(fastS, fastS, fastS, fastS);
    expect(isReading(fast, repeats(1, 1), 1.5 * fastUs)).toBe(true);
    expect(isReading(fast, repeats(1, 1), 1.5 * fastUs + 1)).toBe(false);
    expect(isReading(rhythm(fastS, fastS, fastS + 1, fastS + 1), repeats(1, 1), 1)).toBe(false);
    expect(isReading(rhythm(1, 1, 1), repeats(1, 1), 1)).toBe(false);
  });

  it('is a repeat among several at a steady pace', () => {
    expect(isReading([], repeats(steadyRepeats, 300), 300 * second)).toBe(true);
    expect(isReading([], repeats(steadyRepeats - 1, 300), 300 * second)).toBe(false);
  });

  it('is none where the register itself reports at another pace', () => {
    expect(isReading(rhythm(3600), repeats(9, 2400), 300 * second)).toBe(true);
    expect(isReading(rhythm(3601), repeats(9, 2400), 300 * second)).toBe(false);
    expect(isReading(rhythm(3601, 3600), repeats(9, 2400), 300 * second)).toBe(true);
    expect(isReading(rhythm(900, 900, 3601, 3601), repeats(9, 2400), 300 * second)).toBe(false);
    expect(isReading(rhythm(900), repeats(9, 1350), 300 * second)).toBe(true);
    expect(isReading(rhythm(900), repeats(9, 1351), 300 * second)).toBe(false);
  });
});
