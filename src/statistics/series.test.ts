/**
 * Goal: the grid's series has a place for every hour, week or month of its frame up to the present, they add up to the
 * frame, and of nothing there is nothing.
 * Method: a ledger in memory; frames by hand, and by property over random quarter-hours.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postedEntry, TestLedger } from '../api/testing/test-ledger.ts';
import { bucketStartUs, localDate, nextBucketUs, type Period } from '../units/calendar.ts';
import { dayUs, hourUs, quarterHourUs } from '../units/durations.ts';
import { type Frame, gridSeries } from './series.ts';

const zone = 'Europe/Brussels';
const totals = { gridIn: 'home:grid_in', gridOut: 'home:grid_out' };
/** Saturday, 09:20 in Brussels. */
const nowUs = Date.UTC(2026, 10, 21, 8, 20) * 1000;

function ledgerOf(entries: readonly (readonly [id: string, atUs: number, mwh: number])[]): TestLedger {
  const ledger = new TestLedger();
  for (const [id, atUs, amountMicro] of entries)
    ledger.entries.set(id, [...(ledger.entries.get(id) ?? []), postedEntry(atUs, { amountMicro })]);
  return ledger;
}

describe('the grid’s series', () => {
  it('has the hours of today up to the running one', async () => {
    const midnightUs = bucketStartUs(nowUs, 'day', zone);
    const ledger = ledgerOf([
      [totals.gridIn, midnightUs - quarterHourUs, 7],
      [totals.gridIn, midnightUs, 1],
      [totals.gridIn, midnightUs + quarterHourUs, 2],
      [totals.gridOut, midnightUs + 9 * hourUs, 4],
    ]);
    const found = await gridSeries(ledger, totals, 'day', nowUs);
    expect(found.map(({ startUs }) => startUs)).toEqual(
      Array.from({ length: 10 }, (_, index) => midnightUs + index * hourUs),
    );
    expect(found.map(({ gridIn }) => gridIn.amountMicro)).toEqual([3, ...Array(9).fill(null)]);
    expect(found.at(-1)).toMatchObject({
      endUs: midnightUs + 10 * hourUs,
      gridOut: { entityId: totals.gridOut, amountMicro: 4, quarters: 1 },
    });
    // A place that begins now is there.
    expect(await gridSeries(ledger, totals, 'day', midnightUs + 10 * hourUs)).toHaveLength(11);
  });

  it('cuts the weeks of a month at its ends', async () => {
    const startUs = bucketStartUs(nowUs, 'month', zone);
    const ledger = ledgerOf([
      [totals.gridIn, startUs - quarterHourUs, 50],
      [totals.gridIn, startUs, 1],
      [totals.gridIn, startUs + dayUs, 2],
      [totals.gridIn, startUs + 29 * dayUs, 5],
    ]);
    const found = await gridSeries(ledger, totals, 'month', startUs + 29 * dayUs + 1);
    // 1 November 2026 is a Sunday, 30 November a Monday.
    expect(found.map((place) => localDate(place.startUs, zone))).toEqual([
      ...['2026-11-01', '2026-11-02', '2026-11-09', '2026-11-16', '2026-11-23', '2026-11-30'],
    ]);
    expect(found.map(({ gridIn }) => gridIn.amountMicro)).toEqual([1, 2, null, null, null, 5]);
    expect(found.at(-1)?.endUs).toBe(nextBucketUs(startUs, 'month', zone));
  });

  it('has the months of this year, or of all years from the first entry on', async () => {
    const lastYearUs = Date.UTC(2025, 9, 10) * 1000;
    const ledger = ledgerOf([
      [totals.gridOut, lastYearUs, 3],
      [totals.gridIn, nowUs - (nowUs % quarterHourUs), 5],
    ]);
    const year = await gridSeries(ledger, totals, 'year', nowUs);
    expect(year.map((place) => localDate(place.startUs, zone).slice(0, 7))).toEqual(
      Array.from({ length: 11 }, (_, index) => `2026-${String(index + 1).padStart(2, '0')}`),
    );
    const all = await gridSeries(ledger, totals, 'all', nowUs);
    expect(all).toHaveLength(14);
    expect(all[0]).toMatchObject({ gridOut: { amountMicro: 3 }, gridIn: { amountMicro: null } });
    expect(all.at(-1)?.gridIn.amountMicro).toBe(5);
    // What lies past the present is no place yet; a month that begins now is.
    const early = await gridSeries(ledger, totals, 'all', lastYearUs);
    expect(early).toHaveLength(1);
    const decemberUs = bucketStartUs(Date.UTC(2025, 11, 5) * 1000, 'month', zone);
    expect(await gridSeries(ledger, totals, 'all', decemberUs)).toHaveLength(3);
    expect(await gridSeries(ledger, totals, 'all', decemberUs - 1)).toHaveLength(2);
    expect(await gridSeries(ledger, totals, 'all', Date.UTC(2025, 7, 1) * 1000)).toEqual([]);
  });

  it('is empty when nothing is known', async () => {
    for (const frame of ['day', 'month', 'year', 'all'] as const)
      expect(await gridSeries(ledgerOf([]), totals, frame, nowUs)).toEqual([]);
    const before = ledgerOf([[totals.gridIn, nowUs - 400 * dayUs, 5]]);
    expect(await gridSeries(before, totals, 'year', nowUs)).toEqual([]);
    expect(await gridSeries(before, totals, 'all', nowUs)).toHaveLength(14);
  });

  it('adds up to its frame', async () => {
    const frames = [
      ['day', 'day'],
      ['month', 'month'],
      ['year', 'year'],
    ] as const satisfies [Frame, Period][];
    const startUs = Date.UTC(2026, 0, 1) * 1000;
    const drawn = fc.array(
      fc.tuple(fc.constantFrom(totals.gridIn, totals.gridOut), fc.nat(365 * 96), fc.nat(1_000_000)),
      { minLength: 1, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(
        drawn,
        fc.nat(365 * 96),
        fc.constantFrom(...frames),
        async (entries, now, [frame, period]) => {
          const atUs = startUs + now * quarterHourUs;
          const posted = entries
            .map(([id, at, mwh]) => [id, startUs + at * quarterHourUs, mwh] as const)
            .filter(([, at]) => at <= atUs);
          const ledger = ledgerOf(
            posted.filter(([id, at], index) => posted.findIndex(([i, a]) => i === id && a === at) === index),
          );
          const found = await gridSeries(ledger, totals, frame, atUs);
          const frameUs = bucketStartUs(atUs, period, zone);
          for (const side of ['gridIn', 'gridOut'] as const) {
            const whole = await ledger.buckets([totals[side]], period, frameUs, frameUs + 1);
            const sum = found.reduce((all, place) => all + (place[side].amountMicro ?? 0), 0);
            expect(sum).toBe(whole[0]?.amountMicro ?? 0);
          }
        },
      ),
    );
  });
});
