/** What the document store keeps of the home: its entities, its own settings, which option was applied. */
import { z } from 'zod';
import type { MissingStatistic } from './discovery.ts';
import { type KnownEntity, roles } from './entity.ts';
import type { EntityStore } from './entity-store.ts';
import type { HomeConfig } from './home-assistant.ts';
import { type KnownEntities, trackedIds } from './known-entities.ts';
import { fitting, type Settings, setting } from './settings.ts';

interface HomeRecord {
  readonly entities: readonly KnownEntity[];
  readonly config: HomeConfig | null;
  /** Ids of the app option `tracked_entities` that were applied already. */
  readonly appliedOption: ReadonlySet<string>;
  /** What the preferences named and Home Assistant did not have when they were last read; null before that. */
  readonly missing: readonly MissingStatistic[] | null;
}

export const homeConfigSetting = setting<HomeConfig | null>({
  key: 'home_config',
  schema: z.object({
    timeZone: z.string(),
    currency: z.string(),
    language: z.string(),
    country: z.string().nullable().default(null),
    version: z.string().default(''),
  }),
  fallback: null,
});

const optionSetting = setting<readonly string[]>({
  key: 'tracked_option',
  schema: fitting(z.string()),
  fallback: [],
});

const missingSetting = setting<readonly MissingStatistic[] | null>({
  key: 'missing_statistics',
  schema: z.array(
    z.object({
      statisticId: z.string(),
      entityId: z.string(),
      role: z.enum(roles),
      reason: z.enum(['no_entity', 'no_statistic', 'unknown_unit']),
    }),
  ),
  fallback: null,
  // The first ones had no entity id: it was that of the statistic.
  migrate: (stored) => {
    const older = z.array(z.looseObject({ statisticId: z.string() })).safeParse(stored);
    return older.success ? older.data.map((one) => ({ entityId: one.statisticId, ...one })) : stored;
  },
});

/** Rejects when the store is down. */
export async function loadRecord(entityStore: EntityStore, settings: Settings): Promise<HomeRecord> {
  const [entities, config, option, missing] = await Promise.all([
    entityStore.all(),
    settings.get(homeConfigSetting),
    settings.get(optionSetting),
    settings.get(missingSetting),
  ]);
  return { entities, config, appliedOption: new Set(option), missing };
}

/** Rejects when the store is down; may be repeated. */
export async function saveRecord(
  entityStore: EntityStore,
  settings: Settings,
  home: { known: KnownEntities } & Omit<HomeRecord, 'entities'>,
  atUs: number,
): Promise<void> {
  const active = [...home.known.values()].filter((entity) => entity.isActive);
  await entityStore.saveDiscovered(
    active,
    (entity) => home.known.get(entity.entityId)?.isTracked === true,
    atUs,
  );
  await entityStore.setTracked(trackedIds(home.known), atUs);
  await settings.set(homeConfigSetting, home.config, atUs);
  await settings.set(optionSetting, [...home.appliedOption], atUs);
  if (home.missing !== null) await settings.set(missingSetting, home.missing, atUs);
}
