import { crc32 } from 'node:zlib';
import type { Reading } from '../../reading.ts';

/** A record of the spool: some readings that were appended together, on a line of its own. */
interface SpoolRecord {
  readonly position: number;
  readonly readings: readonly Reading[];
}

/** The most readings in a record; bounds what a damaged line can cost and what reading one needs. */
export const maxReadingsPerRecord = 500;

const newline = 0x0a;
/** 'xxxxxxxx ' before the payload. */
const checksumChars = 9;

/**
 * `<crc32 as 8 hex digits> <JSON: position, readings as rows>\n`: readable with a text editor, checked by machine.
 */
export function encodeRecord(record: SpoolRecord): string {
  const rows = record.readings.map((reading) => [
    reading.entityId,
    reading.atUs,
    reading.value,
    reading.absence,
    reading.unit,
    reading.sourceUnit,
    reading.lastResetAtUs,
    reading.origin,
  ]);
  const payload = JSON.stringify([record.position, rows]);
  return `${crc32(payload).toString(16).padStart(8, '0')} ${payload}\n`;
}

/** The record of a line (without its end), or null when its checksum or form is wrong. */
export function decodeRecord(line: Buffer): SpoolRecord | null {
  if (line.length <= checksumChars) return null;
  const checksum = line.toString('latin1', 0, checksumChars);
  const payload = line.subarray(checksumChars);
  if (!/^[0-9a-f]{8} $/.test(checksum) || crc32(payload) !== Number.parseInt(checksum, 16)) return null;
  try {
    // The checksum proves that encodeRecord wrote this.
    const [position, rows] = JSON.parse(payload.toString('utf8')) as [number, Row[]];
    return { position, readings: rows.map(readingFromRow) };
  } catch {
    return null;
  }
}

type Row = [
  Reading['entityId'],
  Reading['atUs'],
  Reading['value'],
  Reading['absence'],
  Reading['unit'],
  Reading['sourceUnit'],
  Reading['lastResetAtUs'],
  Reading['origin'],
];

function readingFromRow(row: Row): Reading {
  const [entityId, atUs, value, absence, unit, sourceUnit, lastResetAtUs, origin] = row;
  return { entityId, atUs, value, absence, unit, sourceUnit, lastResetAtUs, origin };
}

/** One whole line of a chunk of a segment: where it starts and ends (its line end included), and its record. */
export interface SpoolLine {
  readonly startByte: number;
  readonly endByte: number;
  readonly record: SpoolRecord | null;
}

/** The whole lines of `chunk`, whose first byte lies at `offset` of its file. An unfinished last line is left out. */
export function* linesOf(chunk: Buffer, offset: number): Generator<SpoolLine> {
  let start = 0;
  for (;;) {
    const end = chunk.indexOf(newline, start);
    if (end < 0) return;
    yield {
      startByte: offset + start,
      endByte: offset + end + 1,
      record: decodeRecord(chunk.subarray(start, end)),
    };
    start = end + 1;
  }
}
