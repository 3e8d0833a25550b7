/**
 * Goal: an area's energy, cost and on-time are its devices', each counted once; prices are dated, narrow before wide, and
 * the past is priced anew only when it is confirmed.
 * Method: the application in memory over entries that the test writes; figures reckoned by hand.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { analyticsHealth, areaMonth, areaSummary, deviceBreakdown, timeline } from '../schemas/analytics.ts';
import { problem } from '../schemas/common.ts';
import { costVersion, costVersions, deletedCostVersion, recalculation } from '../schemas/cost-versions.ts';
import { quarterHourUs } from '../units/durations.ts';
import { instantFromIso } from '../units/instant.ts';
import { answer } from './testing/answer.ts';
import { TestApi } from './testing/test-api.ts';
import { postedEntry } from './testing/test-ledger.ts';

let api: TestApi;
const at = (iso: string) => instantFromIso(iso) ?? Number.NaN;
const path = '/api/power-analytics';

const get = <T extends z.ZodType>(call: string, schema: T, code = 200) =>
  answer(api.fetch(`${path}/${call}`), schema, code);
const addVersion = <T extends z.ZodType>(json: object, schema: T, code = 201) =>
  answer(api.fetch(`${path}/cost-versions`, { json }), schema, code);

function post(id: string, from: string, until: string, amountMicro: number, onTimeUs: number | null = null) {
  const entries = [];
  for (let us = at(from); us < at(until); us += quarterHourUs)
    entries.push(postedEntry(us, { amountMicro, onTimeUs }));
  api.ledger.ledger.entries.set(id, [...(api.ledger.ledger.entries.get(id) ?? []), ...entries]);
}

const [from, until] = ['2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'];
beforeEach(async () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-01T12:00:00Z'), toFake: ['Date'] });
  api = await new TestApi().ready();
  post('sensor.kitchen_energy', from, until, 100_000);
  post('sensor.fridge_energy', from, until, 30_000, 300_000_000);
  post('home:grid_in', from, until, 200_000);
  return () => vi.useRealTimers();
});

describe('an area', () => {
  it('has its day, the fridge within the kitchen counted once', async () => {
    const answered = await get('summary?area=Kitchen&date=2026-10-25', areaSummary);
    expect(answered).toMatchObject({ area: 'Kitchen', energy_kwh: 10, cost: null, on_time_seconds: 30_000 });
    expect(await get('summary?classroom=kitchen&date=2026-10-25', areaSummary)).toEqual(answered);
    expect(await get('summary?area=Cellar', problem, 404)).toMatchObject({ field: 'area' });
    expect(await get('summary?date=2026-02-30', problem, 400)).toMatchObject({ field: 'date' });
    expect(await get('summary?area=Kitchen', areaSummary)).toMatchObject({
      date: '2026-11-01',
      energy_kwh: null,
    });
  });
  it('has its devices with their share', async () => {
    const { devices } = await get('device-breakdown?area=Kitchen&date=2026-10-25', deviceBreakdown);
    expect(devices.slice(0, 2)).toMatchObject([
      { device_id: 'sensor.kitchen_energy', energy_kwh: 10, share: 1, quality: 'measured' },
      { device_id: 'sensor.fridge_energy', energy_kwh: 3, share: 0.3, on_time_seconds: 30_000 },
    ]);
  });
  it('has its month by day', async () => {
    const answered = await get('monthly?area=Kitchen&year=2026&month=10', areaMonth);
    expect(answered.days).toHaveLength(31);
    expect(answered.days[24]).toMatchObject({ date: '2026-10-25', energy_kwh: 10 });
    expect(answered.days[23]).toMatchObject({ energy_kwh: null, coverage: 0, quality: 'none' });
    expect(answered.totals).toMatchObject({ energy_kwh: 10 });
    await get('monthly?area=Kitchen&year=2026&month=13', problem, 400);
  });
  it('has a timeline in minutes that are quarters', async () => {
    const answered = await get(`timeline?area=Kitchen&start=${from}&end=${until}&bucket=45`, timeline);
    expect(answered.series).toHaveLength(Math.ceil(100 / 3));
    expect(answered.series[0]).toMatchObject({ timestamp: '2026-10-25T00:00:00+02:00', energy_kwh: 0.3 });
    const hours = await get(`timeline?area=Kitchen&start=${from}&end=${until}&bucket=60`, timeline);
    expect(hours.series.map((row) => row.energy_kwh)).toEqual(Array(25).fill(0.4));
    await get(`timeline?start=${from}&end=${until}&bucket=20`, problem, 400);
    await get(`timeline?start=${from}`, problem, 400);
  });
  it('has buckets of its own in a zone at :30', async () => {
    api.ledger.ledger.timeZone = 'Asia/Kolkata';
    const answered = await get(`timeline?area=Kitchen&start=${from}&end=${until}&bucket=60`, timeline);
    expect(answered.series.map((row) => row.energy_kwh)).toEqual(Array(25).fill(0.4));
    expect(answered.series[0]?.timestamp).toBe('2026-10-25T03:30:00+05:30');
  });
  it('is exported as CSV that names units and zone, and no formula', async () => {
    await addVersion(
      { cost_per_kwh: 0.5, effective_from: '2026-01-01T00:00:00Z', confirm: true },
      costVersion,
    );
    const response = await api.fetch(`${path}/export-csv?area=Kitchen&start=${from}&end=${until}`);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toContain(
      'energy-ledger-kitchen-2026-10-25-2026-10-25.csv',
    );
    const lines = (await response.text()).split('\r\n');
    expect(lines[0]).toBe(
      'quarter_start (Europe/Brussels),entity_id,name,area,energy (kWh),cost (EUR),on_time (s),coverage (0-1),quality,provisional',
    );
    expect(lines).toHaveLength(1 + 200 + 1);
    const kitchen = lines.filter((line) => line.includes('sensor.kitchen_energy'));
    expect(kitchen[0]).toMatch(
      /^2026-10-25T00:00:00\+02:00,sensor\.kitchen_energy,[^,]+,Kitchen,0\.1,0\.05,,1,measured,false$/,
    );
    expect(kitchen.filter((line) => line.startsWith('2026-10-25T02:15'))).toHaveLength(2);
    api.ledger.ledger.isDown = true;
    await get(`export-csv?start=${from}&end=${until}`, problem, 503);
  });
});

describe('cost versions', () => {
  const past = { cost_per_kwh: 0.4, effective_from: '2026-10-25T12:00:00+01:00' };
  it('re-price the past only when that is confirmed', async () => {
    const refused = await addVersion(past, problem, 409);
    expect(refused).toMatchObject({ field: 'confirm', detail: expect.stringContaining('1 past days') });
    expect(await addVersion({ ...past, dry_run: true }, recalculation, 200)).toMatchObject({
      dry_run: true,
      cost_before: null,
      cost_after: 3.84,
      energy_kwh: 9.6,
      unpriced_kwh: 0,
      days_changed: 1,
    });
    expect(api.ledger.costVersions.versions).toEqual([]);
    const saved = await addVersion({ ...past, confirm: true }, costVersion);
    expect(saved).toMatchObject({
      cost_per_kwh: 0.4,
      effective_from: '2026-10-25T12:00:00+01:00',
      area: null,
    });
    // Half of the day has no price: what it cost is not known.
    expect(await get('summary?area=Kitchen&date=2026-10-25', areaSummary)).toMatchObject({ cost: null });
    await addVersion(
      { cost_per_kwh: 0.2, effective_from: '2026-10-01T00:00:00Z', confirm: true },
      costVersion,
    );
    expect(await get('summary?area=Kitchen&date=2026-10-25', areaSummary)).toMatchObject({
      cost: 2.96,
    });
  });
  it('count for their area before the home’s, and refuse to begin twice at once', async () => {
    await addVersion({ ...past, effective_from: '2026-01-01T00:00:00Z', confirm: true }, costVersion);
    await addVersion(
      { cost_per_kwh: 0.1, effective_from: '2026-01-01T00:00:00Z', classroom: 'Kitchen', confirm: true },
      costVersion,
    );
    expect(await get('summary?area=Kitchen&date=2026-10-25', areaSummary)).toMatchObject({ cost: 1 });
    await addVersion({ ...past, effective_from: '2026-01-01T01:00:00+01:00', confirm: true }, problem, 409);
    await addVersion({ ...past, effective_from: '2027-01-01T00:00:00Z' }, costVersion);
    const { cost_versions: all, currency } = await get('cost-versions', costVersions);
    expect(currency).toBe('EUR');
    expect(all.map((one) => [one.area, one.effective_until])).toEqual([
      [null, '2027-01-01T01:00:00+01:00'],
      ['Kitchen', null],
      [null, null],
    ]);
  });
  it('are taken back with a look at what that changes, and added again', async () => {
    const first = await addVersion(
      { ...past, effective_from: '2026-01-01T00:00:00Z', confirm: true },
      costVersion,
    );
    const second = await addVersion(
      { cost_per_kwh: 0.2, effective_from: from, confirm: true, notes: 'new' },
      costVersion,
    );
    const change = (query: string, id = second.id) =>
      api.fetch(`${path}/cost-versions/${id}${query}`, { method: 'DELETE' });
    expect(await answer(change('?dry_run=true'), deletedCostVersion)).toMatchObject({
      ...{ dry_run: true, cost_before: 4, cost_after: 8, days_changed: 1, unpriced_kwh: 0 },
      cost_version: { id: second.id, notes: 'new' },
    });
    await answer(change(''), problem, 409);
    expect(api.ledger.costVersions.versions).toHaveLength(2);
    expect(await answer(change('?confirm=true'), deletedCostVersion)).toMatchObject({
      dry_run: false,
      cost_after: 8,
    });
    expect(await get('summary?area=Kitchen&date=2026-10-25', areaSummary)).toMatchObject({ cost: 4 });
    await answer(change('?confirm=true'), problem, 404);
    // Without any price the past has no cost, and that is not 0.
    expect(await answer(change('?dry_run=true', first.id), deletedCostVersion)).toMatchObject({
      ...{ cost_before: 8, cost_after: null, unpriced_kwh: 20 },
    });
    await addVersion(
      { cost_per_kwh: 0.2, effective_from: second.effective_from, confirm: true, notes: second.notes },
      costVersion,
    );
    expect(await get('summary?area=Kitchen&date=2026-10-25', areaSummary)).toMatchObject({ cost: 2 });
    await answer(change('?dry_run=maybe', first.id), problem, 400);
  });
  it('take other notes, and nothing else', async () => {
    const { id } = await addVersion({ ...past, confirm: true }, costVersion);
    const write = (json: object, of = id) =>
      api.fetch(`${path}/cost-versions/${of}`, { json, method: 'PATCH' });
    expect(
      await answer(write({ notes: 'by the letter of May', cost_per_kwh: 9 }), costVersion),
    ).toMatchObject({
      ...{ id, notes: 'by the letter of May', cost_per_kwh: 0.4 },
    });
    expect((await get('cost-versions', costVersions)).cost_versions).toMatchObject([
      { notes: 'by the letter of May' },
    ]);
    await answer(write({ notes: 'x'.repeat(1001) }), problem, 400);
    await answer(write({ notes: '' }, 'other'), problem, 404);
  });
  it('are refused when they are none, and to users who may not', async () => {
    await addVersion({ ...past, cost_per_kwh: 1000 }, problem, 400);
    await addVersion({ ...past, effective_from: 'yesterday' }, problem, 400);
    await addVersion({ ...past, area: 'Cellar' }, problem, 404);
    api = await new TestApi({ isUnderSupervisor: true }).ready();
    const headers = { 'x-ingress-path': '/api/hassio_ingress/x', 'x-remote-user-id': 'nobody' };
    for (const call of ['cost-versions', 'recalculate']) {
      const response = await api.fetch(`${path}/${call}`, { json: past, headers, from: '172.30.32.2' });
      expect(response.status).toBe(403);
    }
    for (const method of ['DELETE', 'PATCH']) {
      const response = await api.fetch(`${path}/cost-versions/one`, {
        method,
        json: { notes: '' },
        headers,
        from: '172.30.32.2',
      });
      expect(response.status).toBe(403);
    }
    api.ledger.costVersions.isDown = true;
    await get('cost-versions', problem, 503);
  });
});

describe('POST recalculate', () => {
  const asked = { start: from, end: until };
  const recalculate = (json: object) => answer(api.fetch(`${path}/recalculate`, { json }), recalculation);
  it('says what others’ prices change, then uses them and posts the meters anew', async () => {
    await addVersion(
      { cost_per_kwh: 0.5, effective_from: '2026-01-01T00:00:00Z', confirm: true },
      costVersion,
    );
    expect(await get('summary?area=Kitchen&date=2026-10-25', areaSummary)).toMatchObject({ cost: 5 });
    const [version] = api.ledger.costVersions.versions;
    if (version === undefined) throw new Error('a version');
    api.ledger.costVersions.versions = [{ ...version, pricePerKwhMicro: 300_000 }];
    expect(await recalculate(asked)).toMatchObject({
      dry_run: true,
      cost_before: 10,
      cost_after: 6,
      days_changed: 1,
      meters: 0,
    });
    expect(api.ledger.touched).toEqual([]);
    const done = await recalculate({ ...asked, area: 'Kitchen', dry_run: false });
    expect(done).toMatchObject({ cost_before: 5, cost_after: 3, energy_kwh: 10 });
    expect(api.ledger.touched.map((one) => one.entityId)).toContain('sensor.fridge_energy');
    expect(done.meters).toBe(api.ledger.touched.length);
    expect(await get('summary?area=Kitchen&date=2026-10-25', areaSummary)).toMatchObject({ cost: 3 });
  });
});

describe('GET health', () => {
  it('answers also while the store is away', async () => {
    expect(await get('health', analyticsHealth)).toMatchObject({
      telemetry_events_unprocessed: 1,
      ledger_entries_today: 0,
    });
    api.ledger.ledger.isDown = true;
    expect(await get('health', analyticsHealth)).toMatchObject({
      ledger_entries_today: null,
      online_devices: 0,
    });
  });
});
