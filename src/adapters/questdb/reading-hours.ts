import type { Clock } from '../../runtime/clock.ts';
import { hourUs, minuteUs } from '../../units/durations.ts';
import { type CanonicalUnit, canonicalUnits } from '../../units/quantity.ts';
import { LateReadings } from './late-readings.ts';
import type { QuestDb } from './questdb.ts';
import { readingsTable } from './reading-rows.ts';
import { numberOf, numberOrNull, type Row, wordOrNull } from './row.ts';
import { isoWithin } from './span.ts';

export const readingHoursView = 'reading_hours';

const columns = (timestamp: string) => `count() AS readings, count(state) AS numbers,
  cast(min(${timestamp}) AS LONG) AS first_us, cast(max(${timestamp}) AS LONG) AS last_us,
  last(state) AS last_state, min(state) AS least, max(state) AS most, twap(state, ${timestamp}) AS held,
  last_not_null(unit) AS unit`;

/**
 * Hours of UTC. Once an hour, for each refresh sums the hour under way up again and rewrites what lies beside it in its
 * partition; what the view may not know yet is read from the readings.
 */
export const createReadingHours = `CREATE MATERIALIZED VIEW IF NOT EXISTS ${readingHoursView} REFRESH EVERY 1h AS (
  SELECT timestamp, entity_id, ${columns('timestamp')} FROM ${readingsTable} SAMPLE BY 1h
) PARTITION BY MONTH`;

/** Of an older program it was refreshed every minute. */
export const refreshReadingHoursHourly = `ALTER MATERIALIZED VIEW ${readingHoursView} SET REFRESH EVERY 1h`;

const refreshNow = `REFRESH MATERIALIZED VIEW ${readingHoursView} INCREMENTAL`;
/** It is not asked to refresh more often. */
const refreshAgainUs = minuteUs;

/** Below that the readings themselves are as fast. */
const fewestHours = 48;
/** Acknowledged readings are applied within it, and clocks of two machines differ by less. */
const marginUs = minuteUs;

/** $1 entity, $2 and $3 the span, $4 and $5 start and length of the hours. */
const fromReadings = `SELECT (cast(timestamp AS LONG) - $4) / $5 AS hour, ${columns('timestamp')}
  FROM ${readingsTable} WHERE entity_id = $1 AND timestamp >= $2 AND timestamp < $3`;
const fromView = `SELECT (cast(timestamp AS LONG) - $4) / $5 AS hour, readings, numbers, first_us, last_us,
    last_state, least, most, held, unit
  FROM ${readingHoursView} WHERE entity_id = $1 AND timestamp >= $2 AND timestamp < $3 ORDER BY timestamp`;
const stateQuery = `SELECT view_status, refresh_base_table_txn, base_table_txn,
    cast(last_refresh_start_timestamp AS LONG) AS started_us
  FROM materialized_views() WHERE view_name = $1`;

/** The readings of one hour that lie in the span asked for. */
export interface HourRow {
  /** Its place among the hours asked for. */
  readonly hour: number;
  readonly readings: number;
  /** Readings that were not an absence. */
  readonly numbers: number;
  readonly firstUs: number;
  readonly lastUs: number;
  /** Null when the last was an absence. */
  readonly last: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Mean of the values, each weighted by how long it held until the next; absences are passed over. */
  readonly held: number | null;
  readonly unit: CanonicalUnit | null;
}

/**
 * Sums of an entity's readings by the hour: of long spans from a materialized view, of what the view may not know yet
 * from the readings, so that the answer is the same as if all had been read.
 */
export class ReadingHours {
  readonly #db: QuestDb;
  readonly #late: LateReadings;
  readonly #clock: Clock;
  #refreshedUs = Number.NEGATIVE_INFINITY;

  constructor(db: QuestDb, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    this.#late = new LateReadings(clock);
  }

  /** To be told before they are written. */
  appending(oldestUs: number): void {
    this.#late.add(oldestUs);
  }

  /** Hours in [startUs, endUs) that have a reading, ascending; they begin at `gridUs` and each is `lengthUs` long. */
  async rows(
    entityId: string,
    startUs: number,
    endUs: number,
    gridUs: number,
    lengthUs: number,
  ): Promise<HourRow[]> {
    const read = async (query: string, partStartUs: number, partEndUs: number) => {
      if (partStartUs >= partEndUs) return [];
      const rows = await this.#db.query(query, [
        entityId,
        isoWithin(partStartUs),
        isoWithin(partEndUs),
        gridUs,
        lengthUs,
      ]);
      return rows.map(hourFromRow).sort((a, b) => a.hour - b.hour);
    };
    const wholeFromUs = Math.ceil(startUs / hourUs) * hourUs;
    const isOfClock = gridUs % hourUs === 0 && lengthUs === hourUs;
    if (!isOfClock || endUs - wholeFromUs < fewestHours * hourUs) return read(fromReadings, startUs, endUs);
    const knownUntilUs = Math.floor(Math.min(await this.#knownUntilUs(), endUs) / hourUs) * hourUs;
    if (knownUntilUs <= wholeFromUs) return read(fromReadings, startUs, endUs);
    const parts = await Promise.all([
      read(fromReadings, startUs, wholeFromUs),
      read(fromView, wholeFromUs, knownUntilUs),
      read(fromReadings, knownUntilUs, endUs),
    ]);
    return parts.flat();
  }

  /** Up to where the view says what the table says. */
  async #knownUntilUs(): Promise<number> {
    const [state] = await this.#db.query(stateQuery, [readingHoursView]);
    if (state?.view_status !== 'valid') return 0;
    if (Number(state.refresh_base_table_txn) >= Number(state.base_table_txn)) return Number.MAX_SAFE_INTEGER;
    // After a start QuestDB has forgotten when it last refreshed.
    const toldUs = typeof state.started_us === 'number' ? state.started_us - marginUs : null;
    // By a clock that is not ours it says nothing of what was written since.
    const startedUs = toldUs === null || toldUs > this.#clock.nowUs() ? null : toldUs;
    const knownUntilUs = startedUs === null ? 0 : this.#late.oldestSince(startedUs);
    if (knownUntilUs === 0) await this.#refresh();
    return knownUntilUs;
  }

  /** For the questions after this one: the next turn of the view may be an hour away. */
  async #refresh(): Promise<void> {
    const nowUs = this.#clock.nowUs();
    if (nowUs - this.#refreshedUs < refreshAgainUs) return;
    this.#refreshedUs = nowUs;
    await this.#db.query(refreshNow, []);
  }
}

function hourFromRow(row: Row): HourRow {
  return {
    hour: numberOf(row, 'hour'),
    readings: numberOf(row, 'readings'),
    numbers: numberOf(row, 'numbers'),
    firstUs: numberOf(row, 'first_us'),
    lastUs: numberOf(row, 'last_us'),
    last: numberOrNull(row, 'last_state'),
    min: numberOrNull(row, 'least'),
    max: numberOrNull(row, 'most'),
    held: numberOrNull(row, 'held'),
    unit: wordOrNull(row, 'unit', canonicalUnits),
  };
}
