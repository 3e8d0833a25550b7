/**
 * Goal: what a quarter-hour's offtake rests on is taken as what it is, and a sum of several quarter-hours bounds the
 * windows that it was spread over by no more and no less than it allows.
 * Method: by hand, at the edges of windows, days and hours that count.
 */

import { describe, expect, it } from 'vitest';
import { type Bucket, emptyBucket } from '../statistics/bucket.ts';
import { hourUs, quarterHourUs } from '../units/durations.ts';
import { flemishPeakRules, type PeakRule } from './peak-rules.ts';
import { type KnownAs, offtakeOf, peakWindows, type QuarterHourOfftake } from './peak-windows.ts';

const zone = 'Europe/Brussels';
const flanders = flemishPeakRules[0] as PeakRule;
const hours: PeakRule = { ...flanders, window: 'hour' };
/** Midnight in Brussels, on Monday 5 October 2026. */
const startUs = Date.UTC(2026, 9, 4, 22) * 1000;
const at = (quarter: number) => startUs + quarter * quarterHourUs;

/** Quarter-hours [from, until) with only their sum known, used between two places, counted in quarter-hours. */
function spread(
  from: number,
  until: number,
  eachMwh: number,
  knownAs: KnownAs = 'span',
  usedIn: readonly [number, number] = [from, until],
): QuarterHourOfftake[] {
  return Array.from({ length: until - from }, (_, index) => ({
    ...{ startUs: at(from + index), offtakeMwh: eachMwh, knownAs },
    usedIn: { startUs: at(usedIn[0]), endUs: at(usedIn[1]) },
  }));
}
const quarters = (from: number, until: number, eachMwh: number): QuarterHourOfftake[] =>
  Array.from({ length: until - from }, (_, index) => {
    return { startUs: at(from + index), offtakeMwh: eachMwh, knownAs: 'quarter' };
  });

/** What the windows of [from, until) have at least. */
const least = (rule: PeakRule, known: readonly QuarterHourOfftake[], from: number, until: number): number[] =>
  peakWindows(rule, known, at(from), at(until), zone).map(({ atLeastMwh }) => atLeastMwh);

describe('offtakeOf', () => {
  const bucket = (extra: Partial<Bucket>): Bucket => ({
    ...emptyBucket('sensor.grid', at(0), at(1)),
    ...{ amountMicro: 1000, quality: 'hourly', ...extra },
  });
  const usedIn = (restsOn: readonly [number, number], quality: Bucket['quality'] = 'hourly') =>
    offtakeOf(bucket({ quality, restsOn: { startUs: restsOn[0], endUs: restsOn[1] } }))[0]?.usedIn;

  it('knows where it was used only when its evidence lies around it', () => {
    expect(usedIn([at(-1), at(3)])).toEqual({ startUs: at(-1), endUs: at(3) });
    expect(usedIn([at(1) - 1, at(3)])).toEqual({ startUs: at(1) - 1, endUs: at(3) });
    expect(usedIn([at(-3), at(0) + 1])).toEqual({ startUs: at(-3), endUs: at(0) + 1 });
    for (const beside of [
      [at(1), at(3)],
      [at(2), at(3)],
      [at(-3), at(0)],
      [at(-3), at(-1)],
    ] as const)
      expect(usedIn(beside)).toBeUndefined();
    expect(offtakeOf(bucket({}))).toEqual([{ startUs: at(0), offtakeMwh: 1000, knownAs: 'hour' }]);
  });

  it('reaches no further than evidence of hours lies apart, and as far as a silence does', () => {
    const days = [at(-400), at(400)] as const;
    const reachUs = at(1) - at(0) + 2 * hourUs;
    const reached = usedIn(days);
    expect(reached?.endUs).toBeLessThan(at(400));
    expect((reached?.endUs ?? 0) - at(1)).toBe(at(0) - (reached?.startUs ?? 0));
    expect((reached?.endUs ?? 0) - at(1)).toBeLessThan(reachUs);
    expect(usedIn(days, 'estimated')).toEqual({ startUs: days[0], endUs: days[1] });
  });

  it('is a quarter-hour where one was measured, a part where it was not to its end, and no less than nothing', () => {
    expect(offtakeOf(bucket({ quality: 'measured', highestMicro: 1000 }))[0]?.knownAs).toBe('quarter');
    expect(offtakeOf(bucket({ quality: 'measured' }))[0]?.knownAs).toBe('part');
    expect(offtakeOf(bucket({ quality: 'estimated' }))[0]?.knownAs).toBe('span');
    expect(offtakeOf(bucket({ amountMicro: -5 }))[0]?.offtakeMwh).toBe(0);
    expect(offtakeOf(bucket({ amountMicro: null }))).toEqual([]);
  });
});

describe('a sum of several quarter-hours', () => {
  it('bounds the single highest window where it overlaps another, but not several together', () => {
    const known = [...spread(0, 3, 300, 'hour', [0, 4]), ...spread(3, 7, 900, 'hour', [3, 7])];
    // Of the first hour only what was spread from within it is certain.
    expect(least(flanders, known, 0, 7)).toEqual([225, 225, 225, 900, 900, 900, 900]);
    expect(least({ ...flanders, peaks: 2 }, known, 0, 7)).toEqual([0, 0, 0, 900, 900, 900, 900]);
    expect(least(hours, known, 0, 8)).toEqual([0, 0]);
  });

  it('adds up with what was measured beside it in its hour', () => {
    const known = [...quarters(0, 2, 1000), ...spread(2, 4, 500)];
    expect(peakWindows(hours, known, at(0), at(4), zone)).toEqual([
      {
        ...{ startUs: at(0), endUs: at(4), energyMwh: null, isKnown: true },
        ...{ atLeastMwh: 3000, atMostMwh: 3000 },
      },
    ]);
    // What is missing has nothing at least, and no most.
    expect(peakWindows(hours, quarters(0, 1, 1000), at(0), at(8), zone)).toEqual([
      {
        ...{ startUs: at(0), endUs: at(4), energyMwh: null, isKnown: true },
        ...{ atLeastMwh: 1000, atMostMwh: null },
      },
      {
        ...{ startUs: at(4), endUs: at(8), energyMwh: null, isKnown: false },
        ...{ atLeastMwh: 0, atMostMwh: null },
      },
    ]);
  });

  it('gives no lower bound for hours that it fills only in part', () => {
    expect(least(hours, spread(2, 8, 500), 0, 8)).toEqual([0, 0]);
    expect(least(hours, spread(0, 6, 500), 0, 8)).toEqual([0, 0]);
    expect(least(hours, spread(0, 8, 500), 0, 8)).toEqual([2000, 2000]);
  });

  it('gives no lower bound where it reaches over the end of the range', () => {
    expect(least(flanders, spread(0, 4, 500), 0, 4)).toEqual([500, 500, 500, 500]);
    expect(least(flanders, spread(0, 4, 500), 1, 4)).toEqual([0, 0, 0]);
    expect(least(flanders, spread(0, 4, 500), 0, 3)).toEqual([0, 0, 0]);
  });

  it('may lie on a day that has its peak already, where each day has one', () => {
    const daily: PeakRule = { ...flanders, peaks: 2, isOnePerDay: true };
    const midnight = 96;
    const overIt = spread(midnight - 2, midnight + 2, 500);
    const untilIt = spread(midnight - 4, midnight, 500);
    const all = (rule: PeakRule, known: QuarterHourOfftake[]) =>
      Math.max(...least(rule, known, midnight - 8, midnight + 8));
    expect(all(daily, overIt)).toBe(0);
    expect(all(daily, untilIt)).toBe(500);
    expect(all({ ...daily, peaks: 1 }, overIt)).toBe(500);
    expect(all({ ...daily, isOnePerDay: false }, overIt)).toBe(500);
  });

  it('may lie where nothing counts, unless all of it counts', () => {
    const counting = { weekdays: [1], fromHour: 2, untilHour: 4 };
    const rule: PeakRule = { ...flanders, counting };
    expect(least(rule, spread(8, 16, 500), 0, 24)).toEqual(Array(8).fill(500));
    expect(least(rule, spread(7, 11, 500), 0, 24)).toEqual(Array(8).fill(0));
    expect(least(rule, spread(14, 17, 500), 0, 24)).toEqual(Array(8).fill(0));
    expect(least({ ...hours, counting }, spread(8, 16, 500), 0, 24)).toEqual([2000, 2000]);
    expect(least({ ...hours, counting }, spread(8, 20, 500), 0, 24)).toEqual([0, 0]);
    expect(least({ ...hours, counting }, spread(4, 12, 500), 0, 24)).toEqual([0, 0]);
  });
});

describe('an hour that was reported as one', () => {
  const energy = (known: QuarterHourOfftake[], from = 0, until = 4) =>
    peakWindows(hours, known, at(from), at(until), zone).map(({ energyMwh }) => energyMwh);

  it('is measured where hours are what counts', () => {
    expect(energy(spread(0, 4, 500, 'hour'))).toEqual([2000]);
    expect(energy([...spread(0, 4, 500, 'hour'), ...spread(4, 8, 700, 'hour')], 0, 8)).toEqual([2000, 2800]);
  });

  it('is none that was a silence, began or ended beside the hour, was shared or was shorter', () => {
    expect(energy(spread(0, 4, 500, 'span'))).toEqual([null]);
    expect(energy(spread(0, 4, 500, 'hour', [0, 3.9]))).toEqual([null]);
    expect(energy(spread(0, 4, 500, 'hour', [0.1, 4]))).toEqual([null]);
    expect(energy([...spread(0, 3, 500, 'hour', [0, 4]), ...quarters(3, 4, 500)])).toEqual([null]);
    expect(energy([...spread(0, 2, 500, 'hour'), ...spread(2, 4, 500, 'hour')])).toEqual([null]);
    expect(energy(spread(0, 8, 500, 'hour'), 0, 8)).toEqual([null, null]);
  });
});
