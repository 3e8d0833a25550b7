import type { Log } from '../../runtime/log.ts';
import type { Reading } from '../reading.ts';

export interface FedReadings {
  readonly readings: readonly Reading[];
  /** Readings that are not among them, because the listeners were too slow: ask the recorder for the newest values. */
  readonly missed: number;
}

export type ReadingListener = (fed: FedReadings) => void;

const collectMs = 50;
const limit = 20_000;

/** Tells listeners of new readings a few times a second, apart from recording, so that none of them can hold it up. */
export class ReadingFeed {
  readonly #log: Log;
  readonly #listeners = new Set<ReadingListener>();
  #waiting: Reading[] = [];
  #missed = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  listen(listener: ReadingListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  push(reading: Reading): void {
    if (this.#listeners.size === 0) return;
    if (this.#waiting.length >= limit) this.#missed += 1;
    else this.#waiting.push(reading);
    this.#timer ??= setTimeout(() => this.#tell(), collectMs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#listeners.clear();
  }

  #tell(): void {
    const fed = { readings: this.#waiting, missed: this.#missed };
    this.#timer = null;
    this.#waiting = [];
    this.#missed = 0;
    for (const listener of this.#listeners) {
      try {
        listener(fed);
      } catch (cause) {
        this.#log.error({ err: cause }, 'a listener to readings failed');
      }
    }
  }
}
