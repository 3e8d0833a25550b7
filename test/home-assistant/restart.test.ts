/**
 * Goal: a restart of Home Assistant loses nothing: the adapter is back by itself, and history fills what was missed.
 * Method: the suite's own Home Assistant is restarted in order, then killed; while it is away nothing can be followed, and
 * what changes before the new subscription must come from its history.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HomeAssistantConnection } from '../../src/adapters/homeassistant/home-assistant.ts';
import type { EntityState } from '../../src/home/home-assistant.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { inputNumbers, sensors } from './core/configuration.ts';
import { connected, isOwn, rest, startClient, until, Witness } from './home.ts';

const powerOf = (value: number, witness: Witness) =>
  witness.send({
    type: 'call_service',
    domain: 'input_number',
    service: 'set_value',
    service_data: { entity_id: inputNumbers.power, value },
  });

describe.runIf(isOwn)('a restart of Home Assistant', () => {
  let client: HomeAssistantConnection;
  beforeAll(async () => {
    client = startClient({ retryFirstMs: 100, retryLimitMs: 500 });
    await connected(client);
  });
  afterAll(async () => {
    await client.stop();
  });

  it('is survived, and the gap that it left is filled from history', { timeout: 180_000 }, async () => {
    const before: EntityState[] = [];
    await client.subscribeStates([sensors.power], (batch) => before.push(...batch.states));
    let witness = await Witness.connect();
    await powerOf(1234, witness);
    await until('the last value before', () => before.at(-1)?.state === '1.234');
    const cutUs = before.at(-1)?.lastUpdatedUs ?? 0;
    // Its answer may be lost with the connection.
    void witness
      .send({ type: 'call_service', domain: 'homeassistant', service: 'restart' })
      .catch(() => undefined);
    await until('it went away', () => client.status().kind !== 'connected', 60_000);
    await until(
      'it is back',
      () => client.reconnectCount() === 1 && client.status().kind === 'connected',
      120_000,
    );
    const registries = client.registries();

    // Changed before anybody follows it again: only history knows of it.
    witness = await Witness.connect();
    // Before that, a sensor may show what it was, and not follow its source.
    await until('Home Assistant runs', async () => {
      const config = await rest('GET', '/api/config').catch(() => null);
      return typeof config === 'object' && config !== null && 'state' in config && config.state === 'RUNNING';
    });
    for (const value of [2001, 2002, 2003]) await powerOf(value, witness);
    await until('the sensor follows', async () =>
      (await client.states()).some(({ entityId, state }) => entityId === sensors.power && state === '2.003'),
    );
    const after: EntityState[] = [];
    await client.subscribeStates([sensors.power], (batch) => after.push(...batch.states));
    await until('the snapshot', () => after.length === 1);
    expect(after[0]).toMatchObject({ state: '2.003', attributes: { unit_of_measurement: 'kW' } });
    const snapshotUs = after[0]?.lastUpdatedUs ?? 0;
    let gap: EntityState[] = [];
    await until('the recorder has written it', async () => {
      gap = await client.history([sensors.power], cutUs + 1, systemClock.nowUs() + 60_000_000);
      return gap.some(({ lastUpdatedUs }) => lastUpdatedUs === snapshotUs);
    });
    const values = gap.map(({ state }) => state);
    expect(values).toEqual(expect.arrayContaining(['2.001', '2.002', '2.003']));
    expect(values.indexOf('2.001')).toBeLessThan(values.indexOf('2.003'));
    // Asked while it was still setting up its integrations.
    expect((await registries).entities.length).toBeGreaterThan(0);
    witness.close();
  });
});
