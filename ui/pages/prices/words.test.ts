/**
 * Goal: prices keep all their digits, and a change of the past is described with what is not known.
 * Method: by hand, in English and German.
 */
import { describe, expect, it } from 'vitest';
import type { CostVersionRow, Recalculation } from '../../../src/schemas/cost-versions.ts';
import { en } from '../../texts/en.ts';
import { byArea, changeText, parseDay, parsePrice, priceText, sentenceOf, stateOf } from './words.ts';

const zone = 'Europe/Brussels';
const locale = { language: 'en-GB', zone };
const plain = (text: string) => text.replace(/[\u00a0\u2009\u202f]/g, ' ');
const version = (area: string | null, from: string, until: string | null, price = 0.3): CostVersionRow => ({
  ...{ id: `${area} ${from}`, cost_per_kwh: price, effective_from: from, effective_until: until },
  ...{ area, notes: '', created_at: from },
});
const nowMs = Date.parse('2026-11-21T12:00:00Z');
const versions = [
  version(null, '2025-01-01T00:00:00+01:00', '2026-01-01T00:00:00+01:00', 0.25),
  version('Shed', '2026-01-01T00:00:00+01:00', null),
  version(null, '2026-01-01T00:00:00+01:00', '2027-01-01T00:00:00+01:00', 0.28755),
  version(null, '2027-01-01T00:00:00+01:00', null),
];

describe('prices', () => {
  it('keep their digits', () => {
    expect(plain(priceText(0.28755, 'EUR', 'en-GB'))).toBe('€0.28755');
    expect(plain(priceText(0.3, 'EUR', 'de'))).toBe('0,30 €');
    expect(plain(priceText(0.3, 'not one', 'en'))).toBe('0.30 not one');
    expect(priceText(0.3, null, 'en')).toBe('0.30');
  });
  it('are parsed with a point or a comma; invalid ones give null', () => {
    expect(['0.2875', '0,2875', '.5', '-0.05', '−0.05', '0'].map(parsePrice)).toEqual([
      ...[0.2875, 0.2875, 0.5, -0.05, -0.05, 0],
    ]);
    expect(['', 'a', '1.2.3', '1e3', '101', '0x10', '.'].map(parsePrice)).toEqual(Array(7).fill(null));
  });
  it("start at midnight in the home's zone", () => {
    expect(parseDay('2026-07-01', zone)).toBe('2026-06-30T22:00:00Z');
    expect(['', '2026-02-30x', '1999-01-01', 'now'].map((text) => parseDay(text, zone))).toEqual(
      Array(4).fill(null),
    );
  });
  it('are grouped by area, the home first, newest first', () => {
    expect(
      byArea(versions, 'en').map(([area, list]) => [area, list.map((one) => stateOf(one, nowMs))]),
    ).toEqual([
      [null, ['toCome', 'inForce', 'past']],
      ['Shed', ['inForce']],
    ]);
    expect(plain(sentenceOf(versions, 'EUR', nowMs, en.prices, locale))).toBe(
      'A kilowatt-hour from the grid costs €0.28755, since Thu, 1 Jan 2026.',
    );
    expect(sentenceOf([], 'EUR', nowMs, en.prices, locale)).toBe(en.prices.sentence.none);
  });
});

describe('a change', () => {
  const change = {
    ...{
      dry_run: true,
      time_range: { start: '', end: '' },
      cost_before: 40,
      cost_after: 50.5,
      energy_kwh: 200,
    },
    ...{ unpriced_kwh: 0, days_changed: 12, meters: 0 },
  };
  const format = (extra: Partial<Recalculation>) =>
    plain(changeText({ ...change, ...extra }, 'EUR', en.prices, 'en-GB'));
  it('is described with both sums', () => {
    expect(format({})).toBe(
      'The cost of 12 past days changes: the 200 kWh since then cost €40.00 so far, and €50.50 afterwards.',
    );
    expect(format({ days_changed: 0 })).toBe('No cost of the past changes.');
  });
  it('is described with what will not be known', () => {
    expect(format({ days_changed: 1, cost_after: null, unpriced_kwh: 5 })).toContain(
      'an unknown sum afterwards. 5.00 kWh of it will have no price',
    );
  });
});
