/**
 * Goal: a period follows the home's calendar across clock changes, and survives a round trip through the address.
 * Method: known DST days in several zones by hand; shifting and the address by properties.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asKind,
  dateAt,
  isSame,
  lengthDays,
  type Period,
  parseDate,
  periodAround,
  periodFromParams,
  periodKinds,
  periodToParams,
  rangeOf,
  shifted,
  spanOf,
} from './period.ts';

const date = (text: string) => Temporal.PlainDate.from(text);
const hours = (period: Period, zone: string) => {
  const { startMs, endMs } = spanOf(period, zone);
  return (endMs - startMs) / 3_600_000;
};

const anyDate = fc
  .integer({ min: 0, max: 40_000 })
  .map((days) => Temporal.PlainDate.from('2000-01-01').add({ days }));
const anyPeriod = fc
  .tuple(
    fc.constantFrom(...periodKinds),
    anyDate,
    fc.integer({ min: 0, max: 400 }),
    fc.integer({ min: 1, max: 7 }),
  )
  .map(([kind, start, days, weekday]) =>
    kind === 'range' ? rangeOf(start, start.add({ days })) : periodAround(kind, start, weekday),
  );

describe('spans', () => {
  it.each([
    ['Europe/Brussels', '2026-03-29', 23],
    ['Europe/Brussels', '2026-10-25', 25],
    ['Europe/Brussels', '2026-11-21', 24],
    ['Australia/Lord_Howe', '2026-04-05', 24.5],
    ['America/Santiago', '2026-09-06', 23], // midnight does not exist: the day begins at 01:00
    ['Asia/Kathmandu', '2026-06-01', 24],
  ])('a day in %s on %s has %d hours', (zone, day, length) => {
    expect(hours(periodAround('day', date(day)), zone)).toBe(length);
  });

  it('starts at local midnight in a zone off the hour', () => {
    const { startMs } = spanOf(periodAround('day', date('2026-06-01')), 'Asia/Kathmandu');
    expect(new Date(startMs).toISOString()).toBe('2026-05-31T18:15:00.000Z');
  });

  it('returns the date of an instant in the zone', () => {
    expect(dateAt(Date.parse('2026-11-20T23:30:00Z'), 'Europe/Brussels').toString()).toBe('2026-11-21');
    expect(dateAt(Date.parse('2026-11-20T23:30:00Z'), 'America/New_York').toString()).toBe('2026-11-20');
  });
});

describe('periods', () => {
  it('begins a week on the given weekday', () => {
    expect(periodAround('week', date('2026-11-22'), 1).start.toString()).toBe('2026-11-16');
    expect(periodAround('week', date('2026-11-22'), 7).start.toString()).toBe('2026-11-22');
  });

  it('shifts months of different lengths', () => {
    expect(shifted(periodAround('month', date('2028-01-31')), 1)).toMatchObject({ kind: 'month' });
    expect(lengthDays(shifted(periodAround('month', date('2028-01-31')), 1))).toBe(29);
  });

  it('is the same after shifting forth and back', () => {
    fc.assert(
      fc.property(anyPeriod, fc.integer({ min: -50, max: 50 }), (period, steps) => {
        expect(isSame(shifted(shifted(period, steps), -steps), period)).toBe(true);
      }),
    );
  });

  it('has no gap and no overlap between neighbours', () => {
    fc.assert(
      fc.property(anyPeriod, (period) => {
        expect(shifted(period, 1).start.equals(period.end)).toBe(true);
      }),
    );
  });

  it('keeps today in sight when the kind changes', () => {
    const november = periodAround('month', date('2026-11-21'));
    expect(asKind(november, 'day', date('2026-11-21'), 1).start.toString()).toBe('2026-11-21');
    expect(asKind(november, 'day', date('2027-01-05'), 1).start.toString()).toBe('2026-11-01');
  });
});

describe('the address', () => {
  it('keeps every period', () => {
    fc.assert(
      fc.property(anyPeriod, (period) => {
        const back = periodFromParams(new URLSearchParams(periodToParams(period)));
        expect(back !== null && isSame(back, period)).toBe(true);
      }),
    );
  });

  it.each([
    'period=day',
    'period=day&at=2026-02-30',
    'period=eon&at=2026-01-01',
    'period=range&from=2026-01-01',
    '',
  ])('takes "%s" for the default', (query) => {
    expect(periodFromParams(new URLSearchParams(query))).toBeNull();
  });

  it('returns null for invalid dates', () => {
    expect(parseDate('0026-11-21')).toBeNull();
    expect(parseDate('tomorrow')).toBeNull();
    expect(parseDate('2026-11-21')?.toString()).toBe('2026-11-21');
  });
});
