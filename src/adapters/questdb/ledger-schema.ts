/**
 * The ledger's tables. Amounts are millionths of a meter's unit, spans microseconds, `quality` the rank in
 * ledger/entry.ts.
 */
import { isZone } from '../../units/calendar.ts';

const entryColumns = `
  entity_id SYMBOL CAPACITY 1024,
  kind SYMBOL CAPACITY 8,
  timestamp TIMESTAMP,
  amount LONG,
  quality INT,
  covered LONG,
  reason SYMBOL CAPACITY 16,
  first_evidence TIMESTAMP,
  last_evidence TIMESTAMP,
  on_time LONG,
  provisional BOOLEAN,
  revision INT,
  posted_at TIMESTAMP`;

export const entriesTable = 'ledger_entries';
export const journalTable = 'ledger_journal';
export const openingsTable = 'ledger_openings';
export const statisticsTable = 'energy_statistics';
export const hoursView = 'ledger_hours';
export const daysView = 'ledger_days';

/** Current state: one row per meter, quarter-hour and kind; a revision replaces the one before. */
const createEntries = `CREATE TABLE IF NOT EXISTS ${entriesTable} (${entryColumns})
  TIMESTAMP(timestamp) PARTITION BY MONTH WAL DEDUP UPSERT KEYS(timestamp, entity_id, kind)`;

/** Every revision, never deleted; writing one again changes nothing. */
const createJournal = `CREATE TABLE IF NOT EXISTS ${journalTable} (${entryColumns})
  TIMESTAMP(timestamp) PARTITION BY MONTH WAL DEDUP UPSERT KEYS(timestamp, entity_id, kind, revision)`;

/** A counter's state before a quarter-hour's first evidence; no baseline means that there was no register yet. */
const createOpenings = `CREATE TABLE IF NOT EXISTS ${openingsTable} (
  entity_id SYMBOL CAPACITY 1024,
  timestamp TIMESTAMP,
  baseline LONG,
  register LONG,
  at TIMESTAMP,
  last_reset TIMESTAMP,
  absent_since TIMESTAMP,
  told_by SYMBOL CAPACITY 8
) TIMESTAMP(timestamp) PARTITION BY MONTH WAL DEDUP UPSERT KEYS(timestamp, entity_id)`;

/** Home Assistant's own rows, kept as evidence where no reading is left. `timestamp` is the row's start. */
const createStatistics = `CREATE TABLE IF NOT EXISTS ${statisticsTable} (
  entity_id SYMBOL CAPACITY 1024,
  period SYMBOL CAPACITY 8,
  timestamp TIMESTAMP,
  state DOUBLE,
  sum DOUBLE,
  mean DOUBLE,
  min DOUBLE,
  max DOUBLE,
  unit SYMBOL CAPACITY 16,
  received TIMESTAMP
) TIMESTAMP(timestamp) PARTITION BY YEAR WAL DEDUP UPSERT KEYS(timestamp, entity_id, period)`;

const keysOf = {
  [entriesTable]: 'timestamp, entity_id, kind',
  [journalTable]: 'timestamp, entity_id, kind, revision',
  [openingsTable]: 'timestamp, entity_id',
  [statisticsTable]: 'timestamp, entity_id, period',
};

export const ledgerStatements: readonly string[] = [
  createEntries,
  createJournal,
  createOpenings,
  createStatistics,
  ...Object.entries(keysOf).map(([table, keys]) => `ALTER TABLE ${table} DEDUP ENABLE UPSERT KEYS(${keys})`),
];

/** Why a revision was made; older rows have none. */
export const causeStatements: readonly string[] = [entriesTable, journalTable].map(
  (table) => `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS cause SYMBOL CAPACITY 16`,
);

/** What corrections say of a counter between two pieces of its evidence. */
export const correctionStatements: readonly string[] = [
  `ALTER TABLE ${openingsTable} ADD COLUMN IF NOT EXISTS corrected BOOLEAN`,
  `ALTER TABLE ${openingsTable} ADD COLUMN IF NOT EXISTS delivered LONG`,
];

/** How often a register moves, and what repeated evidence leaves open; older openings have none. */
export const rhythmStatements: readonly string[] = [
  `ALTER TABLE ${openingsTable} ADD COLUMN IF NOT EXISTS since TIMESTAMP`,
  `ALTER TABLE ${openingsTable} ADD COLUMN IF NOT EXISTS moved_at TIMESTAMP`,
  `ALTER TABLE ${openingsTable} ADD COLUMN IF NOT EXISTS foreseen LONG`,
  `ALTER TABLE ${openingsTable} ADD COLUMN IF NOT EXISTS repeated_at TIMESTAMP`,
  `ALTER TABLE ${openingsTable} ADD COLUMN IF NOT EXISTS repeated_every LONG`,
  `ALTER TABLE ${openingsTable} ADD COLUMN IF NOT EXISTS repeats LONG`,
  `ALTER TABLE ${openingsTable} ADD COLUMN IF NOT EXISTS moves VARCHAR`,
];

/** Of a register below its baseline; `dip` is the CounterDip as JSON, which no query reads into. */
export const dipStatements: readonly string[] = [
  `ALTER TABLE ${openingsTable} ADD COLUMN IF NOT EXISTS dip VARCHAR`,
  `ALTER TABLE ${openingsTable} ADD COLUMN IF NOT EXISTS former LONG`,
];

/**
 * A quarter-hour that was measured as one and to its end: ranks 0 to 2, all of its 900 seconds. Only such a one is a
 * peak.
 */
export const isWholeQuarterHour = 'quality <= 2 AND covered = 900000000L';

/** `highest` and `lowest` are of quarter-hours that were measured whole. */
const sums = `sum(amount) AS amount, max(CASE WHEN ${isWholeQuarterHour} THEN amount END) AS highest,
  min(CASE WHEN ${isWholeQuarterHour} THEN amount END) AS lowest, max(quality) AS quality,
  sum(covered) AS covered, sum(on_time) AS on_time, count() AS quarters,
  max(CASE WHEN provisional THEN 1 ELSE 0 END) AS provisional`;

const standing = `FROM ${entriesTable} WHERE kind = 'quantity' AND reason <> 'withdrawn'`;

/** A refresh writes the partition of what changed anew, so the one under way is small. */
export const viewPartitions = { [hoursView]: 'WEEK', [daysView]: 'MONTH' } as const;

/** Hours of UTC, which are hours of every zone whose offset is a whole number of hours. */
export const createHoursView = `CREATE MATERIALIZED VIEW IF NOT EXISTS ${hoursView} AS (
  SELECT timestamp, entity_id, ${sums} ${standing} SAMPLE BY 1h
) PARTITION BY ${viewPartitions[hoursView]}`;

/** Days of the zone that is the query's parameter `$place`. */
export const daySampling = (place: number) => `1d ALIGN TO CALENDAR TIME ZONE $${place}`;

/** QuestDB binds no parameters in a view's text, so only the name of a known zone is put into it. */
export function createDaysView(zone: string): string {
  if (!isZone(zone)) throw new RangeError(`not a zone: ${zone}`);
  return `CREATE MATERIALIZED VIEW IF NOT EXISTS ${daysView} AS (
    SELECT timestamp, entity_id, ${sums} ${standing} SAMPLE BY 1d ALIGN TO CALENDAR TIME ZONE '${zone}'
  ) PARTITION BY ${viewPartitions[daysView]}`;
}

export const dropDaysView = `DROP MATERIALIZED VIEW IF EXISTS ${daysView}`;
