/**
 * Goal: readings that are lost from our store, in the middle and unnoticed, are found by reconciliation and fetched
 * from Home Assistant; the ledger is what it was, and a ticket and the sync log say so.
 * Method: the process as in the container against a real Home Assistant and real stores records a meter of the
 * suite's own. Some of its readings are then taken out of QuestDB behind the process's back, and reconciliation is
 * asked for.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forFetch } from '../../addon/sidecars/sidecars.ts';
import type { SyncRunRow } from '../../src/schemas/readings.ts';
import type { Tickets } from '../../src/schemas/tickets.ts';
import { connected, rest, startClient, token, until, url } from './home.ts';
import { LedgerProcess } from './ledger-process.ts';

const entityId = `sensor.energy_ledger_test_${crypto.randomUUID().slice(0, 8)}`;
const attributes = { unit_of_measurement: 'kWh', device_class: 'energy', state_class: 'total_increasing' };
let ledger: LedgerProcess;

beforeAll(async () => {
  await set(100);
  ledger = await LedgerProcess.create({ url, token }, [entityId]);
});
afterAll(async () => {
  await ledger?.stop();
  await rest('DELETE', `/api/states/${entityId}`);
});

const set = (kwh: number) => rest('POST', `/api/states/${entityId}`, { state: kwh.toFixed(3), attributes });

async function inQuestDb(query: string): Promise<void> {
  const address = `${ledger.sidecars.questdbUrl}/exec?query=${encodeURIComponent(query)}`;
  const { url, headers } = forFetch(address);
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`${query}: ${await response.text()}`);
}

describe('reconciliation', () => {
  it('finds readings that our store has lost, and fetches them', { timeout: 300_000 }, async () => {
    const since = new Date(Date.now() - 3_600_000);
    ledger.start();
    await ledger.following(entityId);
    // It looks again at the end of what it fetched: nothing that comes after it.
    await until('the first back-fill is done', async () => {
      const { syncs } = (await ledger.get('/api/syncs')) as { syncs: SyncRunRow[] };
      return syncs.some(({ kind, status }) => ['start', 'first'].includes(kind) && status === 'success');
    });
    // The process remembers the newest ones as received; those that are taken out lie before them.
    for (let n = 1; n <= 120; n += 1) await set(100 + n / 1000);
    const whole = async () => await ledger.readings(entityId, since);
    await until('all are stored', async () => (await whole()).length >= 121, 60_000);
    const client = startClient();
    await connected(client);
    // Its recorder writes a moment later than it reports, and only what is written can be fetched.
    await until('Home Assistant has written them', async () => {
      const recorded = await client.history(
        [entityId],
        since.getTime() * 1000,
        Date.now() * 1000 + 60_000_000,
      );
      return recorded.length >= 121;
    });
    await client.stop();
    const before = await whole();
    const [first, last] = [before[30], before[59]];
    if (first === undefined || last === undefined) throw new Error('readings');
    await inQuestDb(
      `UPDATE energy_readings SET entity_id = 'sensor.lost' WHERE entity_id = '${entityId}' AND timestamp >= '${first.timestamp}' AND timestamp <= '${last.timestamp}'`,
    );
    await until('they are gone', async () => (await whole()).length === before.length - 30, 60_000);

    const asked = await ledger.post('/api/reconciliation', { entity_ids: [entityId] });
    const { sync_id: syncId } = asked as { sync_id: string };
    let run: SyncRunRow | null = null;
    await until(
      'it is done',
      async () => {
        run = (await ledger.get(`/api/syncs/${syncId}`)) as SyncRunRow;
        return run.status !== 'running';
      },
      180_000,
    );
    expect(run).toMatchObject({ kind: 'reconciliation', status: 'success', error: null, readings_added: 30 });
    expect(run).toMatchObject({ outcome: { holes_found: 1, tickets_opened: 1 } });

    const after = await whole();
    const texts = (readings: typeof before) =>
      readings.map(({ timestamp, state }) => `${timestamp} ${state}`);
    expect(texts(after)).toEqual(texts(before));
    expect(after.filter(({ origin }) => origin === 'history')).toHaveLength(30);

    const { tickets } = (await ledger.get(`/api/tickets?entity_id=${entityId}`)) as Tickets;
    expect(tickets).toMatchObject([
      {
        ...{ kind: 'readings_missing', status: 'mended', sync_id: syncId, choices: [] },
        ...{ start: first.timestamp, end: last.timestamp },
      },
    ]);
    expect(tickets[0]?.evidence).toContainEqual({ name: 'added', value: 30, unit: '' });
  });
});
