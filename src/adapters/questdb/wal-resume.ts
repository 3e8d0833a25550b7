import type { Log } from '../../runtime/log.ts';
import type { QuestDb } from './questdb.ts';

const suspendedQuery = `SELECT name, errorTag AS tag, errorMessage AS message FROM wal_tables() WHERE suspended`;
/** A name can't be bound. QuestDB returns it, and our tables are all named like this. */
const plainName = /^[a-z][a-z0-9_]*$/;

/**
 * QuestDB suspends a table that ran into a full disk: it still accepts rows, durably, and applies none of them until
 * it is resumed. Resumes every suspended table. Rejects with a QuestDbError when QuestDB does not answer.
 */
export async function resumeSuspended(db: QuestDb, log: Log): Promise<void> {
  for (const { name, tag, message } of await db.query(suspendedQuery, [])) {
    if (typeof name !== 'string' || !plainName.test(name)) continue;
    log.warn({ table: name, tag, reason: message }, 'QuestDB suspended a table; it is resumed');
    await db.query(`ALTER TABLE ${name} RESUME WAL`, []);
  }
}
