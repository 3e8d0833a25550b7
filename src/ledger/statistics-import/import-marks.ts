import { z } from 'zod';
import type { StatisticsPeriod } from '../../home/home-assistant.ts';
import { fitting, type Settings, setting } from '../../home/settings.ts';

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

const syncsKept = 6;
/** Includes entities that are no longer tracked, because they may come back. */
const entitiesKept = 2000;

const instantOrNull = z.number().nullable().catch(null);
const storedSync = z.object({
  period: z.enum(['5minute', 'hour']),
  atUs: z.number(),
  rows: z.number(),
  status: z.enum(['success', 'failed']),
});
/** `untilUs` is the name of the first version. */
const storedMark = z
  .object({
    untilUs: z.object({ '5minute': instantOrNull, hour: instantOrNull }),
    unpostedFromUs: instantOrNull,
    syncs: fitting<EntitySync>(storedSync).catch([]),
  })
  .transform(({ untilUs, ...rest }): ImportMark => ({ ...rest, endUs: untilUs }));

/** By entity. One that does not fit is imported again. */
const marksSetting = setting<ReadonlyMap<string, ImportMark>>({
  key: 'statistics_import',
  schema: z
    .object({ entities: fitting(z.tuple([z.string(), storedMark])) })
    .transform(({ entities }) => new Map(entities)),
  fallback: new Map(),
  toStored: (marks) => ({
    entities: [...marks]
      .slice(-entitiesKept)
      .map(([entityId, { endUs, ...rest }]) => [entityId, { ...rest, untilUs: endUs }]),
  }),
});

/**
 * Stores for each entity how far the import is, in one document. Written after each piece; after a lost write the piece
 * is imported again, which changes nothing.
 */
export class ImportMarks {
  readonly #settings: Settings;
  #marks = new Map<string, ImportMark>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Rejects when the store is down. */
  async load(): Promise<void> {
    this.#marks = new Map(await this.#settings.get(marksSetting));
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
    await this.#settings.set(marksSetting, this.#marks, atUs);
  }

  /** Puts the entity last, so that the oldest ones are dropped first. */
  #put(entityId: string, mark: ImportMark): void {
    this.#marks.delete(entityId);
    this.#marks.set(entityId, mark);
  }
}
