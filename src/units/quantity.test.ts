/**
 * Goal: a value means the same in every unit it may come in.
 * Method: by hand for what meters really say; random values there and back.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantityOf, toCanonical } from './quantity.ts';

const inUnit = (value: number, unit: string) => toCanonical(value, unit)?.value;

describe('toCanonical', () => {
  it.each([
    [1234.5, 'Wh', 1.2345],
    [11.41782, 'MWh', 11417.82],
    [36, 'GJ', 10_000],
    [3.6, 'MJ', 1],
    [0.304, 'kW', 304],
    [1000, 'L', 1],
    [1, 'ft³', 0.028316846592],
    [1, 'CCF', 2.8316846592],
    [2, 'L/min', 0.12],
  ])('%d %s is %d', (value, unit, expected) => {
    expect(inUnit(value, unit)).toBe(expected);
  });

  it('knows what a unit measures, and what it does not know', () => {
    expect(quantityOf('m³')).toBe('volume');
    expect(quantityOf('°C')).toBeNull();
    expect(quantityOf(null)).toBeNull();
    expect(toCanonical(1, 'kvarh')).toBeNull();
  });

  it('adds no noise to a register of three decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e11 }), (milli) => {
        expect(inUnit(milli, 'Wh')).toBe(milli / 1000);
        expect(inUnit(milli / 1000 + 1e-13, 'kWh')).toBe(milli / 1000 + 1e-13);
      }),
    );
  });
});
