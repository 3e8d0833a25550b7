import { open } from 'node:fs/promises';
import type { SpoolLine } from './record.ts';
import { linesOf } from './record.ts';

/** A file of the spool. `bytes` is its intact length; a torn write may lie behind it. */
export interface Segment {
  readonly path: string;
  readonly firstPosition: number;
  nextPosition: number;
  bytes: number;
}

/** Longer than the longest record: 500 readings of the longest entity ids take 200 kB. */
const chunkBytes = 512 * 1024;

const suffix = '.readings';

export function segmentName(position: number): string {
  return `${String(position).padStart(16, '0')}${suffix}`;
}

/** The first position of a segment by its file's name; null for any other file. */
export function positionOfName(name: string): number | null {
  return /^\d{16}\.readings$/.test(name) ? Number(name.slice(0, 16)) : null;
}

/** The lines of a file from `offset` to `endByte`, with the memory of one chunk; damaged ones come with a null record. */
export async function* readLines(path: string, offset: number, endByte: number): AsyncGenerator<SpoolLine> {
  const handle = await open(path, 'r');
  try {
    let from = offset;
    while (from < endByte) {
      const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, endByte - from));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
      if (bytesRead === 0) return;
      let doneTo = from;
      for (const line of linesOf(buffer.subarray(0, bytesRead), from)) {
        doneTo = line.endByte;
        yield line;
      }
      if (doneTo === from) {
        // No line ends here: an unfinished tail, or damage longer than any record.
        doneTo = from + bytesRead;
        yield { startByte: from, endByte: doneTo, record: null };
      }
      from = doneTo;
    }
  } finally {
    await handle.close();
  }
}
