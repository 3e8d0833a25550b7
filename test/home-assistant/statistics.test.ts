/**
 * Goal: every row of a real Core's statistics comes once, at its instant and in canonical units, however many years.
 * Method: a statistic of the suite's own, in Wh, with a gap of a month, is put into Core's recorder by its own import;
 * what the adapter reads back is held against what was put in. It is removed afterwards.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HomeAssistantConnection } from '../../src/adapters/homeassistant/home-assistant.ts';
import { hourMs } from '../../src/units/durations.ts';
import { connected, startClient, until, Witness } from './home.ts';

const statisticId = `energy_ledger_test:meter_${crypto.randomUUID().slice(0, 8)}`;
const startMs = Date.UTC(2024, 2, 10);
const hours = 24 * 400;
const isInGap = (n: number) => n > 3000 && n < 3720;

let client: HomeAssistantConnection;
let witness: Witness;

beforeAll(async () => {
  client = startClient();
  witness = await Witness.connect();
  await connected(client);
  const stats = Array.from({ length: hours }, (_, n) => n)
    .filter((n) => !isInGap(n))
    .map((n) => ({ start: new Date(startMs + n * hourMs).toISOString(), state: 5000 + n, sum: n }));
  const named = { statistic_id: statisticId, source: 'energy_ledger_test', name: 'Meter of a test' };
  const common = { ...named, unit_of_measurement: 'Wh', has_sum: true };
  const put = (metadata: object) => witness.send({ type: 'recorder/import_statistics', metadata, stats });
  // Core of 2024 knows only the second form, 2026.11 asks for the first.
  await put({ ...common, mean_type: 0, unit_class: 'energy' }).catch(() =>
    put({ ...common, has_mean: false }),
  );
});
afterAll(async () => {
  await witness.send({ type: 'recorder/clear_statistics', statistic_ids: [statisticId] });
  witness.close();
  await client.stop();
});

describe('statistics', { timeout: 200_000 }, () => {
  it('finds where they begin, and leaves out what has none', async () => {
    // Core answers the import at once and stores it a little later.
    await until(
      'the statistic is stored',
      async () => (await client.firstStatistics([statisticId])).size > 0,
      90_000,
    );
    const firsts = await client.firstStatistics([statisticId, 'sensor.energy_ledger_none']);
    const firstUs = firsts.get(statisticId) ?? Number.NaN;
    expect([...firsts.keys()]).toEqual([statisticId]);
    // Cut down to a month of the home's clock.
    expect(firstUs).toBeLessThanOrEqual(startMs * 1000);
    expect(startMs * 1000 - firstUs).toBeLessThan(32 * 86_400_000_000);
  });

  it('says what an external statistic is called and counts in, and nothing of one that is not there', async () => {
    const ids = [statisticId, 'energy_ledger_test:none'];
    expect(await client.statisticsMetadata(ids)).toEqual([
      { statisticId, name: 'Meter of a test', unit: 'Wh' },
    ]);
  });

  it('gives every hour once, in kWh', async () => {
    const endUs = (startMs + hours * hourMs) * 1000;
    const ids = [statisticId, 'sensor.energy_ledger_none'];
    const rows = () => client.statistics(ids, startMs * 1000, endUs, 'hour');
    const stored = hours - 719;
    await until('all rows are stored', async () => (await rows()).length === stored, 90_000);
    const found = await rows();
    const expected = Array.from({ length: hours }, (_, n) => n).filter((n) => !isInGap(n));
    expect(found.map((row) => row.startUs / 1000)).toEqual(expected.map((n) => startMs + n * hourMs));
    for (const [index, n] of expected.entries()) {
      // Of an external statistic its sum is the register, whatever its state is.
      expect(found[index]?.state).toBeCloseTo(n / 1000, 9);
      expect(found[index]?.sum).toBeCloseTo(n / 1000, 9);
    }
    expect(found[0]).toMatchObject({ unit: 'kWh', mean: null, min: null, max: null, period: 'hour' });
    const some = await client.statistics(
      [statisticId],
      (startMs + hourMs) * 1000,
      (startMs + 3 * hourMs) * 1000,
      'hour',
    );
    expect(some.map((row) => row.startUs / 1000)).toEqual([startMs + hourMs, startMs + 2 * hourMs]);
    expect(await client.statistics([statisticId], startMs * 1000, endUs, '5minute')).toEqual([]);
  });
});
