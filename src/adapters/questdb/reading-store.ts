import type { Reading } from '../../recording/reading.ts';
import type { Curve, HourlyReadings, ReadingStore } from '../../recording/reading-store.ts';
import { bucketEdges } from '../../units/calendar.ts';
import { type Clock, systemClock } from '../../units/clock.ts';
import { isoFromInstant } from '../../units/instant.ts';
import type { CanonicalUnit } from '../../units/quantity.ts';
import { curveBucketUs } from './curve-bucket.ts';
import { QuestDbError } from './fault.ts';
import { type HourSums, heldHours, type Run, runsOf } from './held-hours.ts';
import type { QuestDb } from './questdb.ts';
import { flawOf, putReading, readingColumns, readingFromRow, readingsTable } from './reading-rows.ts';

/** Entities asked for in one statement; each is a bound parameter of its own. */
const entitiesPerQuery = 200;

const ofEntityInRange = `FROM ${readingsTable} WHERE entity_id = $1 AND timestamp >= $2 AND timestamp < $3`;

const rangeQuery = `SELECT ${readingColumns} ${ofEntityInRange} ORDER BY timestamp LIMIT $4`;

const before = (condition: string) =>
  `SELECT ${readingColumns} FROM ${readingsTable} WHERE entity_id = $1 AND timestamp < $2 ${condition}
   ORDER BY timestamp DESC LIMIT 1`;
const beforeQuery = before('');
const valueBeforeQuery = before('AND state IS NOT NULL');

const newestQuery = (count: number) =>
  `SELECT ${readingColumns} FROM ${readingsTable}
   WHERE entity_id IN (${Array.from({ length: count }, (_, index) => `$${index + 1}`).join(', ')})
   LATEST ON timestamp PARTITION BY entity_id`;

const countsQuery = `SELECT entity_id, count() AS count FROM ${readingsTable}
  WHERE timestamp >= $1 AND timestamp < $2 GROUP BY entity_id`;

/** $4 and $5: start and length of a run of hours. An interval between two readings counts when both lie in one hour. */
const hoursQuery = `SELECT hour, count() AS count, min(us) AS first_us, max(us) AS last_us, last(state) AS last,
    min(state) AS min, max(state) AS max,
    sum(CASE WHEN before_us >= $4 + hour * $5 THEN before_state * (us - before_us) END) AS area,
    sum(CASE WHEN before_us >= $4 + hour * $5 AND before_state IS NOT NULL THEN us - before_us END) AS weight_us
  FROM (
    SELECT (cast(timestamp AS LONG) - $4) / $5 AS hour, cast(timestamp AS LONG) AS us, state,
      lag(cast(timestamp AS LONG)) OVER (ORDER BY timestamp) AS before_us,
      lag(state) OVER (ORDER BY timestamp) AS before_state
    ${ofEntityInRange}
  ) GROUP BY hour`;

const sizeQuery = `SELECT count() AS count, last_not_null(unit) AS unit ${ofEntityInRange}`;

/** $4: length of a bucket. No column may be named `max`: QuestDB calls it `max1` beside a cast of another max(). */
const curveQuery = `SELECT cast(timestamp AS LONG) / $4 AS bucket, cast(max(timestamp) AS LONG) AS at_us,
    last(state) AS last_state, min(state) AS least, max(state) AS most
  ${ofEntityInRange} GROUP BY bucket ORDER BY bucket`;

const receivedQuery = `SELECT entity_id, cast(min(timestamp) AS LONG) AS from_us, cast(max(timestamp) AS LONG) AS until_us
  FROM ${readingsTable} WHERE received >= $1 GROUP BY entity_id`;

/** Readings in QuestDB's table energy_readings. (entity, instant) is the key: what comes again replaces itself. */
export class QuestDbReadingStore implements ReadingStore {
  readonly #db: QuestDb;
  readonly #clock: Clock;

  constructor(db: QuestDb, clock: Clock = systemClock) {
    this.#db = db;
    this.#clock = clock;
  }

  async append(readings: readonly Reading[]): Promise<void> {
    for (const reading of readings) {
      const flaw = flawOf(reading);
      if (flaw !== null)
        throw new QuestDbError('Nothing was written', new Error(`a reading of ${reading.entityId}: ${flaw}`));
    }
    const receivedUs = this.#clock.nowUs();
    await this.#db.write(readings, (sender, reading) => putReading(sender, reading, receivedUs));
  }

  async range(entityId: string, sinceUs: number, untilUs: number, limit: number): Promise<Reading[]> {
    const rows = await this.#db.query(rangeQuery, [...span(entityId, sinceUs, untilUs), limit]);
    return rows.map(readingFromRow);
  }

  async before(entityId: string, atUs: number, withValue = false): Promise<Reading | null> {
    const query = withValue ? valueBeforeQuery : beforeQuery;
    const [row] = await this.#db.query(query, [entityId, isoFromInstant(atUs)]);
    return row === undefined ? null : readingFromRow(row);
  }

  async newest(entityIds: readonly string[]): Promise<Map<string, Reading>> {
    const newest = new Map<string, Reading>();
    for (let start = 0; start < entityIds.length; start += entitiesPerQuery) {
      const asked = entityIds.slice(start, start + entitiesPerQuery);
      for (const row of await this.#db.query(newestQuery(asked.length), asked)) {
        const reading = readingFromRow(row);
        newest.set(reading.entityId, reading);
      }
    }
    return newest;
  }

  async hourly(entityId: string, startUs: number, endUs: number, zone: string): Promise<HourlyReadings[]> {
    if (startUs >= endUs) return [];
    const edgesUs = bucketEdges(startUs, endUs, 'hour', zone);
    const sums = new Map<number, HourSums>();
    for (const run of runsOf(edgesUs)) await this.#sumUp(entityId, run, endUs, sums);
    const carried = await this.before(entityId, edgesUs[0] ?? startUs);
    return heldHours(edgesUs, endUs, (hour) => sums.get(hour), carried?.value ?? null);
  }

  async curve(entityId: string, sinceUs: number, untilUs: number, points: number): Promise<Curve> {
    const parameters = span(entityId, sinceUs, untilUs);
    const [size] = await this.#db.query(sizeQuery, parameters);
    const readingCount = Number(size?.count ?? 0);
    const unit = (size?.unit ?? null) as CanonicalUnit | null;
    if (readingCount <= points) {
      const readings = await this.range(entityId, sinceUs, untilUs, points);
      const values = readings.map(({ value }) => value);
      const atUs = readings.map((reading) => reading.atUs);
      return { unit, readingCount, bucketUs: null, atUs, last: values, min: values, max: values };
    }
    const bucketUs = curveBucketUs(sinceUs, untilUs, points);
    const rows = await this.#db.query(curveQuery, [...parameters, bucketUs]);
    const column = (name: string) => rows.map((row) => row[name] as number | null);
    return {
      unit,
      readingCount,
      bucketUs,
      atUs: rows.map((row) => row.at_us as number),
      last: column('last_state'),
      min: column('least'),
      max: column('most'),
    };
  }

  async count(startUs: number, endUs: number): Promise<Map<string, number>> {
    const rows = await this.#db.query(countsQuery, [isoFromInstant(startUs), isoFromInstant(endUs)]);
    return new Map(rows.map((row) => [row.entity_id as string, row.count as number]));
  }

  /** What arrived since an instant of receipt, by entity; null means ever. For a start after a crash: it reads all. */
  async receivedSince(receivedUs: number | null): Promise<Map<string, { fromUs: number; untilUs: number }>> {
    const rows = await this.#db.query(receivedQuery, [isoFromInstant(Math.max(0, receivedUs ?? 0))]);
    return new Map(
      rows.map((row) => [
        row.entity_id as string,
        { fromUs: row.from_us as number, untilUs: row.until_us as number },
      ]),
    );
  }

  async #sumUp(entityId: string, run: Run, endUs: number, sums: Map<number, HourSums>): Promise<void> {
    const parameters = span(entityId, run.startUs, Math.min(run.endUs, endUs));
    const rows = await this.#db.query(hoursQuery, [...parameters, run.startUs, run.lengthUs]);
    for (const row of rows)
      sums.set(run.first + (row.hour as number), {
        count: row.count as number,
        firstUs: row.first_us as number,
        lastUs: row.last_us as number,
        last: row.last as number | null,
        min: row.min as number | null,
        max: row.max as number | null,
        area: (row.area as number | null) ?? 0,
        weightUs: (row.weight_us as number | null) ?? 0,
      });
  }
}

function span(entityId: string, sinceUs: number, untilUs: number): [string, string, string] {
  return [entityId, isoFromInstant(sinceUs), isoFromInstant(untilUs)];
}
