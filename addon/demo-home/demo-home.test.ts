/**
 * Goal: a real client of Home Assistant can live with the demo home, in good and in bad times.
 * Method: home-assistant-js-websocket and a bare socket against a demo home on a free port; a clock that the test
 * moves, so that nothing depends on how fast the machine is.
 */
import { ERR_CANNOT_CONNECT, ERR_INVALID_AUTH, getStates } from 'home-assistant-js-websocket';
import { afterEach, describe, expect, it } from 'vitest';
import { type DemoHome, type DemoHomeOptions, startDemoHome } from './demo-home.ts';
import { BareClient, connect, until } from './protocol/test-client.ts';

const startUs = Date.parse('2026-11-16T17:30:00Z') * 1000; // a Monday evening
const closers: (() => unknown)[] = [];

async function start(options: Partial<DemoHomeOptions> = {}) {
  const clock = { us: startUs, nowUs: () => clock.us };
  const demo = await startDemoHome({
    token: 'good',
    viewerToken: 'look',
    clock,
    paceMs: 0,
    installedOn: '2026-10-10',
    ...options,
  });
  closers.push(() => demo.stop());
  const wait = (seconds: number) => {
    clock.us += Math.round(seconds * 1_000_000);
    demo.advance();
  };
  return { demo, clock, wait };
}

async function real(demo: DemoHome, token = 'good') {
  const connection = await connect(demo.url, token);
  closers.push(() => connection.close());
  return connection;
}

async function bare(demo: DemoHome, token = 'good') {
  const client = new BareClient(demo.url);
  closers.push(() => client.close());
  await client.authenticate(token);
  return client;
}

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const power = 'sensor.p1_meter_power';

describe('demo home', () => {
  it('accepts the token and nothing else', async () => {
    const { demo } = await start();
    const connection = await real(demo);
    expect(connection.haVersion).toBe('2026.11.0');
    await expect(connect(demo.url, 'bad')).rejects.toBe(ERR_INVALID_AUTH);
    demo.revokeToken(true);
    await expect(connect(demo.url, 'good')).rejects.toBe(ERR_INVALID_AUTH);
    demo.revokeToken(false);
    demo.refuseConnections('502');
    await expect(connect(demo.url, 'good')).rejects.toBe(ERR_CANNOT_CONNECT);
  });

  it('sends each change once and in order, and history has the same', async () => {
    const { demo, wait, clock } = await start();
    const connection = await real(demo);
    const seen: { state: string; last_updated: string }[] = [];
    await connection.subscribeEvents<{
      data: { entity_id: string; new_state: { state: string; last_updated: string } };
    }>(({ data }) => {
      if (data.entity_id === power) seen.push(data.new_state);
    }, 'state_changed');
    for (let i = 0; i < 40; i++) wait(3.3);
    const held = demo.recorded(power, startUs, clock.us);
    await until(() => seen.length === held.length);
    expect(seen.map(({ state }) => state)).toEqual(held.map(({ state }) => state));
    expect(held.length).toBeGreaterThan(15);
    expect(demo.eventsSent(power)).toBe(held.length);
    const answer = await connection.sendMessagePromise<Record<string, { s: string; lu: number }[]>>({
      type: 'history/history_during_period',
      start_time: new Date(startUs / 1000).toISOString(),
      entity_ids: [power],
      significant_changes_only: false,
      include_start_time_state: false,
    });
    expect(answer[power]?.map(({ s }) => s)).toEqual(seen.map(({ state }) => state));
    expect(answer[power]?.map(({ lu }) => Math.round(lu * 1e6))).toEqual(
      held.map(({ lastUpdatedUs }) => lastUpdatedUs),
    );
  });

  it('answers subscribe_entities with the snapshot, then differences', async () => {
    const { demo } = await start();
    const client = await bare(demo);
    await client.ask({ type: 'supported_features', features: { coalesce_messages: 1 } });
    demo.emit('sensor.hand', '1', { unit_of_measurement: 'kWh', old: 1 });
    await client.ask({ type: 'subscribe_entities', entity_ids: ['sensor.hand'] });
    demo.emit('sensor.hand', '2');
    demo.emit('sensor.hand', '2', { unit_of_measurement: 'kWh' });
    demo.emit('sensor.hand', '2');
    demo.removeEntity('sensor.hand');
    const events = () =>
      client
        .messages()
        .filter(({ type }) => type === 'event')
        .map(({ event }) => event);
    await until(() => events().length >= 4);
    const [added, changed, attributes, removed, ...more] = events();
    const instant = expect.any(Number);
    expect(added).toEqual({
      a: {
        'sensor.hand': {
          s: '1',
          a: { unit_of_measurement: 'kWh', old: 1 },
          c: expect.any(String),
          lc: instant,
        },
      },
    });
    expect(changed).toEqual({
      c: { 'sensor.hand': { '+': { s: '2', lc: instant, c: expect.any(String) } } },
    });
    expect(attributes).toEqual({
      c: { 'sensor.hand': { '+': { lu: instant, c: expect.any(String) }, '-': { a: ['old'] } } },
    });
    expect(removed).toEqual({ r: ['sensor.hand'] });
    expect(more).toEqual([]);
    // Messages of one turn come in one frame, as from Core.
    expect(client.frames.some((frame) => frame.startsWith('['))).toBe(true);
  });

  it('refuses as Core does', async () => {
    const { demo } = await start();
    const client = await bare(demo, 'look');
    const error = async (message: object) => (await client.ask(message)).error;
    expect(await error({ type: 'no/such' })).toEqual({
      code: 'unknown_command',
      message: 'Unknown command.',
    });
    expect(await error({ type: 'config/auth/list' })).toEqual({
      code: 'unauthorized',
      message: 'Unauthorized',
    });
    expect(await error({ type: 'recorder/statistics_during_period', period: 'minute' })).toEqual({
      code: 'invalid_format',
      message:
        "expected '5minute' or 'hour' or 'day' or 'week' or 'month' or 'year' at 'period'. Got 'minute'\n" +
        "required key not provided at 'start_time'. Got None\nrequired key not provided at 'statistic_ids'. Got None",
    });
    expect(await error({ type: 'unsubscribe_events', subscription: 99 })).toMatchObject({
      code: 'not_found',
    });
    demo.notReady(['recorder/', 'energy/']);
    expect(await error({ type: 'energy/get_prefs' })).toMatchObject({ code: 'unknown_command' });
    demo.notReady([]);
    demo.setPreferences('none');
    expect(await error({ type: 'energy/get_prefs' })).toEqual({ code: 'not_found', message: 'No prefs' });
    expect((await client.ask({ type: 'ping' })).type).toBe('pong');
  });

  it('names in its preferences only entities that are there, in both forms', async () => {
    const { demo } = await start();
    const connection = await real(demo);
    const states = new Set((await getStates(connection)).map(({ entity_id }) => entity_id));
    for (const form of ['new', 'old'] as const) {
      demo.setPreferences(form);
      const text = JSON.stringify(await connection.sendMessagePromise({ type: 'energy/get_prefs' }));
      const named = [...text.matchAll(/"(sensor\.[a-z0-9_]+)"/g)].map((match) => match[1] ?? '');
      expect(named.filter((id) => !states.has(id))).toEqual([]);
      expect(named).not.toContain('sensor.garage_freezer_energy');
      expect(text.includes('flow_from')).toBe(form === 'old');
    }
  });

  it('can be silent, half open, slow and cut off', async () => {
    const { demo, wait } = await start();
    const client = await bare(demo);
    await client.ask({ type: 'subscribe_events', event_type: 'state_changed' });
    demo.silence(true);
    wait(60);
    expect((await client.ask({ type: 'ping' })).type).toBe('pong');
    expect(client.messages().filter(({ type }) => type === 'event')).toEqual([]);
    expect(demo.recorded(power, startUs, startUs + 60_000_000).length).toBeGreaterThan(3);
    demo.silence(false);
    demo.halfOpen(true);
    const frames = client.frames.length;
    wait(60);
    const held = client.ask({ type: 'ping' });
    const newcomer = new BareClient(demo.url);
    closers.push(() => newcomer.close());
    await until(() => demo.connectionCount() > 1);
    expect(newcomer.frames).toEqual([]);
    expect(client.frames.length).toBe(frames);
    demo.halfOpen(false);
    await until(() => newcomer.frames.length > 0);
    expect((await held).type).toBe('pong');
    expect(demo.dropConnections()).toBeGreaterThan(0);
    await until(() => client.isClosed);
  });

  it('renames, removes, resets and loses entities as Core reports it', async () => {
    const { demo } = await start();
    const client = await bare(demo);
    await client.ask({ type: 'subscribe_events' });
    demo.renameEntity('sensor.oven_power', 'sensor.oven_watts');
    demo.restartMeter('sensor.dishwasher_energy');
    demo.setAvailable('sensor.boiler_energy', false);
    demo.setAvailable('sensor.boiler_energy', true);
    demo.addEntity('sensor.heater_energy', '3.5', {
      unit: 'kWh',
      deviceClass: 'energy',
      stateClass: 'total_increasing',
    });
    const events = () =>
      client
        .messages()
        .filter(({ type }) => type === 'event')
        .map(({ event }) => event);
    const of = (entityId: string) =>
      events().flatMap(({ event_type, data }) =>
        event_type === 'state_changed' && data.entity_id === entityId ? [data.new_state?.state ?? null] : [],
      );
    await until(() => of('sensor.heater_energy').length > 0);
    expect(
      events()
        .filter(({ event_type }) => event_type === 'entity_registry_updated')
        .map(({ data }) => data),
    ).toEqual([
      {
        action: 'update',
        entity_id: 'sensor.oven_watts',
        changes: { entity_id: 'sensor.oven_power' },
        old_entity_id: 'sensor.oven_power',
      },
      { action: 'create', entity_id: 'sensor.heater_energy' },
    ]);
    expect(of('sensor.oven_power')).toEqual([null]);
    expect(of('sensor.oven_watts')).toEqual([expect.any(String)]);
    expect(of('sensor.dishwasher_energy')).toEqual(['0.0']);
    expect(of('sensor.boiler_energy')).toEqual(['unavailable', expect.stringMatching(/^\d/)]);
  });

  it('cuts off a client that reads nothing, as Core does', async () => {
    const { demo } = await start({ maxPending: 100 });
    const client = await bare(demo);
    await client.ask({ type: 'subscribe_events', event_type: 'state_changed' });
    demo.halfOpen(true);
    demo.burst(200);
    await until(() => demo.connectionCount() === 0);
  });

  it('floods at its rate and knows what it sent', async () => {
    const { demo, wait } = await start();
    const ids = demo.addFloodSensors(7);
    const client = await bare(demo);
    await client.ask({ type: 'subscribe_entities', entity_ids: ids });
    const done = demo.flood({ sensors: 7, eventsPerSecond: 5000, events: 10_001 });
    for (let i = 0; i < 30; i++) wait(0.07);
    const { firstUs, lastUs } = await done;
    expect(lastUs - firstUs).toBe(2_000_000);
    const held = ids
      .flatMap((id) => demo.recorded(id, firstUs, lastUs + 1))
      .sort((a, b) => a.lastUpdatedUs - b.lastUpdatedUs);
    expect(held.length).toBe(10_001);
    expect(ids.reduce((sum, id) => sum + demo.eventsSent(id), 0)).toBe(10_001);
    const changes = () => client.messages().filter(({ event }) => event?.c !== undefined);
    await until(() => changes().length === 10_001);
    expect(changes().at(-1)?.event.c).toMatchObject({
      [ids[10_000 % 7] ?? '']: { '+': { s: held.at(-1)?.state } },
    });
  });

  it('answers the little of REST that a connection test needs', async () => {
    const { demo } = await start();
    const get = (path: string, token?: string) =>
      fetch(demo.url + path, token ? { headers: { authorization: `Bearer ${token}` } } : {});
    expect((await get('/api/')).status).toBe(401);
    expect(await (await get('/api/', 'good')).json()).toEqual({ message: 'API running.' });
    expect(await (await get('/api/config', 'good')).json()).toMatchObject({
      time_zone: 'Europe/Brussels',
      currency: 'EUR',
    });
    expect(await (await get('/manifest.json')).json()).toMatchObject({ name: 'Home Assistant' });
    const post = (path: string, body: object) =>
      fetch(demo.url + path, {
        method: 'POST',
        headers: { authorization: 'Bearer good' },
        body: JSON.stringify(body),
      });
    expect((await post('/demo/emit', { entity_id: 'sensor.hand', state: '5' })).status).toBe(200);
    expect(demo.states().get('sensor.hand')).toBe('5');
    expect((await post('/demo/emit', { entity_id: 5 })).status).toBe(400);
  });
});
