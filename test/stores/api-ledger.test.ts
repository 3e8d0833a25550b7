/**
 * Goal: what real meters counted comes out of every call of the API to the last watt-hour: peaks, days, hours, costs,
 * and both days on which the clock is turned.
 * Method: files of real meters are played into the real stores (readings, or Home Assistant's hourly rows), posted and
 * asked for through the whole application; every answer is parsed by its own schema and held against figures that are
 * reckoned from the files alone.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { areaMonth } from '../../src/schemas/analytics.ts';
import { balance, devices } from '../../src/schemas/balance.ts';
import { problem } from '../../src/schemas/common.ts';
import { costVersion } from '../../src/schemas/cost-versions.ts';
import { gridConnection } from '../../src/schemas/grid-connections.ts';
import { coverage, exchange, ledger } from '../../src/schemas/ledger.ts';
import { capacityMonth, series } from '../../src/schemas/p1.ts';
import {
  compareResult,
  dailyStatistics,
  monthlyStatistics,
  statistics,
  statisticsRow,
  statisticsSummary,
} from '../../src/schemas/statistics.ts';
import { sideBySide } from '../../src/statistics/side-by-side.ts';
import { quarterHourUs } from '../../src/units/durations.ts';
import { dsmrHours, fluviusQuarterHours, homeWizardRows } from './meter-files.ts';
import { PlayedHome } from './played-home.ts';
import { freshEntity } from './questdb-fixture.ts';

const us = (iso: string) => Date.parse(iso) * 1000;
const brussels = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Brussels', dateStyle: 'short' });
const dayOf = (atUs: number) => brussels.format(atUs / 1000);
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
/** Sums by key, in the order of their first appearance. */
function sumBy<T>(items: readonly T[], key: (item: T) => string, value: (item: T) => number) {
  const sums = new Map<string, number>();
  for (const item of items) sums.set(key(item), (sums.get(key(item)) ?? 0) + value(item));
  return sums;
}

describe('September 2022 of a HomeWizard meter', () => {
  const rows = homeWizardRows();
  const [low, normal, back1, back2] = ['import_1', 'import_2', 'export_1', 'export_2'].map(freshEntity);
  const imports = [low ?? '', normal ?? ''];
  const exports = [back1 ?? '', back2 ?? ''];
  const home = new PlayedHome({ imports, exports }, us('2022-10-01T10:00:00Z'));
  const month = 'start_time=2022-09-01T00:00:00%2B02:00&end_time=2022-10-01T00:00:00%2B02:00';
  /** What was taken from the grid in each quarter-hour, Wh. */
  const offtakes = rows.slice(0, -1).map((row, index) => {
    const [a, b, c, d] = row.registersWh;
    const [a2 = a, b2 = b, c2 = c, d2 = d] = rows[index + 1]?.registersWh ?? [];
    return { startUs: row.atUs, inWh: a2 - a + b2 - b, outWh: c2 - c + d2 - d, lowWh: a2 - a };
  });

  beforeAll(async () => {
    await home.start();
    for (const [place, id] of [...imports, ...exports].entries())
      await home.play(
        id,
        rows.map((row) => [row.atUs, (row.registersWh[place] ?? 0) / 1000]),
      );
    await home.settle();
  });
  afterAll(() => home.stop());

  it('has its peak of 3176 W on the 7th at 12:15, and every quarter-hour', async () => {
    const answer = await home.get('/v1/capacity/month/2022-09', capacityMonth);
    expect(answer).toMatchObject({
      monthly_peak_w: 3176,
      monthly_peak_ts: '2022-09-07T12:15:00+02:00',
      billed_peak_w: 3176,
      billed_months: 1,
      measured_quarters: 2879,
      expected_quarters: 2880,
      at_least_w: 3176,
      at_most_w: null,
    });
    expect(answer.peaks.map((peak) => [us(peak.bucket), peak.avg_power_w])).toEqual(
      offtakes.map((one) => [one.startUs, one.inWh * 4]),
    );
    const sorted = offtakes.toSorted((a, b) => b.inWh - a.inWh || a.startUs - b.startUs).slice(0, 10);
    expect(answer.top.map((peak) => [us(peak.bucket), peak.avg_power_w])).toEqual(
      sorted.map((one) => [one.startUs, one.inWh * 4]),
    );
    expect(answer.rolling_12_month_w.at(-1)).toEqual({
      month: '2022-09',
      peak_w: 3176,
      peak_ts: '2022-09-07T12:15:00+02:00',
      counted_w: 3176,
      reason: null,
      at_least_w: 3176,
      at_most_w: null,
      coverage: 0.999653,
      provisional: false,
    });
    expect(answer).toMatchObject({ billed_partial_months: 1, billed_of_months: 12, billed_at_most_w: null });
    expect(answer.billed_at_least_w).toBeCloseTo((3176 + 11 * 2500) / 12, 9);
    const later = await home.get('/v1/capacity/month/2022-10', capacityMonth);
    expect(later).toMatchObject({ monthly_peak_w: null, peaks: [], billed_peak_w: 3176 });
    expect(later.running?.bucket).toBe('2022-10-01T12:00:00+02:00');
  });

  it('is the same by the name of a connection with both registers, and less by one of them', async () => {
    const named = async (id: string, offtake: readonly string[], injection: readonly string[]) =>
      home.post('/api/grid-connections', { id, name: id, offtake, injection }, gridConnection, 201);
    await named('both', imports, exports);
    await named('low', [low ?? ''], []);
    await home.settle();
    const month = (id: string) => home.get(`/v1/capacity/month/2022-09?device_id=${id}`, capacityMonth);
    const whole = await home.get('/v1/capacity/month/2022-09', capacityMonth);
    expect(await month('both')).toEqual({ ...whole, device_id: 'both' });
    const highest = Math.max(...offtakes.map((one) => one.lowWh)) * 4;
    expect(await month('low')).toMatchObject({ device_id: 'low', monthly_peak_w: highest });
    expect(highest).toBeLessThan(3176);
    const year = (id: string) => home.get(`/v1/series?frame=all&device_id=${id}`, series);
    // The homes of other tests have flows of the same name, in other years.
    const ofHome = (await year('home')).series.filter(
      (row) => us(row.bucket) >= us('2022-09-01T00:00:00+02:00'),
    );
    expect((await year('both')).series).toEqual(ofHome);
    expect((await year('low')).series[0]).toMatchObject({
      energy_import_kwh: sum(offtakes.map((one) => one.lowWh)) / 1000,
      energy_export_kwh: null,
    });
    expect(await home.get('/v1/series?frame=all&device_id=high', problem, 404)).toMatchObject({
      field: 'device_id',
      expected: 'home, both, low',
    });
  });

  it('is read in spans together as it is span by span', async () => {
    const day = (date: number) => us('2022-09-01T00:00:00Z') + (date - 1) * 96 * quarterHourUs;
    // Spans that overlap, one that is cut within quarter-hours, one before there is anything; more than one question
    // takes.
    const spans = [
      { startUs: day(7), endUs: day(8) },
      { startUs: day(7) + 5 * quarterHourUs, endUs: day(9) },
      { startUs: day(12) + 7, endUs: day(12) + 3 * quarterHourUs + 9 },
      { startUs: day(-40), endUs: day(-39) },
      ...Array.from({ length: 20 }, (_, index) => ({ startUs: day(index + 1), endUs: day(index + 2) })),
    ];
    const single = spans.map(({ startUs, endUs }) =>
      home.views.buckets(['home:grid_in'], 'quarter', startUs, endUs),
    );
    const together = await home.views.quarterHoursWithin('home:grid_in', spans);
    expect(together).toEqual(await Promise.all(single));
    expect(together[0]?.length).toBe(96);
    expect(await home.views.quarterHoursWithin('home:grid_in', [])).toEqual([]);
  });

  it('is added up side by side by the database as it is meter by meter', async () => {
    const [startUs, endUs] = [us('2022-08-31T22:00:00Z'), us('2022-09-30T22:00:00Z')];
    const groups = [['home:use'], imports, [back1 ?? ''], ['home:grid_in', back2 ?? '']];
    for (const period of ['quarter', 'hour', 'day', 'week', 'month', 'year'] as const) {
      const answer = await home.views.sideBySide(groups, period, startUs, endUs);
      const single = await home.views.buckets(groups.flat(), period, startUs, endUs);
      expect(answer.length).toBeGreaterThan(0);
      expect(answer).toEqual(sideBySide(groups, single));
    }
    // Of one group, which is asked for otherwise, and of none.
    expect(await home.views.sideBySide([imports], 'day', startUs, endUs)).toEqual(
      sideBySide([imports], await home.views.buckets(imports, 'day', startUs, endUs)),
    );
    expect(await home.views.sideBySide([[]], 'day', startUs, endUs)).toEqual([]);
  });

  it('balances to the watt-hour, by day and over the month', async () => {
    const answer = await home.get(`/api/balance?${month}&period=day`, balance);
    expect(answer.rows).toHaveLength(30);
    expect(answer.total).toMatchObject({
      grid_in_kwh: sum(offtakes.map((one) => one.inWh)) / 1000,
      grid_out_kwh: sum(offtakes.map((one) => one.outWh)) / 1000,
      solar_kwh: null,
      quality: 'imported',
      provisional: false,
    });
    const days = sumBy(
      offtakes,
      (one) => dayOf(one.startUs),
      (one) => one.inWh,
    );
    expect(answer.rows.map((row) => [row.start.slice(0, 10), row.grid_in_kwh])).toEqual(
      [...days].map(([day, wh]) => [day, wh / 1000]),
    );
    // The sun is not metered here: in a quarter-hour that feeds in more than it takes, the home's use is not below 0.
    const uses = sumBy(
      offtakes,
      (one) => dayOf(one.startUs),
      (one) => Math.max(0, one.inWh - one.outWh),
    );
    expect(answer.rows.map((row) => row.home_kwh)).toEqual([...uses.values()].map((wh) => wh / 1000));
  });

  it('returns one register by hour, day and month, with the register at each end', async () => {
    const path = `/api/statistics/${imports[0]}`;
    const daily = await home.get(`${path}/daily?${month}`, dailyStatistics);
    const days = Map.groupBy(offtakes, (one) => dayOf(one.startUs));
    expect(daily.data.map((day) => [day.date, day.total, day.peak, day.readings])).toEqual(
      [...days].map(([day, own]) => [
        day,
        sum(own.map((one) => one.lowWh)) / 1000,
        Math.max(...own.map((one) => one.lowWh)) * 4,
        own.length,
      ]),
    );
    const { data } = await home.get(`${path}?${month}&period=day`, statistics);
    const ends = [...days.keys()].slice(1).map((day) => rows.find((row) => dayOf(row.atUs) === day));
    expect(
      statisticsRow
        .array()
        .parse(data)
        .map((row) => row.state),
    ).toEqual([
      ...ends.map((row) => (row?.registersWh[0] ?? 0) / 1000),
      (rows.at(-1)?.registersWh[0] ?? 0) / 1000,
    ]);
    const hours = await home.get(
      `${path}?start_time=2022-09-07T10:00:00Z&end_time=2022-09-07T12:00:00Z`,
      statistics,
    );
    const registerAt = (iso: string) =>
      (rows.find((row) => row.atUs === us(iso))?.registersWh[0] ?? 0) / 1000;
    expect(
      statisticsRow
        .array()
        .parse(hours.data)
        .map((row) => row.state),
    ).toEqual([registerAt('2022-09-07T11:00:00Z'), registerAt('2022-09-07T12:00:00Z')]);
    const quarters = await home.get(
      `${path}?start_time=2022-09-07T10:00:00Z&end_time=2022-09-07T11:00:00Z&period=quarter`,
      statistics,
    );
    const minutes = ['10:00', '10:15', '10:30', '10:45', '11:00'].map((time) => `2022-09-07T${time}:00Z`);
    expect(
      statisticsRow
        .array()
        .parse(quarters.data)
        .map((row) => [row.sum, row.state]),
    ).toEqual(
      minutes
        .slice(0, -1)
        .map((iso, index) => [
          (offtakes.find((one) => one.startUs === us(iso))?.lowWh ?? Number.NaN) / 1000,
          registerAt(minutes[index + 1] ?? ''),
        ]),
    );
    const [september] = (await home.get(`${path}/monthly?${month}`, monthlyStatistics)).data;
    expect(september).toMatchObject({
      month: '2022-09',
      total: sum(offtakes.map((one) => one.lowWh)) / 1000,
    });
  });

  it('sums any range, and compares it with the one before', async () => {
    const range = 'start_time=2022-09-10T05:45:00Z&end_time=2022-09-14T17:30:00Z';
    const answer = await home.get(`/api/statistics/home:grid_in/summary?${range}`, statisticsSummary);
    const within = (from: string, until: string) =>
      offtakes.filter((one) => one.startUs >= us(from) && one.startUs < us(until)).map((one) => one.inWh);
    const own = within('2022-09-10T05:45:00Z', '2022-09-14T17:30:00Z');
    const before = within('2022-09-05T18:00:00Z', '2022-09-10T05:45:00Z');
    expect(answer.summary).toMatchObject({
      total_consumption: sum(own) / 1000,
      peak_power: Math.max(...own) * 4,
      min_power: Math.min(...own) * 4,
      data_points: own.length,
      coverage: 1,
    });
    expect(answer.summary.average_power).toBeCloseTo((sum(own) * 4) / own.length, 2);
    expect(answer.trend.comparison_total).toBe(sum(before) / 1000);
    expect(answer.trend.percentage_change).toBeCloseTo((sum(own) / sum(before) - 1) * 100, 2);
  });

  it('compares both tariffs on one list of timestamps', async () => {
    const answer = await home.post(
      '/api/statistics/compare',
      {
        entity_ids: [...imports, 'home:grid_in'],
        start_time: '2022-09-05T22:00:00Z',
        end_time: '2022-09-07T22:00:00Z',
        aggregation: 'hourly',
      },
      compareResult,
    );
    expect(answer.timestamps).toHaveLength(48);
    const [one, two] = imports.map((id) => answer.results[id]?.sum ?? []);
    answer.results['home:grid_in']?.sum.forEach((value, index) => {
      expect(value).toBeCloseTo((one?.[index] ?? 0) + (two?.[index] ?? 0), 9);
    });
  });

  it('costs what its quarter-hours cost, also where the price changes within a day', async () => {
    const version = (cost_per_kwh: number, effective_from: string) =>
      home.post(
        '/api/power-analytics/cost-versions',
        { cost_per_kwh, effective_from, confirm: true },
        costVersion,
        201,
      );
    await version(0.31, '2022-01-01T00:00:00+01:00');
    await version(0.52, '2022-09-15T12:00:00+02:00');
    const answer = await home.get(`/api/balance?${month}&period=month`, balance);
    const cost = offtakes.map((one) => one.inWh * (one.startUs < us('2022-09-15T10:00:00Z') ? 0.31 : 0.52));
    expect(answer.total.cost).toBeCloseTo(sum(cost) / 1000, 6);
    const days = await home.get(`/api/balance?${month}&period=day`, balance);
    expect(days.total.cost).toBeCloseTo(answer.total.cost ?? 0, 6);
    const unpriced = await home.get(
      '/api/balance?start_time=2021-09-01T00:00:00Z&end_time=2021-09-02T00:00:00Z',
      balance,
    );
    expect(unpriced.total.cost).toBeNull();
  });

  it('returns the ledger behind a figure, and what is missing', async () => {
    const range = 'start=2022-09-07T10:00:00Z&end=2022-09-07T11:00:00Z';
    const answer = await home.get(`/api/ledger/${imports[1]}?${range}`, ledger);
    expect(answer.entries).toHaveLength(4);
    expect(answer.entries[1]).toMatchObject({
      quarter: '2022-09-07T12:15:00+02:00',
      quality: 'imported',
      first_reading: '2022-09-07T10:15:00.000000Z',
      last_reading: '2022-09-07T10:30:00.000000Z',
      revision: 1,
    });
    expect(answer.entries[1]?.revisions).toHaveLength(1);
    const { entities } = await home.get(
      `/api/coverage?start_time=2022-09-29T22:00:00Z&end_time=2022-10-01T22:00:00Z&entity_id=${imports[0]}`,
      coverage,
    );
    expect(entities[0]?.rows).toMatchObject([
      { imported_seconds: 86_400 - 900, missing_seconds: 900, why: ['imported', 'nothing_heard'] },
      { imported_seconds: 0, missing_seconds: 12 * 3600 - 60 },
    ]);
  });

  it('is posted anew when an exchange is declared, and again when it is taken back', async () => {
    const id = exports[0] ?? '';
    const total = async () =>
      (await home.get(`/api/ledger/${id}?start=2022-09-20T00:00:00Z&end=2022-09-21T00:00:00Z`, ledger)).total;
    const before = await total();
    const known = rows.find((row) => row.atUs === us('2022-09-20T12:00:00Z'))?.registersWh[2] ?? 0;
    const declared = await home.post(
      `/api/ledger/${id}/exchanges`,
      { at: '2022-09-20T12:05:00Z', old_register: known / 1000 + 1, new_register: known / 1000 },
      exchange,
      201,
    );
    await home.settle();
    expect(await total()).toBeCloseTo((before ?? 0) + 1, 6);
    const gone = await home.api.fetch(`/api/ledger/${id}/exchanges/${declared.exchange_id}`, {
      method: 'DELETE',
    });
    expect(gone.status).toBe(204);
    await home.settle();
    const after = await home.get(
      `/api/ledger/${id}?start=2022-09-20T12:00:00Z&end=2022-09-20T12:15:00Z`,
      ledger,
    );
    expect(
      after.entries.filter((entry) => entry.kind === 'quantity')[0]?.revisions.map((one) => one.revision),
    ).toEqual([1, 2, 3]);
    expect(await total()).toBe(before);
  });

  it('serves the month as weeks that add up to it, and areas that are empty', async () => {
    const answer = await home.get('/v1/series?frame=year', series);
    const september = answer.series.find((row) => row.bucket.startsWith('2022-09'));
    expect(september).toMatchObject({
      energy_import_kwh: sum(offtakes.map((one) => one.inWh)) / 1000,
      energy_export_kwh: sum(offtakes.map((one) => one.outWh)) / 1000,
      max_power_w: 3176,
    });
    expect(await home.get('/api/devices', devices)).toMatchObject({ devices: [], tracked_kwh: null });
    const none = await home.get('/api/power-analytics/monthly?year=2022&month=9', areaMonth);
    expect(none.totals).toMatchObject({ energy_kwh: null, cost: null, coverage: 0 });
    await home.get('/api/power-analytics/monthly?year=2022&month=9&area=Cellar', problem, 404);
  });
});

describe.each([
  { month: '2024-03', day: '2024-03-31', hours: 23, now: '2024-04-05T00:00:00Z' },
  { month: '2024-10', day: '2024-10-27', hours: 25, now: '2024-11-05T00:00:00Z' },
])('hourly rows of DSMR-reader around $day', ({ month, day, hours, now }) => {
  const rows = dsmrHours(month);
  const imports = [freshEntity('low'), freshEntity('normal')];
  const home = new PlayedHome({ imports, exports: [] }, us(now));
  // The first row is the zero point: what it counted can not be derived from its register.
  const counted = rows.slice(1).map((row) => ({ ...row, wh: Math.round((row.low + row.normal) * 1000) }));

  beforeAll(async () => {
    await home.start();
    await home.playHours(
      imports[0] ?? '',
      rows.map((row) => [row.startUs, row.low]),
    );
    await home.playHours(
      imports[1] ?? '',
      rows.map((row) => [row.startUs, row.normal]),
    );
    await home.settle();
  });
  afterAll(() => home.stop());

  it(`has ${hours} hours that day, each as the file has it`, async () => {
    const [start, end] = [`${day}T00:00:00`, `${day}T23:59:59`];
    const span = `start_time=${encodeURIComponent(`${start}${month === '2024-03' ? '+01:00' : '+02:00'}`)}&end_time=${encodeURIComponent(`${end}${month === '2024-03' ? '+02:00' : '+01:00'}`)}`;
    const answer = await home.get(`/api/balance?${span}`, balance);
    const own = counted.filter((row) => dayOf(row.startUs) === day);
    expect(own).toHaveLength(hours);
    expect(answer.rows.map((row) => [us(row.start), row.grid_in_kwh])).toEqual(
      own.map((row) => [row.startUs, row.wh / 1000]),
    );
    expect(answer.total).toMatchObject({
      grid_in_kwh: sum(own.map((row) => row.wh)) / 1000,
      quality: 'hourly',
      coverage: 0,
    });
  });

  it('adds up to the file by day, and makes no peak of hours but bounds', async () => {
    const answer = await home.get(
      `/api/statistics/home:grid_in/daily?start_time=${month}-02T00:00:00Z&end_time=${month}-31T12:00:00Z`,
      dailyStatistics,
    );
    const days = sumBy(
      counted,
      (row) => dayOf(row.startUs),
      (row) => row.wh,
    );
    expect(answer.data.length).toBe(30);
    for (const row of answer.data) {
      expect([row.date, row.total]).toEqual([row.date, (days.get(row.date) ?? Number.NaN) / 1000]);
      expect(row.peak).toBeNull();
    }
    const capacity = await home.get(`/v1/capacity/month/${month}`, capacityMonth);
    const highest = Math.max(...counted.map((row) => row.wh));
    expect(capacity).toMatchObject({ monthly_peak_w: null, monthly_peak_ts: null, at_least_w: highest });
    expect(capacity.billed_peak_w).toBeNull();
    expect(capacity.expected_quarters).toBe(month === '2024-03' ? 31 * 96 - 4 : 31 * 96 + 4);
    const { entities } = await home.get(
      `/api/coverage?start_time=${day}T10:00:00Z&end_time=${day}T11:00:00Z&entity_id=${imports[0]}`,
      coverage,
    );
    expect(entities[0]?.rows).toMatchObject([
      { hourly_seconds: hours * 3600, why: ['only_hours_are_known'] },
    ]);
  });
});

describe('October 2021 of a Fluvius meter', () => {
  const quarters = fluviusQuarterHours();
  const imports = [freshEntity('day'), freshEntity('night')];
  const home = new PlayedHome({ imports, exports: [] }, us('2021-11-03T00:00:00Z'));
  const taken = sumBy(
    quarters.filter((one) => one.register.startsWith('Afname')),
    (one) => String(one.startUs),
    (one) => one.wh,
  );
  const dayUs = us('2021-10-30T22:00:00Z');

  beforeAll(async () => {
    await home.start();
    for (const [id, register] of [
      [imports[0] ?? '', 'Afname Dag'],
      [imports[1] ?? '', 'Afname Nacht'],
    ] as const) {
      let wh = 1_000_000;
      const own = new Map(
        quarters.filter((one) => one.register === register).map((one) => [one.startUs, one.wh]),
      );
      // The register of the other tariff does not move.
      const registers = [...taken.keys()].map(Number).map((startUs) => {
        wh += own.get(startUs) ?? 0;
        return [startUs + quarterHourUs, wh / 1000] as const;
      });
      await home.play(id, [[us('2021-10-11T22:00:00Z'), 1000], ...registers]);
    }
    await home.settle();
  });
  afterAll(() => home.stop());

  it('has 100 quarter-hours on the day that the clock goes back', async () => {
    expect([...taken.keys()].filter((startUs) => Number(startUs) >= dayUs)).toHaveLength(100);
    const answer = await home.get(
      '/api/balance?start_time=2021-10-31T00:00:00%2B02:00&end_time=2021-11-01T00:00:00%2B01:00&period=quarter',
      balance,
    );
    expect(answer.rows).toHaveLength(100);
    expect(answer.rows.map((row) => [us(row.start), row.grid_in_kwh])).toEqual(
      [...taken]
        .filter(([startUs]) => Number(startUs) >= dayUs)
        .map(([startUs, wh]) => [Number(startUs), wh / 1000]),
    );
    expect(answer.total).toMatchObject({ coverage: 1, quality: 'imported' });
  });

  it('adds up to the file by day and has its peak in the right quarter-hour', async () => {
    const answer = await home.get(
      '/api/statistics/home:grid_in/daily?start_time=2021-10-12T00:00:00%2B02:00&end_time=2021-11-01T00:00:00%2B01:00',
      dailyStatistics,
    );
    const days = sumBy(
      [...taken],
      ([startUs]) => dayOf(Number(startUs)),
      ([, wh]) => wh,
    );
    expect(answer.data.map((day) => [day.date, day.total])).toEqual(
      [...days].map(([day, wh]) => [day, wh / 1000]),
    );
    const capacity = await home.get('/v1/capacity/month/2021-10', capacityMonth);
    const [peakUs, peakWh] = [...taken].reduce((best, one) => (one[1] > best[1] ? one : best));
    expect(capacity.monthly_peak_w).toBe(peakWh * 4);
    expect(us(capacity.monthly_peak_ts ?? '')).toBe(Number(peakUs));
    expect(capacity.expected_quarters).toBe(31 * 96 + 4);
    expect(capacity.billed_peak_w).toBe(2500);
    expect(z.number().parse(capacity.at_least_w)).toBe(peakWh * 4);
  });
});
