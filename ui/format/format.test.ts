/**
 * Goal: numbers have their significant digits, and dates are the home's, not the browser's.
 * Method: examples at each rounding limit; Intl's special spaces are replaced before comparing.
 */
import { describe, expect, it } from 'vitest';
import { periodAround, rangeOf } from '../period/period.ts';
import { firstWeekdayOf, formatAge, formatInstant, formatPeriod } from './instants.ts';
import { formatBytes, formatPower, formatQuantity, formatRegister } from './numbers.ts';

const plain = (text: string) => text.replace(/[\u00a0\u2009\u202f]/g, ' ');
const date = (text: string) => Temporal.PlainDate.from(text);

describe('numbers', () => {
  it.each([
    [0, '0 W'],
    [-0.04, '0 W'],
    [3, '3 W'],
    [4.26, '4.3 W'],
    [459.4, '459 W'],
    [999.4, '999 W'],
    [999.6, '1.00 kW'],
    [1240, '1.24 kW'],
    [-910, '-910 W'],
    [-2345, '-2.35 kW'],
    [99_949, '99.95 kW'],
    [1_240_000, '1.24 MW'],
  ])('%d W reads %s', (watts, text) => {
    expect(plain(formatPower(watts, 'en-GB'))).toBe(text);
  });

  it.each([
    [0, 'kWh', '0 kWh'],
    [0.473, 'kWh', '0.47 kWh'],
    [10.22, 'kWh', '10.2 kWh'],
    [123.4, 'kWh', '123 kWh'],
    [12_345, 'kWh', '12.35 MWh'],
    [2.8801, 'm³', '2.88 m³'],
    [0.0374, 'm³', '0.037 m³'],
    [0.004, 'kWh', '0.004 kWh'],
    [0.0001, 'kWh', '0.00 kWh'],
    [55.4, '%', '55 %'],
  ])('%d %s reads %s', (value, unit, text) => {
    expect(plain(formatQuantity(value, unit, 'en-GB'))).toBe(text);
  });

  it('keeps a register as its meter shows it', () => {
    expect(plain(formatRegister(12_345.678, 'kWh', 'en-GB'))).toBe('12,345.678 kWh');
    expect(plain(formatRegister(12_345.678, 'kWh', 'nl'))).toBe('12.345,678 kWh');
  });

  it('formats sizes in a fitting unit', () => {
    expect(plain(formatBytes(512, 'en'))).toBe('512 B');
    expect(plain(formatBytes(8_400_000, 'en'))).toBe('8.4 MB');
  });
});

describe('instants', () => {
  const at = Date.parse('2026-10-25T00:30:00.125Z');

  it('formats both hours of the night when clocks go back', () => {
    const brussels = { language: 'en-GB', zone: 'Europe/Brussels' };
    expect(formatInstant(at, 'time', brussels)).toBe('02:30');
    expect(formatInstant(at + 3_600_000, 'time', brussels)).toBe('02:30');
    expect(formatInstant(at, 'exact', brussels)).toBe('25/10/2026, 02:30:00.125');
  });

  it('names periods', () => {
    expect(plain(formatPeriod(periodAround('day', date('2026-11-21')), 'en-GB'))).toBe('Sat, 21 Nov 2026');
    expect(formatPeriod(periodAround('month', date('2026-11-21')), 'nl')).toBe('november 2026');
    expect(plain(formatPeriod(rangeOf(date('2026-11-16'), date('2026-11-22')), 'en-GB'))).toMatch(
      /^16 ?[–-] ?22 Nov 2026$/,
    );
  });

  it('formats ages, and 0 s for a clock that is ahead', () => {
    expect(plain(formatAge(-5000, 'en'))).toBe('0s');
    expect(plain(formatAge(61_000, 'en'))).toBe('1m');
    expect(plain(formatAge(3 * 86_400_000, 'en'))).toBe('3d');
  });

  it('begins the week as the region does', () => {
    expect(firstWeekdayOf('en')).toBe(1);
    expect(firstWeekdayOf('en-US')).toBe(7);
    expect(firstWeekdayOf('nl-BE')).toBe(1);
    expect(firstWeekdayOf('no such language')).toBe(1);
  });
});
