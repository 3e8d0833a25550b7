import { guarded } from './guarded.ts';
import type { Log } from './log.ts';

/**
 * Listeners to one kind of event, called in the order in which they were added. What a listener throws or rejects with is
 * logged: it reaches neither the other listeners nor the caller of `emit`.
 *
 * `Args` is the tuple that a listener receives: `Emitter<[entityId: string]>`.
 */
export class Emitter<Args extends readonly unknown[] = []> {
  readonly #log: Log;
  readonly #failure: string;
  readonly #listeners = new Set<(...args: Args) => void>();

  /** @param failure the message logged when a listener fails */
  constructor(log: Log, failure: string) {
    this.#log = log;
    this.#failure = failure;
  }

  /** @returns removes the listener; may be called twice */
  on(listener: (...args: Args) => void): () => void {
    const added = guarded<Args>(this.#log, this.#failure, listener);
    this.#listeners.add(added);
    return () => void this.#listeners.delete(added);
  }

  /** Never throws. A listener added meanwhile is called too, one removed meanwhile is not. */
  emit(...args: Args): void {
    for (const listener of this.#listeners) listener(...args);
  }

  hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  clear(): void {
    this.#listeners.clear();
  }
}
