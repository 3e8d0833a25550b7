/**
 * Queries for sums of the ledger. Values are always parameters: `$1` and `$2` are the span, ids follow, and
 * for a period of `zoneValues` the zone is the last.
 */
import type { Period } from '../../units/calendar.ts';
import { daysView, entriesTable, hoursView, isWholeQuarterHour } from './ledger-schema.ts';

const meters = (count: number) => Array.from({ length: count }, (_, index) => `$${index + 3}`).join(', ');

const quarterHourColumns = `entity_id, cast(timestamp AS LONG) AS start_us, amount,
    CASE WHEN ${isWholeQuarterHour} THEN amount END AS highest, CASE WHEN ${isWholeQuarterHour} THEN amount END AS lowest,
    quality, covered, on_time, 1L AS quarters, CASE WHEN provisional THEN 1 ELSE 0 END AS provisional,
    CASE WHEN NOT (${isWholeQuarterHour}) THEN cast(first_evidence AS LONG) END AS rests_from,
    CASE WHEN NOT (${isWholeQuarterHour}) THEN cast(last_evidence AS LONG) END AS rests_until`;
const isCounted = "kind = 'quantity' AND reason <> 'withdrawn'";

export const quarterHoursQuery = (count: number) => `SELECT ${quarterHourColumns}
  FROM ${entriesTable}
  WHERE timestamp >= $1 AND timestamp < $2 AND entity_id IN (${meters(count)}) AND ${isCounted}
  ORDER BY timestamp`;

/** Of one meter, `$1`, in spans whose ends are the parameters after it; in no order. */
export function spansQuery(count: number): string {
  const spans = Array.from(
    { length: count },
    (_, index) => `SELECT ${index} AS span, ${quarterHourColumns} FROM ${entriesTable}
  WHERE timestamp >= $${2 * index + 2} AND timestamp < $${2 * index + 3} AND entity_id = $1 AND ${isCounted}`,
  );
  return spans.join(' UNION ALL ');
}

export const viewQuery = (
  view: string,
  count: number,
) => `SELECT entity_id, cast(timestamp AS LONG) AS start_us, amount,
    highest, lowest, quality, covered, on_time, quarters, provisional
  FROM ${view} WHERE timestamp >= $1 AND timestamp < $2 AND entity_id IN (${meters(count)})
  ORDER BY timestamp`;

const sampleOf = { week: '1w', month: '1M', year: '1y' } as const;
type LongPeriod = keyof typeof sampleOf;

/** Days gathered by the database: a year of a home has twenty thousand of them. */
const longQuery = (period: LongPeriod, count: number) => `SELECT entity_id,
    cast(timestamp AS LONG) AS start_us, sum(amount) AS amount, max(highest) AS highest, min(lowest) AS lowest,
    max(quality) AS quality, sum(covered) AS covered, sum(on_time) AS on_time, sum(quarters) AS quarters,
    max(provisional) AS provisional
  FROM ${daysView} WHERE timestamp >= $1 AND timestamp < $2 AND entity_id IN (${meters(count)})
  SAMPLE BY ${sampleOf[period]} ALIGN TO CALENDAR TIME ZONE $${count + 3} ORDER BY start_us`;

/** The zone as a parameter of `bucketsQuery`, and of what is made of it, where the period takes one. */
export const zoneValues = (period: Period, zone: string): readonly string[] =>
  period in sampleOf ? [zone] : [];

export function bucketsQuery(period: Period, count: number): string {
  switch (period) {
    case 'quarter':
      return quarterHoursQuery(count);
    case 'hour':
      return viewQuery(hoursView, count);
    case 'day':
      return viewQuery(daysView, count);
    default:
      return longQuery(period, count);
  }
}

export const sumsQuery = (period: Period, count: number) =>
  `SELECT start_us, sum(amount) AS amount FROM (${bucketsQuery(period, count)}) GROUP BY start_us`;

/** For each group what its meters counted, how much of it was measured, and how long they were on. */
export function sideBySideQuery(period: Period, groups: readonly (readonly string[])[]): string {
  const ids = groups.flat();
  let place = 3;
  const columns = groups.flatMap((group, index) => {
    const own = group.map(() => `$${place++}`).join(', ');
    const of = (column: string) =>
      `sum(${groups.length === 1 ? column : `CASE WHEN entity_id IN (${own}) THEN ${column} END`}) AS ${column}_${index}`;
    return [of('amount'), of('covered'), of('on_time')];
  });
  return `SELECT start_us, ${columns.join(', ')}, max(quality) AS quality, max(provisional) AS provisional
    FROM (${bucketsQuery(period, ids.length)}) GROUP BY start_us ORDER BY start_us`;
}

export const extentQuery = (
  count: number,
) => `SELECT cast(min(timestamp) AS LONG) AS first_us, cast(max(timestamp) AS LONG) AS last_us
  FROM ${entriesTable} WHERE timestamp >= $1 AND timestamp < $2 AND entity_id IN (${meters(count)})`;

export const qualitiesQuery = (
  sampling: string,
  count: number,
) => `SELECT entity_id, cast(timestamp AS LONG) AS start_us,
    quality, reason, quarters, covered FROM (
    SELECT timestamp, entity_id, quality, reason, count() AS quarters, sum(covered) AS covered FROM ${entriesTable}
    WHERE timestamp >= $1 AND timestamp < $2 AND entity_id IN (${meters(count)})
      AND kind = 'quantity' AND reason <> 'withdrawn' SAMPLE BY ${sampling}
  )`;

export const firstDaysQuery = (
  count: number,
) => `SELECT entity_id, cast(min(timestamp) AS LONG) AS day_us FROM ${daysView}
  WHERE timestamp >= $1 AND timestamp < $2 AND entity_id IN (${meters(count)}) GROUP BY entity_id`;
export const firstsQuery = (count: number) => `SELECT entity_id, cast(min(timestamp) AS LONG) AS first_us
  FROM ${entriesTable} WHERE timestamp >= $1 AND timestamp < $2 AND entity_id IN (${meters(count)})
    AND kind = 'quantity' AND reason <> 'withdrawn' GROUP BY entity_id`;
