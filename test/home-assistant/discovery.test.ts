/**
 * Goal: what the energy preferences of a real Home Assistant name gets the role that they give it.
 * Method: preferences are saved as its energy page saves them (the old form on Core 2024, the new one since), read
 * back by the adapter, and put through discovery with the real states and registries. A Home Assistant that is not
 * the suite's own keeps its preferences: then every entity that they name must be found with a role.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HomeAssistantConnection } from '../../src/adapters/homeassistant/home-assistant.ts';
import { type Discovery, discover } from '../../src/home/discovery.ts';
import { newPreferences, oldPreferences, sensors } from './core/configuration.ts';
import { connected, isOwn, startClient, until, Witness } from './home.ts';

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

async function discoverNow(): Promise<Discovery> {
  const [states, registries, preferences] = await Promise.all([
    client.states(),
    client.registries(),
    client.energyPreferences(),
  ]);
  return discover({ states, registries, preferences, known: [], keep: new Set() });
}

function rolesOf(discovery: Discovery): Record<string, string> {
  const ours = new Set<string>(Object.values(sensors));
  return Object.fromEntries(
    discovery.entities
      .filter(({ entityId }) => ours.has(entityId))
      .map(({ entityId, role }) => [entityId, role]),
  );
}

describe.runIf(isOwn)('discovery in a home of our own', () => {
  it('finds nothing in preferences that were never saved', async () => {
    expect(await client.energyPreferences()).toBeNull();
  });

  it('finds the roles that the preferences name', async () => {
    const [year = 0, month = 0] = (await client.config()).version.split('.').map(Number);
    // 2026.2 has the old form, 2026.11 the new one.
    const isOld = year < 2026 || (year === 2026 && month <= 2);
    await until('the template sensors', async () =>
      (await client.states()).some(
        ({ entityId, state }) => entityId === sensors.kettle && state !== 'unavailable',
      ),
    );
    await witness.send({ type: 'energy/save_prefs', ...(isOld ? oldPreferences : newPreferences) });
    const discovery = await discoverNow();
    expect(rolesOf(discovery)).toMatchObject({
      [sensors.import]: 'grid_import',
      [sensors.export]: 'grid_export',
      [sensors.kettle]: 'device',
    });
    expect(discovery.missing).toEqual([]);
    const units = Object.fromEntries(discovery.entities.map(({ entityId, unit }) => [entityId, unit]));
    expect(units).toMatchObject({
      [sensors.import]: 'Wh',
      [sensors.export]: 'MWh',
      [sensors.power]: 'kW',
    });
    // It has no unique id, so it is not in the registry, and is found all the same.
    const unlisted = discovery.entities.find(({ entityId }) => entityId === sensors.export);
    expect(unlisted).toMatchObject({ registryId: null, foundBy: 'preferences' });
  });
});

describe.runIf(!isOwn)('discovery in a home that is there', () => {
  it('finds a role for everything that the preferences name and that exists', async () => {
    const preferences = await client.energyPreferences();
    const discovery = await discoverNow();
    const states = new Set((await client.states()).map(({ entityId }) => entityId));
    const named = [...JSON.stringify(preferences).matchAll(/"stat_[a-z_]*":\s*"([a-z0-9_]+\.[a-z0-9_]+)"/g)]
      .filter(([text]) => !/stat_(cost|compensation)|included_in_stat/.test(text))
      .flatMap(([, id]) => (id !== undefined && states.has(id) ? [id] : []));
    const roles = new Map(discovery.entities.map(({ entityId, role }) => [entityId, role]));
    const without = named.filter((id) => (roles.get(id) ?? 'other') === 'other');
    expect(without).toEqual([]);
    expect(preferences === null || named.length > 0).toBe(true);
  });
});
