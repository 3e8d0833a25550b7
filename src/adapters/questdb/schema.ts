import {
  causeStatements,
  correctionStatements,
  dipStatements,
  ledgerStatements,
  rhythmStatements,
} from './ledger-schema.ts';
import {
  createReadingHours,
  createReadings,
  createVerifiedHours,
  refreshReadingHoursHourly,
} from './reading-schema.ts';

/**
 * The tables, as migrations. Each may be run again from its start, for QuestDB has no transactions over statements:
 * a process that dies between them finds the old version and repeats them all.
 */
interface Migration {
  readonly version: number;
  readonly statements: readonly string[];
}

export const schemaTable = 'schema_version';

/** Without WAL, so that a version is readable as soon as it is written. */
export const createSchemaTable = `CREATE TABLE IF NOT EXISTS ${schemaTable} (
  applied_at TIMESTAMP, version INT
) TIMESTAMP(applied_at) PARTITION BY YEAR BYPASS WAL`;

export const migrations: readonly Migration[] = [
  {
    version: 1,
    statements: [
      createReadings,
      // A table that a stray write made has no keys.
      'ALTER TABLE energy_readings DEDUP ENABLE UPSERT KEYS(timestamp, entity_id)',
    ],
  },
  {
    version: 2,
    statements: [
      // When a row was received: after a crash it shows what the ledger has not posted yet.
      'ALTER TABLE energy_readings ADD COLUMN IF NOT EXISTS received TIMESTAMP',
      ...ledgerStatements,
    ],
  },
  { version: 3, statements: [createReadingHours] },
  { version: 4, statements: [...causeStatements, ...correctionStatements] },
  { version: 5, statements: [createVerifiedHours] },
  { version: 6, statements: rhythmStatements },
  { version: 7, statements: dipStatements },
  { version: 8, statements: [refreshReadingHoursHourly] },
];
