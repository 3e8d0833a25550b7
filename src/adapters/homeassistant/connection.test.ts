/**
 * Goal: the connection comes back after every fault, reports its status, and loses no subscription silently.
 * Method: the demo home, which uses the real protocol, is made to fail in each way that was observed with Home
 * Assistant or the network; waits are short and only bound how long a condition may take.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DemoHome, startDemoHome } from '../../../addon/demo-home/demo-home.ts';
import {
  type ConnectionStatus,
  type EntityState,
  HomeAssistantUnavailable,
  type StateBatch,
} from '../../home/home-assistant.ts';
import { systemClock } from '../../runtime/clock.ts';
import { type Endpoint, endpointFromUrl } from './endpoint.ts';
import { createHomeAssistant, type HomeAssistantConnection } from './home-assistant.ts';
import { type RecordedLog, recordedLog } from './testing/recorded-log.ts';
import { until } from './testing/until.ts';
import type { Timings } from './timings.ts';

const timings: Partial<Timings> = {
  retryFirstMs: 10,
  retryLimitMs: 50,
  refusedFirstMs: 50,
  refusedLimitMs: 50,
  pingEveryMs: 100,
  pingWithinMs: 100,
  warmUpFirstMs: 10,
  registryThrottleMs: 30,
};

let home: DemoHome;
/** One that no other test uses. */
let entityId: string;
let client: HomeAssistantConnection;
let log: RecordedLog;
let statuses: ConnectionStatus[];

function endpointOf(url: string, token = 'secret'): Endpoint {
  const parsed = endpointFromUrl(url);
  if (parsed.kind === 'invalid') throw new Error(parsed.error);
  return { websocketUrl: parsed.websocketUrl, token, source: 'environment' };
}

function startClient(endpoint: Endpoint | null, more: Partial<Timings> = {}): void {
  client = createHomeAssistant({ endpoint, clock: systemClock, log, timings: { ...timings, ...more } });
  client.onStatus((status) => statuses.push(status));
  client.start();
}

const connected = () => until('connected', () => client.status().kind === 'connected');
const reconnected = (times: number) =>
  until(
    `connected again ${times} times`,
    () => client.reconnectCount() >= times && client.status().kind === 'connected',
  );

// Making the home's past takes half a second: it is made once, and mended after each test.
beforeAll(async () => {
  home = await startDemoHome({ token: 'secret', viewerToken: 'viewer' });
});
beforeEach(() => {
  log = recordedLog();
  statuses = [];
  entityId = `sensor.test_${crypto.randomUUID().slice(0, 8)}`;
});
afterEach(async () => {
  home.halfOpen(false);
  home.refuseConnections('no');
  home.revokeToken(false);
  home.delayAnswers(0);
  await client.stop();
  await until('it left', () => home.connectionCount() === 0);
});
afterAll(async () => {
  await home.stop();
});

describe('the connection', () => {
  it('reports each step, and identifies each new connection', async () => {
    startClient(endpointOf(home.url));
    await connected();
    home.dropConnections();
    await reconnected(1);
    const since = statuses.flatMap((status) => (status.kind === 'connected' ? [status.sinceUs] : []));
    expect(since).toHaveLength(2);
    expect(since[1]).toBeGreaterThan(since[0] ?? Number.NaN);
    expect(statuses.map(({ kind }) => kind)).toEqual([
      'connecting',
      'connected',
      'connecting',
      'connecting',
      'connected',
    ]);
  });

  it('rejects at once while there is none, and when it goes away under a command', async () => {
    startClient(null);
    expect(client.status()).toEqual({ kind: 'not_configured' });
    await expect(client.states()).rejects.toBeInstanceOf(HomeAssistantUnavailable);
    client.reconfigure(endpointOf(home.url));
    await connected();
    home.delayAnswers(60_000);
    const answer = client.states();
    const subscription = client.subscribeStates([entityId], () => undefined);
    const outcomes = Promise.allSettled([answer, subscription]);
    home.dropConnections();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected' });
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(HomeAssistantUnavailable);
    }
  });

  it('rejects a command that is not answered in time', async () => {
    startClient(endpointOf(home.url), { commandMs: 50 });
    await connected();
    home.delayAnswers(60_000);
    await expect(client.states()).rejects.toThrow(/did not answer get_states within 50 ms/);
  });

  it.each(['reset', '502'] as const)('keeps trying while new connections get %s', async (how) => {
    home.refuseConnections(how);
    startClient(endpointOf(home.url));
    await until('five tries', () =>
      statuses.some((status) => status.kind === 'connecting' && status.attempts >= 5),
    );
    expect(client.status()).toMatchObject({
      kind: 'connecting',
      error: expect.stringMatching(/127\.0\.0\.1/),
    });
    // An outage is one line in the log, not one a try.
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    home.refuseConnections('no');
    await connected();
  });

  it('says that a token is refused, tries on, and is back when it is valid again', async () => {
    home.revokeToken(true);
    startClient(endpointOf(home.url));
    await until('refused', () => client.status().kind === 'refused');
    expect(client.status()).toMatchObject({ error: expect.stringMatching(/access token/) });
    home.revokeToken(false);
    await connected();
    expect(JSON.stringify(log.lines)).not.toContain('secret');
  });

  it('gives up a connection that fell silent, and takes another', async () => {
    startClient(endpointOf(home.url));
    await connected();
    home.halfOpen(true);
    await until('the silence is noticed', () => client.status().kind !== 'connected');
    expect(client.status()).toMatchObject({ error: expect.stringMatching(/no answer to a ping/) });
    home.halfOpen(false);
    await connected();
  });

  it('does not take its own pause for silence', async () => {
    startClient(endpointOf(home.url));
    await connected();
    const states: EntityState[] = [];
    await client.subscribeStates([entityId], (batch) => states.push(...batch.states));
    client.pause(true);
    home.burst(50, entityId);
    // Three times as long as a silence may last.
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(client.status().kind).toBe('connected');
    expect(states).toHaveLength(0);
    client.pause(false);
    await until('all that was held back', () => states.length === 50);
    expect(client.reconnectCount()).toBe(0);
  });

  it('leaves for another Home Assistant at once', async () => {
    const other = await startDemoHome({ token: 'other' });
    try {
      startClient(endpointOf(home.url));
      await connected();
      client.reconfigure(endpointOf(other.url, 'other'));
      await until(
        'the other one has us',
        () => other.connectionCount() === 1 && home.connectionCount() === 0,
      );
      await connected();
      client.reconfigure(null);
      await until('no connection is left', () => client.status().kind === 'not_configured');
      await until('it left', () => other.connectionCount() === 0);
    } finally {
      await other.stop();
    }
  });

  it('stops in the midst of anything and starts no more tries', async () => {
    home.refuseConnections('502');
    startClient(endpointOf(home.url), { retryFirstMs: 60_000, retryLimitMs: 60_000 });
    await until('a failed try', () => statuses.some((status) => 'error' in status && status.error !== null));
    await client.stop();
    home.refuseConnections('no');
    await expect(client.config()).rejects.toBeInstanceOf(HomeAssistantUnavailable);
    expect(home.connectionCount()).toBe(0);
  });
});

describe('commands', () => {
  it('return the home: registries, preferences, administrators, settings', async () => {
    startClient(endpointOf(home.url));
    await connected();
    const registries = await client.registries();
    expect(registries.entities.length).toBeGreaterThan(10);
    expect(registries.areas.length).toBeGreaterThan(1);
    const devices = new Set(registries.devices.map(({ deviceId }) => deviceId));
    expect(registries.entities.every(({ deviceId }) => deviceId === null || devices.has(deviceId))).toBe(
      true,
    );
    expect(await client.energyPreferences()).toMatchObject({ energy_sources: expect.any(Array) });
    expect((await client.administratorIds()).size).toBeGreaterThan(0);
    expect(await client.config()).toMatchObject({ timeZone: 'Europe/Brussels', currency: 'EUR' });
    const states = await client.states();
    expect(states.map(({ entityId, state }) => [entityId, state])).toContainEqual(
      [...home.states()].find(([entityId]) => entityId.includes('import')),
    );
  });

  it('say what Core refuses', async () => {
    startClient(endpointOf(home.url, 'viewer'));
    await connected();
    await expect(client.administratorIds()).rejects.toMatchObject({
      name: 'CommandRefused',
      code: 'unauthorized',
    });
  });

  it('report changes of the registries, many of them as one', async () => {
    startClient(endpointOf(home.url));
    let reported = 0;
    client.onRegistryChange(() => {
      reported += 1;
    });
    await connected();
    // Answered after the subscriptions that the connection makes by itself.
    await client.registries();
    for (let i = 0; i < 20; i++) home.addEntity(`sensor.new_${i}`, '1');
    await until('told', () => reported > 0);
    expect(reported).toBeLessThan(5);
    expect((await client.registries()).entities.some(({ entityId }) => entityId === 'sensor.new_19')).toBe(
      true,
    );
  });
});

describe('a subscription', () => {
  const keysOf = (states: readonly EntityState[]) =>
    states.map((state) => `${state.lastUpdatedUs} ${state.state}`);

  it('gives a snapshot, then each change once and in order, as history has them', async () => {
    startClient(endpointOf(home.url));
    await connected();
    home.emit(entityId, '0', { unit_of_measurement: 'W' });
    const startUs = systemClock.nowUs() - 1_000_000;
    const batches: StateBatch[] = [];
    const handle = await client.subscribeStates([entityId], (batch) => batches.push(batch));
    for (let i = 0; i < 20; i++) home.burst(100, entityId);
    home.setAvailable(entityId, false);
    await until('the last', () => batches.at(-1)?.states.at(-1)?.state === 'unavailable');
    await handle.stop();
    home.emit(entityId, 'after the end');
    const states = batches.flatMap((batch) => batch.states);
    expect(batches.map(({ kind }) => kind).indexOf('snapshot')).toBe(0);
    expect(batches.filter(({ kind }) => kind === 'snapshot')).toHaveLength(1);
    // Many messages of one frame are one batch.
    expect(batches.length).toBeLessThan(states.length / 2);
    const history = await client.history([entityId], startUs, systemClock.nowUs());
    expect(keysOf(states)).toEqual(keysOf(history.filter(({ state }) => state !== 'after the end')));
  });

  it('reports that an entity was removed, and that it came back', async () => {
    startClient(endpointOf(home.url));
    await connected();
    home.emit(entityId, '1', { unit_of_measurement: 'W' });
    const states: EntityState[] = [];
    await client.subscribeStates([entityId], (batch) => states.push(...batch.states));
    home.removeEntity(entityId);
    home.emit(entityId, '2');
    await until('it is back', () => states.at(-1)?.state === '2');
    expect(states.map(({ state, attributes }) => [state, attributes.unit_of_measurement])).toEqual([
      ['1', 'W'],
      [null, undefined],
      ['2', undefined],
    ]);
  });

  it('ends with its connection: nothing is subscribed again by itself', async () => {
    startClient(endpointOf(home.url));
    await connected();
    const batches: StateBatch[] = [];
    const handle = await client.subscribeStates([entityId], (batch) => batches.push(batch));
    home.dropConnections();
    await reconnected(1);
    home.burst(3, entityId);
    const other: EntityState[] = [];
    await client.subscribeStates([entityId], (batch) => other.push(...batch.states));
    home.burst(3, entityId);
    await until('the new subscription receives', () => other.length >= 4);
    expect(batches.flatMap(({ states }) => states)).toHaveLength(0);
    await handle.stop();
  });

  it('drops the connection when a batch was not handled, so that the gap is found', async () => {
    startClient(endpointOf(home.url));
    await connected();
    await client.subscribeStates([entityId], (batch) => {
      if (batch.kind === 'change') throw new Error('no room');
    });
    home.burst(1, entityId);
    await reconnected(1);
    expect(log.lines.some(({ level }) => level === 'error')).toBe(true);
  });

  it('of nothing receives nothing', async () => {
    startClient(endpointOf(home.url));
    await connected();
    const batches: StateBatch[] = [];
    const handle = await client.subscribeStates([], (batch) => batches.push(batch));
    home.burst(3, entityId);
    await client.config();
    await handle.stop();
    expect(batches).toEqual([{ kind: 'snapshot', states: [] }]);
  });
});
