import { statisticsPeriodUs } from '../../home/home-assistant.ts';
import type { RegisterBefore } from '../../statistics/ledger-views.ts';
import { microFromValue } from '../../units/amount.ts';
import { bucketEdges, bucketStartUs, type Period } from '../../units/calendar.ts';
import { dayUs, hourUs, quarterHourUs } from '../../units/durations.ts';
import { daySampling, openingsTable, statisticsTable } from './ledger-schema.ts';
import type { QuestDb } from './questdb.ts';
import { readingsTable } from './reading-rows.ts';
import { numberOf, numberOrNull, type Row } from './row.ts';
import { isoWithin } from './span.ts';

/** A zone's days begin at two times of UTC, at three where its offset was changed; its hours mostly at one. */
const fewRemainders = 4;
const steps = [
  { name: '1d', us: dayUs },
  { name: '1h', us: hourUs },
  { name: '15m', us: quarterHourUs },
] as const;
type Step = (typeof steps)[number];

/** Openings have the register before a quarter-hour's evidence; the first one of each bucket is used. */
const openingsQuery = (sampling: string) => `SELECT cast(timestamp AS LONG) AS at_us, register FROM (
    SELECT timestamp, first(register) AS register FROM ${openingsTable}
    WHERE entity_id = $1 AND timestamp >= $2 AND timestamp < $3 SAMPLE BY ${sampling}
  ) ORDER BY timestamp`;
const openingAfterQuery = `SELECT cast(timestamp AS LONG) AS at_us, register FROM ${openingsTable}
  WHERE entity_id = $1 AND timestamp >= $2 ORDER BY timestamp LIMIT 1`;

/**
 * The second after each of `count` instants, a step apart. As one parameter it becomes intervals that are looked up; a
 * list of instants, or a remainder of them, would be a condition on every row of the range.
 */
function secondsAt(firstUs: number, step: Step, count: number): string {
  return `${isoWithin(firstUs)};1s;${step.name};${count}`;
}
const readingsQuery = `SELECT cast(timestamp AS LONG) AS at_us, state FROM ${readingsTable}
  WHERE entity_id = $1 AND timestamp IN $2 AND state IS NOT NULL`;
const rowsQuery = `SELECT cast(timestamp AS LONG) AS start_us, state FROM ${statisticsTable}
  WHERE entity_id = $1 AND timestamp IN $2 AND period = $3 AND state IS NOT NULL`;

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
  const [bucketsStartUs, bucketsEndUs] = [edges[0] ?? startUs, edges.at(-1) ?? endUs];
  const isShort = period === 'quarter' || period === 'hour';
  const isByHour = period === 'hour' && edges.every((edge) => edge % hourUs === 0);
  const sampling = isShort ? `${isByHour ? '1h' : '15m'} ALIGN TO CALENDAR` : daySampling(4);
  const [inside, after] = await Promise.all([
    db.query(openingsQuery(sampling), [
      ...[entityId, isoWithin(bucketsStartUs), isoWithin(bucketsEndUs)],
      ...(isShort ? [] : [zone]),
    ]),
    db.query(openingAfterQuery, [entityId, isoWithin(bucketsEndUs)]),
  ]);
  return [...inside, ...after].map((row) => ({
    // A day of the zone may start at the instant at which its clock was turned.
    atUs: isShort ? numberOf(row, 'at_us') : bucketStartUs(numberOf(row, 'at_us'), 'day', zone),
    registerMicro: numberOrNull(row, 'register'),
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
  const remaindersOf = (step: Step) => [...new Set(edgesUs.map((edge) => edge % step.us))];
  const step = steps.find((one) => remaindersOf(one).length <= fewRemainders) ?? steps[2];
  /**
   * Queries what lies `beforeUs` before each instant that may be an edge; which of them are edges is decided
   * afterwards.
   */
  const ask = async (beforeUs: number, query: string, more: readonly string[]): Promise<Row[]> => {
    const found = remaindersOf(step).map((remainderUs) => {
      const startUs = first + ((remainderUs - (first % step.us) + step.us) % step.us);
      const count = Math.floor((last - startUs) / step.us) + 1;
      return db.query(query, [entityId, secondsAt(startUs - beforeUs, step, count), ...more]);
    });
    return (await Promise.all(found)).flat();
  };
  const [fiveMinutes, hours, readings] = await Promise.all([
    ask(statisticsPeriodUs['5minute'], rowsQuery, ['5minute']),
    ask(statisticsPeriodUs.hour, rowsQuery, ['hour']),
    ask(0, readingsQuery, []),
  ]);
  const edges = new Set(edgesUs);
  const found = new Map<number, number>();
  // A reading is better evidence than a row that ends there, and a short row better than a long one.
  for (const row of hours) put(found, edges, numberOf(row, 'start_us') + statisticsPeriodUs.hour, row);
  for (const row of fiveMinutes)
    put(found, edges, numberOf(row, 'start_us') + statisticsPeriodUs['5minute'], row);
  for (const row of readings) put(found, edges, numberOf(row, 'at_us'), row);
  return found;
}

function put(found: Map<number, number>, edges: ReadonlySet<number>, atUs: number, row: Row): void {
  const micro = microFromValue(numberOf(row, 'state'));
  if (edges.has(atUs) && micro !== null) found.set(atUs, micro);
}
