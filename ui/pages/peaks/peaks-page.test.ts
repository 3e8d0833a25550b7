/**
 * Goal: the heat map has every quarter-hour at its time of the wall clock, only measured quarter-hours are peaks, and a
 * month without them shows the bounds of its peak.
 * Method: the days on which clocks change, by hand; the scale by property; sentences for each kind of month.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CapacityMonth } from '../../../src/schemas/p1.ts';
import { periodAround } from '../../period/period.ts';
import { en } from '../../texts/en.ts';
import { columns, dayPeaks, heatGrid, heatStrength, type QuarterHour } from './heat-grid.ts';
import { cellAt, layoutOf, startOfCell } from './heat-layout.ts';
import { billedText, boundsText, meterText, sentenceOf } from './sentence.ts';
import { yearBars } from './year-card.tsx';

const zone = 'Europe/Brussels';
const locale = { language: 'en-GB', zone };
const plain = (text: string) => text.replace(/[\u00a0\u2009\u202f]/g, ' ');
const october = Temporal.PlainDate.from('2026-10-01');
const quarterHour = (bucket: string, watts: number, rest: Partial<QuarterHour> = {}): QuarterHour => ({
  bucket,
  avg_power_w: watts,
  quality: 'measured',
  provisional: false,
  ...rest,
});

describe('the heat map', () => {
  it("positions quarter-hours by the home's wall clock", () => {
    const { cells, days } = heatGrid(october, [quarterHour('2026-10-07T10:15:00Z', 3176)], zone);
    expect(days).toBe(31);
    expect(cells[6 * columns + 12 * 4 + 1]?.quarterHour.avg_power_w).toBe(3176);
    expect(cells.filter((cell) => cell !== null)).toHaveLength(1);
  });

  it('keeps the higher of two quarter-hours with the same time, in either order', () => {
    const twice = [quarterHour('2026-10-25T00:30:00Z', 500), quarterHour('2026-10-25T01:30:00Z', 900)];
    for (const list of [twice, [...twice].reverse()]) {
      const cell = heatGrid(october, list, zone).cells[24 * columns + 2 * 4 + 2];
      expect(cell).toMatchObject({ isTwice: true, quarterHour: { avg_power_w: 900 } });
    }
  });

  it('takes only measured quarter-hours as peaks', () => {
    const grid = heatGrid(
      october,
      [
        quarterHour('2026-10-02T10:00:00Z', 9000, { quality: 'hourly' }),
        quarterHour('2026-10-02T11:00:00Z', 800),
        quarterHour('2026-10-02T12:00:00Z', 800),
        quarterHour('2026-09-30T12:00:00Z', 7000),
      ],
      zone,
    );
    expect(grid.mostW).toBe(9000);
    const day = dayPeaks(grid)[1];
    expect(day).toMatchObject({ day: 2, measured: 2, known: 3 });
    expect(day?.highest?.startMs).toBe(Date.parse('2026-10-02T11:00:00Z'));
    expect(dayPeaks(grid)[2]?.highest).toBeNull();
  });

  it('is stronger for more power, strongest for the highest', () => {
    fc.assert(
      fc.property(
        fc.float({ min: 0, max: 2e4, noNaN: true }),
        fc.float({ min: 0, max: 2e4, noNaN: true }),
        fc.float({ min: 1, max: 2e4, noNaN: true }),
        (a, b, most) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          expect(heatStrength(low, most)).toBeLessThanOrEqual(heatStrength(high, most));
          expect(heatStrength(high, most)).toBeLessThanOrEqual(1);
          expect(heatStrength(low, most)).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('finds the quarter-hour at a point', () => {
    const layout = layoutOf(1000, 31);
    const x = layout.left + 49.5 * layout.cellWidth;
    expect(cellAt(layout, 31, x, layout.top + 6.5 * layout.rowHeight)).toBe(6 * columns + 49);
    expect(cellAt(layout, 31, layout.left - 1, 100)).toBeNull();
    expect(cellAt(layoutOf(0, 31), 31, 100, 100)).toBeNull();
    expect(new Date(startOfCell(october, 6, 49, zone)).toISOString()).toBe('2026-10-07T10:15:00.000Z');
  });
});

const month: CapacityMonth = {
  month: '2026-10',
  device_id: 'home',
  peaks: [],
  monthly_peak_w: 3176,
  monthly_peak_ts: '2026-10-07T10:15:00Z',
  at_least_w: 3176,
  at_most_w: 3176,
  measured_quarters: 2980,
  expected_quarters: 2980,
  billed_peak_w: 2838,
  billed_months: 2,
  billed_reason: null,
  billed_partial_months: 0,
  billed_of_months: 2,
  billed_at_least_w: 2838,
  billed_at_most_w: 2838,
  reason: null,
  coverage: 1,
  provisional: false,
  counted: [],
  rule: {
    ...{ name: 'Flanders', window_minutes: 15, peaks: 1, one_per_day: false },
    ...{ counting: null, months: 12, floor_w: 2500 },
  },
  floor_w: 2500,
  rolling_12_month_w: [],
  top: [],
  meter_peak_w: null,
  meter_difference_w: null,
  meter_difference_reason: null,
  running: null,
};
const sentence = (answer: CapacityMonth, at = '2026-11-21T12:00:00Z') =>
  plain(sentenceOf(answer, periodAround('month', october), Date.parse(at), en.peaks, locale));

describe('the sentence', () => {
  it('names the peak and its time', () => {
    expect(sentence(month)).toBe('The peak of October 2026 is 3.18 kW, on 7 Oct, 12:15.');
    expect(sentence(month, '2026-10-20T12:00:00Z')).toBe(
      'This month’s peak is 3.18 kW so far, on 7 Oct, 12:15.',
    );
  });

  it('says that the peak may be higher when quarter-hours are missing', () => {
    expect(sentence({ ...month, measured_quarters: 10, at_most_w: null })).toContain(
      'it may have been higher',
    );
    expect(sentence({ ...month, measured_quarters: 10, at_most_w: 5000 })).toContain('up to 5.00 kW');
  });

  it('names bounds when an hour is above the highest measured quarter-hour', () => {
    const partly = { ...month, measured_quarters: 7, at_least_w: 8730, at_most_w: 34_910 };
    expect(sentence(partly)).toContain('between 8.73 kW and 34.91 kW');
    expect(sentence(partly)).toContain('The highest measured quarter is 3.18 kW');
    expect(boundsText(partly, en.peaks, 'en-GB')).not.toBeNull();
  });

  it('names bounds and no peak when no quarter-hour was measured', () => {
    const none = { ...month, monthly_peak_w: null, monthly_peak_ts: null, measured_quarters: 0 };
    expect(sentence({ ...none, at_least_w: 2100, at_most_w: 8400 })).toBe(
      'No quarter-hour of October 2026 was measured. Its peak was at least 2.10 kW and at most 8.40 kW.',
    );
    expect(sentence({ ...none, at_least_w: 2100, at_most_w: null })).toMatch(/at least 2\.10 kW\.$/);
    expect(sentence({ ...none, at_least_w: null, at_most_w: null })).toBe(
      'Nothing is known of October 2026.',
    );
    expect(sentence({ ...none, at_least_w: null, at_most_w: null }, '2026-09-20T12:00:00Z')).toBe(
      'This month has not begun yet.',
    );
    expect(plain(boundsText({ ...none, at_least_w: 2100, at_most_w: null }, en.peaks, 'en-GB') ?? '')).toBe(
      'at least 2.10 kW',
    );
    expect(boundsText(month, en.peaks, 'en-GB')).toBeNull();
  });
});

describe('the basis of the billed peak', () => {
  const format = (answer: Partial<CapacityMonth>) =>
    plain(billedText({ ...month, ...answer }, en.peaks, 'en-GB'));
  it('is short when everything is measured', () => {
    expect(format({})).toBe('Mean of 2 months, none counted below 2.50 kW.');
  });
  it('names partly measured months, months without a peak, and bounds', () => {
    expect(
      format({
        billed_partial_months: 1,
        billed_of_months: 12,
        billed_at_least_w: 2556,
        billed_at_most_w: null,
      }),
    ).toBe(
      'Mean of 2 months, none counted below 2.50 kW. One of them was only measured in part. Of 10 of 12 months no peak is known. With what is not known it is at least 2.56 kW.',
    );
    expect(
      format({ billed_peak_w: null, billed_months: 0, billed_at_least_w: 3000, billed_at_most_w: 12_000 }),
    ).toBe(
      'No month with measured quarters yet. With what is not known it lies between 3.00 kW and 12.00 kW.',
    );
  });
});

describe('the meter’s own peak', () => {
  const format = (differenceW: number | null, reason: CapacityMonth['meter_difference_reason']) =>
    plain(
      meterText(
        { ...month, meter_difference_w: differenceW, meter_difference_reason: reason },
        en.peaks,
        'en-GB',
      ),
    );
  it('agrees, or differs with an explanation', () => {
    expect(format(9, 'rounding')).toBe('It agrees with what is recorded here.');
    expect(format(800, 'not_measured')).toBe(
      '800 W more than recorded here. Quarters that were not measured here can explain it.',
    );
    expect(format(-1200, 'running')).toBe(
      '1.20 kW less than recorded here. The meter has not reported its newest quarter-hour yet.',
    );
    expect(format(800, 'unexplained')).toContain('Nothing known explains it');
    expect(format(null, 'not_measured')).toBe('Quarters that were not measured here can explain it.');
    expect(format(null, null)).toBe('Its own highest quarter of the month');
  });
});

describe('twelve months', () => {
  const rest = { reason: null, at_least_w: null, at_most_w: null, coverage: 0, provisional: false };
  it('leave a month without measured quarter-hours empty', () => {
    const bars = yearBars(
      [
        { ...rest, month: '2026-09', peak_w: null, peak_ts: null, counted_w: null },
        { ...rest, month: '2026-10', peak_w: 3176, peak_ts: '2026-10-07T10:15:00Z', counted_w: 3176 },
      ],
      Date.parse('2026-10-20T12:00:00Z'),
      zone,
    );
    expect(bars.map(({ values, presence, isRunning }) => [values[0], presence, isRunning])).toEqual([
      [null, 'missing', false],
      [3.176, 'known', true],
    ]);
  });
});
