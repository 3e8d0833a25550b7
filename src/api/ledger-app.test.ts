/**
 * Goal: balance, devices and the P1 calls answer what their schemas say, from figures that can be reckoned by hand, and
 * every fault is a problem that helps.
 * Method: the application in memory over a ledger whose entries the test writes; two days of quarters around a DST day.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { balance, devices } from '../schemas/balance.ts';
import { problem } from '../schemas/common.ts';
import { capacityMonth, realtime, series } from '../schemas/p1.ts';
import {
  compareResult,
  dailyStatistics,
  monthlyStatistics,
  statistics,
  statisticsChart,
  statisticsRow,
  statisticsSummary,
  syncAccepted,
  syncStatus,
} from '../schemas/statistics.ts';
import type { CostVersion } from '../tariffs/cost-versions.ts';
import { quarterHourUs } from '../units/durations.ts';
import { instantFromIso } from '../units/instant.ts';
import { rounded } from './answers/amounts.ts';
import { TestApi } from './testing/test-api.ts';
import { postedEntry } from './testing/test-ledger.ts';

let api: TestApi;
const at = (iso: string) => instantFromIso(iso) ?? Number.NaN;

async function get<T extends z.ZodType>(path: string, schema: T, code = 200): Promise<z.output<T>> {
  const response = await api.fetch(path);
  const body: unknown = await response.json();
  expect({ status: response.status, body }).toMatchObject({ status: code });
  return schema.parse(body);
}

function price(perKwh: number, from: string, area: string | null = null): CostVersion {
  return {
    costVersionId: `${area} ${from}`,
    pricePerKwhMicro: perKwh * 1e6,
    effectiveFromUs: at(from),
    area,
    notes: '',
    createdAtUs: 0,
  };
}

/** The same amount in each quarter of a span. */
function post(id: string, from: string, until: string, amountMicro: number | ((index: number) => number)) {
  const entries = [];
  for (let us = at(from), index = 0; us < at(until); us += quarterHourUs, index += 1)
    entries.push(
      postedEntry(us, { amountMicro: typeof amountMicro === 'number' ? amountMicro : amountMicro(index) }),
    );
  const { ledger } = api.ledger;
  ledger.entries.set(id, [...(ledger.entries.get(id) ?? []), ...entries]);
}

beforeEach(async () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-01T12:00:00Z'), toFake: ['Date'] });
  api = await new TestApi().ready();
  return () => vi.useRealTimers();
});

describe('GET /api/balance', () => {
  const day = 'start_time=2026-10-25T00:00:00%2B02:00&end_time=2026-10-26T00:00:00%2B01:00';
  it('has 25 hours on the day that the clock goes back, and its sum', async () => {
    post('home:grid_in', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 250_000);
    post('home:use', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 250_000);
    api.ledger.costVersions.versions = [price(0.4, '2026-10-25T01:00:00Z')];
    const answered = await get(`/api/balance?${day}`, balance);
    expect(answered.rows).toHaveLength(25);
    expect(answered.rows.slice(2, 4).map((row) => row.start)).toEqual([
      '2026-10-25T02:00:00+02:00',
      '2026-10-25T02:00:00+01:00',
    ]);
    expect(answered.total).toMatchObject({ grid_in_kwh: 25, home_kwh: 25, cost: null, coverage: 1 });
    expect(answered.rows.map((row) => row.cost)).toEqual([null, null, null, ...Array(22).fill(0.4)]);
  });
  it('is null and not 0 where nothing is known', async () => {
    const answered = await get(`/api/balance?${day}`, balance);
    expect(answered.total).toMatchObject({
      grid_in_kwh: null,
      home_kwh: null,
      untracked_kwh: null,
      cost: null,
      coverage: 0,
      quality: 'none',
    });
  });
  it('stands beside the week before and the year before by the wall clock', async () => {
    post('home:grid_in', '2026-10-23T22:00:00Z', '2026-10-24T22:00:00Z', 100_000);
    post('home:grid_in', '2025-10-24T22:00:00Z', '2025-10-25T22:00:00Z', 200_000);
    const before = (await get(`/api/balance?${day}&compare=previous`, balance)).comparison;
    expect(before?.time_range).toEqual({
      start: '2026-10-24T00:00:00+02:00',
      end: '2026-10-25T00:00:00+02:00',
    });
    expect(before?.total.grid_in_kwh).toBe(9.6);
    expect(before?.rows).toHaveLength(24);
    expect(before?.rows.at(-1)?.aligned_start).toBe('2026-10-25T23:00:00+01:00');
    const year = (await get(`/api/balance?${day}&compare=year`, balance)).comparison;
    expect(year?.time_range.start).toBe('2025-10-25T00:00:00+02:00');
    expect(year?.total.grid_in_kwh).toBe(19.2);
  });
  it('refuses what it can’t answer, and says when the store is away', async () => {
    const long = 'start_time=2020-01-01T00:00:00Z&end_time=2026-01-01T00:00:00Z&period=quarter';
    expect(await get(`/api/balance?${long}`, problem, 400)).toMatchObject({ field: 'start_time' });
    expect(await get('/api/balance?period=minute', problem, 400)).toMatchObject({ field: 'period' });
    api.ledger.ledger.isDown = true;
    const away = await api.fetch('/api/balance');
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await away.text()).not.toContain('secret');
  });
  it('returns energy without cost while prices can’t be read', async () => {
    post('home:grid_in', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 250_000);
    api.ledger.costVersions.isDown = true;
    expect((await get(`/api/balance?${day}`, balance)).total).toMatchObject({ grid_in_kwh: 25, cost: null });
  });
});

describe('GET /api/devices', () => {
  it('is a tree whose own parts and untracked rest add up', async () => {
    const [from, until] = ['2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'];
    post('home:use', from, until, 300_000);
    post('sensor.kitchen_energy', from, until, 100_000);
    post('sensor.fridge_energy', from, until, 30_000);
    api.ledger.costVersions.versions = [
      price(0.4, '2026-01-01T00:00:00Z'),
      price(0.5, '2026-01-01T00:00:00Z', 'Kitchen'),
    ];
    const answered = await get(`/api/devices?start_time=${from}&end_time=${until}`, devices);
    const one = (id: string) => answered.devices.find((device) => device.entity_id === id);
    expect(one('sensor.kitchen_energy')).toMatchObject({ energy_kwh: 10, own_kwh: 7, share: 0.333333 });
    expect(one('sensor.fridge_energy')).toMatchObject({
      parent: 'sensor.kitchen_energy',
      energy_kwh: 3,
      cost: 1.5,
    });
    expect(answered).toMatchObject({ home_kwh: 30, tracked_kwh: 10, untracked_kwh: 20 });
    expect(answered.devices.filter((device) => device.energy_kwh === null).length).toBe(
      answered.devices.length - 2,
    );
  });
});

describe('/v1', () => {
  const report = (entityId: string, value: number | null, iso = '2026-11-01T11:59:58.5Z') =>
    api.recording.values.set(entityId, {
      atUs: at(iso),
      value,
      absence: value === null ? 'unavailable' : null,
      unit: 'kWh',
    });
  it('adds up both tariffs, and knows nothing when one is silent', async () => {
    await get('/v1/realtime', problem, 404);
    report('sensor.grid_import_tariff_1', 100.1);
    report('sensor.grid_import_tariff_2', 200.2, '2026-11-01T11:59:59.123456Z');
    report('sensor.grid_power', -500);
    const now = await get('/v1/realtime?device_id=home', realtime);
    expect(now).toMatchObject({
      device_id: 'home',
      ts: '2026-11-01T11:59:59.123456Z',
      power_w: -500,
      import_power_w: 0,
      energy_import_kwh: 300.3,
      energy_export_kwh: null,
    });
    report('sensor.grid_import_tariff_2', null);
    expect((await get('/v1/realtime', realtime)).energy_import_kwh).toBeNull();
    expect(await get('/v1/realtime?device_id=shed', problem, 404)).toMatchObject({ field: 'device_id' });
  });

  it('finds the month’s peak, bills it with the floor, and projects the running quarter', async () => {
    post('home:grid_in', '2026-10-31T23:00:00Z', '2026-11-01T12:00:00Z', (index) =>
      index === 7 || index === 9 ? 900_000 : 100_000,
    );
    post('home:grid_in', '2026-10-01T00:00:00Z', '2026-10-02T00:00:00Z', 250_000);
    vi.setSystemTime(Date.parse('2026-11-01T12:05:00Z'));
    const running = postedEntry(at('2026-11-01T12:00:00Z'), {
      amountMicro: 990_000,
      coveredUs: 300_000_000,
      isProvisional: true,
    });
    api.ledger.ledger.entries.get('home:grid_in')?.push(running);
    report('sensor.grid_power', 1200);
    const answered = await get('/v1/capacity/month/2026-11', capacityMonth);
    expect(answered).toMatchObject({
      monthly_peak_w: 3600,
      monthly_peak_ts: '2026-11-01T01:45:00+01:00',
      at_most_w: 3600,
      measured_quarters: 52,
      expected_quarters: 52,
      coverage: 1,
      reason: null,
      provisional: true,
      billed_peak_w: (3600 + 2500) / 2,
      billed_months: 2,
      billed_partial_months: 1,
      billed_of_months: 12,
      billed_at_least_w: (3600 + 11 * 2500) / 12,
      billed_at_most_w: null,
      floor_w: 2500,
      meter_peak_w: null,
      meter_difference_w: null,
      meter_difference_reason: null,
      running: {
        bucket: '2026-11-01T13:00:00+01:00',
        so_far_w: 3960,
        projected_w: 3960 + 1200 * (2 / 3),
        limit_w: 3600,
        left_kwh: 0,
        left_w: 0,
      },
    });
    expect(answered.peaks).toHaveLength(53);
    expect(answered.rolling_12_month_w).toHaveLength(12);
    expect(answered.rolling_12_month_w.at(-2)).toEqual({
      month: '2026-10',
      peak_w: 1000,
      peak_ts: '2026-10-01T02:00:00+02:00',
      counted_w: 2500,
      reason: null,
      at_least_w: 1000,
      at_most_w: null,
      coverage: rounded(96 / (31 * 96 + 4)),
      provisional: false,
    });
    expect(answered.rolling_12_month_w.at(-3)).toMatchObject({
      peak_w: null,
      reason: 'nothing_known',
      coverage: 0,
    });
    expect(answered.top[0]?.bucket).toBe('2026-11-01T01:45:00+01:00');
  });

  it('is empty and null for a month without data, and refuses what is no month', async () => {
    expect(await get('/v1/capacity/month/2025-03', capacityMonth)).toMatchObject({
      peaks: [],
      monthly_peak_w: null,
      monthly_peak_ts: null,
      billed_peak_w: null,
      reason: 'nothing_known',
      billed_reason: 'nothing_known',
      running: null,
    });
    for (const month of ['2026-1', '2026-13', '2026-11-01', 'now', '1899-01'])
      expect(await get(`/v1/capacity/month/${month}`, problem, 400)).toMatchObject({ field: 'month' });
  });

  it('serves the four frames, and nothing but them', async () => {
    expect((await get('/v1/series?frame=all', series)).series).toEqual([]);
    post('home:grid_in', '2026-09-28T00:00:00Z', '2026-11-01T12:00:00Z', 250_000);
    const starts = async (frame: string) =>
      (await get(`/v1/series?frame=${frame}`, series)).series.map((row) => row.bucket);
    expect(await starts('day')).toHaveLength(14);
    expect(await starts('month')).toEqual(['2026-11-01T00:00:00+01:00']);
    expect(await starts('year')).toHaveLength(11);
    expect(await starts('all')).toEqual([
      '2026-09-01T00:00:00+02:00',
      '2026-10-01T00:00:00+02:00',
      '2026-11-01T00:00:00+01:00',
    ]);
    const month = await get('/v1/series?frame=month', series);
    expect(month.series[0]).toMatchObject({ energy_import_kwh: 13, avg_power_w: 1000, max_power_w: 1000 });
    for (const frame of ['week', '', 'decade']) await get(`/v1/series?frame=${frame}`, problem, 400);
    await get('/v1/series', problem, 400);
  });
});

describe('GET /api/statistics/:entity_id', () => {
  const meter = 'sensor.grid_import_tariff_1';
  const day = 'start_time=2026-10-24T22:00:00Z&end_time=2026-10-25T23:00:00Z';
  beforeEach(() => {
    post(meter, '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', (index) => (index === 8 ? 500_000 : 100_000));
    api.ledger.ledger.known = [
      { atUs: at('2026-10-24T22:00:00Z'), registerMicro: 5_000_000 },
      { atUs: at('2026-10-25T01:00:00Z'), registerMicro: 6_200_000 },
    ];
  });
  it('returns register, sum, mean, lowest, highest, cost and load factor of each bucket', async () => {
    api.ledger.costVersions.versions = [price(0.25, '2026-01-01T00:00:00Z')];
    const answered = await get(`/api/statistics/${meter}?${day}`, statistics);
    expect(answered.count).toBe(25);
    const rows = statisticsRow.array().parse(answered.data);
    expect(rows[2]).toEqual({
      timestamp: '2026-10-25T02:00:00+02:00',
      state: 6.2,
      sum: 0.8,
      mean: 800,
      min: 400,
      max: 2000,
      cost: 0.2,
      load_factor: 0.4,
      load_factor_reason: null,
      coverage: 1,
      quality: 'measured',
      provisional: false,
    });
    expect(rows[3]?.timestamp).toBe('2026-10-25T02:00:00+01:00');
    const columns = await get(`/api/statistics/${meter}?${day}&format=chart`, statistics);
    const { x, sum } = statisticsChart.parse(columns.data);
    expect(x[3]).toBe(Date.parse('2026-10-25T01:00:00Z') / 1000);
    expect(sum).toEqual(rows.map((row) => row.sum));
  });
  it('knows days and months', async () => {
    const { data } = await get(`/api/statistics/${meter}/daily?${day}`, dailyStatistics);
    expect(data).toEqual([
      {
        date: '2026-10-25',
        total: 10.4,
        avg_power: 416,
        peak: 2000,
        readings: 100,
        cost: null,
        coverage: 1,
        quality: 'measured',
        provisional: false,
      },
    ]);
    const months = await get(`/api/statistics/${meter}/monthly`, monthlyStatistics);
    expect(months.data.map((row) => row.month).slice(-2)).toEqual(['2026-10', '2026-11']);
    expect(months.data.at(-2)).toMatchObject({ total: 10.4, coverage: 0.033557 });
    expect(months.data.at(-1)).toMatchObject({ total: null, avg_power: null, coverage: 0, quality: 'none' });
  });
  it('never makes a peak of hours, nor a mean of what is not known', async () => {
    const id = 'sensor.grid_import_tariff_2';
    const hourly = { amountMicro: 300_000, quality: 'hourly', coveredUs: 0, reason: 'spread' } as const;
    api.ledger.ledger.entries.set(
      id,
      [0, 1, 2, 3].map((n) => postedEntry(at('2026-10-25T10:00:00Z') + n * quarterHourUs, hourly)),
    );
    const answered = await get(`/api/statistics/${id}?${day}&period=day`, statistics);
    expect(statisticsRow.array().parse(answered.data)).toMatchObject([
      { sum: 1.2, mean: 1200, min: null, max: null, coverage: 0, quality: 'hourly', state: null },
    ]);
  });
  it('compares with the span of equal length before, and with nothing where there is nothing', async () => {
    const path = `/api/statistics/${meter}/summary?${day}`;
    const first = await get(path, statisticsSummary);
    expect(first.trend).toMatchObject({ percentage_change: null, direction: null, comparison_coverage: 0 });
    expect(first.trend.comparison_period).toEqual({
      start: '2026-10-23T23:00:00+02:00',
      end: '2026-10-25T00:00:00+02:00',
    });
    expect(first.summary).toMatchObject({
      total_consumption: 10.4,
      peak_power: 2000,
      min_power: 400,
      data_points: 100,
    });
    post(meter, '2026-10-23T21:00:00Z', '2026-10-24T22:00:00Z', 80_000);
    expect((await get(path, statisticsSummary)).trend).toMatchObject({
      percentage_change: 30,
      direction: 'up',
      comparison_total: 8,
      comparison_coverage: 1,
    });
  });
  it('returns values from readings, and from Home Assistant’s hours where none arrived', async () => {
    const id = 'sensor.grid_power';
    const hour = at('2026-10-25T10:00:00Z');
    api.readings.rows = [100, 300].map((value, index) => ({
      entityId: id,
      atUs: hour + index * 60_000_000,
      value,
      absence: null,
      unit: 'W',
      sourceUnit: 'W',
      lastResetAtUs: null,
      origin: 'stream',
    }));
    const query = 'start_time=2026-10-25T10:00:00Z&end_time=2026-10-25T11:00:00Z';
    const answered = await get(`/api/statistics/${id}?${query}`, statistics);
    expect(answered.meta.unit).toBe('W');
    expect(statisticsRow.array().parse(answered.data)).toMatchObject([
      { state: 300, sum: null, mean: 200, min: 100, max: 300, cost: null, coverage: 1, quality: 'measured' },
    ]);
  });
  it('is 404 for an unknown id, 400 for a bad range, 503 when the store is away', async () => {
    expect(await get('/api/statistics/sensor.nobody', problem, 404)).toMatchObject({ field: 'entity_id' });
    await get(`/api/statistics/${meter}?period=week`, problem, 400);
    await get(
      `/api/statistics/${meter}?start_time=2026-11-02T00:00:00Z&end_time=2026-11-01T00:00:00Z`,
      problem,
      400,
    );
    await get(`/api/statistics/${meter}?start_time=2021-01-01T00:00:00Z`, problem, 400);
    await get("/api/statistics/sensor.a'%20OR%201=1", problem, 400);
    api.ledger.ledger.isDown = true;
    for (const path of ['', '/daily', '/monthly', '/summary'])
      await get(`/api/statistics/${meter}${path}`, problem, 503);
  });
});

describe('POST /api/statistics/compare', () => {
  const compare = async (json: unknown, code = 200) => {
    const response = await api.fetch('/api/statistics/compare', { json });
    expect(response.status).toBe(code);
    return response.json();
  };
  it('aligns meters, flows and values on one list of timestamps', async () => {
    post('sensor.kitchen_energy', '2026-10-28T23:00:00Z', '2026-10-29T23:00:00Z', 100_000);
    post('home:use', '2026-10-29T23:00:00Z', '2026-10-30T23:00:00Z', 250_000);
    const answered = compareResult.parse(
      await compare({
        entity_ids: ['sensor.kitchen_energy', 'home:use', 'sensor.grid_power'],
        start_time: '2026-10-28T23:00:00Z',
        end_time: '2026-10-31T23:00:00Z',
        aggregation: 'daily',
      }),
    );
    expect(answered.timestamps).toHaveLength(3);
    expect(answered.results['sensor.kitchen_energy']?.sum).toEqual([9.6, null, null]);
    expect(answered.results['home:use']?.sum).toEqual([null, 24, null]);
    expect(answered.results['sensor.grid_power']?.mean).toEqual([null, null, null]);
  });
  it('names what it does not know', async () => {
    expect(await compare({ entity_ids: ['sensor.nobody'] }, 404)).toMatchObject({ field: 'entity_ids' });
    await compare({ entity_ids: [] }, 400);
    await compare({ entity_ids: ['sensor.grid_power'], aggregation: 'yearly' }, 400);
  });
});

describe('/api/statistics/sync', () => {
  it('is taken on at once, and is not taken for an entity', async () => {
    const accept = await api.fetch('/api/statistics/sync', { json: { start_time: '2026-01-01T00:00:00Z' } });
    expect([accept.status, syncAccepted.parse(await accept.json()).sync_id]).toEqual([202, 'import-1']);
    expect(api.ledger.imports[0]?.slice(0, 2)).toEqual([undefined, at('2026-01-01T00:00:00Z')]);
    expect((await get('/api/statistics/sync-status', syncStatus)).entities[0]).toMatchObject({
      records_count_24h: 24,
    });
    await get('/api/statistics/sync/nobody', problem, 404);
    const refused = await api.fetch('/api/statistics/sync', { json: { entity_ids: ['sensor.nobody'] } });
    expect(refused.status).toBe(400);
  });
});
