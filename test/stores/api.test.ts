/**
 * Goal: what Home Assistant says comes out of the API, the same to the microsecond, over the real stores; a choice, a
 * restart, another Home Assistant and a missing one are taken as the contract says.
 * Method: the whole process with a demo home; its own recorder is the truth; every answer parsed by its contract.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { DemoHome } from '../../addon/demo-home/demo-home.ts';
import { problem } from '../../src/schemas/common.ts';
import { cachedEntityList, entityList } from '../../src/schemas/entities.ts';
import { type LiveMessage, liveMessage } from '../../src/schemas/live.ts';
import { now } from '../../src/schemas/now.ts';
import {
  backfillStarted,
  curve,
  hourlyReadings,
  readings,
  subscriptionStatus,
  syncRun,
  syncRuns,
} from '../../src/schemas/readings.ts';
import {
  connectionTest,
  discoveryResult,
  settings,
  trackedEntitiesResult,
} from '../../src/schemas/settings.ts';
import { status } from '../../src/schemas/status.ts';
import { instantFromIso, isoFromInstant } from '../../src/units/instant.ts';
import { toCanonical } from '../../src/units/quantity.ts';
import {
  type LedgerPlace,
  newDemoHome,
  newPlace,
  type RunningLedger,
  startLedger,
  untilSettled,
} from './api-fixture.ts';

const token = 'the-demo-token';
let demo: DemoHome;
let place: LedgerPlace;
let ledger: RunningLedger;

const environment = () => ({ HA_URL: demo.url, HA_TOKEN: token });

beforeAll(async () => {
  demo = await newDemoHome(token);
  place = await newPlace();
  ledger = await startLedger(place, environment());
  await untilSettled(ledger);
}, 90_000);
afterAll(async () => {
  await ledger.stop();
  await demo.stop();
});

async function trackedIds(): Promise<string[]> {
  const list = await ledger.get('/api/entities/cached', cachedEntityList);
  return list.entities.filter((entity) => entity.is_tracked).map((entity) => entity.entity_id);
}

/** Reports every few seconds. */
async function gridPower(): Promise<string> {
  const list = await ledger.get('/api/entities/cached', cachedEntityList);
  const found = list.entities.find((entity) => entity.role === 'grid_power');
  if (found === undefined) throw new Error('The demo home has no power of the grid');
  return found.entity_id;
}

/** All pages of one entity since an instant. */
async function allReadings(entityId: string, since: string, limit: number) {
  const rows = [];
  let cursor: string | null = null;
  do {
    const query: string = `since=${encodeURIComponent(since)}&limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`;
    const page = await ledger.get(`/api/readings/${entityId}?${query}`, readings);
    rows.push(...page.readings);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return rows;
}

describe('a first start', () => {
  it('tracks what the energy preferences name, each with its role, and reports a home', async () => {
    const list = await ledger.get('/api/entities', entityList);
    const byId = new Map(list.entities.map((entity) => [entity.entity_id, entity]));
    const wire = await ledger.post('/api/settings/test-connection', {}, connectionTest);
    expect(wire).toMatchObject({ connected: true, error: null });
    const cached = await ledger.get('/api/entities/cached', cachedEntityList);
    expect(cached.count).toBe(list.count);
    const named = list.entities.filter((entity) => entity.found_by === 'preferences');
    expect(named.length).toBeGreaterThan(10);
    expect(named.every((entity) => entity.is_tracked)).toBe(true);
    for (const role of [
      'grid_import',
      'grid_export',
      'grid_power',
      'solar',
      'battery_in',
      'battery_out',
      'gas',
      'water',
      'device',
      'device_power',
    ])
      expect(
        named.map((entity) => entity.role),
        role,
      ).toContain(role);
    for (const entity of list.entities)
      if (entity.parent !== null) expect(byId.has(entity.parent), entity.entity_id).toBe(true);
    const answer = await ledger.get('/api/settings', settings);
    expect(answer).toMatchObject({ ha_connected: true, databases: { mongodb: true, questdb: true } });
    expect(answer.settings).toMatchObject({ source: 'environment', token_set: true, may_change: true });
    expect(JSON.stringify(answer)).not.toContain(token);
  });

  it('brings in the past that Home Assistant holds, and logs it', async () => {
    await vi.waitFor(async () => {
      const runs = await ledger.get('/api/syncs', syncRuns);
      const run = runs.syncs.at(-1);
      expect(run?.kind).toBe('start');
      expect(run?.readings_added).toBeGreaterThan(1000);
      const one = await ledger.get(`/api/syncs/${run?.sync_id}`, syncRun);
      expect(one.readings_added).toBeGreaterThanOrEqual(run?.readings_added ?? Number.NaN);
    }, 30_000);
  });
});

describe('readings', () => {
  it('equal what the home’s own recorder holds, page by page', async () => {
    demo.standStill(true);
    const entityId = await gridPower();
    const startUs = Date.now() * 1000 - 3 * 3_600_000_000;
    await untilSettled(ledger);
    await vi.waitFor(async () => {
      const truth = demo.recorded(entityId, startUs, Date.now() * 1000).filter((row) => row.state !== '');
      const rows = await allReadings(entityId, isoFromInstant(startUs), 97);
      expect(rows.length).toBeGreaterThan(97);
      expect(rows.map((row) => instantFromIso(row.timestamp))).toEqual(truth.map((row) => row.lastUpdatedUs));
    }, 20_000);
    demo.standStill(false);
  });

  it('of a burst come in order with microseconds and the value before each', async () => {
    const before = await trackedIds();
    demo.emit('sensor.burst', '0', {
      unit_of_measurement: 'kW',
      device_class: 'power',
      state_class: 'measurement',
    });
    await ledger.post('/api/settings/discover-entities', {}, discoveryResult);
    await ledger.post(
      '/api/settings/tracked-entities',
      { entity_ids: [...before, 'sensor.burst'] },
      trackedEntitiesResult,
    );
    await vi.waitFor(async () => {
      const answer = await ledger.get('/api/now', now);
      expect(answer.entities.find((entity) => entity.entity_id === 'sensor.burst')).toMatchObject({
        state: 0,
        unit: 'W',
      });
    }, 20_000);
    const sinceUs = Date.now() * 1000;
    const values = ['0.1', 'unavailable', '0.2', '-3', 'unknown', '4e-3'];
    values.forEach((value, index) => {
      const attributes = { unit_of_measurement: 'kW', device_class: 'power', state_class: 'measurement' };
      demo.emit('sensor.burst', value, attributes, sinceUs + 1000 * index + 7);
    });
    await vi.waitFor(async () => {
      const rows = await allReadings('sensor.burst', isoFromInstant(sinceUs), 2);
      expect(rows.map((row) => [row.state, row.previous_state, row.absence, row.unit])).toEqual([
        [100, 0, null, 'W'],
        [null, 100, 'unavailable', 'W'],
        [200, 100, null, 'W'],
        [-3000, 200, null, 'W'],
        [null, -3000, 'unknown', 'W'],
        [4, -3000, null, 'W'],
      ]);
      expect(rows[1]?.timestamp).toBe(isoFromInstant(sinceUs + 1007));
    }, 20_000);
    const drawn = await ledger.get(
      `/api/readings/sensor.burst/curve?since=${isoFromInstant(sinceUs)}`,
      curve,
    );
    expect(drawn).toMatchObject({ reading_count: 6, bucket_seconds: null, before: { state: 0 } });
    const hours = await ledger.get('/api/readings/sensor.burst/hourly', hourlyReadings);
    expect(hours.data.reduce((sum, hour) => sum + hour.reading_count, 0)).toBe(7);
    const subscribed = await ledger.get('/api/subscription/status', subscriptionStatus);
    expect(subscribed).toMatchObject({
      subscription: { status: 'active' },
      entities_tracked: before.length + 1,
    });
  });

  it('are down-sampled when there are more than the picture has points', async () => {
    const entityId = await gridPower();
    const since = isoFromInstant(Date.now() * 1000 - 5 * 86_400_000_000);
    const drawn = await ledger.get(`/api/readings/${entityId}/curve?since=${since}&points=50`, curve);
    expect(drawn.reading_count).toBeGreaterThan(50);
    expect(drawn.x.length).toBeLessThanOrEqual(50);
    expect(drawn.bucket_seconds).not.toBeNull();
    expect([drawn.state.length, drawn.min.length, drawn.max.length]).toEqual([
      drawn.x.length,
      drawn.x.length,
      drawn.x.length,
    ]);
  });
});

describe('now and live', () => {
  it('return the home’s own values in canonical units, and today’s counts', async () => {
    demo.standStill(true);
    await vi.waitFor(async () => {
      const answer = await ledger.get('/api/now', now);
      const states = await ledger.get('/api/entities', entityList);
      const shown = new Map(states.entities.map((entity) => [entity.entity_id, entity]));
      for (const entity of answer.entities) {
        const theirs = shown.get(entity.entity_id);
        const number = Number(theirs?.state);
        if (theirs === undefined || !Number.isFinite(number)) continue;
        expect(entity.state, entity.entity_id).toBe(toCanonical(number, theirs.unit_of_measurement)?.value);
      }
      const meters = answer.entities.filter((entity) => entity.role === 'grid_import');
      expect(meters.length).toBeGreaterThan(0);
      for (const meter of meters) expect(meter.today, meter.entity_id).not.toBeNull();
      const { grid_w, solar_w, battery_w, home_w } = answer.power;
      expect(home_w).toBe((grid_w ?? Number.NaN) + (solar_w ?? Number.NaN) + (battery_w ?? Number.NaN));
    }, 20_000);
    demo.standStill(false);
  });

  it('push a reading at once, and go on where a client left', async () => {
    const listen = (since: number | null) => {
      const messages: LiveMessage[] = [];
      const socket = new WebSocket(
        `${ledger.url.replace('http', 'ws')}/api/live${since === null ? '' : `?since=${since}`}`,
      );
      socket.on('message', (data) => messages.push(liveMessage.parse(JSON.parse(String(data)))));
      return { socket, messages };
    };
    const attributes = { unit_of_measurement: 'kW', device_class: 'power', state_class: 'measurement' };
    const burst = (messages: readonly LiveMessage[]) =>
      messages
        .flatMap((m) => (m.type === 'readings' ? m.readings : []))
        .filter((r) => r.entity_id === 'sensor.burst');
    const first = listen(null);
    await vi.waitFor(() => expect(first.messages[0]?.type).toBe('snapshot'));
    demo.emit('sensor.burst', '5', attributes);
    await vi.waitFor(() => expect(burst(first.messages).map((r) => r.state)).toContain(5000), 10_000);
    const seen = first.messages.at(-1)?.seq ?? 0;
    first.socket.close();
    demo.emit('sensor.burst', '6', attributes);
    await vi.waitFor(async () => {
      const answer = await ledger.get('/api/now', now);
      expect(answer.entities.find((e) => e.entity_id === 'sensor.burst')?.state).toBe(6000);
    }, 10_000);
    const second = listen(seen);
    await vi.waitFor(() => expect(burst(second.messages).map((r) => r.state)).toContain(6000), 10_000);
    expect(second.messages[0]?.type).not.toBe('snapshot');
    expect(second.messages[0]?.seq).toBe(seen + 1);
    second.socket.close();
  });
});

describe('the home changes', () => {
  it('and a new energy entity is offered by itself', async () => {
    demo.addEntity('sensor.sauna_energy', '3', {
      unit: 'kWh',
      deviceClass: 'energy',
      stateClass: 'total_increasing',
    });
    await vi.waitFor(async () => {
      const list = await ledger.get('/api/entities/cached', cachedEntityList);
      expect(list.entities.find((entity) => entity.entity_id === 'sensor.sauna_energy')).toMatchObject({
        is_tracked: false,
        is_active: true,
      });
    }, 20_000);
  });

  it('and a renamed entity is followed, though the preferences keep its old id', async () => {
    const list = await ledger.get('/api/entities', entityList);
    const oldId = list.entities.find((entity) => entity.role === 'device')?.entity_id ?? '';
    demo.renameEntity(oldId, 'sensor.quite_another_name');
    await vi.waitFor(async () => {
      const renamed = await ledger.get('/api/entities/cached', cachedEntityList);
      expect(renamed.entities.find((e) => e.entity_id === 'sensor.quite_another_name')).toMatchObject({
        role: 'device',
        is_tracked: true,
        is_active: true,
      });
      expect(renamed.entities.find((e) => e.entity_id === oldId)).toMatchObject({
        is_tracked: false,
        is_active: false,
      });
    }, 20_000);
    expect((await ledger.get('/api/status', status)).discovery.missing).toEqual([]);
    demo.renameEntity('sensor.quite_another_name', oldId);
    await vi.waitFor(async () => expect(await trackedIds()).toContain(oldId), 20_000);
  });
});

describe('a choice', () => {
  it('is refused as a whole when an id is unknown, and outlives a restart', async () => {
    const before = await trackedIds();
    const body = { entity_ids: [before[0], 'sensor.nobody'] };
    expect(await ledger.post('/api/settings/tracked-entities', body, problem, 400)).toMatchObject({
      field: 'entity_ids',
    });
    expect(await trackedIds()).toEqual(before);
    const chosen = before.slice(0, 3);
    await ledger.post('/api/settings/tracked-entities', { entity_ids: chosen }, trackedEntitiesResult);
    await ledger.stop();
    ledger = await startLedger(place, environment());
    await untilSettled(ledger);
    expect(await trackedIds()).toEqual(chosen);
    await ledger.post('/api/settings/tracked-entities', { entity_ids: before }, trackedEntitiesResult);
  });

  it('to back-fill is answered at once and logged', async () => {
    const started = await ledger.post('/api/subscription/backfill', {}, backfillStarted, 202);
    await vi.waitFor(async () => {
      const run = await ledger.get(`/api/syncs/${started.sync_id}`, syncRun);
      expect(run).toMatchObject({ kind: 'manual', status: 'success' });
    }, 40_000);
  });
});

describe('Home Assistant', () => {
  it('that is away is reported, and what is known is still answered', async () => {
    demo.refuseConnections('502');
    demo.dropConnections();
    await vi.waitFor(async () => {
      const answer = await ledger.get('/api/status', status, 503);
      expect(answer).toMatchObject({ status: 'down', home_assistant: { ok: false } });
    }, 20_000);
    await ledger.get('/api/entities', problem, 503);
    expect((await ledger.get('/api/entities/cached', cachedEntityList)).count).toBeGreaterThan(10);
    expect((await ledger.get('/api/readings/sensor.burst', readings)).count).toBeGreaterThan(0);
    expect(await ledger.post('/api/settings/test-connection', {}, connectionTest)).toMatchObject({
      connected: false,
    });
    demo.refuseConnections('no');
    await vi.waitFor(async () => expect((await ledger.get('/api/status', status)).status).toBe('ok'), 40_000);
  });

  it('is changed without a restart when the new one lets us in, and not otherwise', async () => {
    const other = await newDemoHome('another-token');
    try {
      const refused = { url: other.url, token: 'wrong' };
      expect(await ledger.post('/api/settings/home-assistant', refused, problem, 400)).toMatchObject({
        status: 400,
      });
      expect((await ledger.get('/api/settings', settings)).settings).toMatchObject({
        home_assistant_url: demo.url,
        source: 'environment',
      });
      await ledger.post(
        '/api/settings/home-assistant',
        { url: other.url, token: 'another-token' },
        connectionTest,
      );
      const { settings: answer } = await ledger.get('/api/settings', settings);
      expect(answer).toMatchObject({ home_assistant_url: other.url, source: 'saved', token_set: true });
      await vi.waitFor(() => expect(other.connectionCount()).toBeGreaterThan(0), 20_000);
      await vi.waitFor(() => expect(demo.connectionCount()).toBe(0), 20_000);
      await untilSettled(ledger);
    } finally {
      await ledger.stop();
      await other.stop();
    }
    ledger = await startLedger(place, { HA_URL: demo.url, HA_TOKEN: 'a token of another day' });
    expect((await ledger.get('/api/settings', settings)).settings.source).toBe('environment');
  });
});
