/**
 * Goal: for a meter that reports once an hour the API returns no peak but its bounds.
 * Method: the registers of a real meter with a known peak (3.176 kW) are played into the real stores
 * once an hour, exactly and some seconds late, and asked for through the whole application.
 */

import { afterAll, describe, expect, it } from 'vitest';
import { coverage } from '../../src/schemas/ledger.ts';
import { capacityMonth } from '../../src/schemas/p1.ts';
import { monthlyStatistics, statistics, statisticsRow } from '../../src/schemas/statistics.ts';
import { dayUs, hourUs } from '../../src/units/durations.ts';
import { homeWizardRows } from './meter-files.ts';
import { PlayedHome } from './played-home.ts';
import { freshEntity } from './questdb-fixture.ts';

const rows = homeWizardRows().filter((row) => row.atUs % hourUs === 0);
const truePeakW = 3176;

/** The flows of all homes have one name in the store, so each of these has a September of its own. */
describe.each([
  { month: '2007-09', daysBack: 5479, lateByUs: 0 },
  { month: '2009-09', daysBack: 4748, lateByUs: 7_000_000 },
])('a meter that reports once an hour, $lateByUs µs late', ({ month, daysBack, lateByUs }) => {
  const meters = [freshEntity('hourly_1'), freshEntity('hourly_2')];
  const reported = rows.map((row) => ({ ...row, atUs: row.atUs - daysBack * dayUs + lateByUs }));
  const home = new PlayedHome({ imports: meters, exports: [] }, (reported.at(-1)?.atUs ?? 0) + 60_000_000);
  const at = (us: number) => encodeURIComponent(new Date(us / 1000).toISOString());
  const [firstUs = 0, lastUs = 0] = [reported[0]?.atUs, reported.at(-1)?.atUs].map((us = 0) => us - lateByUs);
  const range = `start_time=${at(firstUs)}&end_time=${at(lastUs)}`;
  afterAll(() => home.stop());

  it('has bounds and no peak', async () => {
    await home.start();
    for (const [place, id] of meters.entries())
      await home.play(
        id,
        reported.map((row) => [row.atUs, (row.registersWh[place] ?? 0) / 1000]),
      );
    await home.settle();
    const found = await home.get(`/v1/capacity/month/${month}`, capacityMonth);
    expect(found).toMatchObject({ monthly_peak_w: null, measured_quarters: 0, top: [] });
    expect(found.at_least_w).toBeGreaterThan(1000);
    expect(found.at_least_w).toBeLessThanOrEqual(truePeakW);
    expect(found.at_most_w).toBeGreaterThanOrEqual(truePeakW);
    expect(found.at_most_w).toBeLessThan(10 * truePeakW);
  });

  it('has its hours nevertheless, marked as what they are', async () => {
    const [id = ''] = meters;
    const { data } = await home.get(`/api/statistics/${id}?period=hour&${range}`, statistics);
    const hours = statisticsRow.array().parse(data);
    expect(hours.length).toBe(reported.length - 1);
    if (lateByUs === 0)
      expect(hours.map((hour) => Math.round((hour.sum ?? 0) * 1000))).toEqual(
        reported.slice(1).map((row, index) => row.registersWh[0] - (reported[index]?.registersWh[0] ?? 0)),
      );
    expect(new Set(hours.map((hour) => hour.quality))).toContain('hourly');
    expect(hours.some((hour) => hour.quality === 'estimated')).toBe(false);
    const known = await home.get(`/api/coverage?entity_id=${id}&period=day&${range}`, coverage);
    expect(JSON.stringify(known)).toContain('only_hours_are_known');
    const months = await home.get(`/api/statistics/${id}/monthly?${range}`, monthlyStatistics);
    const wh = (reported.at(-1)?.registersWh[0] ?? 0) - (reported[0]?.registersWh[0] ?? 0);
    expect(months.data.reduce((sum, one) => sum + (one.total ?? 0), 0)).toBeCloseTo(wh / 1000, 4);
  });
});
