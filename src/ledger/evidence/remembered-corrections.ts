import type { Correction, CorrectionStore } from './correction.ts';

/**
 * Caches corrections, because posting reads them in every round for every meter. Only this process changes them, so
 * they are read once, and posting has them while the document store is down.
 */
export class RememberedCorrections implements CorrectionStore {
  readonly #store: CorrectionStore;
  readonly #known = new Map<string, Promise<Correction[]>>();

  constructor(store: CorrectionStore) {
    this.#store = store;
  }

  async of(entityId: string): Promise<Correction[]> {
    const known = this.#known.get(entityId);
    if (known) return known;
    const asked = this.#store.of(entityId).catch((error: unknown) => {
      this.#known.delete(entityId);
      throw error;
    });
    this.#known.set(entityId, asked);
    return asked;
  }

  find(correctionId: string): Promise<Correction | null> {
    return this.#store.find(correctionId);
  }

  async add(correction: Correction): Promise<void> {
    // The cache is cleared in any case: a write that failed may still be stored, and it may have moved from another
    // meter.
    await this.#store.add(correction).finally(() => this.#known.clear());
  }

  async remove(correctionId: string): Promise<boolean> {
    return this.#store.remove(correctionId).finally(() => this.#known.clear());
  }
}
