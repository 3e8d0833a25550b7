/**
 * Goal: unknown sources of the energy preferences are answered wherever they matter, and an external statistic is shown,
 * tracked and asked for like an entity.
 * Method: the application in memory over the sampled home, its preferences changed; the ledger's entries by hand.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { preferences2026 } from '../../home/testing/sample-preferences.ts';
import { balance, devices } from '../../schemas/balance.ts';
import { entityList } from '../../schemas/entities.ts';
import { now } from '../../schemas/now.ts';
import { trackedEntitiesResult } from '../../schemas/settings.ts';
import { statistics } from '../../schemas/statistics.ts';
import { status } from '../../schemas/status.ts';
import { quarterHourUs } from '../../units/durations.ts';
import { instantFromIso } from '../../units/instant.ts';
import { TestApi } from '../testing/test-api.ts';
import { postedEntry } from '../testing/test-ledger.ts';

const grid = 'opower:elec_energy_consumption';
const day = 'start_time=2026-10-24T22:00:00Z&end_time=2026-10-25T23:00:00Z';
let api: TestApi;

async function answer<T extends z.ZodType>(path: string, schema: T, json?: unknown): Promise<z.output<T>> {
  const response = await api.fetch(path, json === undefined ? {} : { json });
  const body: unknown = await response.json();
  expect({ status: response.status, body }).toMatchObject({ status: 200 });
  return schema.parse(body);
}

function post(id: string, amountMicro: number) {
  const [from, until] = ['2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'].map(
    (iso) => instantFromIso(iso) ?? 0,
  );
  const quarters = ((until ?? 0) - (from ?? 0)) / quarterHourUs;
  const entries = Array.from({ length: quarters }, (_, n) =>
    postedEntry((from ?? 0) + n * quarterHourUs, { amountMicro }),
  );
  api.ledger.ledger.entries.set(id, entries);
}

function prefer(...sources: readonly object[]) {
  const { energy_sources: old, ...rest } = preferences2026;
  const [, , ...others] = old;
  api.homeAssistant.preferences = { ...rest, energy_sources: [...sources, ...others] };
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-01T12:00:00Z'), toFake: ['Date'] });
  api = new TestApi();
});
afterEach(() => vi.useRealTimers());

describe('a source that is not known', () => {
  it('is answered by the balance and the status, and its part of the home is there and null', async () => {
    prefer({ type: 'grid', stat_energy_from: grid, stat_energy_to: 'sensor.gone' });
    await api.ready();
    post('home:solar', 100_000);
    const answered = await answer(`/api/balance?${day}`, balance);
    expect(answered.has.grid).toBe(true);
    expect(answered.unknown_sources).toEqual([
      { statistic_id: grid, role: 'grid_import', reason: 'no_statistic' },
      { statistic_id: 'sensor.gone', role: 'grid_export', reason: 'no_entity' },
    ]);
    expect(answered.total).toMatchObject({
      ...{ solar_kwh: 10, grid_in_kwh: null, grid_out_kwh: null, home_kwh: null },
      ...{ self_sufficiency: null, untracked_kwh: null },
    });
    const { discovery } = await answer('/api/status', status);
    expect(discovery.unknown_sources).toEqual(answered.unknown_sources);
    expect(discovery.detail).toContain(`Without ${grid}, sensor.gone the home’s use is not known`);
  });

  it('makes the home of this moment unknown as well', async () => {
    prefer({ type: 'grid', stat_energy_from: grid });
    api.homeAssistant.externals = [{ statisticId: grid, name: 'Grid', unit: 'kWh' }];
    await api.ready();
    for (const id of ['sensor.solar_power', 'sensor.battery_power'])
      api.recording.values.set(id, { atUs: 1, value: 500, absence: null, unit: 'W' });
    const { power, entities } = await answer('/api/now', now);
    expect(power).toMatchObject({ solar_w: 500, grid_w: null, home_w: null });
    expect(entities.some((entity) => entity.entity_id === grid)).toBe(false);
  });

  it('may be one that somebody chose not to record', async () => {
    await api.ready();
    const rest = api.home.tracked().map(({ entityId }) => entityId);
    await api.home.setTracked(rest.filter((id) => id !== 'sensor.grid_export'));
    const answered = await answer(`/api/balance?${day}`, balance);
    expect(answered.unknown_sources).toEqual([
      { statistic_id: 'sensor.grid_export', role: 'grid_export', reason: 'not_tracked' },
    ]);
  });
});

describe('an external statistic', () => {
  it('is an entity without a state: listed, tracked, untracked, and its hours asked for', async () => {
    prefer({ type: 'grid', stat_energy_from: grid });
    api.homeAssistant.externals = [{ statisticId: grid, name: 'Grid', unit: 'kWh' }];
    await api.ready();
    post(grid, 250_000);
    const listed = (await answer('/api/entities', entityList)).entities.find((one) => one.entity_id === grid);
    expect(listed).toMatchObject({
      friendly_name: 'Grid',
      state: null,
      is_tracked: true,
      role: 'grid_import',
    });
    const { data } = await answer(`/api/statistics/${grid}?period=day&${day}`, statistics);
    expect(data).toMatchObject([{ sum: 25 }]);
    expect(api.home.recorded().some(({ entityId }) => entityId === grid)).toBe(false);
    const headers = { 'x-remote-user-id': 'admin' };
    const asked = await api.fetch('/api/settings/tracked-entities', {
      json: { entity_ids: [grid] },
      headers,
    });
    expect(trackedEntitiesResult.parse(await asked.json())).toEqual({ entity_ids: [grid], count: 1 });
  });
});

describe('what is named for two things', () => {
  it('is a source of the balance and among the devices, and no use of the home', async () => {
    api.homeAssistant.preferences = {
      ...preferences2026,
      device_consumption: [
        { stat_consumption: 'sensor.solar_production' },
        { stat_consumption: 'sensor.fridge_energy', included_in_stat: 'sensor.solar_production' },
      ],
    };
    await api.ready();
    post('home:use', 300_000);
    post('sensor.solar_production', 100_000);
    post('sensor.fridge_energy', 30_000);
    const answered = await answer(`/api/devices?${day}`, devices);
    expect(
      answered.devices.map(({ entity_id, energy_kwh, share }) => [entity_id, energy_kwh, share]),
    ).toEqual([
      ['sensor.solar_production', 10, null],
      ['sensor.fridge_energy', 3, 0.1],
    ]);
    expect(answered).toMatchObject({ home_kwh: 30, tracked_kwh: 3, untracked_kwh: 27 });
  });
});

describe('gas', () => {
  it('is answered in its own unit: energy here, and volume where there is both', async () => {
    const of = (gas: readonly string[]) => ({
      ...preferences2026,
      energy_sources: [
        ...preferences2026.energy_sources.filter(({ type }) => type !== 'gas'),
        ...gas.map((id) => ({ type: 'gas', stat_energy_from: id })),
      ],
    });
    api.homeAssistant.preferences = of(['sensor.oven_energy']);
    await api.ready();
    post('sensor.oven_energy', 200_000);
    post('sensor.gas_consumption', 10_000);
    const asEnergy = await answer(`/api/balance?${day}`, balance);
    expect(asEnergy.has).toMatchObject({ gas: true, gas_energy: true });
    expect(asEnergy.total).toMatchObject({ gas_kwh: 20, gas_m3: null });
    expect(asEnergy.rows[0]).toMatchObject({ gas_kwh: 0.8, gas_m3: null });
    api.homeAssistant.preferences = of(['sensor.oven_energy', 'sensor.gas_consumption']);
    await api.home.discover();
    expect((await answer(`/api/balance?${day}`, balance)).total).toMatchObject({ gas_kwh: 20, gas_m3: 1 });
    // Another, unknown meter: the known one of its kind is not the whole.
    api.homeAssistant.preferences = of(['sensor.gas_consumption', 'sensor.gone']);
    await api.home.discover();
    const partly = await answer(`/api/balance?${day}`, balance);
    expect(partly.total).toMatchObject({ gas_m3: null, gas_kwh: null });
    expect(partly.has).toMatchObject({ gas: true, gas_energy: false });
    expect(partly.unknown_sources).toEqual([
      { statistic_id: 'sensor.gone', role: 'gas', reason: 'no_entity' },
    ]);
  });
});
