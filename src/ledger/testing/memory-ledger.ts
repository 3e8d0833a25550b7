/** A ledger in lists, for tests of what stands before the store. */
import type { LedgerPage, LedgerStore, Opening } from '../ledger-store.ts';
import type { PostedEntry } from '../revision.ts';

export class MemoryLedger implements LedgerStore {
  readonly entries = new Map<string, PostedEntry & { entityId: string }>();
  /** Makes every write fail, as a store that is away. */
  isDown = false;
  readonly revisions: PostedEntry[] = [];
  readonly opened = new Map<string, Opening & { entityId: string }>();

  async current(entityId: string, fromUs: number, untilUs: number): Promise<PostedEntry[]> {
    return this.all()
      .filter((entry) => entry.entityId === entityId)
      .filter((entry) => entry.quarterStartUs >= fromUs && entry.quarterStartUs < untilUs)
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
        this.entries.set(`${entityId} ${entry.quarterStartUs} ${entry.kind}`, { ...entry, entityId });
      }
      for (const opening of openings)
        this.opened.set(`${entityId} ${opening.quarterStartUs}`, { ...opening, entityId });
    }
  }
  async openingBefore(entityId: string, quarterUs: number): Promise<Opening | null> {
    return this.sortedOpenings(entityId).findLast((opening) => opening.quarterStartUs <= quarterUs) ?? null;
  }
  async openings(entityId: string, fromUs: number, untilUs: number): Promise<Opening[]> {
    return this.sortedOpenings(entityId).filter(
      (one) => one.quarterStartUs >= fromUs && one.quarterStartUs < untilUs,
    );
  }
  all(): (PostedEntry & { entityId: string })[] {
    return [...this.entries.values()].sort(
      (a, b) => a.quarterStartUs - b.quarterStartUs || (a.kind < b.kind ? -1 : 1),
    );
  }
  private sortedOpenings(entityId: string): Opening[] {
    return [...this.opened.values()]
      .filter((one) => one.entityId === entityId)
      .sort((a, b) => a.quarterStartUs - b.quarterStartUs);
  }
}
