import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Mutex } from '../../../runtime/mutex.ts';
import type { Reading } from '../../reading.ts';
import { encodeRecord, maxReadingsPerRecord } from './record.ts';
import type { Segment } from './segment.ts';
import { positionOfName, readLines, segmentName } from './segment.ts';
import type { Spool, Spooled, SpoolOpened, SpoolRead, SpoolStatus } from './spool.ts';

export interface FileSpoolOptions {
  readonly directory: string;
  readonly limitBytes?: number;
  /** A file is closed beyond this size, and removed when all of it is acknowledged. */
  readonly segmentBytes?: number;
  /** Why the disk may not be written to now; null when it may. */
  readonly held?: () => string | null;
  /** Opens a file to write; a test passes one that simulates a full disk. */
  readonly openFile?: (path: string, flags: string) => Promise<FileHandle>;
}

const defaultLimitBytes = 64 * 1024 * 1024;
const defaultSegmentBytes = 2 * 1024 * 1024;
const acknowledgedName = 'acknowledged';

/**
 * A spool in files: appended to the newest, read from the oldest; a file is removed when all of it is acknowledged.
 */
export class FileSpool implements Spool {
  readonly #directory: string;
  readonly #limitBytes: number;
  readonly #segmentBytes: number;
  readonly #openFile: (path: string, flags: string) => Promise<FileHandle>;
  readonly #held: () => string | null;
  /** Oldest first; the last one is written to when `#handle` is set. */
  readonly #segments: Segment[] = [];
  #handle: FileHandle | null = null;
  readonly #unsynced = new Set<Segment>();
  #isDirectorySynced = true;
  #bytes = 0;
  #acknowledged = 0;
  #nextPosition = 0;
  #damagedBytes = 0;
  #error: string | null = null;
  /** Where the last read ended: the next one continues there without searching. */
  #cursor: { segment: Segment; position: number; byte: number } | null = null;
  /** Operations that change the files run one at a time. */
  readonly #mutex = new Mutex();

  constructor(options: FileSpoolOptions) {
    this.#directory = options.directory;
    this.#limitBytes = options.limitBytes ?? defaultLimitBytes;
    // A limit below a segment would never be freed.
    this.#segmentBytes = Math.min(options.segmentBytes ?? defaultSegmentBytes, this.#limitBytes / 4);
    this.#openFile = options.openFile ?? open;
    this.#held = options.held ?? (() => null);
  }

  open(onReading: (reading: Reading) => void): Promise<SpoolOpened> {
    return this.#mutex.run(async () => {
      await mkdir(this.#directory, { recursive: true });
      const acknowledged = await this.#takeAcknowledged();
      const positions = (await readdir(this.#directory)).map(positionOfName).filter((p) => p !== null);
      for (const position of positions.sort((a, b) => a - b))
        await this.#recover(position, acknowledged, onReading);
      this.#nextPosition = Math.max(this.#nextPosition, acknowledged);
      const first = this.#segments[0]?.firstPosition ?? this.#nextPosition;
      this.#acknowledged = Math.max(first, Math.min(acknowledged, this.#nextPosition));
      return {
        position: this.#acknowledged,
        nextPosition: this.#nextPosition,
        damagedBytes: this.#damagedBytes,
      };
    });
  }

  append(readings: readonly Reading[]): Promise<Spooled> {
    return this.#mutex.run(async () => {
      const position = this.#nextPosition;
      if (readings.length === 0) return { kind: 'kept', position, nextPosition: position };
      const data = Buffer.from(recordsOf(readings, position));
      if (this.#bytes + data.length > this.#limitBytes) return { kind: 'full' };
      try {
        const held = this.#held();
        if (held !== null) throw new Error(held);
        await this.#write(data, readings.length);
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        this.#error = error.message;
        return { kind: 'refused', error };
      }
      this.#error = null;
      return { kind: 'kept', position, nextPosition: this.#nextPosition };
    });
  }

  async read(position: number, limit: number): Promise<SpoolRead> {
    const readings: Reading[] = [];
    let next = position;
    // A snapshot: what is appended meanwhile is for the next read.
    const tail = this.#nextPosition;
    const parts = this.#segments.map((segment) => ({ segment, ...segment }));
    for (const { segment, path, bytes, nextPosition } of parts) {
      if (nextPosition <= next) continue;
      const cursor = this.#cursor;
      const from = cursor?.segment === segment && cursor.position === next ? cursor.byte : 0;
      for await (const { record, startByte, endByte } of readLines(path, from, bytes)) {
        const end = record === null ? next : record.position + record.readings.length;
        if (record !== null && end > next) {
          const start = Math.max(next, record.position);
          const taken = record.readings.slice(
            start - record.position,
            start - record.position + limit - readings.length,
          );
          readings.push(...taken);
          next = start + taken.length;
        }
        this.#cursor = { segment, position: next, byte: next < end ? startByte : endByte };
        if (readings.length >= limit) return { readings, nextPosition: next };
      }
      next = Math.max(next, nextPosition);
    }
    // What is damaged at the end can't be recovered.
    return { readings, nextPosition: Math.max(next, tail) };
  }

  acknowledge(position: number): Promise<void> {
    return this.#mutex.run(async () => {
      this.#acknowledged = Math.min(Math.max(this.#acknowledged, position), this.#nextPosition);
      for (;;) {
        const oldest = this.#segments[0];
        if (oldest === undefined || oldest.nextPosition > this.#acknowledged) return;
        const isWrittenTo = this.#segments.length === 1 && this.#handle !== null;
        // A quiet home fills a segment in hours: a new file at each write would wear out a memory card.
        if (isWrittenTo && oldest.bytes < this.#segmentBytes) return;
        if (isWrittenTo) await this.#closeHandle();
        await this.#remove(oldest);
      }
    });
  }

  sync(): Promise<void> {
    return this.#mutex.run(() => this.#sync());
  }

  status(): SpoolStatus {
    return {
      bytes: this.#bytes,
      limitBytes: this.#limitBytes,
      readings: this.#nextPosition - this.#acknowledged,
      damagedBytes: this.#damagedBytes,
      error: this.#error,
    };
  }

  close(): Promise<void> {
    return this.#mutex.run(async () => {
      await this.#closeHandle();
      if (this.#acknowledged === this.#nextPosition) {
        for (const segment of [...this.#segments]) await this.#remove(segment);
        return;
      }
      await this.#sync();
      await writeFile(join(this.#directory, acknowledgedName), String(this.#acknowledged));
    });
  }

  /** How far a clean stop came; it is valid only for the files of that stop. */
  async #takeAcknowledged(): Promise<number> {
    const path = join(this.#directory, acknowledgedName);
    try {
      const text = await readFile(path, 'utf8');
      await rm(path);
      return /^\d{1,15}$/.test(text) ? Number(text) : 0;
    } catch (error) {
      if (isMissing(error)) return 0;
      throw new Error(`The spool's ${path} can't be read`, { cause: error });
    }
  }

  async #recover(
    position: number,
    acknowledged: number,
    onReading: (reading: Reading) => void,
  ): Promise<void> {
    const path = join(this.#directory, segmentName(position));
    const { size } = await stat(path);
    const segment: Segment = { path, firstPosition: position, nextPosition: position, bytes: 0 };
    let goodBytes = 0;
    for await (const { startByte, endByte, record } of readLines(path, 0, size)) {
      if (record === null) continue;
      goodBytes += endByte - startByte;
      segment.bytes = endByte;
      segment.nextPosition = record.position + record.readings.length;
      if (segment.nextPosition > acknowledged) record.readings.forEach(onReading);
    }
    this.#damagedBytes += size - goodBytes;
    if (segment.bytes < size) await truncate(path, segment.bytes);
    if (segment.bytes === 0) return rm(path);
    this.#segments.push(segment);
    this.#bytes += segment.bytes;
    this.#nextPosition = Math.max(this.#nextPosition, segment.nextPosition);
  }

  async #write(data: Buffer, count: number): Promise<void> {
    const { segment, handle } = await this.#writable();
    try {
      for (let done = 0; done < data.length; ) {
        const { bytesWritten } = await handle.write(data, done, data.length - done, segment.bytes + done);
        done += bytesWritten;
      }
    } catch (error) {
      await this.#undo(segment, handle, count);
      throw error;
    }
    segment.bytes += data.length;
    this.#bytes += data.length;
    this.#nextPosition += count;
    segment.nextPosition = this.#nextPosition;
    this.#unsynced.add(segment);
  }

  /**
   * Takes back a torn write. Where that fails too, its positions are never used again and its file is left as it is.
   */
  async #undo(segment: Segment, handle: FileHandle, count: number): Promise<void> {
    try {
      await handle.truncate(segment.bytes);
    } catch {
      this.#nextPosition += count;
      await this.#closeHandle();
      if (segment.bytes === 0) this.#segments.pop();
    }
  }

  async #writable(): Promise<{ segment: Segment; handle: FileHandle }> {
    const newest = this.#segments.at(-1);
    if (this.#handle !== null && newest !== undefined) {
      if (newest.bytes < this.#segmentBytes) return { segment: newest, handle: this.#handle };
      await this.#closeHandle();
    }
    const path = join(this.#directory, segmentName(this.#nextPosition));
    const handle = await this.#openFile(path, 'w');
    const segment: Segment = {
      path,
      firstPosition: this.#nextPosition,
      nextPosition: this.#nextPosition,
      bytes: 0,
    };
    this.#segments.push(segment);
    this.#handle = handle;
    this.#isDirectorySynced = false;
    return { segment, handle };
  }

  async #closeHandle(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  async #remove(segment: Segment): Promise<void> {
    await rm(segment.path, { force: true });
    this.#segments.splice(this.#segments.indexOf(segment), 1);
    this.#unsynced.delete(segment);
    this.#bytes -= segment.bytes;
    if (this.#cursor?.segment === segment) this.#cursor = null;
  }

  async #sync(): Promise<void> {
    for (const segment of [...this.#unsynced]) {
      await syncPath(segment.path, 'r+');
      this.#unsynced.delete(segment);
    }
    if (this.#isDirectorySynced) return;
    await syncPath(this.#directory, 'r');
    this.#isDirectorySynced = true;
  }
}

function recordsOf(readings: readonly Reading[], position: number): string {
  let text = '';
  for (let start = 0; start < readings.length; start += maxReadingsPerRecord)
    text += encodeRecord({
      position: position + start,
      readings: readings.slice(start, start + maxReadingsPerRecord),
    });
  return text;
}

async function syncPath(path: string, flags: string): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
