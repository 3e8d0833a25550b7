import type { Reading } from '../reading.ts';
import type { Spool, Spooled, SpoolOpened, SpoolRead, SpoolStatus } from '../write/spool/spool.ts';

/** The content of a disk; outlives the process that writes to it. */
export class MemoryDisk {
  readings: Reading[] = [];
  first = 0;
  /** Positions below it survive a power cut. */
  synced = 0;
  limit: number;
  isBroken = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  get end(): number {
    return this.first + this.readings.length;
  }

  cutPower(): void {
    this.readings = this.readings.slice(0, Math.max(0, this.synced - this.first));
  }
}

/** A spool on such a disk that behaves as FileSpool does. */
export class MemorySpool implements Spool {
  readonly #disk: MemoryDisk;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
  }

  async open(onReading: (reading: Reading) => void): Promise<SpoolOpened> {
    this.#disk.readings.forEach(onReading);
    return { position: this.#disk.first, nextPosition: this.#disk.end, damagedBytes: 0 };
  }

  async append(readings: readonly Reading[]): Promise<Spooled> {
    const disk = this.#disk;
    if (disk.isBroken) return { kind: 'refused', error: new Error('ENOSPC') };
    if (disk.readings.length + readings.length > disk.limit) return { kind: 'full' };
    const position = disk.end;
    disk.readings.push(...readings);
    return { kind: 'kept', position, nextPosition: disk.end };
  }

  async read(position: number, limit: number): Promise<SpoolRead> {
    const from = position - this.#disk.first;
    const readings = this.#disk.readings.slice(from, from + limit);
    return { readings, nextPosition: position + readings.length };
  }

  async acknowledge(position: number): Promise<void> {
    const count = position - this.#disk.first;
    if (count <= 0) return;
    this.#disk.readings.splice(0, count);
    this.#disk.first = position;
  }

  async sync(): Promise<void> {
    this.#disk.synced = this.#disk.end;
  }

  status(): SpoolStatus {
    const readings = this.#disk.readings.length;
    return {
      bytes: readings * 100,
      limitBytes: this.#disk.limit * 100,
      readings,
      damagedBytes: 0,
      error: null,
    };
  }

  async close(): Promise<void> {
    await this.sync();
  }
}
