/** A ledger in lists, for tests without a store. */
import type { LedgerPage, LedgerStore, Opening } from '../entries/ledger-store.ts';
import type { PostedEntry } from '../entries/revision.ts';

export class MemoryLedger implements LedgerStore {
  readonly entries = new Map<string, PostedEntry & { entityId: string }>();
  /** Every write fails, as with a store that is down. */
  isDown = false;
  readonly revisions: PostedEntry[] = [];
  readonly opened = new Map<string, Opening & { entityId: string }>();

  async current(entityId: string, startUs: number, endUs: number): Promise<PostedEntry[]> {
    return this.all()
      .filter((entry) => entry.entityId === entityId)
      .filter((entry) => entry.quarterHourStartUs >= startUs && entry.quarterHourStartUs < endUs)
      .map(({ entityId: _entityId, ...entry }) => entry);
  }
  async journal(): Promise<PostedEntry[]> {
    return this.revisions;
  }
  async write(pages: readonly LedgerPage[]): Promise<void> {
    if (this.isDown) throw new Error('The store is away');
    for (const { entityId, entries, openings } of pages) {
      for (const entry of entries) {
        if (entry.revision > 0) this.revisions.push(entry);
        this.entries.set(`${entityId} ${entry.quarterHourStartUs} ${entry.kind}`, { ...entry, entityId });
      }
      for (const opening of openings)
        this.opened.set(`${entityId} ${opening.quarterHourStartUs}`, { ...opening, entityId });
    }
  }
  async openingBefore(entityId: string, quarterHourUs: number): Promise<Opening | null> {
    return (
      this.sortedOpenings(entityId).findLast((opening) => opening.quarterHourStartUs <= quarterHourUs) ?? null
    );
  }
  async openings(entityId: string, startUs: number, endUs: number): Promise<Opening[]> {
    return this.sortedOpenings(entityId).filter(
      (one) => one.quarterHourStartUs >= startUs && one.quarterHourStartUs < endUs,
    );
  }
  all(): (PostedEntry & { entityId: string })[] {
    return [...this.entries.values()].sort(
      (a, b) => a.quarterHourStartUs - b.quarterHourStartUs || (a.kind < b.kind ? -1 : 1),
    );
  }
  private sortedOpenings(entityId: string): Opening[] {
    return [...this.opened.values()]
      .filter((one) => one.entityId === entityId)
      .sort((a, b) => a.quarterHourStartUs - b.quarterHourStartUs);
  }
}
