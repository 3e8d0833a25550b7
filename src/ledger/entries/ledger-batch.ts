import type { LedgerPage, LedgerStore, Opening } from './ledger-store.ts';
import type { PostedEntry } from './revision.ts';

/** More entries and openings than this are written at once. */
const limitRows = 20_000;

/**
 * Collects what many meters write in a round, so that it is one commit per table: each commit is synced to a disk that
 * may be an SD card. The batch is not read back, because a posting never returns to quarter-hours that it has written.
 */
export class LedgerBatch implements LedgerStore {
  readonly #store: LedgerStore;
  #pages: LedgerPage[] = [];
  #rows = 0;

  constructor(store: LedgerStore) {
    this.#store = store;
  }

  current(entityId: string, startUs: number, endUs: number): Promise<PostedEntry[]> {
    return this.#store.current(entityId, startUs, endUs);
  }

  journal(entityId: string, startUs: number, endUs: number): Promise<PostedEntry[]> {
    return this.#store.journal(entityId, startUs, endUs);
  }

  openingBefore(entityId: string, quarterHourStartUs: number): Promise<Opening | null> {
    return this.#store.openingBefore(entityId, quarterHourStartUs);
  }

  openings(entityId: string, startUs: number, endUs: number): Promise<Opening[]> {
    return this.#store.openings(entityId, startUs, endUs);
  }

  async write(pages: readonly LedgerPage[]): Promise<void> {
    for (const page of pages) {
      this.#pages.push(page);
      this.#rows += page.entries.length + page.openings.length;
    }
    if (this.#rows > limitRows) await this.flush();
  }

  /**
   * Resolves when everything collected is durable and readable. What could not be written is dropped: post it again.
   */
  async flush(): Promise<void> {
    const pages = this.#pages;
    this.#pages = [];
    this.#rows = 0;
    if (pages.length > 0) await this.#store.write(pages);
  }
}
