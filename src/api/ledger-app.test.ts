/**
 * Goal: balance, devices and the P1 calls answer what their schemas say, from figures that can be reckoned by hand, and
 * every fault is a problem that helps.
 * Method: the application in memory over a ledger whose entries the test writes; two days of quarters around a DST day.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { balance, devices } from '../contract/balance.ts';
import { problem } from '../contract/common.ts';
import { capacityMonth, realtime, series } from '../contract/p1.ts';
import type { CostVersion } from '../tariffs/cost-versions.ts';
import { instantFromIso } from '../units/instant.ts';
import { quarterUs } from '../units/quarter.ts';
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
  for (let us = at(from), index = 0; us < at(until); us += quarterUs, index += 1)
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
    const told = await get(`/api/balance?${day}`, balance);
    expect(told.rows).toHaveLength(25);
    expect(told.rows.slice(2, 4).map((row) => row.start)).toEqual([
      '2026-10-25T02:00:00+02:00',
      '2026-10-25T02:00:00+01:00',
    ]);
    expect(told.total).toMatchObject({ grid_in_kwh: 25, home_kwh: 25, cost: null, coverage: 1 });
    expect(told.rows.map((row) => row.cost)).toEqual([null, null, null, ...Array(22).fill(0.4)]);
  });
  it('is null and not 0 where nothing is known', async () => {
    const told = await get(`/api/balance?${day}`, balance);
    expect(told.total).toMatchObject({
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
  it('tells energy without cost while prices can’t be read', async () => {
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
    const told = await get(`/api/devices?start_time=${from}&end_time=${until}`, devices);
    const one = (id: string) => told.devices.find((device) => device.entity_id === id);
    expect(one('sensor.kitchen_energy')).toMatchObject({ energy_kwh: 10, own_kwh: 7, share: 0.333333 });
    expect(one('sensor.fridge_energy')).toMatchObject({
      parent: 'sensor.kitchen_energy',
      energy_kwh: 3,
      cost: 1.5,
    });
    expect(told).toMatchObject({ home_kwh: 30, tracked_kwh: 10, untracked_kwh: 20 });
    expect(told.devices.filter((device) => device.energy_kwh === null).length).toBe(told.devices.length - 2);
  });
});

describe('/v1', () => {
  const tell = (entityId: string, value: number | null, iso = '2026-11-01T11:59:58.5Z') =>
    api.recording.values.set(entityId, {
      atUs: at(iso),
      value,
      absence: value === null ? 'unavailable' : null,
      unit: 'kWh',
    });
  it('adds up both tariffs, and knows nothing when one is silent', async () => {
    await get('/v1/realtime', problem, 404);
    tell('sensor.grid_import_tariff_1', 100.1);
    tell('sensor.grid_import_tariff_2', 200.2, '2026-11-01T11:59:59.123456Z');
    tell('sensor.grid_power', -500);
    const now = await get('/v1/realtime?device_id=home', realtime);
    expect(now).toMatchObject({
      device_id: 'home',
      ts: '2026-11-01T11:59:59.123456Z',
      power_w: -500,
      import_power_w: 0,
      energy_import_kwh: 300.3,
      energy_export_kwh: null,
    });
    tell('sensor.grid_import_tariff_2', null);
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
    tell('sensor.grid_power', 1200);
    const told = await get('/v1/capacity/month/2026-11', capacityMonth);
    expect(told).toMatchObject({
      monthly_peak_w: 3600,
      monthly_peak_ts: '2026-11-01T01:45:00+01:00',
      at_most_w: 3600,
      measured_quarters: 52,
      expected_quarters: 52,
      billed_peak_w: (3600 + 2500) / 2,
      billed_months: 2,
      floor_w: 2500,
      meter_peak_w: null,
      running: { bucket: '2026-11-01T13:00:00+01:00', so_far_w: 3960, projected_w: 3960 + 1200 * (2 / 3) },
    });
    expect(told.peaks).toHaveLength(53);
    expect(told.rolling_12_month_w).toHaveLength(12);
    expect(told.rolling_12_month_w.at(-2)).toEqual({
      month: '2026-10',
      peak_w: 1000,
      peak_ts: '2026-10-01T02:00:00+02:00',
    });
    expect(told.top[0]?.bucket).toBe('2026-11-01T01:45:00+01:00');
  });

  it('is empty and null for a month without data, and refuses what is no month', async () => {
    expect(await get('/v1/capacity/month/2025-03', capacityMonth)).toMatchObject({
      peaks: [],
      monthly_peak_w: null,
      monthly_peak_ts: null,
      billed_peak_w: null,
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
