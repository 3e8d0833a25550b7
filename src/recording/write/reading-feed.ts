import { Emitter } from '../../runtime/emitter.ts';
import type { Log } from '../../runtime/log.ts';
import type { Reading } from '../reading.ts';

interface FedReadings {
  readonly readings: readonly Reading[];
  /** Readings that were dropped because the listeners were too slow: ask the recorder for the newest values. */
  readonly missed: number;
}

export type ReadingListener = (fed: FedReadings) => void;

const collectMs = 50;
const limit = 20_000;

/**
 * Delivers new readings to listeners a few times a second, apart from recording, so that no listener can delay it.
 */
export class ReadingFeed {
  readonly #emitter: Emitter<[fed: FedReadings]>;
  #waiting: Reading[] = [];
  #missed = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(log: Log) {
    this.#emitter = new Emitter(log, 'A listener to readings failed');
  }

  on(listener: ReadingListener): () => void {
    return this.#emitter.on(listener);
  }

  push(reading: Reading): void {
    if (!this.#emitter.hasListeners()) return;
    if (this.#waiting.length >= limit) this.#missed += 1;
    else this.#waiting.push(reading);
    this.#timer ??= setTimeout(() => this.#report(), collectMs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#emitter.clear();
  }

  #report(): void {
    const fed = { readings: this.#waiting, missed: this.#missed };
    this.#timer = null;
    this.#waiting = [];
    this.#missed = 0;
    this.#emitter.emit(fed);
  }
}
