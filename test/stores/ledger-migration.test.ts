/**
 * Goal: a ledger of an older program is taken over as it is: nothing is lost, its sums stay valid and follow what is
 * new.
 * Method: a QuestDB of this file's own is brought to the version before causes and corrections, with entries, journal
 * and the views over them; then the present program opens it, reads what is stored and posts more.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installSidecars, type Sidecars, startSidecars } from '../../addon/sidecars/sidecars.ts';
import {
  createDaysView,
  createHoursView,
  daysView,
  dropDaysView,
  entriesTable,
  hoursView,
  journalTable,
  openingsTable,
} from '../../src/adapters/questdb/ledger-schema.ts';
import { QuestDbLedgerStore } from '../../src/adapters/questdb/ledger-store.ts';
import { QuestDbLedgerViews } from '../../src/adapters/questdb/ledger-views.ts';
import { QuestDb } from '../../src/adapters/questdb/questdb.ts';
import { createSchemaTable, migrations, schemaTable } from '../../src/adapters/questdb/schema.ts';
import type { PostedEntry } from '../../src/ledger/entries/revision.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { quarterHourUs } from '../../src/units/durations.ts';
import { eventually, quietLog } from './questdb-fixture.ts';

const entityId = 'sensor.old_meter';
const startUs = Date.UTC(2026, 5, 1) * 1000;
const zone = 'Europe/Brussels';

let sidecars: Sidecars;
let dataDir: string;
let old: pg.Client;

/** A row as the older program wrote it. */
async function putOldEntry(table: string, quarter: number): Promise<void> {
  const at = new Date((startUs + quarter * quarterHourUs) / 1000).toISOString();
  await old.query(
    `INSERT INTO ${table} (entity_id, kind, timestamp, amount, quality, covered, reason, first_evidence, last_evidence,
      provisional, revision, posted_at)
     VALUES ('${entityId}', 'quantity', '${at}', ${1000 + quarter}, 0, 900000000, 'counted', '${at}', '${at}', false, 1, '${at}')`,
  );
}

beforeAll(async () => {
  const log = () => undefined;
  dataDir = await mkdtemp(join(tmpdir(), 'energy-ledger-migration-'));
  sidecars = await startSidecars({ programs: await installSidecars(log), dataDir, log });
  old = new pg.Client({ connectionString: sidecars.questdbPgUrl });
  await old.connect();
  await old.query(createSchemaTable);
  for (const { version, statements } of migrations.filter((migration) => migration.version < 4)) {
    for (const statement of statements) await old.query(statement);
    await old.query(`INSERT INTO ${schemaTable} VALUES (now(), ${version})`);
  }
  await old.query(createHoursView);
  await old.query(createDaysView(zone));
  for (let quarter = 0; quarter < 96; quarter += 1) {
    await putOldEntry(entriesTable, quarter);
    await putOldEntry(journalTable, quarter);
  }
  const at = new Date(startUs / 1000).toISOString();
  await old.query(
    `INSERT INTO ${openingsTable} (entity_id, timestamp, baseline, register, at, told_by)
     VALUES ('${entityId}', '${at}', 5, 5, '${at}', 'reading')`,
  );
}, 240_000);

afterAll(async () => {
  await old.end();
  await sidecars.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe('a ledger from before causes were recorded', { timeout: 120_000 }, () => {
  it('is read as it stood, keeps its views, and goes on', async () => {
    const viewIds = async () =>
      (await old.query('SELECT view_name, view_status, view_table_dir_name FROM materialized_views()')).rows;
    await eventually(
      async () => (await old.query('SELECT count() AS n FROM ledger_hours')).rows[0].n === '24',
    );
    // A view that takes in the last rows is neither valid nor broken.
    const settledViews = async () => {
      await eventually(async () => (await viewIds()).every((row) => row.view_status !== 'refreshing'));
      return viewIds();
    };
    const before = await settledViews();
    expect(before.map((row) => row.view_status)).toEqual(before.map(() => 'valid'));

    const db = new QuestDb({
      url: sidecars.questdbUrl,
      pgUrl: sidecars.questdbPgUrl,
      clock: systemClock,
      log: quietLog,
    });
    const ledger = new QuestDbLedgerStore(db);
    const views = new QuestDbLedgerViews(db, () => zone);
    await db.prepared();
    await views.prepare();
    // The same views are kept: making them again would read years.
    expect(await settledViews()).toEqual(before);

    const entries = await ledger.current(entityId, startUs, startUs + 96 * quarterHourUs);
    expect(entries).toHaveLength(96);
    expect(entries[7]).toMatchObject({ amountMicro: 1007, revision: 1, reason: 'counted', cause: null });
    expect(await ledger.openingBefore(entityId, startUs)).toMatchObject({
      state: { baselineMicro: 5, correction: null },
    });

    const revised: PostedEntry = {
      ...(entries[8] as PostedEntry),
      amountMicro: 9008,
      revision: 2,
      cause: 'corrected',
      reason: 'corrected',
    };
    await ledger.write([{ entityId, entries: [revised], openings: [] }]);
    expect(
      await ledger.journal(entityId, revised.quarterHourStartUs, revised.quarterHourStartUs + 1),
    ).toMatchObject([
      { revision: 1, cause: null, amountMicro: 1008 },
      { revision: 2, cause: 'corrected', amountMicro: 9008 },
    ]);
    await views.refreshed();
    const hours = await views.buckets([entityId], 'hour', startUs, startUs + 24 * 4 * quarterHourUs);
    expect(hours[2]).toMatchObject({ amountMicro: 9008 + 1009 + 1010 + 1011, quarters: 4 });
    const days = await views.buckets([entityId], 'day', startUs, startUs + 96 * quarterHourUs);
    const sum = days.reduce((all, day) => all + (day.amountMicro ?? 0), 0);
    expect(sum).toBe(96 * 1000 + (95 * 96) / 2 + 8000);
    await db.stop();
  });

  it('has its views made anew, of smaller partitions, from the same entries', async () => {
    await old.query(`DROP MATERIALIZED VIEW ${hoursView}`);
    await old.query(dropDaysView);
    await old.query(createHoursView.replace('PARTITION BY WEEK', 'PARTITION BY MONTH'));
    await old.query(createDaysView(zone).replace('PARTITION BY MONTH', 'PARTITION BY YEAR'));
    const partitions = async () => {
      const names = `'${hoursView}', '${daysView}'`;
      const found = await old.query(
        `SELECT table_name, partitionBy AS parts FROM tables() WHERE table_name IN (${names}) ORDER BY 1`,
      );
      return found.rows.map((row) => row.parts);
    };
    expect(await partitions()).toEqual(['YEAR', 'MONTH']);
    const db = new QuestDb({
      url: sidecars.questdbUrl,
      pgUrl: sidecars.questdbPgUrl,
      clock: systemClock,
      log: quietLog,
    });
    const views = new QuestDbLedgerViews(db, () => zone);
    await views.prepare();
    expect(await partitions()).toEqual(['MONTH', 'WEEK']);
    const hours = await views.buckets([entityId], 'hour', startUs, startUs + 96 * quarterHourUs);
    expect(hours).toHaveLength(24);
    const days = await views.buckets([entityId], 'day', startUs, startUs + 96 * quarterHourUs);
    const entries = await new QuestDbLedgerStore(db).current(entityId, startUs, startUs + 96 * quarterHourUs);
    const sum = (amounts: readonly (number | null)[]) =>
      amounts.reduce<number>((all, one) => all + (one ?? 0), 0);
    expect(sum(days.map((day) => day.amountMicro))).toBe(sum(entries.map((entry) => entry.amountMicro)));
    await db.stop();
  });
});
