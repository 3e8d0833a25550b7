/**
 * Goal: a mean is over the time that is known, never over time that was only hoped for; a register is shown as it
 * stood; a value's mean is by time and Home Assistant's hours stand in only where no reading arrived.
 * Method: by hand, and at random that gathering hours keeps their bounds and their area.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HourlyReadings } from '../recording/reading-store.ts';
import { hourUs, quarterHourUs } from '../units/durations.ts';
import { type Bucket, emptyBucket } from './bucket.ts';
import { meanRate, meterFigures, quarterHourRate, registersAt } from './meter-statistics.ts';
import { trendOf } from './trend.ts';
import { valueFigures, valueHours, valueTotal } from './value-statistics.ts';

const bucket = (extra: Partial<Bucket>): Bucket => ({ ...emptyBucket('sensor.a', 0, hourUs), ...extra });

describe('meter figures', () => {
  it('means what was measured over the time that was measured', () => {
    const half = bucket({ amountMicro: 500_000, coveredUs: hourUs / 2, quarters: 2, quality: 'measured' });
    expect(meanRate(half, 'energy')).toBe(1000);
    expect(meterFigures(half, 'energy', null, hourUs)).toMatchObject({ sum: 0.5, coverage: 0.5 });
  });
  it('means what was spread or estimated over its quarter-hours, not over the part that was measured', () => {
    const spread = { amountMicro: 1_000_000, coveredUs: quarterHourUs, quarters: 4 };
    expect(meanRate(bucket({ ...spread, quality: 'hourly' }), 'energy')).toBe(1000);
    expect(meanRate(bucket({ ...spread, quality: 'estimated' }), 'energy')).toBe(1000);
  });
  it('knows nothing of nothing', () => {
    expect(meterFigures(bucket({}), 'energy', null, hourUs)).toMatchObject({
      ...{ sum: null, mean: null, min: null, max: null, state: null, quality: 'none', coverage: 0 },
    });
  });
  it('returns flow in cubic metres an hour', () => {
    expect(quarterHourRate(250_000, 'volume')).toBe(1);
    expect(quarterHourRate(250_000, 'energy')).toBe(1000);
  });
});

describe('registersAt', () => {
  it('takes what was reported at the end, else the register before the next evidence, else the newest', () => {
    const known = [
      { atUs: 10, registerMicro: null },
      { atUs: 20, registerMicro: 200 },
      { atUs: 40, registerMicro: 400 },
    ];
    expect(registersAt([5, 10, 15, 20, 30, 40, 50], known, new Map([[30, 333]]), 500)).toEqual([
      ...[null, null, 200, 200, 333, 400, 500],
    ]);
  });
});

describe('values', () => {
  const hour = (index: number, extra: Partial<HourlyReadings>): HourlyReadings => ({
    startUs: index * hourUs,
    ...{ min: null, max: null, mean: null, last: null, heldUs: 0, count: 0 },
    ...extra,
  });
  it('come from Home Assistant’s hours only where no reading arrived', () => {
    const row = { entityId: 'sensor.a', period: 'hour', state: null, sum: null, unit: 'W' } as const;
    const rows = [0, 1].map((index) => ({
      ...{ ...row, startUs: index * hourUs, endUs: (index + 1) * hourUs, mean: 50, min: 40, max: 60 },
    }));
    const held = { min: 10, max: 10, mean: 10, last: 10, heldUs: hourUs };
    const hours = valueHours([hour(0, { ...held, count: 3 }), hour(1, held), hour(2, held)], rows);
    expect(hours.map((one) => [one.mean, one.quality])).toEqual([
      [10, 'measured'],
      [50, 'hourly'],
      [10, 'measured'],
    ]);
    expect(valueTotal(hours, 0, 3 * hourUs, 3 * hourUs)).toMatchObject({
      ...{ min: 10, max: 60, quality: 'hourly', state: 10, count: 4 },
      mean: 23.333333,
      coverage: 2 / 3,
    });
  });
  it('keep their bounds and their area however they are gathered', () => {
    const one = fc.record({
      min: fc.integer({ min: -5000, max: 5000 }),
      up: fc.nat({ max: 5000 }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
      heldUs: fc.integer({ min: 1, max: hourUs }),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 72 }), (drawn) => {
        const hours = drawn.map(({ min, up, part, heldUs }, index) =>
          hour(index, { min, max: min + up, mean: min + up * part, last: min, heldUs, count: 1 }),
        );
        const endUs = hours.length * hourUs;
        const days = valueFigures(valueHours(hours, []), 'day', 'UTC', 0, endUs, endUs);
        for (const day of days) {
          const own = hours.filter((one) => one.startUs >= day.startUs && one.startUs < day.endUs);
          const sum = own.reduce((all, one) => all + (one.mean ?? 0) * one.heldUs, 0);
          const weight = own.reduce((all, one) => all + one.heldUs, 0);
          expect(day.mean).toBeCloseTo(sum / weight, 5);
          expect(day.mean ?? 0).toBeGreaterThanOrEqual((day.min ?? 0) - 1e-6);
          expect(day.mean ?? 0).toBeLessThanOrEqual((day.max ?? 0) + 1e-6);
        }
      }),
    );
  });
});

describe('trendOf', () => {
  it('is null when there is nothing to compare with', () => {
    const nothing = { percentageChange: null, direction: null };
    expect([trendOf(1, null), trendOf(null, 1), trendOf(5, 0)]).toEqual([nothing, nothing, nothing]);
    expect(trendOf(-50, -100)).toEqual({ percentageChange: 50, direction: 'up' });
    expect(trendOf(100.5, 100).direction).toBe('stable');
  });
});
