/**
 * Goal: every state that Home Assistant recorded is in QuestDB, once, whatever died in between.
 * Method: the process runs as in the container against a real Home Assistant and real stores. A sensor of the suite's
 * own changes without a pause while the connection is cut, QuestDB killed, the process killed, one after the other.
 * At the end the readings that the API returns are held against Home Assistant's history and against a witness's
 * state_changed.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HomeAssistantConnection } from '../../src/adapters/homeassistant/home-assistant.ts';
import type { EntityState } from '../../src/home/home-assistant.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { instantFromIso } from '../../src/units/instant.ts';
import { Cable } from './cable.ts';
import { connected, rest, type StateChanged, startClient, token, until, url, Witness } from './home.ts';
import { LedgerProcess } from './ledger-process.ts';

const entityId = `sensor.energy_ledger_test_${crypto.randomUUID().slice(0, 8)}`;
const attributes = { unit_of_measurement: 'W', device_class: 'power', state_class: 'measurement' };

let cable: Cable;
let ledger: LedgerProcess;
let client: HomeAssistantConnection;
let witness: Witness;

beforeAll(async () => {
  cable = await Cable.to(url);
  client = startClient();
  witness = await Witness.connect();
  await connected(client);
  await set('0');
  ledger = await LedgerProcess.create({ url: cable.url, token }, [entityId]);
});
afterAll(async () => {
  await ledger?.stop();
  await cable?.stop();
  await rest('DELETE', `/api/states/${entityId}`);
  witness.close();
  await client.stop();
});

async function set(state: string): Promise<void> {
  await rest('POST', `/api/states/${entityId}`, { state, attributes });
}

const keyOf = (state: EntityState) =>
  `${state.lastUpdatedUs} ${state.state === 'unavailable' ? state.state : Number(state.state)}`;

describe('the whole way', () => {
  it('loses nothing and doubles nothing while everything dies', { timeout: 300_000 }, async () => {
    const heard = new Set<string>();
    await witness.listen<StateChanged>('state_changed', ({ data: { entity_id, new_state: state } }) => {
      if (entity_id !== entityId || state === null) return;
      heard.add(
        `${instantFromIso(state.last_updated)} ${state.state === 'unavailable' ? state.state : Number(state.state)}`,
      );
    });
    const since = new Date(Date.now() - 3_600_000);
    ledger.start();
    await ledger.following(entityId);

    let isOver = false;
    let value = 0;
    const changing = (async () => {
      while (!isOver) {
        value += 1;
        await set(value % 50 === 0 ? 'unavailable' : String(value));
      }
    })();
    const later = async (changes: number) => {
      const from = value;
      await until(`${changes} changes`, () => value >= from + changes, 120_000);
    };
    await later(100);

    cable.cut();
    await later(300);
    await cable.mend();
    await later(200);

    ledger.sidecars.kill('questdb', 'SIGKILL');
    await later(300);
    await ledger.sidecars.answering('questdb');
    await later(100);

    await ledger.kill('SIGKILL');
    await later(300);
    ledger.start();
    await later(100);

    // Both at once, and the process again before QuestDB is back.
    cable.cut();
    await ledger.sidecars.down('questdb');
    await later(100);
    await ledger.kill('SIGKILL');
    ledger.start();
    await later(100);
    await cable.mend();
    await later(200);
    await ledger.sidecars.up('questdb');
    await later(100);
    isOver = true;
    await changing;

    const endUs = systemClock.nowUs() + 60_000_000;
    let expected: string[] = [];
    await until('the recorder has written all', async () => {
      expected = (await client.history([entityId], 0, endUs).catch(() => [])).map(keyOf);
      return [...heard].every((key) => expected.includes(key));
    });
    let readings: Awaited<ReturnType<LedgerProcess['readings']>> = [];
    await until(
      `${expected.length} readings`,
      async () => {
        readings = await ledger.readings(entityId, since).catch(() => []);
        return readings.length >= expected.length;
      },
      120_000,
    );
    const stored = readings.map(
      ({ timestamp, state, absence }) => `${instantFromIso(timestamp)} ${state ?? absence}`,
    );
    expect(stored).toEqual(expected);
    expect(stored.length).toBeGreaterThan(1900);
    const origins = new Set(readings.map(({ origin }) => origin));
    expect([...origins].sort()).toEqual(['history', 'stream']);
  });
});
