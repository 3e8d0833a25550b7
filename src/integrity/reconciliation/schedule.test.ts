/**
 * Goal: one nightly run for every night, at two by the home's clock, also on the days of a clock change.
 * Method: both clock changes of 2026, by hand; every night of two years in zones of both hemispheres.
 */
import { describe, expect, it } from 'vitest';
import { localDate, localIso } from '../../units/calendar.ts';
import { nextHourlyUs, nextNightlyUs } from './schedule.ts';

const at = (iso: string) => Date.parse(iso) * 1000;
const isoOf = (us: number) => new Date(us / 1000).toISOString();

describe('the nightly run', () => {
  it.each([
    ['2026-11-24T12:00:00Z', '2026-11-25T01:00:00.000Z'],
    // 02:00 does not come: it is three by the clock.
    ['2026-03-28T12:00:00Z', '2026-03-29T01:00:00.000Z'],
    // It comes twice: the first counts.
    ['2026-10-24T12:00:00Z', '2026-10-25T00:00:00.000Z'],
    ['2026-10-25T00:00:00Z', '2026-10-26T01:00:00.000Z'],
  ])('after %s is at %s in Brussels', (after, expected) => {
    expect(isoOf(nextNightlyUs(at(after), 'Europe/Brussels'))).toBe(expected);
  });

  it.each(['Europe/Brussels', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Chatham'])(
    'comes once on each day in %s',
    (zone) => {
      let us = nextNightlyUs(at('2026-01-01T12:00:00Z'), zone);
      let day = localDate(us, zone);
      for (let night = 0; night < 730; night += 1) {
        us = nextNightlyUs(us, zone);
        const next = localDate(us, zone);
        expect(next, localIso(us, zone)).toBe(Temporal.PlainDate.from(day).add({ days: 1 }).toString());
        expect(['02:00', '02:30', '03:00', '03:30'], localIso(us, zone)).toContain(
          localIso(us, zone).slice(11, 16),
        );
        day = next;
      }
    },
  );
});

describe('the hourly run', () => {
  it('is six minutes past', () => {
    expect(isoOf(nextHourlyUs(at('2026-11-24T12:06:00Z')))).toBe('2026-11-24T13:06:00.000Z');
    expect(isoOf(nextHourlyUs(at('2026-11-24T12:05:59Z')))).toBe('2026-11-24T12:06:00.000Z');
  });
});
