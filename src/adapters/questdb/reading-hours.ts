import type { Clock } from '../../runtime/clock.ts';
import { hourUs, minuteUs } from '../../units/durations.ts';
import { type CanonicalUnit, canonicalUnits } from '../../units/quantity.ts';
import { OldestWritten } from './oldest-written.ts';
import type { QuestDb } from './questdb.ts';
import { readingsTable } from './reading-rows.ts';
import { readingHoursView, readingSums } from './reading-schema.ts';
import { numberOf, numberOrNull, type Row, wordOrNull } from './row.ts';
import { isoWithin } from './span.ts';

const refreshNow = `REFRESH MATERIALIZED VIEW ${readingHoursView} INCREMENTAL`;
/** It is not asked to refresh more often. */
const refreshAgainUs = minuteUs;

/** Below that the readings themselves are as fast. */
const fewestHours = 48;
/** Acknowledged readings are applied within it, and clocks of two machines differ by less. */
const marginUs = minuteUs;

/** $1 entity, $2 and $3 the span, $4 and $5 start and length of the hours. */
const fromReadings = `SELECT (cast(timestamp AS LONG) - $4) / $5 AS hour, ${readingSums('timestamp')}
  FROM ${readingsTable} WHERE entity_id = $1 AND timestamp >= $2 AND timestamp < $3`;
const fromView = `SELECT (cast(timestamp AS LONG) - $4) / $5 AS hour, readings, numbers, first_us, last_us,
    last_state, least, most, held, unit
  FROM ${readingHoursView} WHERE entity_id = $1 AND timestamp >= $2 AND timestamp < $3 ORDER BY timestamp`;
const stateQuery = `SELECT view_status, refresh_base_table_txn, base_table_txn,
    cast(last_refresh_start_timestamp AS LONG) AS started_us
  FROM materialized_views() WHERE view_name = $1`;

/** The readings of one hour that lie in the span asked for. */
interface HourRow {
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
 * Hourly sums of an entity's readings: for long spans from a materialized view, for what the view may not have yet
 * from the readings, so that the answer is the same as a sum over all readings.
 */
export class ReadingHours {
  readonly #db: QuestDb;
  readonly #oldestWritten: OldestWritten;
  readonly #clock: Clock;
  #refreshedUs = Number.NEGATIVE_INFINITY;

  constructor(db: QuestDb, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    this.#oldestWritten = new OldestWritten(clock);
  }

  /** Call it before readings are written. */
  appending(oldestUs: number): void {
    this.#oldestWritten.add(oldestUs);
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

  /** Up to where the view agrees with the table. */
  async #knownUntilUs(): Promise<number> {
    const [state] = await this.#db.query(stateQuery, [readingHoursView]);
    if (state?.view_status !== 'valid') return 0;
    if (Number(state.refresh_base_table_txn) >= Number(state.base_table_txn)) return Number.MAX_SAFE_INTEGER;
    // After a start QuestDB has forgotten when it last refreshed.
    const refreshStartUs = typeof state.started_us === 'number' ? state.started_us - marginUs : null;
    // A start by another clock says nothing about what was written since.
    const startedUs = refreshStartUs === null || refreshStartUs > this.#clock.nowUs() ? null : refreshStartUs;
    const knownUntilUs = startedUs === null ? 0 : this.#oldestWritten.oldestSince(startedUs);
    if (knownUntilUs === 0) await this.#refresh();
    return knownUntilUs;
  }

  /** For later queries: the view's next refresh may be an hour away. */
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
