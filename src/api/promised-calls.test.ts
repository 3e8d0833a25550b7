/**
 * Goal: every request that the documents which this product grew from give as an example is answered as they promise.
 * Method: the application in memory, in a home with their classroom; each example as it is written there, its dates
 * taken for local days.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { areaMonth, areaSummary, deviceBreakdown, timeline } from '../schemas/analytics.ts';
import { balance, devices } from '../schemas/balance.ts';
import { problem } from '../schemas/common.ts';
import { costVersion, recalculation } from '../schemas/cost-versions.ts';
import { coverage, ledger } from '../schemas/ledger.ts';
import { capacityMonth, series } from '../schemas/p1.ts';
import { backfillStarted, curve, hourlyReadings, readings } from '../schemas/readings.ts';
import {
  compareResult,
  dailyStatistics,
  monthlyStatistics,
  statistics,
  statisticsSummary,
  syncAccepted,
} from '../schemas/statistics.ts';
import { quarterHourUs } from '../units/durations.ts';
import { instantFromIso } from '../units/instant.ts';
import { answer } from './testing/answer.ts';
import { TestApi } from './testing/test-api.ts';
import { postedEntry } from './testing/test-ledger.ts';

const room = 'CR-101';
const meter = 'sensor.kitchen_energy';
const at = (iso: string) => instantFromIso(iso) ?? Number.NaN;
let api: TestApi;

const get = <T extends z.ZodType>(path: string, schema: T, code = 200) =>
  answer(api.fetch(path), schema, code);

function post(id: string, from: string, until: string): void {
  const entries = [];
  for (let us = at(from); us < at(until); us += quarterHourUs)
    entries.push(postedEntry(us, { amountMicro: 100_000 }));
  api.ledger.ledger.entries.set(id, entries);
}

beforeEach(async () => {
  vi.useFakeTimers({ now: Date.parse('2025-12-10T12:00:00Z'), toFake: ['Date'] });
  api = new TestApi();
  const registries = api.homeAssistant.currentRegistries;
  const renamed = registries.areas.map((area) => (area.name === 'Kitchen' ? { ...area, name: room } : area));
  api.homeAssistant.currentRegistries = { ...registries, areas: renamed };
  await api.ready();
  post(meter, '2025-10-31T23:00:00Z', '2025-11-30T23:00:00Z');
  return () => vi.useRealTimers();
});

describe('the power analytics', () => {
  const path = '/api/power-analytics';
  it('GET summary ?classroom=CR-101&date=2025-11-05', async () => {
    const answered = await get(`${path}/summary?classroom=CR-101&date=2025-11-05`, areaSummary);
    expect(answered).toMatchObject({ area: room, date: '2025-11-05', energy_kwh: 9.6 });
  });
  it('GET timeline ?classroom=CR-101&start=2025-11-01&end=2025-11-05&bucket=60: five days', async () => {
    const answered = await get(
      `${path}/timeline?classroom=CR-101&start=2025-11-01&end=2025-11-05&bucket=60`,
      timeline,
    );
    expect(answered.time_range).toEqual({
      start: '2025-11-01T00:00:00+01:00',
      end: '2025-11-06T00:00:00+01:00',
    });
    expect(answered.series).toHaveLength(120);
    expect(answered.series.every((row) => row.energy_kwh === 0.4)).toBe(true);
    const same = await get(
      `${path}/timeline?area=CR-101&start_time=2025-11-01&end_time=2025-11-05`,
      timeline,
    );
    expect(same).toEqual(answered);
  });
  it('GET device-breakdown ?classroom=CR-101&date=2025-11-05', async () => {
    const answered = await get(`${path}/device-breakdown?classroom=CR-101&date=2025-11-05`, deviceBreakdown);
    expect(answered.devices[0]).toMatchObject({ device_id: meter, energy_kwh: 9.6 });
  });
  it('GET monthly ?classroom=CR-101&year=2025&month=11', async () => {
    const answered = await get(`${path}/monthly?classroom=CR-101&year=2025&month=11`, areaMonth);
    expect(answered).toMatchObject({ month: '2025-11', totals: { energy_kwh: 288 } });
  });
  it('GET export-csv ?classroom=CR-101&start=2025-11-01&end=2025-11-30: the thirtieth too', async () => {
    const response = await api.fetch(`${path}/export-csv?classroom=CR-101&start=2025-11-01&end=2025-11-30`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-disposition')).toContain('cr-101-2025-11-01-2025-11-30.csv');
    const lines = (await response.text()).trimEnd().split('\r\n').slice(1);
    expect(lines).toHaveLength(30 * 96);
    expect(lines[0]).toMatch(/^2025-11-01T00:00:00\+01:00,/);
    expect(lines.at(-1)).toMatch(/^2025-11-30T23:45:00\+01:00,/);
  });
  it('POST cost-versions { cost_per_kwh, effective_from, classroom, notes }, from a local midnight', async () => {
    const json = { cost_per_kwh: 7, effective_from: '2025-01-01', classroom: room, notes: 'Initial rate' };
    const added = await answer(
      api.fetch(`${path}/cost-versions`, { json: { ...json, confirm: true } }),
      costVersion,
      201,
    );
    expect(at(added.effective_from)).toBe(at('2024-12-31T23:00:00Z'));
  });
  it('POST recalculate { start, end }: the last day too', async () => {
    const json = { start: '2025-11-01', end: '2025-11-05', dry_run: true };
    const answered = await answer(api.fetch(`${path}/recalculate`, { json }), recalculation);
    expect(answered.time_range).toEqual({
      start: '2025-11-01T00:00:00+01:00',
      end: '2025-11-06T00:00:00+01:00',
    });
  });
});

describe('every other range of dates is half-open', () => {
  const november = { start: '2025-11-01T00:00:00+01:00', end: '2025-11-05T00:00:00+01:00' };
  const dates = 'start_time=2025-11-01&end_time=2025-11-05';
  it.each([
    ['/api/balance', balance],
    ['/api/balance?period=quarter', balance],
    ['/api/devices', devices],
    ['/api/coverage', coverage],
    [`/api/ledger/${meter}`, ledger],
    [`/api/statistics/${meter}`, statistics],
    [`/api/statistics/${meter}?period=day&format=chart`, statistics],
    [`/api/statistics/${meter}/daily`, dailyStatistics],
    [`/api/statistics/${meter}/summary`, statisticsSummary],
  ] as const)('GET %s', async (path, schema) => {
    const answered = await get(`${path}${path.includes('?') ? '&' : '?'}${dates}`, schema);
    expect(answered).toMatchObject({ time_range: november });
  });
  it('GET ledger ?start=2025-11-01&end=2025-11-05, by its older names', async () => {
    const answered = await get(`/api/ledger/${meter}?start=2025-11-01&end=2025-11-05`, ledger);
    expect(answered).toMatchObject({ time_range: november, total: 38.4 });
  });
  it('GET statistics ?period=quarter, of October with its hour more, and of no value', async () => {
    post(meter, '2025-09-30T22:00:00Z', '2025-10-31T23:00:00Z');
    const october = 'start_time=2025-10-01&end_time=2025-11-01&period=quarter';
    const answered = await get(`/api/statistics/${meter}?${october}`, statistics);
    expect(answered.count).toBe(31 * 96 + 4);
    expect(
      await get(`/api/statistics/${meter}?start_time=2025-10-01&period=quarter`, problem, 400),
    ).toMatchObject({
      detail: 'The range is longer than 31 days.',
    });
    expect(
      await get(`/api/statistics/sensor.grid_power?${dates}&period=quarter`, problem, 400),
    ).toMatchObject({
      field: 'period',
    });
    expect((await get(`/api/balance?${october}`, balance)).rows).toHaveLength(31 * 96 + 4);
  });
  it('GET monthly statistics', async () => {
    const months = await get(
      `/api/statistics/${meter}/monthly?start_time=2025-10-01&end_time=2025-12-01`,
      monthlyStatistics,
    );
    expect(months.data.map((row) => row.month)).toEqual(['2025-10', '2025-11']);
  });
  it('GET readings, by the hour and as a curve, by either name', async () => {
    const [sinceUs, endUs] = [at(november.start), at(november.end)];
    for (const names of [
      ['since', 'until'],
      ['start_time', 'end_time'],
    ] as const) {
      const query = `${names[0]}=2025-11-01&${names[1]}=2025-11-05`;
      const page = await get(`/api/readings/${meter}?${query}&limit=1000`, readings);
      expect(at(page.since)).toBe(sinceUs);
      const drawn = await get(`/api/readings/${meter}/curve?${query}`, curve);
      expect([at(drawn.since), at(drawn.until)]).toEqual([sinceUs, endUs]);
    }
    const hours = await get(`/api/readings/${meter}/hourly?${dates}`, hourlyReadings);
    expect([at(hours.time_range.start), at(hours.time_range.end)]).toEqual([sinceUs, endUs]);
  });
  it('POST compare, sync and reconciliation', async () => {
    const json = { start_time: '2025-11-01', end_time: '2025-11-05' };
    const compare = { ...json, entity_ids: [meter], aggregation: 'daily' };
    const answered = await answer(api.fetch('/api/statistics/compare', { json: compare }), compareResult);
    expect(answered).toMatchObject({ time_range: november });
    expect(answered.timestamps).toHaveLength(4);
    const sync = { ...json, entity_ids: [meter], period: 'hour' };
    await answer(api.fetch('/api/statistics/sync', { json: sync }), syncAccepted, 202);
    await answer(api.fetch('/api/reconciliation', { json }), backfillStarted, 202);
  });
});

describe('the meter at the grid', () => {
  it('has its month, and says 400 of what is none', async () => {
    await get('/v1/capacity/month/2025-11?device_id=home', capacityMonth);
    const answered = await get('/v1/capacity/month/2025-1', problem, 400);
    expect(answered).toMatchObject({
      field: 'month',
      detail: expect.stringMatching(/^month must be a month as YYYY-MM/),
    });
    expect(await get('/v1/capacity/month/2024-01', capacityMonth)).toMatchObject({
      peaks: [],
      monthly_peak_w: null,
    });
  });
  it.each(['day', 'month', 'year', 'all'])('has its series of frame=%s', async (frame) => {
    await get(`/v1/series?device_id=home&frame=${frame}`, series);
  });
  it('refuses another frame, and says which there are', async () => {
    expect(await get('/v1/series?frame=decade', problem, 400)).toMatchObject({
      field: 'frame',
      detail: 'frame must be one of day, month, year, all.',
      expected: 'one of day, month, year, all',
    });
  });
});

describe('what is no entity id', () => {
  it.each(['0.5', '1e.5', '_.5', '.5', 'sensor', 'sensor.', 'Sensor.x', 'sensor.x.y', 'sensor.x y'])(
    'is refused: %s',
    async (id) => {
      const name = encodeURIComponent(id);
      for (const path of [`/api/readings/${name}`, `/api/ledger/${name}`, `/api/statistics/${name}`])
        expect(await get(path, problem, 400), path).toMatchObject({ field: 'entity_id' });
      expect(await get(`/api/coverage?entity_id=${name}`, problem, 400)).toMatchObject({
        field: 'entity_id',
      });
      expect(await get(`/api/tickets?entity_id=${name}`, problem, 400)).toMatchObject({
        detail: 'entity_id must be an entity id such as sensor.grid_import.',
      });
    },
  );
});

describe('what is not right', () => {
  it.each([
    ['/api/syncs?limit=0', 'limit', 'limit must be at least 1.'],
    ['/api/syncs?limit=501', 'limit', 'limit must be at most 500.'],
    ['/api/syncs?limit=many', 'limit', 'limit must be a number.'],
    ['/api/syncs?limit=1.5', 'limit', 'limit must be a whole number.'],
    ['/api/power-analytics/monthly?month=11', 'year', 'year is missing: it must be a number.'],
    [
      '/api/power-analytics/summary?date=5-11',
      'date',
      'date must be a day as YYYY-MM-DD, for example 2026-11-21.',
    ],
    ['/v1/series', 'frame', 'frame is missing: it must be one of day, month, year, all.'],
  ])('%s is answered with a sentence', async (path, field, detail) => {
    expect(await get(path, problem, 400)).toMatchObject({ field, detail });
  });
  it.each([
    [{ entity_ids: [] }, 'entity_ids', 'entity_ids must be a list of at least 1 element.'],
    [{}, 'entity_ids', 'entity_ids is missing: it must be a list.'],
    [{ entity_ids: ['0.5'] }, 'entity_ids.0', /^entity_ids\.0 must be an entity id such as/],
    [
      { entity_ids: [meter], aggregation: 5 },
      'aggregation',
      /^aggregation must be one of hourly, daily, monthly/,
    ],
    [[], 'body', 'body must be a JSON object.'],
  ])('%j too', async (json, field, detail) => {
    const answered = await answer(api.fetch('/api/statistics/compare', { json }), problem, 400);
    expect(answered).toMatchObject({ field, detail: expect.stringMatching(detail) });
  });
});
