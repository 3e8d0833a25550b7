import type { Reading } from '../../recording/reading.ts';
import type { Curve, HourlyReadings, ReadingStore } from '../../recording/reading-store.ts';
import type { Clock } from '../../runtime/clock.ts';
import { bucketEdges } from '../../units/calendar.ts';
import { hourUs } from '../../units/durations.ts';
import { isoFromInstant } from '../../units/instant.ts';
import type { Interval } from '../../units/interval.ts';
import { canonicalUnits } from '../../units/quantity.ts';
import { type CurveBucket, curveBucketUs, joinHours } from './curve-bucket.ts';
import { QuestDbError } from './fault.ts';
import { type HourSums, heldHours, type Run, runsOf } from './held-hours.ts';
import type { QuestDb } from './questdb.ts';
import { ReadingHours } from './reading-hours.ts';
import { flawOf, putReading, readingColumns, readingFromRow, readingsTable } from './reading-rows.ts';
import { numberOf, numberOrNull, textOf, wordOrNull } from './row.ts';

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
const intervalsQuery = `SELECT hour,
    sum(CASE WHEN before_us >= $4 + hour * $5 THEN before_state * (us - before_us) END) AS area,
    sum(CASE WHEN before_us >= $4 + hour * $5 AND before_state IS NOT NULL THEN us - before_us END) AS weight_us
  FROM (
    SELECT (cast(timestamp AS LONG) - $4) / $5 AS hour, cast(timestamp AS LONG) AS us, state,
      lag(cast(timestamp AS LONG)) OVER (ORDER BY timestamp) AS before_us,
      lag(state) OVER (ORDER BY timestamp) AS before_state
    ${ofEntityInRange}
  ) GROUP BY hour`;

/** $4: length of a bucket. No column may be named `max`: QuestDB calls it `max1` beside a cast of another max(). */
const curveQuery = `SELECT cast(timestamp AS LONG) / $4 AS bucket, cast(max(timestamp) AS LONG) AS at_us,
    last(state) AS last_state, min(state) AS least, max(state) AS most, count() AS readings,
    last_not_null(unit) AS unit
  ${ofEntityInRange} GROUP BY bucket ORDER BY bucket`;

const receivedQuery = `SELECT entity_id, cast(min(timestamp) AS LONG) AS from_us, cast(max(timestamp) AS LONG) AS until_us
  FROM ${readingsTable} WHERE received >= $1 GROUP BY entity_id`;

/** Readings in QuestDB's table energy_readings. (entity, instant) is the key: a repeated reading replaces itself. */
export class QuestDbReadingStore implements ReadingStore {
  readonly #db: QuestDb;
  readonly #clock: Clock;
  readonly #hours: ReadingHours;

  constructor(db: QuestDb, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    this.#hours = new ReadingHours(db, clock);
  }

  async append(readings: readonly Reading[]): Promise<void> {
    for (const reading of readings) {
      const flaw = flawOf(reading);
      if (flaw !== null)
        throw new QuestDbError('Nothing was written', new Error(`a reading of ${reading.entityId}: ${flaw}`));
    }
    const receivedUs = this.#clock.nowUs();
    if (readings.length > 0) this.#hours.appending(Math.min(...readings.map(({ atUs }) => atUs)));
    await this.#db.writer.write(readings, (sender, reading) => putReading(sender, reading, receivedUs));
  }

  async range(entityId: string, sinceUs: number, endUs: number, limit: number): Promise<Reading[]> {
    const rows = await this.#db.query(rangeQuery, [...span(entityId, sinceUs, endUs), limit]);
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
    const [carried] = await Promise.all([
      this.before(entityId, edgesUs[0] ?? startUs),
      ...runsOf(edgesUs).map((run) => this.#sumUp(entityId, run, endUs, sums)),
    ]);
    return heldHours(edgesUs, endUs, (hour) => sums.get(hour), carried?.value ?? null);
  }

  async curve(entityId: string, sinceUs: number, endUs: number, points: number): Promise<Curve> {
    const bucketUs = curveBucketUs(sinceUs, endUs, points);
    const buckets = await this.#curveBuckets(entityId, sinceUs, endUs, bucketUs);
    const readingCount = buckets.reduce((sum, bucket) => sum + bucket.readings, 0);
    const unit = buckets.findLast((bucket) => bucket.unit !== null)?.unit ?? null;
    if (readingCount <= points) {
      const readings = await this.range(entityId, sinceUs, endUs, points);
      const values = readings.map(({ value }) => value);
      const atUs = readings.map((reading) => reading.atUs);
      return { unit, readingCount, bucketUs: null, atUs, last: values, min: values, max: values };
    }
    return {
      unit,
      readingCount,
      bucketUs,
      atUs: buckets.map((bucket) => bucket.lastUs),
      last: buckets.map((bucket) => bucket.last),
      min: buckets.map((bucket) => bucket.min),
      max: buckets.map((bucket) => bucket.max),
    };
  }

  async count(startUs: number, endUs: number): Promise<Map<string, number>> {
    const rows = await this.#db.query(countsQuery, [isoFromInstant(startUs), isoFromInstant(endUs)]);
    return new Map(rows.map((row) => [textOf(row, 'entity_id'), numberOf(row, 'count')]));
  }

  /**
   * What arrived since an instant of receipt, by entity; null means ever. For a start after a crash: it reads
   * everything.
   */
  async receivedSince(receivedUs: number | null): Promise<Map<string, Interval>> {
    const rows = await this.#db.query(receivedQuery, [isoFromInstant(Math.max(0, receivedUs ?? 0))]);
    return new Map(
      rows.map((row) => [
        textOf(row, 'entity_id'),
        { startUs: numberOf(row, 'from_us'), endUs: numberOf(row, 'until_us') + 1 },
      ]),
    );
  }

  async #curveBuckets(
    entityId: string,
    sinceUs: number,
    endUs: number,
    bucketUs: number,
  ): Promise<CurveBucket[]> {
    if (bucketUs % hourUs === 0)
      return joinHours(await this.#hours.rows(entityId, sinceUs, endUs, 0, hourUs), bucketUs / hourUs);
    const rows = await this.#db.query(curveQuery, [...span(entityId, sinceUs, endUs), bucketUs]);
    return rows.map((row) => ({
      lastUs: numberOf(row, 'at_us'),
      last: numberOrNull(row, 'last_state'),
      min: numberOrNull(row, 'least'),
      max: numberOrNull(row, 'most'),
      readings: numberOf(row, 'readings'),
      unit: wordOrNull(row, 'unit', canonicalUnits),
    }));
  }

  async #sumUp(entityId: string, run: Run, endUs: number, sums: Map<number, HourSums>): Promise<void> {
    const runEndUs = Math.min(run.endUs, endUs);
    const rows = await this.#hours.rows(entityId, run.startUs, runEndUs, run.startUs, run.lengthUs);
    for (const row of rows) {
      const weightUs = row.lastUs - row.firstUs;
      sums.set(run.first + row.hour, {
        count: row.readings,
        firstUs: row.firstUs,
        lastUs: row.lastUs,
        last: row.last,
        min: row.min,
        max: row.max,
        area: (row.held ?? 0) * weightUs,
        weightUs,
      });
    }
    // A value that was absent for a while was not in force meanwhile, and only the intervals show that.
    const broken = rows.filter((row) => row.numbers < row.readings).map(({ hour }) => hour);
    if (broken.length === 0) return;
    const brokenStartUs = run.startUs + Math.min(...broken) * run.lengthUs;
    const brokenEndUs = Math.min(runEndUs, run.startUs + (Math.max(...broken) + 1) * run.lengthUs);
    const found = await this.#db.query(intervalsQuery, [
      ...span(entityId, brokenStartUs, brokenEndUs),
      run.startUs,
      run.lengthUs,
    ]);
    for (const row of found) {
      const place = run.first + numberOf(row, 'hour');
      const known = sums.get(place);
      if (known === undefined) continue;
      const area = numberOrNull(row, 'area') ?? 0;
      sums.set(place, { ...known, area, weightUs: numberOrNull(row, 'weight_us') ?? 0 });
    }
  }
}

function span(entityId: string, sinceUs: number, endUs: number): [string, string, string] {
  return [entityId, isoFromInstant(sinceUs), isoFromInstant(endUs)];
}
