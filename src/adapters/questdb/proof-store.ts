import { type CoverageStore, proofHourUs, type VerifiedHour } from '../../recording/coverage-proof.ts';
import type { QuestDb } from './questdb.ts';
import { readingsTable } from './reading-rows.ts';
import { isoWithin } from './span.ts';
import { applied } from './wal.ts';

export const coverageTable = 'proven_hours';

/** One row per (entity, hour of UTC): a later proof replaces the one before. */
export const createProvenHours = `CREATE TABLE IF NOT EXISTS ${coverageTable} (
  entity_id SYMBOL CAPACITY 1024,
  timestamp TIMESTAMP,
  told LONG,
  held LONG,
  proven TIMESTAMP
) TIMESTAMP(timestamp) PARTITION BY MONTH WAL DEDUP UPSERT KEYS(timestamp, entity_id)`;

/** Entities asked for in one statement; each is a bound parameter of its own. */
const entitiesPerQuery = 200;

const named = (count: number) => Array.from({ length: count }, (_, index) => `$${index + 3}`).join(', ');
const within = (count: number) =>
  `WHERE timestamp >= $1 AND timestamp < $2 AND entity_id IN (${named(count)})`;
const provenOf = (condition: string) => `SELECT entity_id, cast(timestamp AS LONG) AS hour_us, told, held,
  cast(proven AS LONG) AS proven_us FROM ${coverageTable} ${condition}`;
const provenQuery = (count: number) => provenOf(within(count));
const allProvenQuery = provenOf('WHERE timestamp >= $1 AND timestamp < $2');
/** From the readings and not from their view by the hour: what was lost must not be remembered. */
const heldQuery = (
  count: number,
) => `SELECT entity_id, cast(timestamp AS LONG) / ${proofHourUs} AS hour, count() AS held
  FROM ${readingsTable} ${within(count)} GROUP BY entity_id, hour`;

/** Proofs in the table proven_hours, beside the readings: a store that is set back loses both. */
export class QuestDbCoverageStore implements CoverageStore {
  readonly #db: QuestDb;

  constructor(db: QuestDb) {
    this.#db = db;
  }

  async proven(entityIds: readonly string[] | null, startUs: number, endUs: number): Promise<VerifiedHour[]> {
    const rows =
      entityIds === null
        ? await this.#db.query(allProvenQuery, [isoWithin(startUs), isoWithin(endUs)])
        : await this.#ask(provenQuery, entityIds, startUs, endUs);
    return rows.map((row) => ({
      entityId: row.entity_id as string,
      hourUs: row.hour_us as number,
      told: row.told as number,
      held: row.held as number,
      verifiedAtUs: row.proven_us as number,
    }));
  }

  async held(
    entityIds: readonly string[],
    startUs: number,
    endUs: number,
  ): Promise<Map<string, Map<number, number>>> {
    const held = new Map<string, Map<number, number>>();
    for (const row of await this.#ask(heldQuery, entityIds, startUs, endUs)) {
      const entityId = row.entity_id as string;
      const hours = held.get(entityId) ?? new Map<number, number>();
      hours.set((row.hour as number) * proofHourUs, row.held as number);
      held.set(entityId, hours);
    }
    return held;
  }

  async note(hours: readonly VerifiedHour[]): Promise<void> {
    await this.#db.write(hours, async (sender, hour) => {
      sender.table(coverageTable).symbol('entity_id', hour.entityId);
      sender.intColumn('told', hour.told).intColumn('held', hour.held);
      sender.timestampColumn('proven', hour.verifiedAtUs, 'us');
      await sender.at(hour.hourUs, 'us');
    });
    await applied(this.#db, coverageTable);
  }

  async #ask(query: (count: number) => string, entityIds: readonly string[], startUs: number, endUs: number) {
    const rows = [];
    for (let start = 0; start < entityIds.length; start += entitiesPerQuery) {
      const asked = entityIds.slice(start, start + entitiesPerQuery);
      rows.push(
        ...(await this.#db.query(query(asked.length), [isoWithin(startUs), isoWithin(endUs), ...asked])),
      );
    }
    return rows;
  }
}
