/**
 * Goal: rules of peaks are found by their date, the running quarter is projected from what is posted and the power that
 * flows now, and twelve months end with the asked one.
 * Method: by hand.
 */
import { describe, expect, it } from 'vitest';
import { localMonth } from '../units/calendar.ts';
import { quarterUs } from '../units/quarter.ts';
import { type Bucket, emptyBucket } from '../views/bucket.ts';
import { monthsUntil, runningQuarter } from './capacity.ts';
import { flemishPeakRules, peakRuleAt } from './peak-rules.ts';

const startUs = Date.UTC(2026, 10, 21, 10) * 1000;
const minuteUs = 60_000_000;
const posted = (amountMicro: number, coveredUs: number): Bucket[] => [
  { ...emptyBucket('home:grid_in', startUs, startUs + quarterUs), amountMicro, coveredUs },
];

describe('the running quarter', () => {
  it('goes on with the present power from where the ledger is', () => {
    const told = runningQuarter(posted(100_000, 5 * minuteUs), startUs + 6 * minuteUs, 3000);
    expect(told).toEqual({ startUs, soFarW: 400, projectedW: 400 + 3000 * (10 / 15) });
  });
  it('takes nothing back when the home feeds in', () => {
    expect(runningQuarter(posted(100_000, 5 * minuteUs), startUs + 6 * minuteUs, -2000).projectedW).toBe(400);
  });
  it('is not known before anything is posted, nor projected without a power sensor', () => {
    expect(runningQuarter([], startUs + 1, 3000)).toEqual({ startUs, soFarW: null, projectedW: null });
    expect(runningQuarter(posted(0, minuteUs), startUs + 2 * minuteUs, null)).toMatchObject({
      ...{ soFarW: 0, projectedW: null },
    });
  });
});

describe('twelve months', () => {
  it('end with the asked one, by the clock of the home', () => {
    const months = monthsUntil(Date.UTC(2025, 11, 31, 23) * 1000, 12, 'Europe/Brussels');
    expect(months.map((us) => localMonth(us, 'Europe/Brussels'))).toEqual([
      ...['2025-02', '2025-03', '2025-04', '2025-05', '2025-06', '2025-07', '2025-08', '2025-09'],
      ...['2025-10', '2025-11', '2025-12', '2026-01'],
    ]);
  });
});

describe('peakRuleAt', () => {
  const first = flemishPeakRules[0];
  if (first === undefined) throw new Error('a rule');
  const later = { ...first, floorW: 3000, effectiveFromUs: startUs };
  it('finds the rule in force, and the first one for months before it', () => {
    expect(peakRuleAt([later, first], startUs - 1)?.floorW).toBe(2500);
    expect(peakRuleAt([later, first], startUs)?.floorW).toBe(3000);
    expect(peakRuleAt([first], 0)?.floorW).toBe(2500);
    expect(peakRuleAt([], startUs)).toBeNull();
  });
});
