/** The tables and the view of readings, as statements that create them. */
import { readingsTable } from './reading-rows.ts';

/** One row per (entity, instant): a reading that comes again replaces itself. Units are canonical. */
export const createReadings = `CREATE TABLE IF NOT EXISTS energy_readings (
  entity_id SYMBOL CAPACITY 1024,
  timestamp TIMESTAMP,
  state DOUBLE,
  unit SYMBOL CAPACITY 16,
  source_unit SYMBOL CAPACITY 64,
  absence SYMBOL CAPACITY 16,
  last_reset TIMESTAMP,
  origin SYMBOL CAPACITY 16
) TIMESTAMP(timestamp) PARTITION BY DAY WAL DEDUP UPSERT KEYS(timestamp, entity_id)`;

export const readingHoursView = 'reading_hours';

/** Sums of readings, in the view as in the table itself. */
export const readingSums = (timestamp: string) => `count() AS readings, count(state) AS numbers,
  cast(min(${timestamp}) AS LONG) AS first_us, cast(max(${timestamp}) AS LONG) AS last_us,
  last(state) AS last_state, min(state) AS least, max(state) AS most, twap(state, ${timestamp}) AS held,
  last_not_null(unit) AS unit`;

/**
 * Hours of UTC. Once an hour, for each refresh sums the hour under way up again and rewrites what lies beside it in its
 * partition; what the view may not know yet is read from the readings.
 */
export const createReadingHours = `CREATE MATERIALIZED VIEW IF NOT EXISTS ${readingHoursView} REFRESH EVERY 1h AS (
  SELECT timestamp, entity_id, ${readingSums('timestamp')} FROM ${readingsTable} SAMPLE BY 1h
) PARTITION BY MONTH`;

/** In older versions it was refreshed every minute. */
export const refreshReadingHoursHourly = `ALTER MATERIALIZED VIEW ${readingHoursView} SET REFRESH EVERY 1h`;

export const coverageTable = 'proven_hours';

/** One row per (entity, hour of UTC): a later verification replaces the one before. */
export const createVerifiedHours = `CREATE TABLE IF NOT EXISTS ${coverageTable} (
  entity_id SYMBOL CAPACITY 1024,
  timestamp TIMESTAMP,
  told LONG,
  held LONG,
  proven TIMESTAMP
) TIMESTAMP(timestamp) PARTITION BY MONTH WAL DEDUP UPSERT KEYS(timestamp, entity_id)`;
