import type { Reading } from '../reading.ts';

interface Part {
  readonly position: number;
  readonly nextPosition: number;
  readonly readings: readonly Reading[];
}

/**
 * The readings that follow the one being stored next, as far as memory allows, so that they need not be read back
 * from the spool. It never has a gap: once a part did not fit, what follows is only in the spool until that is read
 * up.
 */
export class ReadingQueue {
  readonly #limit: number;
  readonly #parts: Part[] = [];
  #length = 0;
  /** Where the next part has to start to be kept. */
  #end = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Empties it; the next part kept is the one at `position`. */
  restart(position: number): void {
    this.#parts.length = 0;
    this.#length = 0;
    this.#end = position;
  }

  push(part: Part): void {
    if (part.position !== this.#end || this.#length + part.readings.length > this.#limit) return;
    this.#parts.push(part);
    this.#length += part.readings.length;
    this.#end = part.nextPosition;
  }

  /**
   * The readings from `position` on: whole parts, up to `limit` readings, at least one part; null when they are only
   * in the spool.
   */
  take(position: number, limit: number): { readings: Reading[]; nextPosition: number } | null {
    if (this.#parts[0]?.position !== position) return null;
    const readings: Reading[] = [];
    let nextPosition = position;
    for (let part = this.#parts[0]; part !== undefined; part = this.#parts[0]) {
      if (readings.length > 0 && readings.length + part.readings.length > limit) break;
      readings.push(...part.readings);
      nextPosition = part.nextPosition;
      this.#length -= part.readings.length;
      this.#parts.shift();
    }
    return { readings, nextPosition };
  }
}
