/**
 * Goal: every unit that Home Assistant has for our quantities is the right multiple of ours, and the small helpers of
 * amounts and instants keep their limits.
 * Method: what one of each unit is, from its definition and not from our table (BIPM's SI brochure, NIST SP 811).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { microFromValue, valueFromMicro } from './amount.ts';
import {
  bucketEdges,
  bucketStartUs,
  localDate,
  localIso,
  localMonth,
  monthRange,
  nextBucketUs,
} from './calendar.ts';
import { quarterHourUs } from './durations.ts';
import { instantFromIso, instantFromMs, instantFromSeconds, isoFromInstant } from './instant.ts';
import { quantityOf, toCanonical } from './quantity.ts';
import { quarterHourStartUs } from './quarter-hour.ts';

const joulesPerKwh = 3.6e6;
const footM = 0.3048;
const inchM = 0.0254;
const gallonM3 = 231 * inchM ** 3;

describe('one of each unit', () => {
  it.each<[string, string, number]>([
    ...(
      [
        ['mWh', 1e-6],
        ['Wh', 1e-3],
        ['kWh', 1],
        ['MWh', 1e3],
        ['GWh', 1e6],
        ['TWh', 1e9],
      ] as const
    ).map(([unit, kwh]): [string, string, number] => ['energy', unit, kwh]),
    ...(
      [
        ['J', 1],
        ['kJ', 1e3],
        ['MJ', 1e6],
        ['GJ', 1e9],
        ['cal', 4.184],
        ['kcal', 4184],
      ] as const
    ).map(([unit, joules]): [string, string, number] => ['energy', unit, joules / joulesPerKwh]),
    ['energy', 'Mcal', 4.184e6 / joulesPerKwh],
    ['energy', 'Gcal', 4.184e9 / joulesPerKwh],
    ...(
      [
        ['mW', 1e-3],
        ['W', 1],
        ['kW', 1e3],
        ['MW', 1e6],
        ['GW', 1e9],
        ['TW', 1e12],
      ] as const
    ).map(([unit, watts]): [string, string, number] => ['power', unit, watts]),
    ['power', 'BTU/h', 1055.05585262 / 3600],
    ['volume', 'm³', 1],
    ['volume', 'L', 1e-3],
    ['volume', 'mL', 1e-6],
    ['volume', 'ft³', footM ** 3],
    ['volume', 'CCF', 100 * footM ** 3],
    ['volume', 'MCF', 1000 * footM ** 3],
    ['volume', 'gal', gallonM3],
    ['flow', 'm³/h', 1],
    ['flow', 'm³/min', 60],
    ['flow', 'm³/s', 3600],
    ['flow', 'L/h', 1e-3],
    ['flow', 'L/min', 0.06],
    ['flow', 'L/s', 3.6],
    ['flow', 'ft³/min', 60 * footM ** 3],
    ['flow', 'gal/min', 60 * gallonM3],
    ['percentage', '%', 1],
  ])('is of %s: %s', (quantity, unit, expected) => {
    expect(quantityOf(unit)).toBe(quantity);
    const found = toCanonical(1e6, unit)?.value ?? 0;
    expect(Math.abs(found / (expected * 1e6) - 1)).toBeLessThan(1e-9);
  });

  it('of ours stays the reported number', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true }),
        fc.constantFrom('kWh', 'W', 'm³', 'm³/h', '%'),
        (value, unit) => {
          expect(toCanonical(value, unit)?.value).toBe(value);
        },
      ),
    );
  });

  it('is rounded where its factor or its divisor makes noise', () => {
    expect(toCanonical(11.41782, 'MWh')?.value).toBe(11417.82);
    expect(toCanonical(1234.56789, 'Wh')?.value).toBe(1.23456789);
  });
});

describe('amounts', () => {
  it('come back as the value that they were', () => {
    expect(valueFromMicro(453_260_000)).toBe(453.26);
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (micro) => {
        expect(microFromValue(valueFromMicro(micro))).toBe(micro);
      }),
    );
  });
});

describe('instants', () => {
  it('come from text with any offset, digits past the sixth cut', () => {
    const at = Date.UTC(2026, 10, 21, 8) * 1000;
    for (const text of [
      '2026-11-21T08:00Z',
      '2026-11-21 09:00:00+01:00',
      '2026-11-21T02:30:00-0530',
      '2026-11-21t08:00:00z',
    ])
      expect(instantFromIso(text)).toBe(at);
    expect(instantFromIso('2026-11-21T08:00:00.1Z')).toBe(at + 100_000);
    expect(instantFromIso('2026-11-21T08:00:00,123456789Z')).toBe(at + 123_456);
    for (const text of ['2026-11-21T08:00:60Z', '2026-13-21T08:00Z', 'today', ''])
      expect(instantFromIso(text)).toBeNull();
    expect(isoFromInstant(at + 7)).toBe('2026-11-21T08:00:00.000007Z');
    expect(isoFromInstant(-1)).toBe('1969-12-31T23:59:59.999999Z');
    expect(instantFromMs(1234.5678)).toBe(1_234_568);
  });

  it('round half a microsecond of a float to the even one', () => {
    // Multiples of 2^-21 s are exact in a float; 2^-20 s is 0.95 µs.
    for (const [seconds, us] of [
      [2 ** -20, 1],
      [5 + 2 ** -21, 5_000_000],
      [1.5, 1_500_000],
      [0.0000005, 0],
      [-0.25, -250_000],
    ] as const)
      expect(instantFromSeconds(seconds)).toBe(us);
  });

  it('lie in the quarter-hour that they open', () => {
    for (const [atUs, startUs] of [
      [0, 0],
      [quarterHourUs - 1, 0],
      [quarterHourUs, quarterHourUs],
      [-1, -quarterHourUs],
    ] as const)
      expect(quarterHourStartUs(atUs)).toBe(startUs);
    expect(quarterHourUs).toBe(900_000_000);
  });
});

describe('the calendar', () => {
  const zone = 'Europe/Brussels';
  const at = (iso: string) => instantFromIso(iso) ?? Number.NaN;

  it('refuses more buckets than its limit, and gives as many', () => {
    const [from, to] = [at('2026-11-20T23:00:00Z'), at('2026-11-23T23:00:00Z')];
    expect(bucketEdges(from, to, 'day', zone, 3)).toHaveLength(4);
    expect(() => bucketEdges(from, to + 1, 'day', zone, 3)).toThrow('more than 3 buckets of a day');
    expect(bucketEdges(from, from, 'day', zone)).toEqual([from]);
    expect(bucketEdges(from + 5, to, 'day', zone)[0]).toBe(from);
  });

  it('names months and days as the wall clock does, also where the offset is negative', () => {
    expect(localMonth(at('2026-10-31T23:00:00Z'), zone)).toBe('2026-11');
    expect(localDate(at('2026-10-31T22:59:59Z'), zone)).toBe('2026-10-31');
    expect(localIso(at('2026-11-21T12:00:00Z'), 'America/St_Johns')).toBe('2026-11-21T08:30:00-03:30');
    expect(localIso(at('2026-11-21T12:00:00Z'), 'UTC')).toBe('2026-11-21T12:00:00+00:00');
    expect(localIso(at('1920-01-01T00:00:00Z'), 'Africa/Monrovia')).toMatch(/^1919-12-31T23:1/);
    expect(monthRange('2026-12', zone)).toEqual({
      startUs: at('2026-11-30T23:00:00Z'),
      endUs: at('2026-12-31T23:00:00Z'),
    });
  });

  it('has weeks, months and years that follow each other', () => {
    const monday = at('2026-11-15T23:00:00Z');
    expect(bucketStartUs(monday + 1, 'week', zone)).toBe(monday);
    expect(nextBucketUs(monday, 'week', zone) - monday).toBe(7 * 24 * 4 * quarterHourUs);
    expect(bucketStartUs(monday, 'year', zone)).toBe(at('2025-12-31T23:00:00Z'));
    expect(nextBucketUs(at('2025-12-31T23:00:00Z'), 'year', zone)).toBe(at('2026-12-31T23:00:00Z'));
    expect(nextBucketUs(at('2026-10-31T23:00:00Z'), 'month', zone)).toBe(at('2026-11-30T23:00:00Z'));
  });
});
