import type { Correction, CorrectionStore } from './correction.ts';

/**
 * Corrections as posting asks for them, at every round and for every meter: read once, for only this process changes
 * them, and known while the document store is away.
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
    // Forgotten in any case: a write that failed may have been done. It may have been another meter's before.
    await this.#store.add(correction).finally(() => this.#known.clear());
  }

  async remove(correctionId: string): Promise<boolean> {
    return this.#store.remove(correctionId).finally(() => this.#known.clear());
  }
}
