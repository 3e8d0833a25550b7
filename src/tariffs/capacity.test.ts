/**
 * Goal: rules of peaks are found by their date, the running quarter-hour is projected from what is posted and the
 * power that flows now, and twelve months end with the asked one.
 * Method: by hand.
 */

import { describe, expect, it } from 'vitest';
import { type Bucket, emptyBucket } from '../statistics/bucket.ts';
import { localMonth } from '../units/calendar.ts';
import { minuteUs, quarterHourUs } from '../units/durations.ts';
import { runningWindow } from './capacity.ts';
import { type DatedPeakRule, flemishPeakRules, type PeakRule, peakRuleAt } from './peak-rules.ts';
import { monthsUntil } from './rolling-months.ts';

const startUs = Date.UTC(2026, 10, 21, 10) * 1000;
const posted = (amountMicro: number, coveredUs: number): Bucket[] => [
  { ...emptyBucket('home:grid_in', startUs, startUs + quarterHourUs), amountMicro, coveredUs },
];

const flanders = flemishPeakRules[0] as PeakRule;
const zone = 'Europe/Brussels';
const nothing = { counted: [], atLeastW: null };

describe('the running quarter-hour', () => {
  it('goes on with the present power from where the ledger is', () => {
    const running = runningWindow(
      flanders,
      posted(100_000, 5 * minuteUs),
      nothing,
      startUs + 6 * minuteUs,
      3000,
      zone,
    );
    expect(running).toEqual({
      ...{ startUs, endUs: startUs + quarterHourUs, soFarW: 400, projectedW: 400 + 3000 * (10 / 15) },
      // 2.5 kW for a quarter-hour is 625 Wh, of which 525 are left for ten minutes.
      ...{ limitW: 2500, leftMwh: 525_000, leftW: 3150 },
    });
  });
  it('has the month’s peak as its limit once that is over the floor', () => {
    const month = { counted: [{ startUs: 0, powerW: 4000 }], atLeastW: 4000 };
    const running = (mwh: number) =>
      runningWindow(flanders, posted(mwh, 5 * minuteUs), month, startUs + 5 * minuteUs, 3000, zone);
    expect(running(400_000)).toMatchObject({ limitW: 4000, leftMwh: 600_000, leftW: 3600 });
    expect(running(1_200_000)).toMatchObject({ leftMwh: 0, leftW: 0 });
    // An hour shows that the month has a higher peak than any measured quarter-hour.
    const bounded = { ...month, atLeastW: 5000 };
    expect(runningWindow(flanders, [], bounded, startUs, null, zone)).toMatchObject({
      limitW: 5000,
      leftMwh: null,
    });
  });
  it('has the lowest of the windows that a mean takes as its limit, and none without a floor', () => {
    const limit = (rule: PeakRule, ...powersW: number[]) => {
      const counted = powersW.map((powerW, index) => ({ startUs: index, powerW }));
      return runningWindow(rule, [], { counted, atLeastW: null }, startUs, null, zone).limitW;
    };
    const free = { ...flanders, floorW: 0 };
    expect(limit({ ...free, peaks: 3 }, 900, 500, 200)).toBe(200);
    expect(limit({ ...free, peaks: 2 }, 900, 500)).toBe(500);
    expect(limit(free, 900)).toBe(900);
    expect(limit(free)).toBe(0);
  });
  it('takes nothing back when the home feeds in', () => {
    const running = runningWindow(
      flanders,
      posted(100_000, 5 * minuteUs),
      nothing,
      startUs + 6 * minuteUs,
      -2000,
      zone,
    );
    expect(running.projectedW).toBe(400);
  });
  it('is not known before anything is posted, nor projected without a power sensor', () => {
    expect(runningWindow(flanders, [], nothing, startUs + 1, 3000, zone)).toMatchObject({
      ...{ startUs, soFarW: null, projectedW: null, leftMwh: null, leftW: null },
    });
    expect(
      runningWindow(flanders, posted(0, minuteUs), nothing, startUs + 2 * minuteUs, null, zone),
    ).toMatchObject({
      ...{ soFarW: 0, projectedW: null },
    });
  });
  it('is an hour where hours are billed', () => {
    const hours: PeakRule = { ...flanders, window: 'hour', floorW: 0 };
    const quarters = [...posted(500_000, quarterHourUs), ...posted(100_000, 5 * minuteUs)].map(
      (bucket, index) => ({
        ...bucket,
        startUs: startUs + index * quarterHourUs,
      }),
    );
    expect(runningWindow(hours, quarters, nothing, startUs + 20 * minuteUs, 3000, zone)).toMatchObject({
      ...{ startUs, endUs: startUs + 4 * quarterHourUs, soFarW: 600, projectedW: 600 + 3000 * (40 / 60) },
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
  const first = flemishPeakRules[0] as DatedPeakRule;
  it('has the tariff of Flanders from the first of January 2023 on, by its own clock', () => {
    expect(flemishPeakRules.map(({ effectiveFromUs }) => effectiveFromUs)).toEqual([
      Date.UTC(2022, 11, 31, 23) * 1000,
    ]);
  });
  const later = { ...first, floorW: 3000, effectiveFromUs: startUs };
  it('finds the rule in force, and the first one for months before it', () => {
    expect(peakRuleAt([later, first], startUs - 1)?.floorW).toBe(2500);
    expect(peakRuleAt([later, first], startUs)?.floorW).toBe(3000);
    expect(peakRuleAt([first], 0)?.floorW).toBe(2500);
    expect(peakRuleAt([], startUs)).toBeNull();
  });
});
