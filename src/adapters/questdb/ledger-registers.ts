import { microFromValue } from '../../units/amount.ts';
import { bucketEdges, bucketStartUs, type Period } from '../../units/calendar.ts';
import type { RegisterBefore } from '../../views/ledger-views.ts';
import { daySampling, openingsTable, statisticsTable } from './ledger-schema.ts';
import type { QuestDb } from './questdb.ts';
import { readingsTable } from './reading-rows.ts';
import type { Row } from './row.ts';
import { isoWithin } from './span.ts';

const quarterUs = 900_000_000;
const hourUs = 3_600_000_000;
const dayUs = 86_400_000_000;
/** A zone's days begin at two times of UTC, at three where its offset was changed. */
const fewRemainders = 4;

/** Openings tell the register before a quarter's evidence; of each bucket the first one is asked for. */
const openingsQuery = (sampling: string) => `SELECT cast(timestamp AS LONG) AS at_us, register FROM (
    SELECT timestamp, first(register) AS register FROM ${openingsTable}
    WHERE entity_id = $1 AND timestamp >= $2 AND timestamp < $3 SAMPLE BY ${sampling}
  ) ORDER BY timestamp`;
const openingAfterQuery = `SELECT cast(timestamp AS LONG) AS at_us, register FROM ${openingsTable}
  WHERE entity_id = $1 AND timestamp >= $2 ORDER BY timestamp LIMIT 1`;

/** Instants that may be an edge; which of them are is seen afterwards. */
const onEdges = (column: string, modulusUs: number, count: number) =>
  Array.from({ length: count }, (_, index) => `${column} % ${modulusUs}L = $${index + 4}::LONG`).join(' OR ');
const readingsQuery = (modulusUs: number, count: number) => `SELECT cast(timestamp AS LONG) AS at_us, state
  FROM ${readingsTable} WHERE entity_id = $1 AND timestamp >= $2 AND timestamp <= $3 AND state IS NOT NULL
    AND (${onEdges('cast(timestamp AS LONG)', modulusUs, count)})`;
const rowEnd = `(cast(timestamp AS LONG) + CASE WHEN period = 'hour' THEN ${hourUs}L ELSE 300000000L END)`;
const rowsQuery = (modulusUs: number, count: number) => `SELECT ${rowEnd} AS at_us, state
  FROM ${statisticsTable} WHERE entity_id = $1 AND timestamp >= $2 AND timestamp < $3 AND state IS NOT NULL
    AND (${onEdges(rowEnd, modulusUs, count)})`;

/** See LedgerViews.registers. */
export async function registersBefore(
  db: QuestDb,
  entityId: string,
  period: Period,
  zone: string,
  startUs: number,
  endUs: number,
): Promise<RegisterBefore[]> {
  const edges = bucketEdges(startUs, endUs, period, zone);
  const [fromUs, untilUs] = [edges[0] ?? startUs, edges.at(-1) ?? endUs];
  const isShort = period === 'quarter' || period === 'hour';
  const isByHour = period === 'hour' && edges.every((edge) => edge % hourUs === 0);
  const sampling = isShort ? `${isByHour ? '1h' : '15m'} ALIGN TO CALENDAR` : daySampling(zone);
  const [inside, after] = await Promise.all([
    db.query(openingsQuery(sampling), [entityId, isoWithin(fromUs), isoWithin(untilUs)]),
    db.query(openingAfterQuery, [entityId, isoWithin(untilUs)]),
  ]);
  return [...inside, ...after].map((row) => ({
    // A day of the zone may be told by the instant at which its clock was turned.
    atUs: isShort ? (row.at_us as number) : bucketStartUs(row.at_us as number, 'day', zone),
    registerMicro: row.register as number | null,
  }));
}

/** See LedgerViews.registersExactly. */
export async function registersExactly(
  db: QuestDb,
  entityId: string,
  edgesUs: readonly number[],
): Promise<Map<number, number>> {
  const [first, last] = [edgesUs[0], edgesUs.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const days = [...new Set(edgesUs.map((edge) => edge % dayUs))];
  const isByDay = days.length <= fewRemainders;
  const [modulusUs, remainders] = isByDay ? [dayUs, days] : [quarterUs, [0]];
  const parameters = (fromUs: number) => [entityId, isoWithin(fromUs), isoWithin(last), ...remainders];
  const [rows, readings] = await Promise.all([
    db.query(rowsQuery(modulusUs, remainders.length), parameters(first - hourUs)),
    db.query(readingsQuery(modulusUs, remainders.length), parameters(first)),
  ]);
  const edges = new Set(edgesUs);
  const found = new Map<number, number>();
  // A reading says it better than a row that ends there.
  for (const row of [...rows, ...readings]) put(found, edges, row);
  return found;
}

function put(found: Map<number, number>, edges: ReadonlySet<number>, row: Row): void {
  const atUs = Number(row.at_us);
  const micro = microFromValue(row.state as number);
  if (edges.has(atUs) && micro !== null) found.set(atUs, micro);
}
