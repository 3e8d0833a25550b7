import { byQuarterHour } from './entry.ts';
import type { LedgerPage, LedgerStore, Opening } from './ledger-store.ts';
import type { PostedEntry } from './revision.ts';

/** Rows that a draft holds at most: about ten years of one meter. */
const limitRows = 500_000;

/** Holds what a posting would write, over a ledger that stays as it is: for previews. */
export class LedgerDraft implements LedgerStore {
  readonly #store: LedgerStore;
  readonly #entries = new Map<string, Map<string, PostedEntry>>();
  readonly #journal = new Map<string, PostedEntry[]>();
  readonly #openings = new Map<string, Map<number, Opening>>();
  #rows = 0;

  constructor(store: LedgerStore) {
    this.#store = store;
  }

  /** The entries that were written into it, ascending. */
  written(entityId: string): PostedEntry[] {
    return [...(this.#entries.get(entityId)?.values() ?? [])].sort(byQuarterHour);
  }

  async current(entityId: string, startUs: number, endUs: number): Promise<PostedEntry[]> {
    const current = await this.#store.current(entityId, startUs, endUs);
    const drafted = this.#entries.get(entityId);
    if (drafted === undefined) return current;
    const kept = current.filter((entry) => !drafted.has(keyOf(entry)));
    const inRange = [...drafted.values()].filter((entry) => isIn(entry, startUs, endUs));
    return [...kept, ...inRange].sort(byQuarterHour);
  }

  async journal(entityId: string, startUs: number, endUs: number): Promise<PostedEntry[]> {
    const journal = await this.#store.journal(entityId, startUs, endUs);
    const drafted = this.#journal.get(entityId) ?? [];
    // The revisions of an entry were written in their order.
    return [...journal, ...drafted.filter((entry) => isIn(entry, startUs, endUs))].sort(byQuarterHour);
  }

  async openingBefore(entityId: string, quarterHourStartUs: number): Promise<Opening | null> {
    const stored = await this.#store.openingBefore(entityId, quarterHourStartUs);
    let found = stored;
    for (const opening of this.#openings.get(entityId)?.values() ?? []) {
      if (opening.quarterHourStartUs > quarterHourStartUs) continue;
      if (found === null || opening.quarterHourStartUs >= found.quarterHourStartUs) found = opening;
    }
    return found;
  }

  async openings(entityId: string, startUs: number, endUs: number): Promise<Opening[]> {
    const found = new Map(
      (await this.#store.openings(entityId, startUs, endUs)).map((one) => [one.quarterHourStartUs, one]),
    );
    for (const opening of this.#openings.get(entityId)?.values() ?? [])
      if (isIn(opening, startUs, endUs)) found.set(opening.quarterHourStartUs, opening);
    return [...found.values()].sort((a, b) => a.quarterHourStartUs - b.quarterHourStartUs);
  }

  /** Rejects when it would hold more than it may. */
  async write(pages: readonly LedgerPage[]): Promise<void> {
    for (const { entityId, entries, openings } of pages) {
      this.#rows += entries.length + openings.length;
      if (this.#rows > limitRows)
        throw new Error(`More than ${limitRows} rows would change: too many to hold in memory`);
      const drafted = this.#entries.get(entityId) ?? new Map<string, PostedEntry>();
      const journal = this.#journal.get(entityId) ?? [];
      const opened = this.#openings.get(entityId) ?? new Map<number, Opening>();
      for (const entry of entries) {
        drafted.set(keyOf(entry), entry);
        if (entry.revision > 0) journal.push(entry);
      }
      for (const opening of openings) opened.set(opening.quarterHourStartUs, opening);
      this.#entries.set(entityId, drafted);
      this.#journal.set(entityId, journal);
      this.#openings.set(entityId, opened);
    }
  }
}

function keyOf(entry: PostedEntry): string {
  return `${entry.kind} ${entry.quarterHourStartUs}`;
}

function isIn(one: { readonly quarterHourStartUs: number }, startUs: number, endUs: number): boolean {
  return one.quarterHourStartUs >= startUs && one.quarterHourStartUs < endUs;
}
