import type { Sender } from '@questdb/nodejs-client';
import { statisticsPeriodUs } from '../../home/home-assistant.ts';
import type { StatisticsRecord, StatisticsStore } from '../../ledger/evidence/statistics-store.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Interval } from '../../units/interval.ts';
import { statisticsTable } from './ledger-schema.ts';
import type { QuestDb } from './questdb.ts';
import { numberOf, numberOrNull, type Row, textOf, textOrNull, wordOf } from './row.ts';
import { isoWithin } from './span.ts';
import { applied } from './wal.ts';

const columns = 'entity_id, period, cast(timestamp AS LONG) AS start_us, state, sum, mean, min, max, unit';
const rangeQuery = `SELECT ${columns} FROM ${statisticsTable}
  WHERE entity_id = $1 AND period = $2 AND timestamp >= $3 AND timestamp < $4 ORDER BY timestamp LIMIT $5`;
const endingQuery = `SELECT ${columns} FROM ${statisticsTable}
  WHERE entity_id = $1 AND period = $2 AND timestamp < $3 ORDER BY timestamp DESC LIMIT 1`;
const firstQuery = `SELECT cast(min(timestamp) AS LONG) AS first_us FROM ${statisticsTable}
  WHERE entity_id = $1 AND period = $2`;
const endsQuery = `SELECT entity_id, cast(max(timestamp) AS LONG) AS last_us FROM ${statisticsTable}
  WHERE period = $1 GROUP BY entity_id`;
const countsQuery = `SELECT entity_id, count() AS count FROM ${statisticsTable}
  WHERE timestamp >= $1 AND timestamp < $2 GROUP BY entity_id`;
/** A row is received at its end; going back by the longest length misses none. */
const receivedQuery = `SELECT entity_id, cast(min(timestamp) AS LONG) AS from_us, cast(max(timestamp) AS LONG) AS until_us
  FROM ${statisticsTable} WHERE received >= $1 GROUP BY entity_id`;

/** Home Assistant's statistics rows in the table energy_statistics. */
export class QuestDbStatisticsStore implements StatisticsStore {
  readonly #db: QuestDb;
  readonly #clock: Clock;

  constructor(db: QuestDb, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async append(rows: readonly StatisticsRecord[]): Promise<void> {
    if (rows.length === 0) return;
    const receivedUs = this.#clock.nowUs();
    await this.#db.writer.write(rows, (sender, row) => putRow(sender, row, receivedUs));
    await applied(this.#db, statisticsTable);
  }

  async range(
    entityId: string,
    period: '5minute' | 'hour',
    startUs: number,
    endUs: number,
    limit: number,
  ): Promise<StatisticsRecord[]> {
    const values = [entityId, period, isoWithin(startUs), isoWithin(endUs), limit];
    return (await this.#db.query(rangeQuery, values)).map(recordFromRow);
  }

  async endingBefore(entityId: string, atUs: number): Promise<StatisticsRecord | null> {
    const found = await Promise.all(
      (['5minute', 'hour'] as const).map(async (period) => {
        const [row] = await this.#db.query(endingQuery, [
          entityId,
          period,
          isoWithin(atUs - statisticsPeriodUs[period]),
        ]);
        return row === undefined ? null : recordFromRow(row);
      }),
    );
    return found.reduce((one, other) => ((other?.endUs ?? -1) > (one?.endUs ?? -1) ? other : one), null);
  }

  async first(entityId: string, period: '5minute' | 'hour'): Promise<number | null> {
    const [row] = await this.#db.query(firstQuery, [entityId, period]);
    return typeof row?.first_us === 'number' ? row.first_us : null;
  }

  async ends(period: '5minute' | 'hour'): Promise<Map<string, number>> {
    const rows = await this.#db.query(endsQuery, [period]);
    return new Map(
      rows.map((row) => [textOf(row, 'entity_id'), numberOf(row, 'last_us') + statisticsPeriodUs[period]]),
    );
  }

  async count(startUs: number, endUs: number): Promise<Map<string, number>> {
    const rows = await this.#db.query(countsQuery, [isoWithin(startUs), isoWithin(endUs)]);
    return new Map(rows.map((row) => [textOf(row, 'entity_id'), numberOf(row, 'count')]));
  }

  async receivedSince(receivedUs: number | null): Promise<Map<string, Interval>> {
    const rows = await this.#db.query(receivedQuery, [isoWithin(Math.max(0, receivedUs ?? 0))]);
    return new Map(
      rows.map((row) => [
        textOf(row, 'entity_id'),
        { startUs: numberOf(row, 'from_us'), endUs: numberOf(row, 'until_us') + statisticsPeriodUs.hour + 1 },
      ]),
    );
  }
}

async function putRow(sender: Sender, row: StatisticsRecord, receivedUs: number): Promise<void> {
  sender.table(statisticsTable).symbol('entity_id', row.entityId).symbol('period', row.period);
  if (row.unit) sender.symbol('unit', row.unit);
  for (const name of ['state', 'sum', 'mean', 'min', 'max'] as const) {
    const value = row[name];
    if (value !== null) sender.floatColumn(name, value);
  }
  sender.timestampColumn('received', receivedUs, 'us');
  await sender.at(row.startUs, 'us');
}

function recordFromRow(row: Row): StatisticsRecord {
  const startUs = numberOf(row, 'start_us');
  const period = wordOf(row, 'period', ['5minute', 'hour']);
  return {
    entityId: textOf(row, 'entity_id'),
    period,
    startUs,
    endUs: startUs + statisticsPeriodUs[period],
    state: numberOrNull(row, 'state'),
    sum: numberOrNull(row, 'sum'),
    mean: numberOrNull(row, 'mean'),
    min: numberOrNull(row, 'min'),
    max: numberOrNull(row, 'max'),
    unit: textOrNull(row, 'unit'),
  };
}
