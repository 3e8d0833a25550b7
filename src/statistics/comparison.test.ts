/**
 * Goal: what is compared stands beside its like on the wall clock: months beside months, days beside days, whatever the
 * clock did in between.
 * Method: by hand for the awkward ones, and for random spans of days in six zones that every midnight meets a midnight.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketEdges, localIso } from '../units/calendar.ts';
import { instantFromIso } from '../units/instant.ts';
import { comparedWith } from './comparison.ts';

const at = (iso: string) => instantFromIso(iso) ?? Number.NaN;
const brussels = 'Europe/Brussels';

function comparedSpan(from: string, until: string, comparison: 'previous' | 'year') {
  const { startUs, endUs, aligned } = comparedWith(at(from), at(until), brussels, comparison);
  return {
    start: localIso(startUs, brussels),
    end: localIso(endUs, brussels),
    aligned: localIso(aligned(startUs), brussels),
  };
}

describe('comparedWith', () => {
  it('sets a month beside the month before, also when that is shorter', () => {
    expect(comparedSpan('2026-03-01T00:00:00+01:00', '2026-04-01T00:00:00+02:00', 'previous')).toEqual({
      start: '2026-02-01T00:00:00+01:00',
      end: '2026-03-01T00:00:00+01:00',
      aligned: '2026-03-01T00:00:00+01:00',
    });
  });
  it('sets months beside as many months, over the turn of the year', () => {
    expect(comparedSpan('2025-11-01T00:00:00+01:00', '2027-02-01T00:00:00+01:00', 'previous')).toMatchObject({
      start: '2024-08-01T00:00:00+02:00',
    });
  });
  it('sets what begins or ends within a day, or a month, beside as much before it', () => {
    const start = (from: string, until: string) => comparedSpan(from, until, 'previous').start;
    expect(start('2026-03-29T00:00:00+01:00', '2026-03-29T12:00:00+02:00')).toBe('2026-03-28T13:00:00+01:00');
    expect(start('2026-03-28T12:00:00+01:00', '2026-03-30T00:00:00+02:00')).toBe('2026-03-27T01:00:00+01:00');
    expect(start('2026-03-01T00:00:00+01:00', '2026-03-11T00:00:00+01:00')).toBe('2026-02-19T00:00:00+01:00');
    expect(start('2026-03-11T00:00:00+01:00', '2026-04-01T00:00:00+02:00')).toBe('2026-02-18T00:00:00+01:00');
  });
  it('sets days beside days across a change of the clock', () => {
    expect(comparedSpan('2026-03-29T00:00:00+01:00', '2026-03-30T00:00:00+02:00', 'previous')).toMatchObject({
      start: '2026-03-28T00:00:00+01:00',
      end: '2026-03-29T00:00:00+01:00',
    });
  });
  it('sets a part of a day beside as much before it', () => {
    expect(comparedSpan('2026-05-05T10:00:00+02:00', '2026-05-05T13:30:00+02:00', 'previous')).toMatchObject({
      start: '2026-05-05T06:30:00+02:00',
      end: '2026-05-05T10:00:00+02:00',
      aligned: '2026-05-05T10:00:00+02:00',
    });
  });
  it('goes back a year by the calendar, from a leap day too', () => {
    expect(comparedSpan('2024-02-29T00:00:00+01:00', '2024-03-01T00:00:00+01:00', 'year')).toMatchObject({
      start: '2023-02-28T00:00:00+01:00',
      end: '2023-03-01T00:00:00+01:00',
    });
  });
  it('lets every midnight meet a midnight', () => {
    const zones = [
      brussels,
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'America/St_Johns',
      'UTC',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 3000 }),
        fc.integer({ min: 1, max: 40 }),
        (zone, day, days) => {
          const first = at('2020-01-01T12:00:00Z') + day * 86_400_000_000;
          const edges = bucketEdges(first, first + days * 86_400_000_000, 'day', zone);
          const [startUs, endUs] = [edges[0] ?? 0, edges.at(-1) ?? 0];
          const other = comparedWith(startUs, endUs, zone, 'previous');
          expect(other.endUs).toBe(startUs);
          const before = bucketEdges(other.startUs, other.endUs, 'day', zone);
          expect(before[0]).toBe(other.startUs);
          expect(other.aligned(other.startUs)).toBe(startUs);
        },
      ),
    );
  });
});
