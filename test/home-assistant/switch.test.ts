/**
 * Goal: what a plug uses and how long it is on, as the ledger shows it, is what Home Assistant's own history says:
 * nothing while its switch is off, whatever its power sensor goes on saying then.
 * Method: an integration of the suite's own puts a switch and a power sensor of one device into a real Home
 * Assistant. The process tracks the sensor, finds the switch by itself, and follows both while the plug is switched.
 * History is then integrated here, state by state, and held against the ledger's entries to the last milliwatt-hour
 * and second.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { HomeAssistantConnection } from '../../src/adapters/homeassistant/home-assistant.ts';
import type { EntityState } from '../../src/home/home-assistant.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { DevicesAnswer } from '../../src/schemas/balance.ts';
import type { ledger as ledgerAnswer } from '../../src/schemas/ledger.ts';
import { inputNumbers, plug } from './core/configuration.ts';
import { connected, isOwn, startClient, token, until, url, Witness } from './home.ts';
import { LedgerProcess } from './ledger-process.ts';

type LedgerAnswer = z.infer<typeof ledgerAnswer>;

describe.runIf(isOwn)('a plug with a switch', () => {
  let client: HomeAssistantConnection;
  let witness: Witness;
  let ledger: LedgerProcess;

  beforeAll(async () => {
    client = startClient();
    await connected(client);
    witness = await Witness.connect();
    await until('the plug is there', async () =>
      (await client.states()).some(({ entityId, state }) => entityId === plug.power && Number(state) >= 0),
    );
    ledger = await LedgerProcess.create({ url, token }, [plug.power]);
  });
  afterAll(async () => {
    await ledger?.stop();
    witness?.close();
    await client?.stop();
  });

  const call = (domain: string, service: string, data: object) =>
    witness.send({ type: 'call_service', domain, service, service_data: data });
  const draw = (value: number) => call('input_number', 'set_value', { entity_id: inputNumbers.plug, value });
  const turn = (how: 'turn_on' | 'turn_off') => call('switch', how, { entity_id: plug.switch });
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it('uses nothing while it is off, and is on for as long as its switch is', {
    timeout: 180_000,
  }, async () => {
    await turn('turn_off');
    await draw(40);
    ledger.start();
    await ledger.following(plug.power);
    // It is not configured: only the shared device links the switch to the sensor.
    await ledger.following(plug.switch);
    await draw(41);
    await pause(1500);
    for (const watts of [1500, 900, 2100.5]) {
      await turn('turn_on');
      await draw(watts);
      await pause(1500);
      await turn('turn_off');
      await draw(watts / 50);
      await pause(1000);
    }
    // Known from history alone; the switch stays off, so that nothing goes on counting.
    let expected = { mwh: 0, onSeconds: 0 };
    await until('history has the last state', async () => {
      const states = await client.history([plug.power, plug.switch], 0, systemClock.nowUs() + 60_000_000);
      expected = integrated(states);
      return states.some(({ entityId, state }) => entityId === plug.power && Number(state) === 2100.5 / 50);
    });
    expect(expected.onSeconds).toBeGreaterThan(4);
    expect(expected.mwh).toBeGreaterThan(1500);

    let posted = { mwh: 0, onSeconds: 0 };
    let last: LedgerAnswer | null = null;
    await until(
      'the ledger says the same',
      async () => {
        const start = new Date(Date.now() - 3_600_000).toISOString();
        last = (await ledger
          .get(`/api/ledger/${plug.power}?start=${start}`)
          .catch(() => null)) as LedgerAnswer;
        posted = {
          mwh: Math.round((last?.total ?? 0) * 1e6),
          onSeconds: (last?.entries ?? []).reduce((sum, { on_time_seconds: s }) => sum + (s ?? 0), 0),
        };
        return (
          Math.abs(posted.mwh - expected.mwh) <= (last?.entries.length ?? 0) &&
          Math.abs(posted.onSeconds - expected.onSeconds) < 0.001
        );
      },
      60_000,
    ).catch((cause: unknown) => {
      throw new Error(`${JSON.stringify({ posted, expected })}\n${JSON.stringify(last)}`, { cause });
    });

    // The view that adds entries up takes them in some moments later.
    await until('the devices say the same', async () => {
      const { devices } = (await ledger.get('/api/devices')) as DevicesAnswer;
      const row = devices.find(({ entity_id: id }) => id === plug.power);
      return Math.abs((row?.on_time_seconds ?? 0) - expected.onSeconds) < 0.001;
    });
    expect((await ledger.verify()).code).toBe(0);
  });
});

/**
 * Each state holds until the entity's next one. While the switch is off nothing counts; before it is known, power
 * does.
 */
function integrated(states: readonly EntityState[]): { mwh: number; onSeconds: number } {
  let watts = 0;
  let isOn: boolean | null = null;
  let atUs = 0;
  let wattUs = 0;
  let onUs = 0;
  for (const { entityId, state, lastUpdatedUs } of states.toSorted(
    (a, b) => a.lastUpdatedUs - b.lastUpdatedUs,
  )) {
    const heldUs = lastUpdatedUs - atUs;
    if (isOn !== false) wattUs += watts * heldUs;
    if (isOn ?? watts >= 5) onUs += heldUs;
    atUs = lastUpdatedUs;
    if (entityId === plug.power) watts = Number(state) || 0;
    else isOn = state === 'on' ? true : state === 'off' ? false : null;
  }
  return { mwh: Math.round(wattUs / 3_600_000), onSeconds: onUs / 1e6 };
}
