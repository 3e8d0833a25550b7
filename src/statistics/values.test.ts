/**
 * Goal: the statistics of a value are those of its readings: extremes of the hours that have any, the mean by time,
 * the last value at the end, coverage of what has passed; and a trend says which way.
 * Method: hours by hand.
 */

import { describe, expect, it } from 'vitest';
import { connectionPlan, connectionSources, connectionTotals } from '../balance/flow-plan.ts';
import type { HourlyReadings } from '../recording/reading-store.ts';
import { hourUs, quarterHourUs } from '../units/durations.ts';
import { aligned, coverageOf, emptyBucket, regroup, total } from './bucket.ts';
import { knownUs, meanRate } from './meter-statistics.ts';
import { trendOf } from './trend.ts';
import { valueFigures, valueHours, valueTotal } from './value-statistics.ts';

const hour = (index: number, extra: Partial<HourlyReadings>): HourlyReadings => ({
  startUs: index * hourUs,
  ...{ min: null, max: null, mean: null, last: null, heldUs: 0, count: 0 },
  ...extra,
});
const heard = (index: number, value: number, extra: Partial<HourlyReadings> = {}) =>
  hour(index, { min: value, max: value, mean: value, last: value, heldUs: hourUs, count: 2, ...extra });

describe('values', () => {
  it('have no figures for hours without a reading', () => {
    const hours = valueHours([hour(0, {}), heard(1, 5)], []);
    expect(hours.map(({ quality }) => quality)).toEqual(['none', 'measured']);
    expect(valueFigures(hours, 'hour', 'UTC', 0, 3 * hourUs, 3 * hourUs)).toEqual([
      {
        ...{ startUs: 0, endUs: hourUs, state: null, sum: null, mean: null, min: null, max: null },
        ...{ count: 0, coverage: 0, quality: 'none', isProvisional: false },
      },
      {
        ...{ startUs: hourUs, endUs: 2 * hourUs, state: 5, sum: null, mean: 5, min: 5, max: 5 },
        ...{ count: 2, coverage: 1, quality: 'measured', isProvisional: false },
      },
      {
        ...{
          startUs: 2 * hourUs,
          endUs: 3 * hourUs,
          state: null,
          sum: null,
          mean: null,
          min: null,
          max: null,
        },
        ...{ count: 0, coverage: 0, quality: 'none', isProvisional: false },
      },
    ]);
  });

  it('take no part of an hour without a mean, or held for no time, but count its readings', () => {
    const hours = valueHours(
      [
        heard(0, 5),
        hour(1, { min: -100, max: 100, mean: null, last: 9, heldUs: hourUs, count: 1 }),
        heard(2, 50, { heldUs: 0, count: 1 }),
        heard(3, 8, { min: null, max: null, count: 0 }),
      ],
      [],
    );
    expect(valueTotal(hours, 0, 4 * hourUs, 4 * hourUs)).toMatchObject({
      ...{ mean: 6.5, min: 5, max: 5, state: 8, count: 4, coverage: 0.5 },
    });
  });

  it('have the extremes of all hours', () => {
    const hours = valueHours([heard(0, 5), heard(1, -7), heard(2, 9), heard(3, 1)], []);
    expect(valueTotal(hours, 0, 4 * hourUs, 4 * hourUs)).toMatchObject({
      min: -7,
      max: 9,
      mean: 2,
      state: 1,
    });
  });

  it('take Home Assistant’s row of the very hour, where it has a mean', () => {
    const row = (index: number, mean: number | null) => ({
      ...{ entityId: 'sensor.a', period: 'hour', state: null, sum: null, unit: 'W', mean, min: 1, max: 3 },
      ...{ startUs: index * hourUs, endUs: (index + 1) * hourUs },
    });
    const rows = [row(1, 2), row(2, null), row(5, 2)] as Parameters<typeof valueHours>[1];
    expect(valueHours([hour(0, {}), hour(1, {}), hour(2, {})], rows)).toEqual([
      { ...hour(0, {}), quality: 'none' },
      {
        ...{ startUs: hourUs, min: 1, max: 3, mean: 2, last: null, heldUs: hourUs, count: 1 },
        quality: 'hourly',
      },
      { ...hour(2, {}), quality: 'none' },
    ]);
  });

  it('keep the one reading that an hour has, whatever Home Assistant’s row says of it', () => {
    const row = {
      ...{ entityId: 'sensor.a', period: 'hour' as const, state: null, sum: null, unit: 'W' },
      ...{ startUs: 0, endUs: hourUs, mean: 50, min: 40, max: 60 },
    };
    const [read] = valueHours([heard(0, 5, { count: 1 })], [row]);
    expect(read).toMatchObject({ mean: 5, min: 5, max: 5, count: 1, quality: 'measured' });
  });

  it('cover what has passed, and may grow until then', () => {
    const hours = valueHours([heard(0, 5), heard(1, 5)], []);
    const at = (nowUs: number, from = 0) => {
      const { coverage, isProvisional } = valueTotal(hours, from, 4 * hourUs, nowUs);
      return [coverage, isProvisional];
    };
    expect(at(4 * hourUs)).toEqual([0.5, false]);
    expect(at(4 * hourUs - 1)).toEqual([(2 * hourUs) / (4 * hourUs - 1), true]);
    expect(at(hourUs)).toEqual([1, true]);
    expect(at(1)).toEqual([1, true]);
    expect(at(0)).toEqual([0, true]);
    expect(valueTotal([], 0, 4 * hourUs, hourUs).isProvisional).toBe(false);
    // Sums are rounded to a millionth.
    const thirds = valueHours([heard(0, 1), heard(1, 0), heard(2, 0)], []);
    expect(valueTotal(thirds, 0, 3 * hourUs, 3 * hourUs).mean).toBe(0.333333);
  });
});

describe('buckets', () => {
  const bucket = (amountMicro: number | null, extra: object = {}) => ({
    ...{ ...emptyBucket('sensor.a', 0, hourUs), amountMicro, quarters: 4, quality: 'measured' as const },
    ...extra,
  });

  it('joined, have the worst quality of those that hold something', () => {
    const quality = (one: object, other: object) =>
      total('sensor.a', [bucket(1, one), bucket(1, other)], 0, hourUs).quality;
    expect(quality({ quality: 'hourly' }, {})).toBe('hourly');
    expect(quality({}, { quality: 'estimated' })).toBe('estimated');
    expect(quality({ quality: 'imported' }, { quality: 'none', quarters: 0 })).toBe('imported');
    expect(quality({ quality: 'none', quarters: 0 }, { quality: 'imported' })).toBe('imported');
  });

  it('joined, have sums and extremes of what is known, and are provisional when one is', () => {
    const one = bucket(3, { highestMicro: 3, lowestMicro: 3, coveredUs: 5, onTimeUs: null });
    const other = bucket(null, { startUs: hourUs, endUs: 2 * hourUs, coveredUs: 7, onTimeUs: 11 });
    const low = bucket(-4, { highestMicro: -1, lowestMicro: -4, isProvisional: true, onTimeUs: 1 });
    expect(total('sensor.a', [one, other, low], 0, hourUs)).toEqual({
      ...{ entityId: 'sensor.a', startUs: 0, endUs: 2 * hourUs, amountMicro: -1, highestMicro: 3 },
      ...{
        lowestMicro: -4,
        coveredUs: 12,
        quality: 'measured',
        quarters: 12,
        isProvisional: true,
        onTimeUs: 12,
      },
    });
    expect(total('sensor.a', [one], 0, hourUs).isProvisional).toBe(false);
  });

  it('are gathered by meter, each in its own place', () => {
    const quarters = [
      bucket(1, { endUs: quarterHourUs }),
      bucket(2, { entityId: 'sensor.b', endUs: quarterHourUs }),
      bucket(4, { startUs: quarterHourUs, endUs: 2 * quarterHourUs }),
    ];
    expect(regroup(quarters, 'hour', 'UTC').map((one) => [one.entityId, one.endUs, one.amountMicro])).toEqual(
      [
        ['sensor.a', hourUs, 5],
        ['sensor.b', hourUs, 2],
      ],
    );
    const places = aligned([bucket(2, { entityId: 'sensor.b' })], 'sensor.a', 0, 2 * hourUs, 'hour', 'UTC');
    expect(places).toEqual([emptyBucket('sensor.a', 0, hourUs), emptyBucket('sensor.a', hourUs, 2 * hourUs)]);
  });

  it('cover no more than all, and nothing before they begin', () => {
    const whole = bucket(1, { coveredUs: hourUs });
    expect(coverageOf(whole, hourUs / 2)).toBe(1);
    expect([coverageOf(whole, 0), coverageOf(whole, -5)]).toEqual([0, 0]);
    expect(coverageOf(bucket(1, { coveredUs: hourUs / 4 }))).toBe(0.25);
    expect(coverageOf(bucket(1, { coveredUs: 1 }), 1)).toBe(1);
  });

  it('have no mean of no time', () => {
    expect(meanRate(bucket(5, { coveredUs: 0 }), 'energy')).toBeNull();
    expect(meanRate(bucket(null, { coveredUs: hourUs }), 'energy')).toBeNull();
    expect(knownUs(bucket(5, { quality: 'recovered', coveredUs: 7 }))).toBe(7);
    expect(knownUs(bucket(5, { quality: 'estimated', coveredUs: 7 }))).toBe(hourUs);
    expect(meanRate(bucket(2_000_000, { coveredUs: hourUs }), 'volume')).toBe(2);
  });
});

describe('a trend', () => {
  it('is stable within a hundredth, in either direction', () => {
    expect(trendOf(101, 100)).toEqual({ percentageChange: 1, direction: 'stable' });
    expect(trendOf(101.01, 100)).toEqual({ percentageChange: 1.01, direction: 'up' });
    expect(trendOf(98.99, 100)).toEqual({ percentageChange: -1.01, direction: 'down' });
    expect(trendOf(99, 100).direction).toBe('stable');
    expect(trendOf(0, 100)).toEqual({ percentageChange: -100, direction: 'down' });
    expect(trendOf(-150, -100)).toEqual({ percentageChange: -50, direction: 'down' });
    expect(trendOf(1, 3).percentageChange).toBe(-66.67);
  });
});

describe('a connection', () => {
  it('posts what its registers count together, injection only where it has a register of it', () => {
    const plan = connectionPlan('connection:a');
    const totals = connectionTotals('connection:a');
    expect(plan.every).toEqual([totals.gridIn, totals.gridOut]);
    expect(plan.of(connectionSources(['sensor.in'], []))).toEqual([totals.gridIn]);
    expect(plan.of(connectionSources(['sensor.in'], ['sensor.out']))).toEqual(plan.every);
  });
});
