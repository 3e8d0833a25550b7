/**
 * Goal: connections are named and forgotten over HTTP, by administrators only, and every call under /v1 answers for the
 * one that is asked for.
 * Method: the app in memory over the sampled home, with readings and quarters that the test writes.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { connectionLimits } from '../home/grid-connection.ts';
import { problem } from '../schemas/common.ts';
import {
  gridConnection,
  gridConnections,
  connectionLimits as schemaLimits,
} from '../schemas/grid-connections.ts';
import { capacityMonth, realtime, series } from '../schemas/p1.ts';
import { instantFromIso } from '../units/instant.ts';
import { TestApi } from './testing/test-api.ts';
import { postedEntry } from './testing/test-ledger.ts';

let api: TestApi;
const path = '/api/grid-connections';
const annex = {
  ...{ name: 'The annex', offtake: ['sensor.kitchen_energy'], injection: ['sensor.grid_export'] },
  power: 'sensor.fridge_power',
};

async function ask<T extends z.ZodType>(
  asked: string,
  schema: T,
  code = 200,
  init: Parameters<TestApi['fetch']>[1] = {},
): Promise<z.output<T>> {
  const response = await api.fetch(asked, init);
  const body: unknown = await response.json();
  expect({ status: response.status, body }).toMatchObject({ status: code });
  return schema.parse(body);
}
const add = <T extends z.ZodType>(json: unknown, schema: T, code = 201) => ask(path, schema, code, { json });

function report(entityId: string, value: number | null, second = 0) {
  const atUs = (instantFromIso('2026-11-01T11:59:00Z') ?? 0) + second * 1_000_000;
  api.recording.values.set(entityId, { atUs, value, absence: null, unit: null });
}

beforeEach(async () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-01T12:00:00Z'), toFake: ['Date'] });
  api = await new TestApi().ready();
  return () => vi.useRealTimers();
});

describe('/api/grid-connections', () => {
  it('has the home’s own, which can’t be removed', async () => {
    expect(await ask(path, gridConnections)).toEqual({
      connections: [
        {
          ...{ id: 'home', name: null, is_home: true, created_at: null, untracked: [] },
          offtake: ['sensor.grid_import_tariff_1', 'sensor.grid_import_tariff_2'],
          ...{ injection: ['sensor.grid_export'], power: 'sensor.grid_power', meter_peak: null },
        },
      ],
      limit: 8,
    });
    expect(await ask(`${path}/home`, problem, 400, { method: 'DELETE' })).toMatchObject({ field: 'id' });
  });

  it('names one, and forgets it with an answer that can name it again', async () => {
    const answered = await add(annex, gridConnection);
    expect(answered).toMatchObject({ id: 'the-annex', is_home: false, untracked: [], meter_peak: null });
    expect((await ask(path, gridConnections)).connections.map((one) => one.id)).toEqual([
      'home',
      'the-annex',
    ]);
    expect(await ask(`${path}/the-annex`, gridConnection, 200, { method: 'DELETE' })).toEqual(answered);
    await ask(`${path}/the-annex`, problem, 404, { method: 'DELETE' });
    const { id, name, offtake, injection, power, meter_peak } = answered;
    await add({ id, name, offtake, injection, power, meter_peak }, gridConnection);
    expect((await ask(path, gridConnections)).connections).toHaveLength(2);
  });

  it.each<[string, object, number, string]>([
    ['no name', { name: ' ' }, 400, 'name'],
    ['no register', { offtake: [] }, 400, 'offtake'],
    ['an id that is none', { id: 'Ann ex' }, 400, 'id'],
    ['a name without a letter', { name: '車庫' }, 400, 'id'],
    ['the id of the home', { id: 'home' }, 409, 'id'],
    ['an unknown entity', { offtake: ['sensor.nothing'] }, 400, 'offtake'],
    ['power as a register', { offtake: ['sensor.grid_power'] }, 400, 'offtake'],
    ['a register as power', { power: 'sensor.fridge_energy' }, 400, 'power'],
    ['one register twice', { injection: ['sensor.kitchen_energy'] }, 400, 'injection'],
    ['what is no field', { colour: 'red' }, 400, 'colour'],
  ])('refuses %s', async (_, extra, code, field) => {
    expect(await add({ ...annex, ...extra }, problem, code)).toMatchObject({ field });
    expect(api.connectionStore.kept).toEqual([]);
  });

  it('refuses a ninth, and an id that is taken', async () => {
    expect(schemaLimits).toEqual(connectionLimits);
    for (let index = 0; index < 8; index += 1) await add({ ...annex, id: `c${index}` }, gridConnection);
    expect((await add(annex, problem, 409)).detail).toContain('8 connections');
    expect(await add({ ...annex, id: 'c3' }, problem, 409)).toMatchObject({ field: 'id' });
  });

  it('is changed by administrators only', async () => {
    api = await new TestApi({ isUnderSupervisor: true }).ready();
    const guest = { from: '172.30.32.2', headers: { 'x-remote-user-id': 'guest' } };
    await ask(path, gridConnections, 200, guest);
    await ask(path, problem, 403, { ...guest, json: annex });
    await ask(`${path}/the-annex`, problem, 403, { ...guest, method: 'DELETE' });
  });

  it('says when the document store is away, and what it knows already goes on being answered', async () => {
    api.connectionStore.isDown = true;
    await ask(path, problem, 503);
    await add(annex, problem, 503);
    report('sensor.grid_power', 500);
    await ask('/v1/realtime', realtime);
    await ask('/v1/realtime?device_id=the-annex', problem, 503);
    api.connectionStore.isDown = false;
    await add(annex, gridConnection);
    api.connectionStore.isDown = true;
    report('sensor.fridge_power', 80);
    await ask('/v1/realtime?device_id=the-annex', realtime);
  });
});

describe('a named connection under /v1', () => {
  beforeEach(async () => {
    await add(annex, gridConnection);
  });

  it('is unknown by another name, and what there is is said', async () => {
    for (const call of ['/v1/realtime?', '/v1/capacity/month/2026-11?', '/v1/series?frame=day&'])
      expect(await ask(`${call}device_id=shed`, problem, 404)).toMatchObject({
        field: 'device_id',
        expected: 'home, the-annex',
      });
  });

  it('returns its own power and registers', async () => {
    expect(await ask('/v1/realtime?device_id=the-annex', problem, 404)).toMatchObject({ field: 'device_id' });
    report('sensor.grid_power', 5000);
    report('sensor.kitchen_energy', 12.5);
    report('sensor.fridge_power', -80, 5);
    expect(await ask('/v1/realtime?device_id=the-annex', realtime)).toEqual({
      ...{ device_id: 'the-annex', ts: '2026-11-01T11:59:05.000000Z', power_w: -80, import_power_w: 0 },
      ...{ energy_import_kwh: 12.5, energy_export_kwh: null },
    });
  });

  it('has its own quarters, peak, running quarter and series', async () => {
    const at = (iso: string) => instantFromIso(iso) ?? 0;
    const { ledger } = api.ledger;
    ledger.entries.set('home:grid_in', [postedEntry(at('2026-11-01T08:00:00Z'), { amountMicro: 2_000_000 })]);
    ledger.entries.set('the-annex:grid_in', [
      postedEntry(at('2026-11-01T08:00:00Z'), { amountMicro: 250_000 }),
      postedEntry(at('2026-11-01T08:15:00Z'), { amountMicro: 500_000 }),
    ]);
    report('sensor.grid_power', 9000);
    report('sensor.fridge_power', 800);
    const month = await ask('/v1/capacity/month/2026-11?device_id=the-annex', capacityMonth);
    expect(month).toMatchObject({
      ...{ device_id: 'the-annex', monthly_peak_w: 2000, monthly_peak_ts: '2026-11-01T09:15:00+01:00' },
      running: { bucket: '2026-11-01T13:00:00+01:00', so_far_w: null, limit_w: 2500 },
    });
    expect(month.peaks.map((peak) => peak.avg_power_w)).toEqual([1000, 2000]);
    const day = await ask('/v1/series?frame=day&device_id=the-annex', series);
    expect(day.series.find((row) => row.energy_import_kwh !== null)).toMatchObject({
      ...{ bucket: '2026-11-01T09:00:00+01:00', energy_import_kwh: 0.75, energy_export_kwh: null },
      ...{ avg_power_w: 1500, max_power_w: 2000 },
    });
    expect(await ask('/v1/capacity/month/2026-11', capacityMonth)).toMatchObject({ monthly_peak_w: 8000 });
  });

  it('says when one of its entities is no longer tracked', async () => {
    const rest = api.home.tracked().filter((one) => one.entityId !== 'sensor.kitchen_energy');
    await api.home.setTracked(rest.map((one) => one.entityId));
    const { connections } = await ask(path, gridConnections);
    expect(connections[1]?.untracked).toEqual(['sensor.kitchen_energy']);
  });
});
