import type { StatisticsPeriod } from '../../home/home-assistant.ts';
import type { SettingsStore } from '../../home/settings-store.ts';

/** How far an entity's statistics are imported. */
export interface ImportMark {
  /** Until when every row from the beginning on is stored; null: not begun. */
  readonly endUs: Readonly<Record<StatisticsPeriod, number | null>>;
  /** From when on rows are stored that the ledger may not have posted; null: it has posted all. */
  readonly unpostedFromUs: number | null;
  readonly syncs: readonly EntitySync[];
}

/** The part of one run that concerns an entity. */
export interface EntitySync {
  readonly period: StatisticsPeriod;
  readonly atUs: number;
  readonly rows: number;
  readonly status: 'success' | 'failed';
}

export const noMark: ImportMark = {
  endUs: { '5minute': null, hour: null },
  unpostedFromUs: null,
  syncs: [],
};

const marksKey = 'statistics_import';
const syncsKept = 6;
/** Includes entities that are no longer tracked, because they may come back. */
const entitiesKept = 2000;

/**
 * Stores for each entity how far the import is, in one document. Written after each piece; after a lost write the piece
 * is imported again, which changes nothing.
 */
export class ImportMarks {
  readonly #settings: SettingsStore;
  #marks = new Map<string, ImportMark>();

  constructor(settings: SettingsStore) {
    this.#settings = settings;
  }

  /** Rejects when the store is down. */
  async load(): Promise<void> {
    this.#marks = marksFrom(await this.#settings.get(marksKey));
  }

  of(entityId: string): ImportMark {
    return this.#marks.get(entityId) ?? noMark;
  }

  reach(entityId: string, period: StatisticsPeriod, endUs: number | null): void {
    const mark = this.of(entityId);
    this.#put(entityId, { ...mark, endUs: { ...mark.endUs, [period]: endUs } });
  }

  /** @returns whether the mark changed, so that it must be saved before the rows are written */
  addUnposted(entityId: string, startUs: number): boolean {
    const mark = this.of(entityId);
    if (mark.unpostedFromUs !== null && mark.unpostedFromUs <= startUs) return false;
    this.#put(entityId, { ...mark, unpostedFromUs: startUs });
    return true;
  }

  posted(entityId: string): void {
    this.#put(entityId, { ...this.of(entityId), unpostedFromUs: null });
  }

  addSync(entityId: string, sync: EntitySync): void {
    const mark = this.of(entityId);
    this.#put(entityId, { ...mark, syncs: [sync, ...mark.syncs].slice(0, syncsKept) });
  }

  /** Rejects when the store is down. */
  async save(atUs: number): Promise<void> {
    // Stored with the names of the first version.
    const entities = [...this.#marks]
      .slice(-entitiesKept)
      .map(([entityId, { endUs, ...rest }]) => [entityId, { ...rest, untilUs: endUs }]);
    await this.#settings.set(marksKey, { entities }, atUs);
  }

  /** Puts the entity last, so that the oldest ones are dropped first. */
  #put(entityId: string, mark: ImportMark): void {
    this.#marks.delete(entityId);
    this.#marks.set(entityId, mark);
  }
}

/** Reads what `save` wrote; anything else counts as no marks, so that all is imported again. */
function marksFrom(stored: unknown): Map<string, ImportMark> {
  const marks = new Map<string, ImportMark>();
  if (!isObject(stored) || !Array.isArray(stored.entities)) return marks;
  for (const pair of stored.entities as unknown[]) {
    if (!Array.isArray(pair)) continue;
    const [entityId, mark] = pair as unknown[];
    if (typeof entityId !== 'string' || !isObject(mark) || !isObject(mark.untilUs)) continue;
    marks.set(entityId, {
      endUs: { '5minute': numberOrNull(mark.untilUs['5minute']), hour: numberOrNull(mark.untilUs.hour) },
      unpostedFromUs: numberOrNull(mark.unpostedFromUs),
      syncs: Array.isArray(mark.syncs) ? (mark.syncs as unknown[]).flatMap(syncFrom) : [],
    });
  }
  return marks;
}

function syncFrom(stored: unknown): EntitySync[] {
  if (!isObject(stored)) return [];
  const { period, atUs, rows, status } = stored;
  if ((period !== '5minute' && period !== 'hour') || typeof atUs !== 'number') return [];
  if (typeof rows !== 'number' || (status !== 'success' && status !== 'failed')) return [];
  return [{ period, atUs, rows, status }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
