/**
 * Goal: the ledger can be read to its last revision, exchanges of meters are declared and taken back by administrators
 * only, and coverage names the evidence of every second.
 * Method: the application in memory over entries that the test writes; figures reckoned by hand.
 */

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { problem } from '../schemas/common.ts';
import { correctionAnswer, coverage, exchange, ledger } from '../schemas/ledger.ts';
import { quarterHourUs } from '../units/durations.ts';
import { instantFromIso, isoFromInstant } from '../units/instant.ts';
import { intervalAt } from '../units/interval.ts';
import { answer } from './testing/answer.ts';
import { TestApi } from './testing/test-api.ts';
import { postedEntry } from './testing/test-ledger.ts';

let api: TestApi;
const meter = 'sensor.grid_import_tariff_1';
const at = (iso: string) => instantFromIso(iso) ?? Number.NaN;
const startUs = at('2026-10-25T00:00:00Z');

beforeEach(async () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-01T12:00:00Z'), toFake: ['Date'] });
  api = await new TestApi().ready();
  return () => vi.useRealTimers();
});

describe('GET /api/ledger/:entity_id', () => {
  const range = 'start=2026-10-25T00:00:00Z&end=2026-10-25T01:00:00Z';
  it('returns entries with every revision, and the sum of the current ones', async () => {
    api.ledger.ledger.entries.set(meter, [
      postedEntry(startUs, { amountMicro: 100_000 }),
      postedEntry(startUs, { amountMicro: 150_000, revision: 2, quality: 'recovered' }),
      postedEntry(startUs, { kind: 'restart', amountMicro: 5_000_000, reason: 'exchange', coveredUs: 0 }),
      postedEntry(startUs + quarterHourUs, {
        amountMicro: 70_000,
        revision: 0,
        isProvisional: true,
        coveredUs: 450_000_000,
      }),
      postedEntry(startUs + 2 * quarterHourUs, {
        amountMicro: 0,
        reason: 'withdrawn',
        quality: 'none',
        revision: 3,
      }),
    ]);
    const answered = await answer(api.fetch(`/api/ledger/${meter}?${range}`), ledger);
    expect(answered).toMatchObject({ unit: 'kWh', total: 0.22, restarts: 5 });
    expect(answered.entries[0]).toMatchObject({
      quarter: '2026-10-25T02:00:00+02:00',
      amount: 0.15,
      revision: 2,
      revisions: [
        { amount: 0.1, quality: 'measured' },
        { amount: 0.15, quality: 'recovered' },
      ],
    });
    expect(answered.entries.find((entry) => entry.provisional)).toMatchObject({
      coverage: 0.5,
      revisions: [],
    });
  });
  it('is 404 for a value and for the unknown, 400 past a month, 503 without the store', async () => {
    await answer(api.fetch('/api/ledger/sensor.grid_power'), problem, 404);
    await answer(api.fetch('/api/ledger/sensor.nobody'), problem, 404);
    const long = 'start=2026-01-01T00:00:00Z&end=2026-10-01T00:00:00Z';
    expect(await answer(api.fetch(`/api/ledger/${meter}?${long}`), problem, 400)).toMatchObject({
      field: 'start',
    });
    api.ledger.ledger.isDown = true;
    await answer(api.fetch(`/api/ledger/${meter}`), problem, 503);
  });
  it('knows the home’s own flows', async () => {
    api.ledger.ledger.entries.set('home:use', [postedEntry(startUs, { amountMicro: 250_000 })]);
    expect((await answer(api.fetch(`/api/ledger/home:use?${range}`), ledger)).total).toBe(0.25);
  });
});

describe('exchanges', () => {
  const path = `/api/ledger/${meter}/exchanges`;
  const asked = { at: '2026-10-20T10:00:00+02:00', old_register: 1234.5, new_register: 0.2 };
  it('are declared, listed, taken back, and posted again each time', async () => {
    const declared = await answer(api.fetch(path, { json: asked }), exchange, 201);
    expect(declared).toMatchObject({ old_register: 1234.5, new_register: 0.2 });
    const atUs = at('2026-10-20T08:00:00Z');
    expect(api.ledger.touched).toEqual([{ entityId: meter, span: intervalAt(atUs) }]);
    expect((await answer(api.fetch(`/api/ledger/${meter}`), ledger)).exchanges).toEqual([declared]);
    await answer(api.fetch(path, { json: asked }), problem, 409);
    const gone = await api.fetch(`${path}/${declared.exchange_id}`, { method: 'DELETE' });
    expect(gone.status).toBe(204);
    expect(api.ledger.touched).toHaveLength(2);
    await answer(api.fetch(`${path}/${declared.exchange_id}`, { method: 'DELETE' }), problem, 404);
  });
  it('are not declared in the future, of a value, or by a user who may not', async () => {
    await answer(api.fetch(path, { json: { ...asked, at: '2026-11-02T00:00:00Z' } }), problem, 400);
    await answer(api.fetch(path, { json: { ...asked, new_register: -1 } }), problem, 400);
    await answer(api.fetch('/api/ledger/sensor.grid_power/exchanges', { json: asked }), problem, 404);
    const supervised = await new TestApi({ isUnderSupervisor: true }).ready();
    const headers = { 'x-ingress-path': '/api/hassio_ingress/x', 'x-remote-user-id': 'nobody' };
    const from = '172.30.32.2';
    await answer(supervised.fetch(path, { json: asked, headers, from }), problem, 403);
    expect(supervised.ledger.corrections.declared).toEqual([]);
  });
});

describe('corrections', () => {
  const path = `/api/ledger/${meter}/corrections`;
  const span = { start: '2026-10-20T10:00:00+02:00', end: '2026-10-20T11:00:00+02:00' };
  const amount = { kind: 'amount', ...span, amount: 1.25, notes: 'the installer was here' };
  it('are previewed, declared, listed, and taken back', async () => {
    const answered = await answer(api.fetch(path, { json: { ...amount, dry_run: true } }), correctionAnswer);
    expect(answered).toMatchObject({ dry_run: true, changes: { entries: 0, quantity_before: null } });
    expect(api.ledger.corrections.declared).toEqual([]);
    const declared = await answer(api.fetch(path, { json: amount }), correctionAnswer, 201);
    expect(declared.correction).toMatchObject({ kind: 'amount', amount: 1.25, ticket_id: null });
    expect(api.ledger.touched).toHaveLength(1);
    const exclusion = { kind: 'exclusion', ...span };
    await answer(api.fetch(path, { json: exclusion }), correctionAnswer, 201);
    const listed = await answer(api.fetch(`/api/ledger/${meter}`), ledger);
    expect(listed.corrections.map((one) => one.kind)).toEqual(['amount', 'exclusion']);
    expect(listed.corrections[1]).toMatchObject({
      start: isoFromInstant(Date.UTC(2026, 9, 20, 8) * 1000),
      end: isoFromInstant(Date.UTC(2026, 9, 20, 9) * 1000),
    });
    expect(api.ledger.corrections.declared[1]).toMatchObject({
      endUs: Date.UTC(2026, 9, 20, 9) * 1000 + 1,
    });
    expect(listed.exchanges).toEqual([]);
    const one = `${path}/${declared.correction.correction_id}`;
    expect(
      (await answer(api.fetch(`${one}?dry_run=true`, { method: 'DELETE' }), correctionAnswer)).dry_run,
    ).toBe(true);
    expect(api.ledger.corrections.declared).toHaveLength(2);
    await answer(api.fetch(one, { method: 'DELETE' }), correctionAnswer);
    expect(api.ledger.corrections.declared.map(({ kind }) => kind)).toEqual(['exclusion']);
    await answer(api.fetch(one, { method: 'DELETE' }), problem, 404);
  });
  it('name the field that is not right, and are refused where they contradict', async () => {
    const refused = async (json: object, code = 400) =>
      (await answer(api.fetch(path, { json }), problem, code)).field;
    expect(await refused({ kind: 'amount', ...span })).toBe('amount');
    expect(await refused({ ...amount, end: '2026-10-20T09:00:00+02:00' })).toBe('end');
    expect(await refused({ ...amount, start: '1999-10-20T09:00:00+02:00' })).toBe('start');
    expect(await refused({ ...amount, end: '2027-01-01T00:00:00Z' })).toBe('end');
    expect(await refused({ ...amount, amount: -1 })).toBe('amount');
    expect(await refused({ kind: 'exchange', ...span })).toBe('kind');
    await answer(api.fetch(path, { json: amount }), correctionAnswer, 201);
    expect(await refused(amount, 409)).toBe('start');
  });
  it('are for administrators', async () => {
    const supervised = await new TestApi({ isUnderSupervisor: true }).ready();
    const headers = { 'x-ingress-path': '/api/hassio_ingress/x', 'x-remote-user-id': 'nobody' };
    const from = '172.30.32.2';
    await answer(supervised.fetch(path, { json: amount, headers, from }), problem, 403);
    await answer(supervised.fetch(`${path}/x`, { method: 'DELETE', headers, from }), problem, 403);
    expect(supervised.ledger.corrections.declared).toEqual([]);
  });
});

describe('GET /api/coverage', () => {
  it('names the evidence of each second', async () => {
    const seconds = 1_000_000;
    api.ledger.ledger.entries.set(meter, [
      postedEntry(startUs),
      postedEntry(startUs + quarterHourUs, { quality: 'recovered' }),
      postedEntry(startUs + 2 * quarterHourUs, { quality: 'estimated', coveredUs: 300 * seconds }),
      postedEntry(startUs + 3 * quarterHourUs, { quality: 'hourly', coveredUs: 0 }),
    ]);
    const query = `entity_id=${meter}&start_time=2026-10-24T22:00:00Z&end_time=2026-10-25T23:00:00Z`;
    const [answered] = (await answer(api.fetch(`/api/coverage?${query}`), coverage)).entities;
    expect(answered?.rows).toEqual([
      {
        start: '2026-10-25T00:00:00+02:00',
        end: '2026-10-26T00:00:00+01:00',
        measured_seconds: 1200,
        imported_seconds: 0,
        recovered_seconds: 900,
        hourly_seconds: 900,
        estimated_seconds: 600,
        missing_seconds: 25 * 3600 - 3600,
        why: ['recovered_from_history', 'silent_or_unavailable', 'only_hours_are_known', 'before_the_first'],
      },
    ]);
    const byQuarterHour = await answer(api.fetch(`/api/coverage?${query}&period=quarter`), coverage);
    expect(byQuarterHour.entities[0]?.rows.map((row) => [row.start.slice(11, 16), row.why[0]])).toEqual([
      ['00:00', 'before_the_first'],
      ['02:00', undefined],
      ['02:15', 'recovered_from_history'],
      ['02:30', 'silent_or_unavailable'],
      ['02:45', 'only_hours_are_known'],
      ['02:00', 'nothing_heard'],
    ]);
  });
  it('lists every tracked meter, and does not miss what is to come', async () => {
    const query = 'start_time=2026-10-31T23:00:00Z&end_time=2026-11-01T23:00:00Z';
    const answered = await answer(api.fetch(`/api/coverage?${query}`), coverage);
    expect(answered.entities.length).toBeGreaterThan(5);
    expect(answered.entities[0]?.rows).toMatchObject([
      { missing_seconds: 13 * 3600 - 60, why: ['before_the_first'] },
    ]);
    await answer(api.fetch('/api/coverage?entity_id=sensor.grid_power'), problem, 404);
    await answer(api.fetch(`/api/coverage?start_time=2026-01-01T00:00:00Z&period=quarter`), problem, 400);
  });
});
