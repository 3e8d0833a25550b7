/**
 * Goal: every time of a request is read one way: a date is its local midnight, in whatever zone and on whatever day; a
 * range is half-open, in order and limited by the home's clock.
 * Method: days on which clocks turn, midnights that are left out or come twice; properties over many zones and days.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketEdges, localDate } from '../../units/calendar.ts';
import { hourUs } from '../../units/durations.ts';
import { instantFromIso, isoFromInstant } from '../../units/instant.ts';
import { HttpProblem } from '../http/problems.ts';
import { type RangeQuery, readEnds, readInstant, readRange } from './ranges.ts';

const at = (iso: string) => instantFromIso(iso) ?? Number.NaN;
const nowUs = at('2026-11-28T12:00:00Z');

function range(asked: RangeQuery['asked'], more: Partial<RangeQuery> = {}) {
  const { startUs, endUs } = readRange({ asked, zone: 'Europe/Brussels', nowUs, longestDays: 400, ...more });
  return [isoFromInstant(startUs), isoFromInstant(endUs)].map((iso) => iso.replace(':00.000000Z', 'Z'));
}

function refused(work: () => unknown): { status: number; field: string | undefined; detail: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof HttpProblem)
      return { status: error.status, field: error.more.field, detail: error.message };
    throw error;
  }
  throw new Error('Nothing was refused');
}

describe('a plain date', () => {
  it.each([
    ['2026-11-01', 'Europe/Brussels', '2026-10-31T23:00:00Z'],
    ['2026-03-29', 'Europe/Brussels', '2026-03-28T23:00:00Z'],
    ['2026-03-30', 'Europe/Brussels', '2026-03-29T22:00:00Z'],
    ['2026-10-26', 'Europe/Brussels', '2026-10-25T23:00:00Z'],
    ['2026-11-01', 'Asia/Kolkata', '2026-10-31T18:30:00Z'],
    ['2026-11-01', 'Asia/Kathmandu', '2026-10-31T18:15:00Z'],
    ['2026-04-06', 'Australia/Lord_Howe', '2026-04-05T13:30:00Z'],
    ['2026-11-01', 'UTC', '2026-11-01T00:00:00Z'],
    // Clocks went from midnight to one: the day begins at one.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00Z'],
    ['2024-04-26', 'Africa/Cairo', '2024-04-25T22:00:00Z'],
    ['2022-03-27', 'Asia/Beirut', '2022-03-26T22:00:00Z'],
    // Midnight came twice: the day begins at the first.
    ['2025-11-02', 'America/Havana', '2025-11-02T04:00:00Z'],
  ])('%s in %s begins at %s', (date, zone, iso) => {
    expect(readInstant(date, 'start', zone)).toBe(at(iso));
  });

  it('is the midnight of that day as an end too, unless the call includes it', () => {
    const asked = { start: '2026-11-01', end: '2026-11-05' };
    expect(range(asked)).toEqual(['2026-10-31T23:00Z', '2026-11-04T23:00Z']);
    expect(range(asked, { includesEndDate: true })).toEqual(['2026-10-31T23:00Z', '2026-11-05T23:00Z']);
    const oneDay = { start: '2026-10-25', end: '2026-10-25' };
    expect(range(oneDay, { includesEndDate: true })).toEqual(['2026-10-24T22:00Z', '2026-10-25T23:00Z']);
    const instants = { start: '2026-11-01T00:00:00Z', end: '2026-11-05T00:00:00Z' };
    expect(range(instants, { includesEndDate: true })).toEqual(['2026-11-01T00:00Z', '2026-11-05T00:00Z']);
  });

  it('that a zone left out has no length, and the day after it is not taken in', () => {
    const asked = { start: '2011-12-29', end: '2011-12-30' };
    const zone = 'Pacific/Apia';
    expect(range(asked, { zone, includesEndDate: true })).toEqual(range(asked, { zone }));
  });

  const zones = fc.constantFrom(
    'Europe/Brussels',
    'America/Sao_Paulo',
    'America/Havana',
    'America/St_Johns',
    'Asia/Kathmandu',
    'Asia/Kolkata',
    'Africa/Cairo',
    'Asia/Beirut',
    'Australia/Lord_Howe',
    'Pacific/Chatham',
  );
  const dates = fc
    .integer({ min: 0, max: 365 * 30 })
    .map((days) => new Date(Date.UTC(2001, 0, 1) + days * 86_400_000).toISOString().slice(0, 10));
  it('is the first instant of that day, and days follow each other', () => {
    fc.assert(
      fc.property(dates, zones, (date, zone) => {
        const startUs = readInstant(date, 'start', zone);
        expect(localDate(startUs, zone)).toBe(date);
        expect(localDate(startUs - 1, zone) < date).toBe(true);
        const asked = { start: date, end: date };
        const day = readRange({ asked, zone, nowUs, longestDays: 1, includesEndDate: true });
        expect(bucketEdges(day.startUs, day.endUs, 'day', zone)).toEqual([day.startUs, day.endUs]);
      }),
    );
  });
});

describe('a range', () => {
  it('has one name in every call, and takes the older ones', () => {
    const [start, end] = ['2026-11-01T08:00:00Z', '2026-11-02T08:00:00+01:00'];
    const expected = ['2026-11-01T08:00Z', '2026-11-02T07:00Z'];
    expect(range({ start_time: start, end_time: end })).toEqual(expected);
    expect(range({ start, end })).toEqual(expected);
    expect(range({ since: start, until: end })).toEqual(expected);
    expect(range({ start_time: start, until: end })).toEqual(expected);
    expect(refused(() => range({ start_time: start, start, end }))).toMatchObject({
      status: 400,
      field: 'start',
      detail: 'start_time and start are two names for one thing, and both are given.',
    });
  });

  it('has defaults, or is needed', () => {
    expect(range({})).toEqual(['2026-11-27T12:00Z', '2026-11-28T12:00Z']);
    expect(range({ end: '2026-11-20' })).toEqual(['2026-11-18T23:00Z', '2026-11-19T23:00Z']);
    const needed = { defaults: 'required' } as const;
    expect(refused(() => range({ end: '2026-11-20' }, needed))).toMatchObject({
      field: 'start_time',
      detail: expect.stringMatching(/^start_time is missing: it must be an ISO 8601 instant .* or a date/),
    });
    expect(refused(() => range({ start: '2026-11-20' }, needed))).toMatchObject({ field: 'end_time' });
  });

  it('takes the instant of an address whose + was not encoded, and other ways to write one', () => {
    for (const text of [
      '2026-11-01T00:00:00 01:00',
      '2026-11-01T00:00+0100',
      '2026-10-31T23:00Z',
      '2026-11-01',
    ])
      expect(readInstant(text, 'at', 'Europe/Brussels'), text).toBe(at('2026-10-31T23:00:00Z'));
  });

  it.each([
    '',
    '2026',
    '2026-11',
    '2026-02-30',
    '2026-13-01',
    '2026-11-01T08:00:00',
    '2026-11-01 08:00',
    'yesterday',
    '1762000000',
    '1999-12-31',
    '2200-01-02',
    '9999-12-31T00:00:00Z',
    '0000-01-01',
  ])('does not take %j', (text) => {
    expect(refused(() => range({ since: text }))).toMatchObject({ status: 400, field: 'since' });
    expect(refused(() => readEnds({ start: '2026-11-01', end: text }, 'UTC'))).toMatchObject({
      field: 'end',
    });
  });

  it('is in order, and names what was asked with', () => {
    expect(refused(() => range({ start: '2026-11-05', end: '2026-11-05' }))).toMatchObject({
      field: 'start',
      detail: 'start is not before end.',
    });
  });

  it('is limited by the home’s clock: a month with an hour more is a month', () => {
    const october = { start_time: '2026-10-01', end_time: '2026-11-01' };
    const { startUs, endUs } = readRange({ asked: october, zone: 'Europe/Brussels', nowUs, longestDays: 31 });
    expect((endUs - startUs) / hourUs).toBe(31 * 24 + 1);
    expect(refused(() => range(october, { longestDays: 30 })).detail).toBe(
      'The range is longer than 30 days.',
    );
    expect(range({ start: '2026-03-01', end: '2026-04-01' }, { longestDays: 31 })).toHaveLength(2);
    const hour = { start: '2026-10-01', end: '2026-11-01T00:15:00+01:00' };
    expect(refused(() => range(hour, { longestDays: 31 })).status).toBe(400);
  });
});
