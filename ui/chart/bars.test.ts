/**
 * Goal: parts of a bar are stacked without gap or overlap and add up to their side; unknown values are not drawn, and
 * differ from zero.
 * Method: stacking and range by property; look and presence by examples at their limits.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bar, type BarSeries, barRange, segmentsOf, sideOf } from './bars.ts';
import { barLook, isIncomplete, presenceOf } from './data-quality.ts';

const series: BarSeries[] = (['above', 'above', 'above', 'below', 'below'] as const).map((side, index) => ({
  key: String(index),
  label: '',
  colour: 'solar',
  side,
}));
const barOf = (values: readonly (number | null)[], rest: Partial<Bar> = {}): Bar => ({
  startMs: 0,
  endMs: 3_600_000,
  values,
  look: 'solid',
  presence: 'known',
  isIncomplete: false,
  isRunning: false,
  mark: null,
  before: null,
  ...rest,
});
const anyValue = fc.option(fc.float({ min: 0, max: 1e4, noNaN: true }), { nil: null });
const anyBar = fc.array(anyValue, { minLength: 5, maxLength: 5 }).map((values) => barOf(values));

describe('bars', () => {
  it('stack each side from the line outwards, without gap or overlap', () => {
    fc.assert(
      fc.property(anyBar, (bar) => {
        const segments = segmentsOf(bar, series);
        for (const side of ['above', 'below'] as const) {
          const list = segments.filter((segment) => series[segment.series]?.side === side);
          for (const [index, segment] of list.entries())
            expect(segment.from).toBe(index === 0 ? 0 : list[index - 1]?.to);
          const reached = Math.abs(list.at(-1)?.to ?? 0);
          expect(reached).toBeCloseTo(sideOf(bar, series, side) ?? 0, 6);
        }
      }),
    );
  });

  it('draw nothing for unknown values, which differ from zero', () => {
    expect(segmentsOf(barOf([null, 2, null, null, 1]), series)).toEqual([
      { series: 1, from: 0, to: 2 },
      { series: 4, from: 0, to: -1 },
    ]);
    expect(sideOf(barOf([null, null, null, 0, null]), series, 'above')).toBeNull();
    expect(sideOf(barOf([null, null, null, 0, null]), series, 'below')).toBe(0);
  });

  it('lie within the scale, the line, marks and levels too', () => {
    fc.assert(
      fc.property(
        fc.array(anyBar, { maxLength: 5 }),
        fc.float({ min: 0, max: 100, noNaN: true }),
        (bars, level) => {
          const [least, most] = barRange(bars, series, [level]);
          expect(least).toBeLessThanOrEqual(0);
          expect(most).toBeGreaterThanOrEqual(level);
          expect(most).toBeGreaterThan(least);
          for (const bar of bars)
            for (const { to } of segmentsOf(bar, series)) {
              expect(to).toBeGreaterThanOrEqual(least);
              expect(to).toBeLessThanOrEqual(most);
            }
        },
      ),
    );
    const [least, most] = barRange([barOf([1], { mark: -3, before: { above: 7, below: 5 } })], series);
    expect(least).toBeLessThanOrEqual(-5);
    expect(most).toBeGreaterThanOrEqual(7);
  });
});

describe('data quality', () => {
  it.each([
    ['measured', 'solid'],
    ['imported', 'solid'],
    ['recovered', 'pale'],
    ['hourly', 'pale'],
    ['estimated', 'hatched'],
  ] as const)('%s is drawn %s', (quality, look) => expect(barLook(quality)).toBe(look));

  it('finds nothing missing in hourly data', () => {
    const span = { startMs: 0, endMs: 3_600_000 };
    const of = (coverage: number, quality: 'hourly' | 'measured' | 'recovered' | 'none', nowMs = 1e9) =>
      isIncomplete({ coverage, quality }, span, nowMs);
    expect(of(0, 'hourly')).toBe(false);
    expect(of(0.6, 'measured')).toBe(true);
    expect(of(1, 'recovered')).toBe(false);
    expect(of(0, 'none')).toBe(false);
    // Of 45 minutes, 9 are not posted yet; 27 are missing.
    expect(of(0.8, 'measured', 2_700_000)).toBe(false);
    expect(of(0.4, 'measured', 2_700_000)).toBe(true);
  });

  it('does not count a bucket that just ended as missing', () => {
    const hour = 3_600_000;
    expect(presenceOf(true, hour, 0)).toBe('known');
    expect(presenceOf(false, hour, hour / 2)).toBe('future');
    expect(presenceOf(false, hour, hour + 60_000)).toBe('future');
    expect(presenceOf(false, hour, 2 * hour)).toBe('missing');
  });
});
