import type { QuestDb } from './questdb.ts';
import { type Polling, untilDone } from './until-done.ts';

const polling: Polling = { withinMs: 15_000, firstMs: 5, limitMs: 200 };

const pendingQuery = `SELECT count() AS pending FROM wal_tables()
  WHERE name = $1 AND (writerTxn < sequencerTxn OR suspended)`;

/**
 * Resolves when every row of a table that was acknowledged can be read: QuestDB acknowledges a row when it is durable,
 * and applies it to the table a few milliseconds later. Rejects with a QuestDbError after 15 s.
 */
export function applied(db: QuestDb, table: string): Promise<void> {
  const isApplied = async () => (await db.query(pendingQuery, [table]))[0]?.pending === 0;
  return untilDone(isApplied, polling, db.clock, `${table} does not keep up`);
}
