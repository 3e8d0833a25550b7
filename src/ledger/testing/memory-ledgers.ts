import type { LedgerPage, LedgerStore } from '../entries/ledger-store.ts';
import { MemoryLedger } from './memory-ledger.ts';

/** One ledger in lists per meter. With a fault, a call fails before or after its work. */
export class MemoryLedgers implements LedgerStore {
  readonly #ledgers = new Map<string, MemoryLedger>();
  fault: 'none' | 'before' | 'after' = 'none';

  of(entityId: string): MemoryLedger {
    const found = this.#ledgers.get(entityId) ?? new MemoryLedger();
    this.#ledgers.set(entityId, found);
    return found;
  }
  async write(pages: readonly LedgerPage[]): Promise<void> {
    this.#check();
    for (const page of pages) await this.of(page.entityId).write([page]);
    if (this.fault === 'after') throw new Error('the store went down before it answered');
  }
  async current(...[entityId, startUs, endUs]: Parameters<LedgerStore['current']>) {
    this.#check();
    return await this.of(entityId).current(entityId, startUs, endUs);
  }
  async journal(...[entityId, startUs, endUs]: Parameters<LedgerStore['journal']>) {
    this.#check();
    const all = await this.of(entityId).journal();
    return all.filter(
      ({ quarterHourStartUs }) => quarterHourStartUs >= startUs && quarterHourStartUs < endUs,
    );
  }
  async openingBefore(...[entityId, quarterHourUs]: Parameters<LedgerStore['openingBefore']>) {
    this.#check();
    return await this.of(entityId).openingBefore(entityId, quarterHourUs);
  }
  async openings(...[entityId, startUs, endUs]: Parameters<LedgerStore['openings']>) {
    this.#check();
    return await this.of(entityId).openings(entityId, startUs, endUs);
  }

  #check(): void {
    if (this.fault === 'before') throw new Error('the store is down');
  }
}
