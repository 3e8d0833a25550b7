import type { LedgerPage, LedgerStore, Opening } from '../../ledger/entries/ledger-store.ts';
import type { PostedEntry } from '../../ledger/entries/revision.ts';
import {
  entryColumns,
  entryFromRow,
  openingColumns,
  openingFromRow,
  putEntry,
  putOpening,
} from './ledger-rows.ts';
import { entriesTable, journalTable, openingsTable } from './ledger-schema.ts';
import type { QuestDb } from './questdb.ts';
import { isoWithin } from './span.ts';
import { applied } from './wal.ts';

const inRange = 'WHERE entity_id = $1 AND timestamp >= $2 AND timestamp < $3';

const currentQuery = `SELECT ${entryColumns} FROM ${entriesTable} ${inRange} ORDER BY timestamp, kind`;
const journalQuery = `SELECT ${entryColumns} FROM ${journalTable} ${inRange} ORDER BY timestamp, kind, revision`;
const openingsQuery = `SELECT ${openingColumns} FROM ${openingsTable} ${inRange} ORDER BY timestamp`;
const openingBeforeQuery = `SELECT ${openingColumns} FROM ${openingsTable}
  WHERE entity_id = $1 AND timestamp <= $2 ORDER BY timestamp DESC LIMIT 1`;

/** The ledger in QuestDB: journal and current state are tables of their own with the same columns. */
export class QuestDbLedgerStore implements LedgerStore {
  readonly #db: QuestDb;

  constructor(db: QuestDb) {
    this.#db = db;
  }

  async current(entityId: string, startUs: number, endUs: number): Promise<PostedEntry[]> {
    const rows = await this.#db.query(currentQuery, [entityId, isoWithin(startUs), isoWithin(endUs)]);
    return rows.map(entryFromRow);
  }

  async journal(entityId: string, startUs: number, endUs: number): Promise<PostedEntry[]> {
    const rows = await this.#db.query(journalQuery, [entityId, isoWithin(startUs), isoWithin(endUs)]);
    return rows.map(entryFromRow);
  }

  /** A process that dies between the steps repeats them: the same revisions fall on the same keys. */
  async write(pages: readonly LedgerPage[]): Promise<void> {
    const entries = pages.flatMap(({ entityId, entries }) => entries.map((entry) => ({ entityId, entry })));
    const openings = pages.flatMap(({ entityId, openings }) =>
      openings.map((opening) => ({ entityId, opening })),
    );
    const final = entries.filter(({ entry }) => entry.revision > 0);
    const into = (table: string) => (of: { entityId: string; entry: PostedEntry }) => ({ table, ...of });
    if (final.length > 0) await this.#db.writer.write(final.map(into(journalTable)), putEntry);
    if (entries.length > 0) await this.#db.writer.write(entries.map(into(entriesTable)), putEntry);
    if (openings.length > 0) await this.#db.writer.write(openings, putOpening);
    if (final.length > 0) await applied(this.#db, journalTable);
    if (entries.length > 0) await applied(this.#db, entriesTable);
    if (openings.length > 0) await applied(this.#db, openingsTable);
  }

  async openingBefore(entityId: string, quarterHourStartUs: number): Promise<Opening | null> {
    const [row] = await this.#db.query(openingBeforeQuery, [entityId, isoWithin(quarterHourStartUs)]);
    return row === undefined ? null : openingFromRow(row);
  }

  async openings(entityId: string, startUs: number, endUs: number): Promise<Opening[]> {
    const rows = await this.#db.query(openingsQuery, [entityId, isoWithin(startUs), isoWithin(endUs)]);
    return rows.map(openingFromRow);
  }
}
