import type { Log } from './log.ts';

/** Who wants to be told of something; one that fails does not keep the others from it. */
export class Emitter<Told> {
  readonly #log: Log;
  readonly #listeners = new Set<(told: Told) => void>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** @returns how to stop listening */
  add(listener: (told: Told) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(told: Told): void {
    for (const listener of this.#listeners) {
      try {
        listener(told);
      } catch (error) {
        this.#log.error({ err: error, told }, 'A listener of the home failed');
      }
    }
  }
}
