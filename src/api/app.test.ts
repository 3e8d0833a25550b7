/**
 * Goal: every route answers what its own schema says, and every fault is a problem+json that helps and leaks nothing.
 * Method: the whole application in memory, with parts that are away; each answer parsed by the contract's schema.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Reading } from '../recording/reading.ts';
import type { SyncRun } from '../recording/sync-log.ts';
import { limits, problem } from '../schemas/common.ts';
import { cachedEntityList, entityList } from '../schemas/entities.ts';
import { now } from '../schemas/now.ts';
import {
  backfillStarted,
  curve,
  hourlyReadings,
  readings,
  subscriptionStatus,
  syncRun,
  syncRuns,
} from '../schemas/readings.ts';
import { connectionTest, discoveryResult, settings, trackedEntitiesResult } from '../schemas/settings.ts';
import { status } from '../schemas/status.ts';
import { isoFromInstant } from '../units/instant.ts';
import { answer } from './testing/answer.ts';
import { TestApi } from './testing/test-api.ts';

const meter = 'sensor.grid_import_tariff_1';
const nowUs = () => Date.now() * 1000;

async function trouble(
  response: Promise<Response>,
  code: number,
): Promise<z.output<typeof problem> & { headers: Headers }> {
  const got = await response;
  const text = await got.text();
  expect(got.status, text).toBe(code);
  expect(got.headers.get('content-type')).toBe('application/problem+json');
  expect(text).not.toMatch(/secret|postgres:|mongodb:|\.ts\b|at \w+ \(/);
  return { ...problem.parse(JSON.parse(text)), headers: got.headers };
}

function reading(atUs: number, value: number | null): Reading {
  return {
    entityId: meter,
    atUs,
    value,
    absence: value === null ? 'unavailable' : null,
    unit: 'kWh',
    sourceUnit: 'kWh',
    lastResetAtUs: null,
    origin: 'stream',
  };
}

let api: TestApi;
beforeEach(async () => {
  api = await new TestApi().ready();
});

describe('status', () => {
  it('is 200 while it does its job, degraded when a store is away, 503 when nothing can be kept', async () => {
    expect(await answer(api.fetch('/api/status'), status)).toMatchObject({ status: 'ok', version: '1.2.3' });
    api.storesUp.questdb = false;
    expect((await answer(api.fetch('/api/status'), status)).status).toBe('degraded');
    api.recording.canKeep = false;
    expect((await answer(api.fetch('/api/status'), status, 503)).status).toBe('down');
  });
  it('says what to do about Home Assistant', async () => {
    api.homeAssistant.refuse('auth_invalid');
    const answered = await answer(api.fetch('/api/status'), status, 503);
    expect(answered.home_assistant).toMatchObject({ ok: false, detail: expect.stringContaining('token') });
  });
  it('names what the preferences name and the home has not', async () => {
    api.homeAssistant.preferences = { device_consumption: [{ stat_consumption: 'sensor.gone' }] };
    await api.home.discover();
    const answered = await answer(api.fetch('/api/status'), status);
    expect(answered).toMatchObject({
      status: 'degraded',
      discovery: { ok: false, missing: ['sensor.gone'] },
    });
  });
});

describe('entities', () => {
  it('are returned as Home Assistant shows them', async () => {
    const list = await answer(api.fetch('/api/entities'), entityList);
    expect(list.count).toBe(34);
    expect(list.entities.find((e) => e.entity_id === 'sensor.fridge_energy')).toMatchObject({
      unit_of_measurement: 'Wh',
      role: 'device',
      parent: 'sensor.kitchen_energy',
      area: 'Kitchen',
      is_tracked: true,
    });
  });
  it('are asked for once for many', async () => {
    await Promise.all([1, 2, 3].map(() => api.fetch('/api/entities')));
    expect(api.homeAssistant.asked).toBe(2);
  });
  it('come from memory or store while Home Assistant is away', async () => {
    api.homeAssistant.disconnect();
    const away = await trouble(api.fetch('/api/entities'), 503);
    expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await answer(api.fetch('/api/entities/cached'), cachedEntityList)).count).toBe(34);
  });
  it('are 503 when neither knows', async () => {
    const fresh = new TestApi();
    fresh.entityStore.isDown = true;
    const { headers } = await trouble(fresh.fetch('/api/entities/cached'), 503);
    expect(headers.get('retry-after')).toBe('5');
  });
});

describe('settings', () => {
  it('return everything but the token', async () => {
    await api.fetch('/api/settings/home-assistant', {
      json: { url: 'http://ha.local:8123', token: 'very-secret' },
    });
    const response = await api.fetch('/api/settings');
    const text = await response.clone().text();
    expect(text).not.toContain('very-secret');
    expect((await answer(response, settings)).settings).toEqual({
      home_assistant_url: 'http://ha.local:8123',
      token_set: true,
      source: 'saved',
      time_zone: 'Europe/Brussels',
      currency: 'EUR',
      language: 'nl',
      may_change: true,
    });
  });
  it('use another Home Assistant after it was tried', async () => {
    const json = { url: 'http://ha.local:8123', token: 't' };
    const answered = await answer(api.fetch('/api/settings/home-assistant', { json }), connectionTest);
    expect(answered).toEqual({ connected: true, version: '2026.11.0', energy_sources: 6, error: null });
    expect(api.used).toEqual([json]);
    expect(api.settings.values.get('home_assistant')).toMatchObject(json);
  });
  it('save nothing when it can’t be reached, or can’t be saved', async () => {
    const json = { url: 'http://ha.local:8123', token: 't' };
    const failing = new TestApi({ trial: { kind: 'failed', error: 'The token is refused' } });
    expect(await trouble(failing.fetch('/api/settings/home-assistant', { json }), 400)).toMatchObject({
      detail: 'The token is refused',
    });
    expect(failing.settings.values.size + failing.used.length).toBe(0);
    api.settings.isDown = true;
    await trouble(api.fetch('/api/settings/home-assistant', { json }), 503);
    expect(api.used).toEqual([]);
  });
  it('say that the Supervisor decides', async () => {
    const under = new TestApi({ source: { kind: 'supervisor' } });
    await trouble(
      under.fetch('/api/settings/home-assistant', { json: { url: 'http://x', token: 't' } }),
      409,
    );
  });
  it.each([
    [{ url: 'ftp://x', token: 't' }, 'url'],
    [{ url: 'http://x', token: '' }, 'token'],
    [{ url: 'http://x' }, 'token'],
    [[], 'body'],
  ])('refuse %j and name %s', async (json, field) => {
    expect(await trouble(api.fetch('/api/settings/home-assistant', { json }), 400)).toMatchObject({ field });
  });
  it('test the connection in use', async () => {
    const test = () => answer(api.fetch('/api/settings/test-connection', { method: 'POST' }), connectionTest);
    expect(await test()).toEqual({ connected: true, version: '2026.11.0', energy_sources: 6, error: null });
    api.homeAssistant.preferences = null;
    expect((await test()).energy_sources).toBeNull();
    api.homeAssistant.disconnect();
    expect(await test()).toMatchObject({ connected: false, error: 'gone' });
  });
  it('discover on demand', async () => {
    const found = await answer(
      api.fetch('/api/settings/discover-entities', { method: 'POST' }),
      discoveryResult,
    );
    expect(found.discovered).toBe(34);
    api.homeAssistant.disconnect();
    await trouble(api.fetch('/api/settings/discover-entities', { method: 'POST' }), 503);
  });
  it('track exactly what is chosen, or nothing changes', async () => {
    const choose = (ids: string[]) =>
      api.fetch('/api/settings/tracked-entities', { json: { entity_ids: ids } });
    expect(await answer(choose([meter]), trackedEntitiesResult)).toEqual({ entity_ids: [meter], count: 1 });
    expect(await trouble(choose([meter, 'sensor.nobody']), 400)).toMatchObject({ field: 'entity_ids' });
    expect(await trouble(choose(['nonsense']), 400)).toMatchObject({ field: 'entity_ids.0' });
    api.entityStore.isDown = true;
    await trouble(choose([]), 503);
    expect(api.home.tracked().map((e) => e.entityId)).toEqual([meter]);
  });
});

describe('who may change settings', () => {
  const asUser = (userId: string | null, under: TestApi = api) =>
    under.fetch('/api/settings/tracked-entities', {
      json: { entity_ids: [] },
      from: '172.30.32.2',
      headers: {
        host: 'ha.example',
        'x-ingress-path': '/api/hassio_ingress/abc',
        ...(userId === null ? {} : { 'x-remote-user-id': userId }),
      },
    });
  it('administrators may, others may not', async () => {
    expect((await asUser('admin')).status).toBe(200);
    expect((await trouble(asUser('child'), 403)).detail).toContain('administrators');
    await trouble(asUser(null), 403);
  });
  it('refuses all users while Home Assistant can’t be asked, except administrators it named lately', async () => {
    const fresh = new TestApi();
    expect((await trouble(asUser('admin', fresh), 403)).detail).toContain('connected');
    expect((await asUser('admin')).status).toBe(200);
    api.homeAssistant.disconnect();
    expect((await asUser('admin')).status).toBe(200);
    await trouble(asUser('child'), 403);
  });
  it('is shown to the panel', async () => {
    const from = {
      from: '172.30.32.2',
      headers: { 'x-ingress-path': '/api/hassio_ingress/abc', 'x-remote-user-id': 'child' },
    };
    expect((await answer(api.fetch('/api/settings', from), settings)).settings.may_change).toBe(false);
  });
});

describe('readings', () => {
  const start = nowUs() - 3_600_000_000;
  const page = (query: string) => answer(api.fetch(`/api/readings/${meter}?${query}`), readings);

  it('keep microseconds and the number before, across pages and absences', async () => {
    api.readings.rows = [null, 1, null, 2, 3.5].map((value, index) =>
      reading(start + index * 1_000_001, value),
    );
    api.readings.rows.push(reading(start - 5_000_000, 0.5));
    const since = encodeURIComponent(isoFromInstant(start));
    const seen = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const got: z.output<typeof readings> = await page(
        `since=${since}&limit=2${cursor && `&cursor=${cursor}`}`,
      );
      expect(got.count).toBe(got.readings.length);
      seen.push(...got.readings);
      cursor = got.next_cursor;
    }
    expect(seen.map((r) => [r.state, r.previous_state, r.absence])).toEqual([
      [null, 0.5, 'unavailable'],
      [1, 0.5, null],
      [null, 1, 'unavailable'],
      [2, 1, null],
      [3.5, 2, null],
    ]);
    expect(seen[1]?.timestamp).toBe(isoFromInstant(start + 1_000_001));
  });

  it('are stable while more arrive between two pages', async () => {
    api.readings.rows = [0, 1, 2, 3].map((n) => reading(start + n, n));
    const since = `since=${encodeURIComponent(isoFromInstant(start))}&limit=2`;
    const first = await page(since);
    api.readings.rows.push(reading(start + 100, 9));
    const second = await page(`${since}&cursor=${first.next_cursor}`);
    expect(second.readings.map((r) => r.state)).toEqual([2, 3]);
    expect(second.next_cursor).not.toBeNull();
  });

  it('of a known entity without readings are none; of an unknown one 404', async () => {
    expect(await page('')).toMatchObject({ count: 0, next_cursor: null });
    for (const path of ['', '/hourly', '/curve'])
      await trouble(api.fetch(`/api/readings/sensor.nobody${path}`), 404);
  });

  it.each([
    ['since=yesterday', 'since'],
    ['since=2026-11-21T08:00:00', 'since'],
    ['limit=0', 'limit'],
    [`limit=${limits.readingsPerPage + 1}`, 'limit'],
    ['since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z', 'since'],
    ['since=2001-01-01T00:00:00Z', 'since'],
    ['since=1969-01-01T00:00:00Z&until=1969-02-01T00:00:00Z', 'until'],
    ['cursor=%27%20or%201', 'cursor'],
    ['cursor=1', 'cursor'],
  ])('refuse ?%s and name %s', async (query, field) => {
    expect(await trouble(api.fetch(`/api/readings/${meter}?${query}`), 400)).toMatchObject({ field });
  });

  it('refuse an id that is none', async () => {
    const id = encodeURIComponent("x' or '1'='1");
    expect(await trouble(api.fetch(`/api/readings/${id}`), 400)).toMatchObject({ field: 'entity_id' });
  });

  it('are 503 with Retry-After while QuestDB is away', async () => {
    api.readings.isDown = true;
    for (const path of ['', '/hourly', '/curve']) {
      const { headers } = await trouble(api.fetch(`/api/readings/${meter}${path}`), 503);
      expect(headers.get('retry-after')).toBe('5');
    }
  });

  it('are not waited for while QuestDB hangs', async () => {
    api.storesUp.questdb = false;
    api.readings.range = () => new Promise(() => undefined);
    const started = performance.now();
    await trouble(api.fetch(`/api/readings/${meter}`), 503);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('come by the hour and as a curve', async () => {
    api.readings.rows = [0, 1, 2].map((n) => reading(start + n * 1_000_000, n));
    expect(await answer(api.fetch(`/api/readings/${meter}/hourly`), hourlyReadings)).toMatchObject({
      unit: 'kWh',
    });
    const drawn = await answer(
      api.fetch(`/api/readings/${meter}/curve?since=${isoFromInstant(start + 1)}`),
      curve,
    );
    expect(drawn).toMatchObject({
      reading_count: 2,
      state: [1, 2],
      before: { state: 0 },
      bucket_seconds: null,
    });
  });

  it('limit the span of hours and curves', async () => {
    expect(
      await trouble(api.fetch(`/api/readings/${meter}/hourly?start_time=2020-01-01T00:00:00Z`), 400),
    ).toMatchObject({ field: 'start_time' });
    expect(
      await trouble(api.fetch(`/api/readings/${meter}/curve?since=2010-01-01T00:00:00Z`), 400),
    ).toMatchObject({ field: 'since' });
  });
});

describe('subscription, back-fill and runs', () => {
  const run: SyncRun = {
    syncId: 'run-1',
    kind: 'manual',
    startUs: 1,
    endUs: 2,
    status: 'success',
    entitiesTotal: 1,
    entitiesDone: 1,
    readingsAdded: 5,
    error: null,
    startedAtUs: 1,
    finishedAtUs: null,
  };
  it('are returned', async () => {
    expect(await answer(api.fetch('/api/subscription/status'), subscriptionStatus)).toMatchObject({
      subscription: { status: 'active', reconnect_count: 2 },
      entities_tracked: 27,
      ha_connected: true,
    });
    api.syncLog.runs = [run];
    expect((await answer(api.fetch('/api/syncs'), syncRuns)).count).toBe(1);
    expect(await answer(api.fetch('/api/syncs/run-1'), syncRun)).toMatchObject({ readings_added: 5 });
    await trouble(api.fetch('/api/syncs/run-2'), 404);
    await trouble(api.fetch('/api/syncs?limit=0'), 400);
    api.syncLog.isDown = true;
    await trouble(api.fetch('/api/syncs'), 503);
  });
  it('start for all, or for some that are tracked', async () => {
    const start = (json?: unknown) =>
      api.fetch('/api/subscription/backfill', json === undefined ? { method: 'POST' } : { json });
    expect(await answer(start(), backfillStarted, 202)).toEqual({ sync_id: 'run-1' });
    await answer(start({ entity_ids: [meter] }), backfillStarted, 202);
    expect(await trouble(start({ entity_ids: ['sensor.home_energy'] }), 400)).toMatchObject({
      field: 'entity_ids',
    });
    expect(api.backfilled).toEqual([undefined, [meter]]);
  });
});

describe('now', () => {
  it('returns power with its signs, and home only when every part is known', async () => {
    const set = (id: string, value: number | null) =>
      api.recording.values.set(id, {
        atUs: nowUs(),
        value,
        absence: value === null ? 'unavailable' : null,
        unit: 'W',
      });
    set('sensor.grid_power', -200);
    set('sensor.solar_power', 1500);
    expect((await answer(api.fetch('/api/now'), now)).power).toEqual({
      grid_w: -200,
      solar_w: 1500,
      battery_w: null,
      home_w: null,
      flows: null,
    });
    set('sensor.battery_power', -300);
    api.recording.counted.set(meter, 4.5);
    const answered = await answer(api.fetch('/api/now'), now);
    expect(answered.power).toEqual({
      ...{ grid_w: -200, solar_w: 1500, battery_w: -300, home_w: 1000 },
      flows: {
        ...{ solar_to_home_w: 1000, solar_to_battery_w: 300, solar_to_grid_w: 200 },
        ...{ battery_to_home_w: 0, battery_to_grid_w: 0, grid_to_home_w: 0, grid_to_battery_w: 0 },
      },
    });
    expect(answered.entities).toHaveLength(27);
    expect(answered.entities.find((e) => e.entity_id === meter)).toMatchObject({
      today: 4.5,
      readings_today: 7,
      unit: 'kWh',
      state: null,
    });
    expect(answered.entities.find((e) => e.entity_id === 'sensor.grid_power')?.today).toBeNull();
  });
});

describe('what is not right about a request', () => {
  it('is answered: path, method, media type, size, JSON', async () => {
    await trouble(api.fetch('/api/nothing'), 404);
    await trouble(api.fetch('/nothing.js'), 404);
    const wrongMethod = await trouble(api.fetch('/api/status', { method: 'DELETE' }), 405);
    expect(wrongMethod.headers.get('allow')).toContain('GET');
    const path = '/api/settings/tracked-entities';
    await trouble(api.fetch(path, { body: '{}', headers: { 'content-type': 'text/plain' } }), 415);
    await trouble(api.fetch(path, { body: '{', headers: { 'content-type': 'application/json' } }), 400);
    await trouble(api.fetch(path, { method: 'POST' }), 400);
    await trouble(api.fetch(path, { json: { entity_ids: ['x'.repeat(limits.bodyBytes)] } }), 413);
  });
  it('is not answered to other addresses', async () => {
    await trouble(api.fetch('/api/status', { from: '192.168.1.9' }), 403);
    await trouble(api.fetch('/api/status', { headers: { host: 'evil.example' } }), 403);
    await trouble(
      api.fetch('/', { from: '10.0.0.1', headers: { 'x-ingress-path': '/api/hassio_ingress/abc' } }),
      403,
    );
    await trouble(
      api.fetch('/api/subscription/backfill', {
        method: 'POST',
        headers: { 'sec-fetch-site': 'cross-site' },
      }),
      403,
    );
  });
  it('leaks nothing when something unexpected happens', async () => {
    api.recording.subscription = () => {
      throw new Error('secret at x.ts');
    };
    await trouble(api.fetch('/api/subscription/status'), 500);
  });
});

describe('the panel', () => {
  const dir = mkdtempSync(join(tmpdir(), 'panel-'));
  mkdirSync(join(dir, 'assets'));
  writeFileSync(
    join(dir, 'index.html'),
    '<!doctype html><html><head><title>x</title></head><body></body></html>',
  );
  writeFileSync(join(dir, 'assets/index-Ab12Cd34.js'), 'let x = "é";');
  writeFileSync(join(dir, '.hidden'), 'no');
  const shown = new TestApi({ panelDir: dir });
  const ingress = (path: string) => ({ from: '172.30.32.2', headers: { 'x-ingress-path': path } });

  it('has its ingress path as base, and only a real one', async () => {
    const html = async (init = {}) => (await shown.fetch('/', init)).text();
    expect(await html(ingress('/api/hassio_ingress/a-b_C'))).toContain(
      '<meta charset="utf-8"><base href="/api/hassio_ingress/a-b_C/">',
    );
    expect(await html(ingress('/api/hassio_ingress/a"><script>'))).toContain('<base href="/">');
    expect(await html()).toContain('<base href="/">');
  });
  it('is cached by its hashed names, with headers that let Home Assistant frame it', async () => {
    const script = await shown.fetch('/assets/index-Ab12Cd34.js');
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const page = await shown.fetch('/');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
    expect(page.headers.get('x-frame-options')).toBeNull();
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  });
  it.each(['/.hidden', '/assets/..%2f.hidden', '/..%2f..%2fetc/passwd', '/assets/', '/assets'])(
    'gives no other file: %s',
    async (path) => {
      await trouble(shown.fetch(path), 404);
    },
  );
  it('says so when it is not built', async () => {
    expect(await (await api.fetch('/')).text()).toContain('not built');
  });
});

describe('the description', () => {
  it('has every route, with texts, and is OpenAPI 3.1', async () => {
    const document = (await (await api.fetch('/api/openapi.json')).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { summary?: string; responses: Record<string, object> }>>;
      components: { schemas: Record<string, object> };
    };
    expect(document.openapi).toMatch(/^3\.1/);
    const routes = Object.entries(document.paths).flatMap(([path, ops]) =>
      Object.keys(ops).map((method) => `${method} ${path}`),
    );
    expect(routes.sort()).toMatchInlineSnapshot(`
      [
        "delete /api/grid-connections/{id}",
        "delete /api/ledger/{entity_id}/corrections/{correction_id}",
        "delete /api/ledger/{entity_id}/exchanges/{exchange_id}",
        "delete /api/power-analytics/cost-versions/{id}",
        "get /api/balance",
        "get /api/coverage",
        "get /api/devices",
        "get /api/entities",
        "get /api/entities/cached",
        "get /api/grid-connections",
        "get /api/ledger/{entity_id}",
        "get /api/now",
        "get /api/power-analytics/cost-versions",
        "get /api/power-analytics/device-breakdown",
        "get /api/power-analytics/export-csv",
        "get /api/power-analytics/health",
        "get /api/power-analytics/monthly",
        "get /api/power-analytics/summary",
        "get /api/power-analytics/timeline",
        "get /api/readings/{entity_id}",
        "get /api/readings/{entity_id}/curve",
        "get /api/readings/{entity_id}/hourly",
        "get /api/reconciliation",
        "get /api/settings",
        "get /api/statistics/sync-status",
        "get /api/statistics/sync/{sync_id}",
        "get /api/statistics/{entity_id}",
        "get /api/statistics/{entity_id}/daily",
        "get /api/statistics/{entity_id}/monthly",
        "get /api/statistics/{entity_id}/summary",
        "get /api/status",
        "get /api/subscription/status",
        "get /api/syncs",
        "get /api/syncs/{sync_id}",
        "get /api/tickets",
        "get /api/tickets/{ticket_id}",
        "get /metrics",
        "get /v1/capacity/month/{month}",
        "get /v1/realtime",
        "get /v1/series",
        "patch /api/power-analytics/cost-versions/{id}",
        "post /api/grid-connections",
        "post /api/ledger/{entity_id}/corrections",
        "post /api/ledger/{entity_id}/exchanges",
        "post /api/power-analytics/cost-versions",
        "post /api/power-analytics/recalculate",
        "post /api/reconciliation",
        "post /api/settings/discover-entities",
        "post /api/settings/home-assistant",
        "post /api/settings/test-connection",
        "post /api/settings/tracked-entities",
        "post /api/statistics/compare",
        "post /api/statistics/sync",
        "post /api/subscription/backfill",
        "post /api/tickets/{ticket_id}/resolve",
        "post /api/tickets/{ticket_id}/undo",
      ]
    `);
    for (const ops of Object.values(document.paths))
      for (const one of Object.values(ops)) expect(one.summary).toBeTruthy();
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      (match) => match[1] ?? '',
    );
    for (const name of refs) expect(document.components.schemas).toHaveProperty([name]);
  });
  it('has a page that needs nothing from elsewhere', async () => {
    const html = await (await api.fetch('/api/docs')).text();
    expect(html).toContain('GET /api/readings/{entity_id}');
    expect(html).not.toMatch(/(src|href)="https?:/);
  });
});
