import { entryReasons, qualities } from '../../ledger/entries/entry.ts';
import { type Bucket, regroup } from '../../statistics/bucket.ts';
import type { QualityCount } from '../../statistics/coverage.ts';
import type { MaterializedViews, RegisterBefore } from '../../statistics/ledger-views.ts';
import { type SideBySide, sideBySide } from '../../statistics/side-by-side.ts';
import { bucketEdges, bucketStartUs, nextBucketUs, type Period } from '../../units/calendar.ts';
import { hourUs, minuteMs, quarterHourUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import {
  bucketsQuery,
  extentQuery,
  firstDaysQuery,
  firstsQuery,
  qualitiesQuery,
  quarterHoursQuery,
  sideBySideQuery,
  spansQuery,
  sumsQuery,
  viewQuery,
  zoneValues,
} from './ledger-queries.ts';
import { registersBefore, registersExactly } from './ledger-registers.ts';
import {
  createDaysView,
  createHoursView,
  daySampling,
  daysView,
  dropDaysView,
  hoursView,
  isWholeQuarterHour,
  viewPartitions,
} from './ledger-schema.ts';
import type { QuestDb } from './questdb.ts';
import { numberOf, numberOrNull, type Row, textOf, wordOf } from './row.ts';
import { isoWithin } from './span.ts';
import { type Polling, untilDone } from './until-done.ts';

const stateQuery = `SELECT view_name, view_status, view_sql, refresh_base_table_txn, base_table_txn
  FROM materialized_views() WHERE view_name IN ($1, $2)`;

const partitionsQuery = `SELECT table_name, partitionBy AS partition_by FROM tables() WHERE table_name IN ($1, $2)`;

const metersPerQuery = 200;
const spansPerQuery = 16;
const polling: Polling = { withinMs: minuteMs, firstMs: 20, limitMs: 20 };

/**
 * Sums of the ledger: quarter-hours from the table, hours and days from materialized views that QuestDB keeps up
 * itself.
 */
export class QuestDbLedgerViews implements MaterializedViews {
  readonly #db: QuestDb;
  readonly #zone: () => string;
  #prepared: { readonly zone: string; readonly made: Promise<void> } | null = null;

  /** @param zone the home's IANA zone now: the days of the views are cut by it */
  constructor(db: QuestDb, zone: () => string) {
    this.#db = db;
    this.#zone = zone;
  }

  zone(): string {
    return this.#zone();
  }

  async buckets(ids: readonly string[], period: Period, startUs: number, endUs: number): Promise<Bucket[]> {
    if (ids.length === 0 || startUs >= endUs) return [];
    const zone = await this.prepare();
    const edges = bucketEdges(startUs, endUs, period, zone);
    const bucketsStartUs = edges[0] ?? startUs;
    const bucketsEndUs = edges.at(-1) ?? endUs;
    switch (period) {
      case 'quarter':
        return this.#read(quarterHoursQuery, ids, bucketsStartUs, bucketsEndUs, (us) => us + quarterHourUs);
      case 'hour': {
        if (edges.some((edge) => edge % hourUs !== 0)) {
          const quarters = await this.#read(
            quarterHoursQuery,
            ids,
            bucketsStartUs,
            bucketsEndUs,
            (us) => us + quarterHourUs,
          );
          return regroup(quarters, 'hour', zone);
        }
        return this.#read(
          (count) => viewQuery(hoursView, count),
          ids,
          bucketsStartUs,
          bucketsEndUs,
          (us) => us + hourUs,
        );
      }
      default:
        return this.#read(
          (count) => bucketsQuery(period, count),
          ids,
          bucketsStartUs,
          bucketsEndUs,
          (us) => nextBucketUs(us, period, zone),
          (us) => bucketStartUs(us, period, zone),
          zoneValues(period, zone),
        );
    }
  }

  async quarterHoursWithin(entityId: string, spans: readonly Interval[]): Promise<Bucket[][]> {
    const zone = await this.prepare();
    const found: Bucket[][] = [];
    for (let at = 0; at < spans.length; at += spansPerQuery) {
      const some = spans.slice(at, at + spansPerQuery);
      const ends = some.flatMap(({ startUs, endUs }) => [
        isoWithin(bucketStartUs(startUs, 'quarter', zone)),
        isoWithin(endUs),
      ]);
      const lists = some.map((): Bucket[] => []);
      for (const row of await this.#db.query(spansQuery(some.length), [entityId, ...ends]))
        lists[numberOf(row, 'span')]?.push(
          bucketFromRow(
            row,
            (us) => us + quarterHourUs,
            (us) => us,
          ),
        );
      found.push(...lists.map((list) => list.sort((a, b) => a.startUs - b.startUs)));
    }
    return found;
  }

  async sideBySide(
    groups: readonly (readonly string[])[],
    period: Period,
    startUs: number,
    endUs: number,
  ): Promise<SideBySide[]> {
    const ids = groups.flat();
    if (ids.length === 0 || startUs >= endUs) return [];
    const zone = await this.prepare();
    const edges = bucketEdges(startUs, endUs, period, zone);
    const isByQuarterHour = period === 'hour' && edges.some((edge) => edge % hourUs !== 0);
    if (isByQuarterHour || ids.length > metersPerQuery || new Set(ids).size < ids.length)
      return sideBySide(groups, await this.buckets([...new Set(ids)], period, startUs, endUs));
    const span = [isoWithin(edges[0] ?? startUs), isoWithin(edges.at(-1) ?? endUs)];
    const values = [...span, ...ids, ...zoneValues(period, zone)];
    const rows = await this.#db.query(sideBySideQuery(period, groups), values);
    const isShort = period === 'quarter' || period === 'hour';
    return rows.map((row) => {
      const atUs = numberOf(row, 'start_us');
      const bucketUs = isShort ? atUs : bucketStartUs(atUs, period, zone);
      return {
        startUs: bucketUs,
        endUs: period === 'hour' ? bucketUs + hourUs : nextBucketUs(bucketUs, period, zone),
        groups: groups.map((_, index) => ({
          amountMicro: numberOrNull(row, `amount_${index}`),
          coveredUs: numberOrNull(row, `covered_${index}`) ?? 0,
          onTimeUs: numberOrNull(row, `on_time_${index}`),
        })),
        quality: qualities[numberOf(row, 'quality')] ?? 'none',
        isProvisional: row.provisional === 1,
      };
    });
  }

  /** The database adds up: a year by day for forty devices is 365 rows and not fifteen thousand. */
  async sums(
    ids: readonly string[],
    period: Period,
    startUs: number,
    endUs: number,
  ): Promise<ReadonlyMap<number, number>> {
    const sums = new Map<number, number>();
    if (ids.length === 0 || startUs >= endUs) return sums;
    const zone = await this.prepare();
    const add = (atUs: number, amountMicro: number | null) =>
      amountMicro !== null && sums.set(atUs, (sums.get(atUs) ?? 0) + amountMicro);
    const edges = bucketEdges(startUs, endUs, period, zone);
    if (period === 'hour' && edges.some((edge) => edge % hourUs !== 0)) {
      const hours = await this.buckets(ids, period, startUs, endUs);
      for (const hour of hours) add(hour.startUs, hour.amountMicro);
      return sums;
    }
    const span = [isoWithin(edges[0] ?? startUs), isoWithin(edges.at(-1) ?? endUs)];
    for (let at = 0; at < ids.length; at += metersPerQuery) {
      const some = ids.slice(at, at + metersPerQuery);
      const values = [...span, ...some, ...zoneValues(period, zone)];
      const rows = await this.#db.query(sumsQuery(period, some.length), values);
      for (const row of rows) {
        const atUs = numberOf(row, 'start_us');
        const isShort = period === 'quarter' || period === 'hour';
        add(isShort ? atUs : bucketStartUs(atUs, period, zone), numberOrNull(row, 'amount'));
      }
    }
    return sums;
  }

  registers(entityId: string, period: Period, startUs: number, endUs: number): Promise<RegisterBefore[]> {
    return registersBefore(this.#db, entityId, period, this.zone(), startUs, endUs);
  }

  registersExactly(entityId: string, edgesUs: readonly number[]): Promise<Map<number, number>> {
    return registersExactly(this.#db, entityId, edgesUs);
  }

  async qualityCounts(
    ids: readonly string[],
    period: 'quarter' | 'day',
    startUs: number,
    endUs: number,
  ): Promise<QualityCount[]> {
    const zone = this.zone();
    const edges = bucketEdges(startUs, endUs, period, zone);
    const span = [isoWithin(edges[0] ?? startUs), isoWithin(edges.at(-1) ?? endUs)];
    const isByQuarterHour = period === 'quarter';
    const found: QualityCount[] = [];
    for (let at = 0; at < ids.length; at += metersPerQuery) {
      const some = ids.slice(at, at + metersPerQuery);
      const sampling = isByQuarterHour ? '15m ALIGN TO CALENDAR' : daySampling(some.length + 3);
      const values = [...span, ...some, ...(isByQuarterHour ? [] : [zone])];
      for (const row of await this.#db.query(qualitiesQuery(sampling, some.length), values))
        found.push({
          entityId: textOf(row, 'entity_id'),
          startUs: bucketStartUs(numberOf(row, 'start_us'), period, zone),
          quality: qualities[numberOf(row, 'quality')] ?? 'none',
          reason: wordOf(row, 'reason', entryReasons),
          quarters: Number(row.quarters),
          coveredUs: numberOf(row, 'covered'),
        });
    }
    return found;
  }

  /** The days show which one it is, so that only that day's quarter-hours are read and not all. */
  async firsts(ids: readonly string[]): Promise<Map<string, number>> {
    const firsts = new Map<string, number>();
    if (ids.length === 0) return firsts;
    const zone = await this.prepare();
    const ever = [isoWithin(Number.MIN_SAFE_INTEGER), isoWithin(Number.MAX_SAFE_INTEGER)];
    const days: { entityId: string; dayUs: number }[] = [];
    for (let at = 0; at < ids.length; at += metersPerQuery) {
      const some = ids.slice(at, at + metersPerQuery);
      for (const row of await this.#db.query(firstDaysQuery(some.length), [...ever, ...some]))
        days.push({
          entityId: textOf(row, 'entity_id'),
          dayUs: bucketStartUs(numberOf(row, 'day_us'), 'day', zone),
        });
    }
    for (const [dayUs, those] of Map.groupBy(days, (one) => one.dayUs)) {
      const span = [isoWithin(dayUs), isoWithin(nextBucketUs(dayUs, 'day', zone))];
      for (let at = 0; at < those.length; at += metersPerQuery) {
        const some = those.slice(at, at + metersPerQuery).map(({ entityId }) => entityId);
        for (const row of await this.#db.query(firstsQuery(some.length), [...span, ...some]))
          firsts.set(textOf(row, 'entity_id'), numberOf(row, 'first_us'));
      }
    }
    return firsts;
  }

  async extent(ids: readonly string[]): Promise<{ firstUs: number; lastUs: number } | null> {
    if (ids.length === 0) return null;
    const values = [isoWithin(Number.MIN_SAFE_INTEGER), isoWithin(Number.MAX_SAFE_INTEGER), ...ids];
    const [row] = await this.#db.query(extentQuery(ids.length), values);
    if (typeof row?.first_us !== 'number') return null;
    return { firstUs: row.first_us, lastUs: numberOf(row, 'last_us') };
  }

  async #read(
    query: (count: number) => string,
    ids: readonly string[],
    startUs: number,
    endUs: number,
    endOf: (bucketUs: number) => number,
    startOf: (bucketUs: number) => number = (us) => us,
    more: readonly string[] = [],
  ): Promise<Bucket[]> {
    const found: Bucket[] = [];
    for (let at = 0; at < ids.length; at += metersPerQuery) {
      const some = ids.slice(at, at + metersPerQuery);
      const values = [isoWithin(startUs), isoWithin(endUs), ...some, ...more];
      const rows = await this.#db.query(query(some.length), values);
      for (const row of rows) found.push(bucketFromRow(row, endOf, startOf));
    }
    return found;
  }

  async prepare(): Promise<string> {
    const zone = this.zone();
    const prepared = this.#prepared?.zone === zone ? this.#prepared : { zone, made: this.#makeViews(zone) };
    this.#prepared = prepared;
    try {
      await prepared.made;
    } catch (error) {
      if (this.#prepared === prepared) this.#prepared = null;
      throw error;
    }
    return zone;
  }

  /** Makes the views where they are missing, broken, or cut by another zone. */
  async #makeViews(zone: string): Promise<void> {
    await this.#db.prepared();
    const states = await this.#db.query(stateQuery, [hoursView, daysView]);
    const partitions = await this.#db.query(partitionsQuery, [hoursView, daysView]);
    // A view of an older program has other columns or partitions: it is made again.
    const isSound = (name: keyof typeof viewPartitions, text: string) =>
      partitions.some((row) => row.table_name === name && row.partition_by === viewPartitions[name]) &&
      states.some(
        (row) =>
          row.view_name === name &&
          // A view that is being filled, which may take minutes, must not be started again.
          (row.view_status === 'valid' || row.view_status === 'refreshing') &&
          String(row.view_sql).includes(text) &&
          String(row.view_sql).includes(`${isWholeQuarterHour} THEN amount END) AS lowest`),
      );
    if (!isSound(hoursView, 'SAMPLE BY 1h')) {
      await this.#db.query(`DROP MATERIALIZED VIEW IF EXISTS ${hoursView}`, []);
      await this.#db.query(createHoursView, []);
    }
    if (!isSound(daysView, `'${zone}'`)) {
      await this.#db.query(dropDaysView, []);
      await this.#db.query(createDaysView(zone), []);
    }
    await this.refreshed();
  }

  refreshed(): Promise<void> {
    const isDone = (row: Row) =>
      row.view_status === 'valid' && Number(row.refresh_base_table_txn) >= Number(row.base_table_txn);
    const areDone = async () => {
      const states = await this.#db.query(stateQuery, [hoursView, daysView]);
      return states.length === 2 && states.every(isDone);
    };
    return untilDone(areDone, polling, this.#db.clock, 'The views are not refreshed');
  }
}

function bucketFromRow(row: Row, endOf: (us: number) => number, startOf: (us: number) => number): Bucket {
  const startUs = startOf(numberOf(row, 'start_us'));
  return {
    entityId: textOf(row, 'entity_id'),
    startUs,
    endUs: endOf(startUs),
    amountMicro: numberOf(row, 'amount'),
    highestMicro: numberOrNull(row, 'highest'),
    lowestMicro: numberOrNull(row, 'lowest'),
    coveredUs: numberOf(row, 'covered'),
    quality: qualities[numberOf(row, 'quality')] ?? 'none',
    quarters: Number(row.quarters),
    isProvisional: row.provisional === 1,
    onTimeUs: numberOrNull(row, 'on_time'),
    ...(typeof row.rests_from === 'number' &&
      typeof row.rests_until === 'number' && {
        restsOn: { startUs: row.rests_from, endUs: row.rests_until },
      }),
  };
}
