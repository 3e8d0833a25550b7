import { QuestDbError } from './fault.ts';
import type { QuestDb } from './questdb.ts';

const applyWithinMs = 15_000;
const askAgainMs = 5;

const pendingQuery = `SELECT count() AS pending FROM wal_tables()
  WHERE name = $1 AND (writerTxn < sequencerTxn OR suspended)`;

/**
 * Resolves when everything acknowledged for a table can be read: QuestDB answers a write when it is durable, and applies
 * it a few milliseconds later. Rejects with a QuestDbError after a deadline.
 */
export async function applied(db: QuestDb, table: string): Promise<void> {
  const untilMs = performance.now() + applyWithinMs;
  for (let waitMs = askAgainMs; ; waitMs = Math.min(waitMs * 2, 200)) {
    const [row] = await db.query(pendingQuery, [table]);
    if (row?.pending === 0) return;
    if (performance.now() > untilMs)
      throw new QuestDbError(
        `${table} does not keep up`,
        new Error(`not applied within ${applyWithinMs} ms`),
      );
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
