/**
 * Goal: that the meter's own peak is another than ours is explained by what can be its reason, and by nothing else.
 * Method: months by hand, and the meter's figure moved.
 */
import { describe, expect, it } from 'vitest';
import { quarterHourUs } from '../units/durations.ts';
import { meterPeakFinding } from './meter-peak.ts';
import { flemishPeakRules, type PeakRule } from './peak-rules.ts';

const flanders = flemishPeakRules[0] as PeakRule;
const peakUs = Date.UTC(2026, 10, 7, 11) * 1000;
const laterUs = peakUs + 96 * quarterHourUs;
const measured = {
  powerW: 4000,
  counted: [{ startUs: peakUs, powerW: 4000 }],
  atLeastW: 4000,
  atMostW: 4000,
};
const found = (
  meterW: number | null,
  month: Parameters<typeof meterPeakFinding>[1] = measured,
  nowUs = laterUs,
) => meterPeakFinding(flanders, month, meterW, nowUs);

describe('the meter’s own peak beside ours', () => {
  it.each([
    [4000, 0, 'rounding'],
    [4039, 39, 'rounding'],
    [3961, -39, 'rounding'],
    [4100, 100, 'unexplained'],
    [3900, -100, 'unexplained'],
  ])('of %d W is %d W more: %s', (meterW, differenceW, reason) =>
    expect(found(meterW)).toEqual({ differenceW, reason }),
  );

  it('of a small peak may differ by some steps of a register', () => {
    const small = { ...measured, powerW: 300, atLeastW: 300, atMostW: 300 };
    expect(found(318, small)?.reason).toBe('rounding');
    expect(found(322, small)?.reason).toBe('unexplained');
  });

  it('may differ by twenty watts and no more, from the figure and from both bounds', () => {
    const small = { ...measured, powerW: 1000, atLeastW: 1000, atMostW: 1000 };
    expect([979, 980, 1020, 1021].map((meterW) => found(meterW, small)?.reason)).toEqual([
      ...['unexplained', 'rounding', 'rounding', 'unexplained'],
    ]);
    const hours = { powerW: null, counted: [], atLeastW: 1000, atMostW: 1500 };
    expect([979, 980, 1520, 1521].map((meterW) => found(meterW, hours)?.reason)).toEqual([
      ...['unexplained', 'not_measured', 'not_measured', 'unexplained'],
    ]);
  });

  it('may lie where we did not measure, up to what we know, and no lower than that', () => {
    const gapped = { ...measured, atMostW: null };
    expect(found(9000, gapped)).toEqual({ differenceW: 5000, reason: 'not_measured' });
    expect(found(3000, gapped)?.reason).toBe('unexplained');
    const hours = { ...measured, atMostW: 6000 };
    expect(found(5900, hours)?.reason).toBe('not_measured');
    expect(found(6500, hours)?.reason).toBe('unexplained');
  });

  it('is not held against a quarter-hour that an hour shows not to be the highest', () => {
    const bounded = { ...measured, atLeastW: 5000, atMostW: 9000 };
    expect(found(4000, bounded)).toEqual({ differenceW: 0, reason: 'unexplained' });
    expect(found(5200, bounded)).toEqual({ differenceW: 1200, reason: 'not_measured' });
    const hoursOnly = { ...bounded, powerW: null, counted: [] };
    expect(found(5200, hoursOnly)).toEqual({ differenceW: null, reason: 'not_measured' });
  });

  it('may not have reported yet what has just been', () => {
    expect(found(3000, measured, peakUs + quarterHourUs + 60_000_000)?.reason).toBe('running');
    const lateUs = peakUs + quarterHourUs + 10 * 60_000_000;
    expect(found(3000, measured, lateUs - 1)?.reason).toBe('running');
    expect(found(3000, measured, lateUs)?.reason).toBe('unexplained');
    expect(found(5000, measured, peakUs + quarterHourUs + 60_000_000)?.reason).toBe('unexplained');
  });

  it('is nothing without one of the two, or where peaks are billed by another rule', () => {
    expect(found(null)).toBeNull();
    expect(found(4000, { ...measured, powerW: null, counted: [], atLeastW: null, atMostW: null })).toBeNull();
    const rule: PeakRule = { ...flanders, peaks: 3 };
    expect(meterPeakFinding(rule, measured, 4100, laterUs)).toBeNull();
  });
});
