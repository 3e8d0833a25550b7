/**
 * Goal: ticks are at round times of the home's wall clock, and few, also when clocks change.
 * Method: DST days by hand; order, bounds and number by property over zones and spans.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepFor, tickLabel, ticksOf } from './time-ticks.ts';

const at = (text: string) => Date.parse(text) / 1000;
const brussels = { language: 'en-GB', zone: 'Europe/Brussels' };

describe('ticks', () => {
  it.each([
    [
      '2026-03-28T23:00:00Z',
      '2026-03-29T22:00:00Z',
      ['29 Mar', '04:00', '08:00', '12:00', '16:00', '20:00', '30 Mar'],
    ],
    [
      '2026-10-24T22:00:00Z',
      '2026-10-25T23:00:00Z',
      ['25 Oct', '04:00', '08:00', '12:00', '16:00', '20:00', '26 Oct'],
    ],
  ])('are round on the day that begins %s', (start, end, labels) => {
    const step = { unit: 'hour', count: 4 } as const;
    const ticks = ticksOf(at(start), at(end), step, brussels.zone);
    expect(ticks.map((tick) => tickLabel(tick, step, brussels))).toEqual(labels);
  });

  it('begin months at local midnight', () => {
    const step = stepFor(365 * 86_400, 13);
    const ticks = ticksOf(at('2025-12-31T23:00:00Z'), at('2026-12-31T22:59:59Z'), step, brussels.zone);
    expect(ticks.map((tick) => tickLabel(tick, step, brussels)).slice(0, 4)).toEqual([
      '2026',
      'Feb',
      'Mar',
      'Apr',
    ]);
    expect(new Date((ticks[6] ?? 0) * 1000).toISOString()).toBe('2026-06-30T22:00:00.000Z');
  });

  it('are in order, inside and few, for any span in any zone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'Europe/Brussels',
          'Asia/Kathmandu',
          'America/St_Johns',
          'Australia/Lord_Howe',
          'UTC',
        ),
        fc.integer({ min: 9e8, max: 2.5e9 }),
        fc.integer({ min: 10, max: 4 * 366 * 86_400 }),
        fc.integer({ min: 2, max: 12 }),
        (zone, start, length, most) => {
          const ticks = ticksOf(start, start + length, stepFor(length, most), zone);
          expect(ticks.length).toBeLessThanOrEqual(2 * most + 3);
          for (const [index, tick] of ticks.entries()) {
            expect(tick).toBeGreaterThanOrEqual(start);
            expect(tick).toBeLessThanOrEqual(start + length);
            if (index > 0) expect(tick).toBeGreaterThan(ticks[index - 1] ?? 0);
          }
        },
      ),
    );
  });
});
