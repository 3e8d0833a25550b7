/**
 * Goal: `npm run verify` reports every kind of difference, and no evidence that only waits to be posted.
 * Method: a home of two grid meters and a solar one in a real QuestDB, posted with its flows; then, one after the
 * other, an entry, a journal row, a flow and a view are broken on purpose and repaired, and evidence is stored
 * and not posted. The QuestDB is this file's own, because a broken view would fail other tests.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installSidecars, type Sidecars, startSidecars } from '../../addon/sidecars/sidecars.ts';
import { createHoursView, hoursView, journalTable } from '../../src/adapters/questdb/ledger-schema.ts';
import { QuestDbLedgerStore } from '../../src/adapters/questdb/ledger-store.ts';
import { QuestDbLedgerViews } from '../../src/adapters/questdb/ledger-views.ts';
import { QuestDb } from '../../src/adapters/questdb/questdb.ts';
import { readingsTable } from '../../src/adapters/questdb/reading-rows.ts';
import { QuestDbReadingStore } from '../../src/adapters/questdb/reading-store.ts';
import { QuestDbStatisticsStore } from '../../src/adapters/questdb/statistics-store.ts';
import { applied } from '../../src/adapters/questdb/wal.ts';
import { ConnectionFlows } from '../../src/balance/connection-flows.ts';
import { FlowKeeper } from '../../src/balance/flow-keeper.ts';
import { balanceSources } from '../../src/balance/sources.ts';
import { verifyLedger } from '../../src/composition/ledger-verification.ts';
import type { KnownEntity } from '../../src/home/entity.ts';
import type { GridConnection } from '../../src/home/grid-connection.ts';
import { StoredEvidence } from '../../src/ledger/evidence/stored-evidence.ts';
import { repost, usualRules } from '../../src/ledger/posting/reposting.ts';
import { MemoryCorrections } from '../../src/ledger/testing/memory-corrections.ts';
import type { Reading } from '../../src/recording/reading.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { quarterHourUs } from '../../src/units/durations.ts';
import { type Interval, intervalAt } from '../../src/units/interval.ts';
import { entityNamed } from './documents-fixture.ts';
import { freshEntity, quietLog } from './questdb-fixture.ts';

let sidecars: Sidecars;
let dataDir: string;
let db: QuestDb;
let store: QuestDbReadingStore;
let ledger: QuestDbLedgerStore;
let views: QuestDbLedgerViews;
let statistics: QuestDbStatisticsStore;
let evidence: StoredEvidence;
let flows: FlowKeeper;
let connectionFlows: ConnectionFlows;
const corrections = new MemoryCorrections();
const startUs = Date.UTC(2017, 2, 24) * 1000;
const nowUs = startUs + 4 * 96 * quarterHourUs;
const clock = { nowUs: () => nowUs, monotonicMs: () => performance.now() };
const roles = ['grid_import', 'grid_export', 'solar'] as const;
const entities = roles.map(
  (role): KnownEntity => ({
    ...entityNamed(freshEntity(`verified_${role}`), {
      quantity: 'energy',
      unit: 'kWh',
      deviceClass: 'energy',
      role,
    }),
    ...{ isTracked: true, isActive: true, discoveredAtUs: startUs, updatedAtUs: startUs },
  }),
) as KnownEntity[];
const [grid] = entities.map((entity) => entity.entityId) as [string, string, string];
function reading(entityId: string, atUs: number, value: number): Reading {
  return {
    ...{ entityId, atUs, value, absence: null, unit: 'kWh', sourceUnit: 'kWh' },
    ...{ lastResetAtUs: null, origin: 'stream' },
  };
}

async function post(entityId: string, span: Interval): Promise<void> {
  const deps = { evidence, ledger, clock, heldUntil: () => null };
  const news = { ...span, cause: 'readings' } as const;
  await repost(deps, usualRules, { entityId, posts: 'register', kind: 'rising' }, news);
  flows.posted(entityId, news);
  connectionFlows.posted(entityId, news);
}

/** The same register by another name. */
const annex: GridConnection = {
  ...{ connectionId: 'annex', name: 'Annex', offtake: [grid], injection: [] },
  ...{ powerEntityId: null, meterPeakEntityId: null, createdAtUs: 1 },
};

let received = new Map<string, Interval>();
let pauses = 0;
let onPause = async () => undefined as unknown;

async function verify() {
  pauses = 0;
  const verification = await verifyLedger({
    ...{
      entities,
      unknown: [],
      connections: [annex],
      readings: store,
      statistics,
      corrections,
      ledger,
      views,
      clock,
    },
    mark: async () => systemClock.nowUs(),
    unposted: async () => [],
    receivedSince: async () => received,
    pause: async () => {
      pauses += 1;
      await onPause();
    },
  });
  const differences = verification.findings.map(({ entityId, check, quarterHourStartUs }) => ({
    ...{
      entityId,
      check,
      quarter: quarterHourStartUs === null ? null : (quarterHourStartUs - startUs) / quarterHourUs,
    },
  }));
  return { ...verification, differences };
}

beforeAll(async () => {
  const log = () => undefined;
  dataDir = await mkdtemp(join(tmpdir(), 'energy-ledger-verification-'));
  sidecars = await startSidecars({ programs: await installSidecars(log), dataDir, log });
  db = new QuestDb({
    url: sidecars.questdbUrl,
    pgUrl: sidecars.questdbPgUrl,
    clock: systemClock,
    log: quietLog,
  });
  store = new QuestDbReadingStore(db, systemClock);
  ledger = new QuestDbLedgerStore(db);
  views = new QuestDbLedgerViews(db, () => 'Europe/Brussels');
  statistics = new QuestDbStatisticsStore(db, systemClock);
  evidence = new StoredEvidence({
    readings: store,
    statistics,
    corrections: (entityId) => corrections.of(entityId),
    kindOf: () => 'rising',
  });
  flows = new FlowKeeper({
    ledger,
    firstQuarterHourUs: async () => startUs,
    remembered: { load: async () => null, save: async () => undefined },
    clock,
    log: quietLog,
  });
  connectionFlows = new ConnectionFlows({
    ledger,
    firstQuarterHourUs: async () => startUs,
    remembered: { load: async () => null, save: async () => undefined },
    clock,
    log: quietLog,
  });
  await db.prepared();
  await views.prepare();
  flows.setSources(balanceSources(entities, []));
  connectionFlows.setConnections([annex]);
  for (const { entityId } of entities) {
    await store.append(
      Array.from({ length: 360 }, (_, index) =>
        reading(entityId, startUs + index * quarterHourUs + 7, index / 4),
      ),
    );
    await applied(db, readingsTable);
    await post(entityId, { startUs, endUs: nowUs });
  }
  await flows.settle();
  await connectionFlows.settle();
  await views.refreshed();
}, 240_000);
afterAll(async () => {
  await flows.stop();
  await connectionFlows.stop();
  await db.stop();
  await sidecars.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe('a home that was posted', { timeout: 180_000 }, () => {
  it('agrees', async () => {
    const verification = await verify();
    expect(verification.differences).toEqual([]);
    expect(pauses).toBe(0);
    expect(verification.meters).toMatchObject(entities.map(({ entityId }) => ({ entityId, waiting: 0 })));
    expect(verification.meters[0]?.entries).toBeGreaterThan(350);
  });

  it('does not agree with an entry that was changed, nor do its flows', async () => {
    const [entry] = await ledger.current(grid, startUs + 40 * quarterHourUs, startUs + 41 * quarterHourUs);
    if (entry === undefined) throw new Error('an entry');
    const write = async (amountMicro: number) => {
      await ledger.write([{ entityId: grid, entries: [{ ...entry, amountMicro }], openings: [] }]);
      await views.refreshed();
    };
    await write(entry.amountMicro + 1);
    const { differences } = await verify();
    expect(pauses).toBe(2);
    expect(differences).toContainEqual({ entityId: grid, check: 'evidence', quarter: 40 });
    expect(differences).toContainEqual({ entityId: grid, check: 'conservation', quarter: null });
    expect(differences).toContainEqual({ entityId: 'home:grid_in', check: 'flows', quarter: 40 });
    await write(entry.amountMicro);
    expect((await verify()).differences).toEqual([]);
  });

  it('does not agree with a journal that lost a row', async () => {
    const atUs = startUs + 50 * quarterHourUs;
    const [entry] = await ledger.current(grid, atUs, atUs + 1);
    if (entry === undefined) throw new Error('an entry');
    // QuestDB deletes no rows: the current state advances by two revisions, one without a journal row.
    const lost = { ...entry, revision: entry.revision + 2 };
    await ledger.write([{ entityId: grid, entries: [lost], openings: [] }]);
    expect((await verify()).differences).toEqual([{ entityId: grid, check: 'journal', quarter: 50 }]);
    await ledger.write([
      { entityId: grid, entries: [{ ...entry, revision: entry.revision + 1 }, lost], openings: [] },
    ]);
    await applied(db, journalTable);
    expect((await verify()).differences).toEqual([]);
  });

  it('does not agree with a flow that its meters do not give', async () => {
    const atUs = startUs + 60 * quarterHourUs;
    const [use] = await ledger.current('home:use', atUs, atUs + 1);
    if (use === undefined) throw new Error('a flow');
    const next = { ...use, amountMicro: use.amountMicro + 5, revision: use.revision + 1 };
    await ledger.write([{ entityId: 'home:use', entries: [next], openings: [] }]);
    await views.refreshed();
    expect((await verify()).differences).toEqual([{ entityId: 'home:use', check: 'flows', quarter: 60 }]);
    flows.posted(grid, { ...intervalAt(atUs), cause: 'readings' });
    await flows.settle();
    await views.refreshed();
    expect((await verify()).differences).toEqual([]);
  });

  it('does not agree with a view that adds up otherwise', async () => {
    const remake = async (statement: string) => {
      await db.query(`DROP MATERIALIZED VIEW ${hoursView}`, []);
      await db.query(statement, []);
      await views.refreshed();
    };
    await remake(createHoursView.replace('sum(amount) AS amount', 'sum(amount) + 1 AS amount'));
    const { differences } = await verify();
    expect(differences.length).toBeGreaterThan(50);
    expect(new Set(differences.map(({ check }) => check))).toEqual(new Set(['views']));
    await remake(createHoursView);
    expect((await verify()).differences).toEqual([]);
  });

  it('is not troubled by evidence that is stored and not posted, however it stands', async () => {
    // A late reading in the middle, and one that settles the last quarter-hour and a new day's.
    const late = [
      reading(grid, startUs + 70.5 * quarterHourUs, 17.6),
      reading(grid, startUs + 363 * quarterHourUs, 93),
    ];
    await store.append(late);
    await applied(db, readingsTable);
    received = new Map([[grid, { startUs: late[0]?.atUs ?? 0, endUs: (late[1]?.atUs ?? 0) + 1 }]]);
    const verification = await verify();
    expect(verification.differences).toEqual([]);
    expect(pauses).toBe(0);
    expect(verification.meters[0]?.waiting).toBeGreaterThan(0);
    // Without a receipt it is a difference, unless the process posts it meanwhile.
    received = new Map();
    expect((await verify()).differences).toContainEqual({ entityId: grid, check: 'evidence', quarter: 71 });
    onPause = async () => {
      await post(grid, { startUs: late[0]?.atUs ?? 0, endUs: (late[1]?.atUs ?? 0) + 1 });
      await flows.settle();
      await views.refreshed();
    };
    expect((await verify()).differences).toEqual([]);
    expect(pauses).toBe(1);
    onPause = async () => undefined;
  });
});
