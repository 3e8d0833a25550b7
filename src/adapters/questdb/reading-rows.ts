import type { Sender } from '@questdb/nodejs-client';
import { absences, origins, type Reading } from '../../recording/reading.ts';
import { canonicalUnits } from '../../units/quantity.ts';
import { numberOf, numberOrNull, type Row, textOf, textOrNull, wordOf, wordOrNull } from './row.ts';

export const readingsTable = 'energy_readings';

/** What readingFromRow needs. */
export const readingColumns = `entity_id, cast(timestamp AS LONG) AS at_us, state, absence, unit, source_unit,
  cast(last_reset AS LONG) AS last_reset_us, origin`;

/** Why a reading can't be stored; null when it can. A row that the server refuses would block all that follow it. */
export function flawOf(reading: Reading): string | null {
  if (reading.entityId === '') return 'it has no entity id';
  if (!Number.isSafeInteger(reading.atUs) || reading.atUs < 0) return `its instant is ${reading.atUs}`;
  if (reading.value !== null && !Number.isFinite(reading.value)) return `its value is ${reading.value}`;
  if ((reading.value === null) === (reading.absence === null))
    return 'it has neither or both of value and absence';
  if (reading.lastResetAtUs !== null && !Number.isSafeInteger(reading.lastResetAtUs))
    return `its last reset is ${reading.lastResetAtUs}`;
  return null;
}

/** Symbols come before other columns in a line of ILP; an empty one can't be written, and a missing one is null. */
export async function putReading(sender: Sender, reading: Reading, receivedUs: number): Promise<void> {
  sender.table(readingsTable).symbol('entity_id', reading.entityId);
  if (reading.unit) sender.symbol('unit', reading.unit);
  if (reading.sourceUnit) sender.symbol('source_unit', reading.sourceUnit);
  if (reading.absence) sender.symbol('absence', reading.absence);
  sender.symbol('origin', reading.origin);
  if (reading.value !== null) sender.floatColumn('state', reading.value);
  if (reading.lastResetAtUs !== null) sender.timestampColumn('last_reset', reading.lastResetAtUs, 'us');
  sender.timestampColumn('received', receivedUs, 'us');
  await sender.at(reading.atUs, 'us');
}

/** Reads what `putReading` wrote. */
export function readingFromRow(row: Row): Reading {
  return {
    entityId: textOf(row, 'entity_id'),
    atUs: numberOf(row, 'at_us'),
    value: numberOrNull(row, 'state'),
    absence: wordOrNull(row, 'absence', absences),
    unit: wordOrNull(row, 'unit', canonicalUnits),
    sourceUnit: textOrNull(row, 'source_unit'),
    lastResetAtUs: numberOrNull(row, 'last_reset_us'),
    origin: wordOf(row, 'origin', origins),
  };
}
