/**
 * Goal: the adapter reads a real Home Assistant as it is.
 * Method: everything that the adapter returns is held against Home Assistant's REST interface or a websocket of our
 * own.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HomeAssistantConnection } from '../../src/adapters/homeassistant/home-assistant.ts';
import { tryEndpoint } from '../../src/adapters/homeassistant/trial.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { Log } from '../../src/runtime/log.ts';
import { instantFromIso } from '../../src/units/instant.ts';
import { sensors, timeZone } from './core/configuration.ts';
import { connected, endpoint, isOwn, rest, startClient, until, Witness } from './home.ts';

let client: HomeAssistantConnection;
let witness: Witness;

beforeAll(async () => {
  client = startClient();
  witness = await Witness.connect();
  await connected(client);
});
afterAll(async () => {
  witness.close();
  await client.stop();
});

const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => log,
};

describe('a real Home Assistant', () => {
  it('returns its version and where it is', async () => {
    const config = (await rest('GET', '/api/config')) as Record<string, unknown>;
    expect(client.status()).toMatchObject({ kind: 'connected', version: config.version });
    expect(await client.config()).toEqual({
      timeZone: config.time_zone,
      currency: config.currency,
      language: config.language,
      country: config.country,
      version: config.version,
    });
    if (isOwn) expect(config.time_zone).toBe(timeZone);
  });

  it('refuses a wrong token, and the trial says what to do', async () => {
    // Once only: Home Assistant counts wrong tokens.
    const trial = await tryEndpoint(endpoint('not-a-token'), { clock: systemClock, log });
    expect(trial).toMatchObject({ kind: 'failed', error: expect.stringMatching(/refused the access token/) });
  });

  it('is tried with the right one', async () => {
    const trial = await tryEndpoint(endpoint(), { clock: systemClock, log });
    expect(trial).toMatchObject({ kind: 'connected', version: (await client.config()).version });
  });

  it('returns the states that its REST interface returns', async () => {
    type RestState = { entity_id: string; state: string; attributes: object; last_updated: string };
    const asked = async () => (await rest('GET', '/api/states')) as RestState[];
    // Those that did not change while both were asked.
    const before = await asked();
    const states = await client.states();
    const after = new Map((await asked()).map((state) => [state.entity_id, state.last_updated]));
    const still = before.filter((state) => after.get(state.entity_id) === state.last_updated);
    expect(still.length).toBeGreaterThan(3);
    for (const state of still) {
      expect(states.find(({ entityId }) => entityId === state.entity_id)).toEqual({
        entityId: state.entity_id,
        state: state.state,
        attributes: state.attributes,
        lastUpdatedUs: instantFromIso(state.last_updated),
      });
    }
  });

  it('returns its registries', async () => {
    const { entities, devices, areas } = await client.registries();
    const list = (await witness.send({ type: 'config/entity_registry/list' })) as { entity_id: string }[];
    expect(entities.map(({ entityId }) => entityId).sort()).toEqual(
      list.map((entry) => entry.entity_id).sort(),
    );
    expect(new Set(entities.map(({ registryId }) => registryId)).size).toBe(entities.length);
    expect(devices).toHaveLength(
      ((await witness.send({ type: 'config/device_registry/list' })) as []).length,
    );
    expect(areas).toHaveLength(((await witness.send({ type: 'config/area_registry/list' })) as []).length);
    if (!isOwn) return;
    const ids = entities.map(({ entityId }) => entityId);
    expect(ids).toContain(sensors.import);
    expect(ids).not.toContain(sensors.export);
  });

  it('reports that a registry changed', async () => {
    let notified = 0;
    const end = client.onRegistryChange(() => {
      notified += 1;
    });
    const name = `Energy Ledger test ${crypto.randomUUID().slice(0, 8)}`;
    const area = (await witness.send({ type: 'config/area_registry/create', name })) as { area_id: string };
    await until('notified of the new area', () => notified > 0);
    expect((await client.registries()).areas).toContainEqual({ areaId: area.area_id, name });
    await witness.send({ type: 'config/area_registry/delete', area_id: area.area_id });
    end();
  });

  it('returns its administrators', async () => {
    const me = (await witness.send({ type: 'auth/current_user' })) as { id: string; is_admin: boolean };
    // Only an administrator's token gets that far; the suite needs one.
    expect(me.is_admin).toBe(true);
    expect(await client.administratorIds()).toContain(me.id);
  });
});
