import { type CoverageStore, coverageHourUs, type VerifiedHour } from '../../recording/coverage-store.ts';
import type { QuestDb } from './questdb.ts';
import { readingsTable } from './reading-rows.ts';
import { coverageTable } from './reading-schema.ts';
import { numberOf, textOf } from './row.ts';
import { isoWithin } from './span.ts';
import { applied } from './wal.ts';

/** Entities asked for in one statement; each is a bound parameter of its own. */
const entitiesPerQuery = 200;

const named = (count: number) => Array.from({ length: count }, (_, index) => `$${index + 3}`).join(', ');
const within = (count: number) =>
  `WHERE timestamp >= $1 AND timestamp < $2 AND entity_id IN (${named(count)})`;
const verifiedSelect = (
  condition: string,
) => `SELECT entity_id, cast(timestamp AS LONG) AS hour_us, told, held,
  cast(proven AS LONG) AS proven_us FROM ${coverageTable} ${condition}`;
const verifiedQuery = (count: number) => verifiedSelect(within(count));
const allVerifiedQuery = verifiedSelect('WHERE timestamp >= $1 AND timestamp < $2');
/** From the readings and not from their view by the hour: lost readings must not be remembered. */
const heldQuery = (
  count: number,
) => `SELECT entity_id, cast(timestamp AS LONG) / ${coverageHourUs} AS hour, count() AS held
  FROM ${readingsTable} ${within(count)} GROUP BY entity_id, hour`;

/** Verified hours in the table proven_hours, beside the readings: a store that is set back loses both. */
export class QuestDbCoverageStore implements CoverageStore {
  readonly #db: QuestDb;

  constructor(db: QuestDb) {
    this.#db = db;
  }

  async verified(
    entityIds: readonly string[] | null,
    startUs: number,
    endUs: number,
  ): Promise<VerifiedHour[]> {
    const rows =
      entityIds === null
        ? await this.#db.query(allVerifiedQuery, [isoWithin(startUs), isoWithin(endUs)])
        : await this.#ask(verifiedQuery, entityIds, startUs, endUs);
    return rows.map((row) => ({
      entityId: textOf(row, 'entity_id'),
      hourUs: numberOf(row, 'hour_us'),
      reported: numberOf(row, 'told'),
      held: numberOf(row, 'held'),
      verifiedAtUs: numberOf(row, 'proven_us'),
    }));
  }

  async held(
    entityIds: readonly string[],
    startUs: number,
    endUs: number,
  ): Promise<Map<string, Map<number, number>>> {
    const held = new Map<string, Map<number, number>>();
    for (const row of await this.#ask(heldQuery, entityIds, startUs, endUs)) {
      const entityId = textOf(row, 'entity_id');
      const hours = held.get(entityId) ?? new Map<number, number>();
      hours.set(numberOf(row, 'hour') * coverageHourUs, numberOf(row, 'held'));
      held.set(entityId, hours);
    }
    return held;
  }

  async note(hours: readonly VerifiedHour[]): Promise<void> {
    await this.#db.writer.write(hours, async (sender, hour) => {
      sender.table(coverageTable).symbol('entity_id', hour.entityId);
      sender.intColumn('told', hour.reported).intColumn('held', hour.held);
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
