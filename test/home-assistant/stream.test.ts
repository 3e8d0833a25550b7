/**
 * Goal: every change of a followed entity comes through once, with the instant that Home Assistant's recorder keeps.
 * Method: an entity of the suite's own is changed as fast as Home Assistant takes it; the adapter's subscription, a
 * second connection that hears `state_changed`, and the recorder's history afterwards must have the same changes.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HomeAssistantConnection } from '../../src/adapters/homeassistant/home-assistant.ts';
import type { EntityState, StateBatch } from '../../src/home/home-assistant.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { instantFromIso } from '../../src/units/instant.ts';
import { connected, OwnNumber, rest, type StateChanged, startClient, until, Witness } from './home.ts';

let client: HomeAssistantConnection;
let witness: Witness;
let number: OwnNumber;
const sensorId = `sensor.energy_ledger_test_${crypto.randomUUID().slice(0, 8)}`;
const attributes = { unit_of_measurement: 'Wh', device_class: 'energy', state_class: 'total_increasing' };

beforeAll(async () => {
  client = startClient();
  witness = await Witness.connect();
  await connected(client);
  number = await OwnNumber.create(witness);
});
afterAll(async () => {
  await number.remove();
  await rest('DELETE', `/api/states/${sensorId}`).catch((cause: unknown) => {
    // The test that makes it may have failed before.
    if (!String(cause).includes('404')) throw cause;
  });
  witness.close();
  await client.stop();
});

const keyOf = (state: EntityState) => `${state.lastUpdatedUs} ${state.state}`;

/** Follows one entity three ways; the changes before `act` are left out. */
async function threeWays(entityId: string, act: () => Promise<void>, changes: number) {
  const batches: StateBatch[] = [];
  const heard: string[] = [];
  await witness.listen<StateChanged>('state_changed', ({ data }) => {
    if (data.entity_id !== entityId) return;
    const { new_state: state } = data;
    heard.push(state === null ? 'removed' : `${instantFromIso(state.last_updated)} ${state.state}`);
  });
  const subscription = await client.subscribeStates([entityId], (batch) => batches.push(batch));
  await until('the snapshot', () => batches.length > 0);
  const startUs =
    Math.max(0, ...batches.flatMap(({ states }) => states.map((state) => state.lastUpdatedUs))) + 1;
  await act();
  const streamed = () => batches.slice(1).flatMap(({ states }) => states);
  await until(`${changes} changes`, () => heard.length >= changes && streamed().length >= changes);
  let history: EntityState[] = [];
  await until('the recorder has written them', async () => {
    history = await client.history([entityId], startUs, systemClock.nowUs() + 60_000_000);
    return history.length >= changes;
  });
  expect(await client.hasHistoryAt(['sensor.energy_ledger_none', entityId], systemClock.nowUs())).toBe(true);
  expect(await client.hasHistoryAt([entityId], startUs - 365 * 86_400_000_000)).toBe(false);
  await subscription.stop();
  return { batches, streamed: streamed(), heard, history };
}

describe('the stream', () => {
  it('reports a thousand rapid changes once each, as state_changed and history do', async () => {
    const changes = 1000;
    const { batches, streamed, heard, history } = await threeWays(
      number.entityId,
      async () => {
        // All at once: Home Assistant handles many of them in one turn of its loop.
        await Promise.all(Array.from({ length: changes }, (_, i) => number.set(i + 1)));
      },
      changes,
    );
    expect(batches[0]?.kind).toBe('snapshot');
    expect(streamed).toHaveLength(changes);
    expect(streamed.map(keyOf)).toEqual(heard);
    expect(streamed.map(keyOf)).toEqual(history.map(keyOf));
    expect(new Set(streamed.map(keyOf)).size).toBe(changes);
    expect(streamed.every((state) => state.attributes.unit_of_measurement === 'kWh')).toBe(true);
    // History has the attributes that the stream reported.
    expect(history.at(-1)?.attributes).toMatchObject({ unit_of_measurement: 'kWh' });
  });

  it('reports changes of attributes, of availability, and of the unit with the state that they belong to', async () => {
    await rest('POST', `/api/states/${sensorId}`, { state: '1', attributes });
    const steps: { state: string; attributes: Record<string, unknown> }[] = [
      { state: '2.5', attributes },
      { state: '2.5', attributes: { ...attributes, last_reset: '2026-01-01T00:00:00+01:00' } },
      { state: 'unavailable', attributes },
      { state: 'unknown', attributes: {} },
      { state: '0.003', attributes: { ...attributes, unit_of_measurement: 'kWh' } },
    ];
    const { streamed, heard, history } = await threeWays(
      sensorId,
      async () => {
        for (const step of steps) await rest('POST', `/api/states/${sensorId}`, step);
      },
      steps.length,
    );
    expect(
      streamed.map(({ state, attributes: streamedAttributes }) => ({
        state,
        attributes: streamedAttributes,
      })),
    ).toEqual(steps);
    expect(streamed.map(keyOf)).toEqual(heard);
    expect(streamed.map(keyOf)).toEqual(history.map(keyOf));
    const units = history.map((state) => state.attributes.unit_of_measurement);
    expect(units).toEqual(['Wh', 'Wh', 'Wh', undefined, 'kWh']);
  });

  it('reports a removal', async () => {
    await rest('POST', `/api/states/${sensorId}`, { state: '7', attributes });
    const states: EntityState[] = [];
    const subscription = await client.subscribeStates([sensorId], (batch) => states.push(...batch.states));
    await until('the snapshot', () => states.length === 1);
    const beforeUs = systemClock.nowUs();
    await rest('DELETE', `/api/states/${sensorId}`);
    await until('the removal', () => states.length === 2);
    expect(states[1]).toMatchObject({ entityId: sensorId, state: null });
    expect(states[1]?.lastUpdatedUs).toBeGreaterThanOrEqual(beforeUs);
    await until('the recorder has it as a removal', async () => {
      const history = await client.history(
        [sensorId],
        beforeUs - 1_000_000,
        systemClock.nowUs() + 60_000_000,
      );
      return history.at(-1)?.state === null;
    });
    await subscription.stop();
  });

  it('goes on where it was paused', async () => {
    const states: EntityState[] = [];
    const subscription = await client.subscribeStates([number.entityId], (batch) =>
      states.push(...batch.states),
    );
    await until('the snapshot', () => states.length === 1);
    client.pause(true);
    await Promise.all(Array.from({ length: 200 }, (_, i) => number.set(-i - 1)));
    expect(states).toHaveLength(1);
    client.pause(false);
    await until('all that was held back', () => states.length === 201);
    expect(states.slice(1).map(({ state }) => state)).toEqual(
      Array.from({ length: 200 }, (_, i) => `${-i - 1}.0`),
    );
    await subscription.stop();
  });
});
