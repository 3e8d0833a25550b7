/**
 * Goal: tickets, reconciliation and metrics over HTTP say what is kept, change it for administrators only, and answer with
 * problems that can be acted on.
 * Method: the app over parts in memory, as everywhere in the API's own tests.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../integrity/ticket.ts';
import { problem } from '../schemas/common.ts';
import { status } from '../schemas/status.ts';
import { reconciliation, ticket, ticketOutcome, tickets } from '../schemas/tickets.ts';
import { answer } from './testing/answer.ts';
import { TestApi } from './testing/test-api.ts';

let api: TestApi;
const meterId = 'sensor.grid_import_tariff_1';

beforeEach(async () => {
  api = await new TestApi().ready();
});

function jump(extra: Partial<Finding> = {}): Finding {
  return {
    ...{ kind: 'register_jumped', entityId: meterId, startUs: 1_000_000, endUs: 11_000_000 },
    statement: {
      code: 'register_jumped',
      values: { countedMicro: 5_000_000, lastedUs: 10_000_000, highestHourMicro: null, unit: 'kWh' },
    },
    evidence: [
      { name: 'counted', value: 5, unit: 'kWh' },
      { name: 'register_after', value: 458.26, unit: 'kWh' },
    ],
    relatedEntityId: null,
    choices: ['exclude', 'set_value', 'exchange', 'accept'],
    ...extra,
  };
}
const open = (extra: Partial<Finding> = {}) =>
  api.integrity.tickets.report([{ finding: jump(extra), handling: 'ask' }], null, 'run-1');
const path = (id: string, verb = '') => `/api/tickets/${encodeURIComponent(id)}${verb}`;
const jumpId = `register_jumped ${meterId} 1000000`;

describe('tickets', () => {
  it('are listed, open ones first, with what they rest on', async () => {
    await open();
    await api.integrity.tickets.report(
      [{ finding: jump({ kind: 'gap', entityId: null, choices: [] }), handling: 'record' }],
      null,
      null,
    );
    const all = await answer(api.fetch('/api/tickets'), tickets);
    expect(all).toMatchObject({ count: 2, open_count: 1 });
    expect(all.tickets[0]).toMatchObject({
      ticket_id: jumpId,
      status: 'open',
      start: '1970-01-01T00:00:01.000000Z',
      end: '1970-01-01T00:00:11.000000Z',
      detail: 'The register counted 5 kWh within 10 s.',
      code: 'register_jumped',
      values: { counted: 5, lasted_seconds: 10, highest_hour: null, unit: 'kWh' },
      unmended: null,
      decision: null,
      is_undoable: false,
      sync_id: 'run-1',
      closed_at: null,
    });
    expect(all.tickets[0]?.name).toEqual(expect.any(String));
    expect(all.tickets[1]).toMatchObject({ kind: 'gap', entity_id: null, name: null, status: 'mended' });
    const some = await answer(api.fetch(`/api/tickets?status=open&entity_id=${meterId}&limit=1`), tickets);
    expect(some.count).toBe(1);
    expect(await answer(api.fetch(path(jumpId)), ticket)).toEqual(some.tickets[0]);
    const unknown = await answer(api.fetch(path('gap home 7')), problem, 404);
    expect(unknown.field).toBe('ticket_id');
    await answer(api.fetch('/api/tickets?status=odd'), problem, 400);
  });

  it('are tried, decided, undone', async () => {
    await open();
    const ask = { choice: 'set_value', value: 0.25, notes: 'by the bill' };
    const dry = await answer(
      api.fetch(path(jumpId, '/resolve'), { json: { ...ask, dry_run: true } }),
      ticketOutcome,
    );
    expect(dry).toMatchObject({ dry_run: true, ticket: { status: 'open' } });
    expect(dry.changes).toMatchObject({ entries: 1, quantity_before: 5, quantity_after: 1 });
    expect(api.integrity.corrections.kept.size).toBe(0);
    const done = await answer(api.fetch(path(jumpId, '/resolve'), { json: ask }), ticketOutcome);
    expect(done.ticket).toMatchObject({
      status: 'decided',
      is_undoable: true,
      decision: {
        choice: 'set_value',
        value: 0.25,
        automatic: false,
        by: 'this machine',
        notes: 'by the bill',
      },
    });
    expect([...api.integrity.corrections.kept.values()]).toMatchObject([
      { kind: 'amount', amountMicro: 250_000 },
    ]);
    await answer(api.fetch(path(jumpId, '/resolve'), { json: ask }), problem, 409);
    const undone = await answer(api.fetch(path(jumpId, '/undo'), { method: 'POST' }), ticketOutcome);
    expect(undone).toMatchObject({ ticket: { status: 'open', decision: null }, dry_run: false });
    expect(api.integrity.corrections.kept.size).toBe(0);
    await answer(api.fetch(path(jumpId, '/undo'), { method: 'POST' }), problem, 409);
  });

  it('refuse what can not be, and name the field', async () => {
    await open({ choices: ['accept', 'set_value'] });
    const refusal = (json: object) => answer(api.fetch(path(jumpId, '/resolve'), { json }), problem, 400);
    expect(await refusal({ choice: 'exclude' })).toMatchObject({
      field: 'choice',
      detail: 'This ticket’s choices are: accept, set_value.',
    });
    expect(await refusal({ choice: 'set_value' })).toMatchObject({
      field: 'value',
      detail: 'The quantity between start and end is needed.',
    });
    expect(await refusal({ choice: 'set_value', value: 1e12 })).toMatchObject({ field: 'value' });
    expect(await refusal({ choice: 'burn' })).toMatchObject({ field: 'choice' });
    await answer(api.fetch(path('gap home 7', '/resolve'), { json: { choice: 'accept' } }), problem, 404);
  });

  it('are decided by administrators only, by name', async () => {
    await open();
    const ingress = {
      from: '172.30.32.2',
      headers: {
        'x-ingress-path': '/api/hassio_ingress/abc',
        'x-remote-user-id': 'anna',
        'x-remote-user-display-name': 'Anna',
        'sec-fetch-site': 'same-origin',
      },
      json: { choice: 'accept' },
    };
    await answer(api.fetch(path(jumpId, '/resolve'), ingress), problem, 403);
    await answer(api.fetch(path(jumpId, '/undo'), ingress), problem, 403);
    await answer(api.fetch('/api/reconciliation', { ...ingress, json: {} }), problem, 403);
    api.homeAssistant.administrators = new Set(['anna']);
    const done = await answer(api.fetch(path(jumpId, '/resolve'), ingress), ticketOutcome);
    expect(done.ticket.decision?.by).toBe('Anna');
  });

  it('say which store does not answer, and no secret', async () => {
    api.integrity.ticketStore.isDown = true;
    for (const asked of ['/api/tickets', path(jumpId)]) {
      const response = await api.fetch(asked);
      expect(response.status).toBe(503);
      expect(await response.text()).not.toContain('secret');
    }
    expect((await answer(api.fetch('/api/status'), status)).reconciliation.open_tickets).toBeNull();
  });
});

describe('reconciliation', () => {
  it('returns the last and the next runs, and the tolerance', async () => {
    expect(await answer(api.fetch('/api/reconciliation'), reconciliation)).toMatchObject({
      ...{ last_hourly: null, last_nightly: null, running: false },
      ...{ next_hourly: '2026-11-21T09:06:00.000000Z', next_nightly: '2026-11-22T01:00:00.000000Z' },
      plan: { entities: 3, hours: 480, unproven_hours: 7 },
      tolerance: { absolute: 0.002, relative: 0.005 },
    });
    api.integrity.isPlanKnown = false;
    expect((await answer(api.fetch('/api/reconciliation'), reconciliation)).plan).toBeNull();
  });

  it('is asked for', async () => {
    const asked = {
      start_time: '2026-11-20T00:00:00Z',
      end_time: '2026-11-21T00:00:00Z',
      entity_ids: [meterId],
    };
    const response = await api.fetch('/api/reconciliation', { json: asked });
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ sync_id: 'reconciliation-1' });
    expect(api.integrity.requested).toEqual([
      [Date.UTC(2026, 10, 20) * 1000, Date.UTC(2026, 10, 21) * 1000, [meterId]],
    ]);
    api.integrity.isFull = true;
    expect(await answer(api.fetch('/api/reconciliation', { json: asked }), problem, 409)).toMatchObject({
      detail: '8 checks wait already; start again when one of them is done.',
    });
    expect(api.integrity.requested).toHaveLength(1);
    const refusal = (json: object) => answer(api.fetch('/api/reconciliation', { json }), problem, 400);
    expect(await refusal({ entity_ids: ['sensor.unknown'] })).toMatchObject({ field: 'entity_ids' });
    expect(await refusal({ start_time: '2026-01-01T00:00:00Z' })).toMatchObject({ field: 'start_time' });
  });

  it('stands in the status, and a failing one makes it degraded', async () => {
    await open();
    const answered = await answer(api.fetch('/api/status'), status);
    expect(answered.reconciliation).toEqual({
      ...{ ok: true, detail: null, problems: [], running: false, last_finished_at: null },
      ...{ next_at: '2026-11-21T09:06:00.000000Z', open_tickets: 1 },
    });
    api.integrity.status = { ...api.integrity.status, isOk: false, detail: 'It was refused' };
    expect(await answer(api.fetch('/api/status'), status)).toMatchObject({
      status: 'degraded',
      reconciliation: {
        ...{ ok: false, detail: 'It was refused' },
        problems: [{ code: 'failed', values: { reason: 'It was refused' } }],
      },
    });
  });
});
