/**
 * Goal: buckets are those of the home's wall clock, on every day of the year and in every kind of zone.
 * Method: days whose length is known by hand, and random instants in eight zones: buckets tile time without a gap.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketEdges,
  bucketStartUs,
  dayRange,
  isZone,
  localDate,
  localIso,
  monthRange,
  nextBucketUs,
  type Period,
  plusDays,
} from './calendar.ts';
import { hourUs } from './durations.ts';
import { instantFromIso } from './instant.ts';

const zones = [
  'Europe/Brussels',
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Adelaide',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'UTC',
];
const at = (iso: string) => instantFromIso(iso) ?? Number.NaN;
const hoursOf = (date: string, zone: string) => {
  const range = dayRange(date, zone);
  return range && (range.endUs - range.startUs) / hourUs;
};

describe('calendar', () => {
  it('knows days of 23, 24 and 25 hours, and of half an hour more', () => {
    expect(hoursOf('2026-03-29', 'Europe/Brussels')).toBe(23);
    expect(hoursOf('2026-10-25', 'Europe/Brussels')).toBe(25);
    expect(hoursOf('2026-10-26', 'Europe/Brussels')).toBe(24);
    expect(hoursOf('2026-04-05', 'Australia/Lord_Howe')).toBe(24.5);
    expect(hoursOf('2026-11-01', 'America/St_Johns')).toBe(25);
  });

  it('begins a day without midnight at its first instant, and has none for a day that was left out', () => {
    expect(hoursOf('2018-11-04', 'America/Sao_Paulo')).toBe(23);
    expect(hoursOf('2025-11-02', 'America/Havana')).toBe(25);
    expect(hoursOf('2011-12-30', 'Pacific/Apia')).toBe(0);
    expect(hoursOf('2011-12-31', 'Pacific/Apia')).toBe(24);
  });

  it('counts days by the wall clock', () => {
    const at = (iso: string) => instantFromIso(iso) ?? Number.NaN;
    const zone = 'Europe/Brussels';
    const us = at('2026-10-24T10:00:00.123456Z');
    expect(plusDays(us, 0, zone)).toBe(us);
    expect(plusDays(us, 1, zone)).toBe(at('2026-10-25T11:00:00.123456Z'));
    expect(plusDays(at('2026-03-28T01:30:00Z'), 1, zone)).toBe(at('2026-03-29T01:30:00Z'));
  });

  it('keeps the two hours of autumn apart', () => {
    const edges = bucketEdges(
      at('2026-10-24T22:00:00Z'),
      at('2026-10-25T04:00:00Z'),
      'hour',
      'Europe/Brussels',
    );
    expect(edges.map((edge) => localIso(edge, 'Europe/Brussels'))).toEqual([
      '2026-10-25T00:00:00+02:00',
      '2026-10-25T01:00:00+02:00',
      '2026-10-25T02:00:00+02:00',
      '2026-10-25T02:00:00+01:00',
      '2026-10-25T03:00:00+01:00',
      '2026-10-25T04:00:00+01:00',
      '2026-10-25T05:00:00+01:00',
    ]);
  });

  it('has hours of half an hour where the clock is turned by half of one', () => {
    const zone = 'Australia/Lord_Howe';
    const edges = (from: string, until: string) =>
      bucketEdges(at(from), at(until), 'hour', zone).map((us) => localIso(us, zone).slice(11));
    expect(edges('2026-04-04T13:30:00Z', '2026-04-04T16:30:00Z')).toEqual([
      ...['00:00:00+11:00', '01:00:00+11:00', '01:30:00+10:30', '02:00:00+10:30', '03:00:00+10:30'],
    ]);
    expect(edges('2026-10-03T14:30:00Z', '2026-10-03T16:30:00Z')).toEqual([
      ...['01:00:00+10:30', '02:30:00+11:00', '03:00:00+11:00', '04:00:00+11:00'],
    ]);
  });

  it('begins an hour where the clock is turned within one', () => {
    const hour = (iso: string, zone: string) => bucketStartUs(at(iso), 'hour', zone);
    const lordHowe = 'Australia/Lord_Howe';
    for (const iso of ['2026-04-04T15:00:00Z', '2026-04-04T15:15:00Z', '2026-04-04T15:29:59.999999Z'])
      expect(hour(iso, lordHowe)).toBe(at('2026-04-04T15:00:00Z'));
    expect(hour('2026-04-04T14:59:59.999999Z', lordHowe)).toBe(at('2026-04-04T14:00:00Z'));
    // Newfoundland turned its clock a minute past midnight until 2011.
    const edges = bucketEdges(
      at('2010-03-14T03:30:00Z'),
      at('2010-03-14T05:30:00Z'),
      'hour',
      'America/St_Johns',
    );
    expect(edges).toEqual([
      ...[at('2010-03-14T03:30:00Z'), at('2010-03-14T03:31:00Z')],
      ...[at('2010-03-14T04:30:00Z'), at('2010-03-14T05:30:00Z')],
    ]);
  });

  it('begins with the bucket in which the span begins', () => {
    const quarters = bucketEdges(
      at('2026-11-21T08:07:00Z'),
      at('2026-11-21T08:15:00.000001Z'),
      'quarter',
      'UTC',
    );
    expect(quarters).toEqual([
      ...[at('2026-11-21T08:00:00Z'), at('2026-11-21T08:15:00Z'), at('2026-11-21T08:30:00Z')],
    ]);
    expect(bucketEdges(at('2026-11-21T08:00:00Z'), at('2026-11-21T08:00:00Z'), 'day', 'UTC')).toEqual([
      ...[at('2026-11-21T00:00:00Z'), at('2026-11-22T00:00:00Z')],
    ]);
    const none = at('2026-11-21T00:00:00Z');
    expect(bucketEdges(none, none, 'day', 'UTC')).toEqual([none]);
  });

  it('returns instants of a zone that was off by seconds as Temporal does', () => {
    const ms = Date.UTC(1971, 5, 1);
    const zone = 'Africa/Monrovia';
    const wanted = Temporal.Instant.fromEpochMilliseconds(ms)
      .toZonedDateTimeISO(zone)
      .toString({ timeZoneName: 'never', smallestUnit: 'second' });
    expect(localIso(ms * 1000, zone)).toBe(wanted);
    expect(wanted.slice(0, 19)).toBe('1971-05-31T23:15:30');
  });

  it('begins hours on the half hour of UTC in Kolkata, and weeks on Monday', () => {
    expect(bucketStartUs(at('2026-11-21T08:10:00Z'), 'hour', 'Asia/Kolkata')).toBe(
      at('2026-11-21T07:30:00Z'),
    );
    expect(
      localDate(bucketStartUs(at('2026-11-21T08:10:00Z'), 'week', 'Europe/Brussels'), 'Europe/Brussels'),
    ).toBe('2026-11-16');
  });

  it('returns an instant as Temporal does, on every day of many years', () => {
    const known = [...zones, 'Africa/Casablanca', 'Asia/Beirut', 'Pacific/Apia', 'America/Sao_Paulo'];
    const instants = fc.integer({ min: Date.UTC(1972, 0, 8), max: Date.UTC(2090, 0, 1) });
    fc.assert(
      fc.property(fc.constantFrom(...known), instants, fc.integer({ min: 0, max: 999 }), (zone, ms, us) => {
        const wanted = Temporal.Instant.fromEpochMilliseconds(ms)
          .toZonedDateTimeISO(zone)
          .toString({ timeZoneName: 'never', smallestUnit: 'second' });
        expect(localIso(ms * 1000 + us, zone)).toBe(wanted);
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses what is no month or day', () => {
    expect(monthRange('2026-13', 'UTC')).toBeNull();
    expect(monthRange('2026-1', 'UTC')).toBeNull();
    expect(dayRange('2026-02-30', 'UTC')).toBeNull();
    expect(isZone('Europe/Brussels')).toBe(true);
    expect(isZone('Europe/Nowhere')).toBe(false);
    for (const zone of ['UTC', 'Etc/GMT+5', 'America/Argentina/Buenos_Aires', 'America/Port-au-Prince'])
      expect(isZone(zone)).toBe(true);
    const attacks = [
      "Europe/Brussels' OR 1=1",
      "UTC'",
      'Europe/Brussels\n',
      '+01:00',
      '',
      'UTC/',
      'U'.repeat(65),
    ];
    for (const zone of [...attacks, '2026-01-01T00:00[Europe/Brussels]']) expect(isZone(zone)).toBe(false);
  });

  it('tiles time: every instant lies in one bucket, and buckets follow each other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('2015-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') }),
        fc.constantFrom(...zones),
        fc.constantFrom<Period>('quarter', 'hour', 'day', 'week', 'month', 'year'),
        (instant, zone, period) => {
          const start = bucketStartUs(instant, period, zone);
          const next = nextBucketUs(start, period, zone);
          expect(start).toBeLessThanOrEqual(instant);
          expect(next).toBeGreaterThan(instant);
          expect(bucketStartUs(start, period, zone)).toBe(start);
          expect(bucketStartUs(next - 1, period, zone)).toBe(start);
          expect(bucketStartUs(next, period, zone)).toBe(next);
        },
      ),
      { numRuns: 500 },
    );
  });
});
