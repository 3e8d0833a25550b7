/** What the document store keeps of the home: its entities, its own settings, which option was applied. */
import type { MissingStatistic } from './discovery.ts';
import type { KnownEntity } from './entity.ts';
import type { EntityStore } from './entity-store.ts';
import type { HomeConfig } from './home-assistant.ts';
import { type KnownEntities, trackedIds } from './known-entities.ts';
import type { SettingsStore } from './settings-store.ts';

interface HomeRecord {
  readonly entities: readonly KnownEntity[];
  readonly config: HomeConfig | null;
  /** Ids of the app option `tracked_entities` that were applied already. */
  readonly appliedOption: ReadonlySet<string>;
  /** What the preferences named and Home Assistant did not have when they were last read; null before that. */
  readonly missing: readonly MissingStatistic[] | null;
}

const configKey = 'home_config';
const optionKey = 'tracked_option';
const missingKey = 'missing_statistics';

/** Rejects when the store is down. */
export async function loadRecord(
  entityStore: EntityStore,
  settingsStore: SettingsStore,
): Promise<HomeRecord> {
  const [entities, config, option, missing] = await Promise.all([
    entityStore.all(),
    settingsStore.get(configKey),
    settingsStore.get(optionKey),
    settingsStore.get(missingKey),
  ]);
  return {
    entities,
    config: isHomeConfig(config) ? config : null,
    appliedOption: new Set(Array.isArray(option) ? option.filter((id) => typeof id === 'string') : []),
    missing: Array.isArray(missing) ? (missing as MissingStatistic[]) : null,
  };
}

/** Rejects when the store is down; may be repeated. */
export async function saveRecord(
  entityStore: EntityStore,
  settingsStore: SettingsStore,
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
  await settingsStore.set(configKey, home.config, atUs);
  await settingsStore.set(optionKey, [...home.appliedOption], atUs);
  if (home.missing !== null) await settingsStore.set(missingKey, home.missing, atUs);
}

function isHomeConfig(value: unknown): value is HomeConfig {
  return (
    typeof value === 'object' &&
    value !== null &&
    'timeZone' in value &&
    typeof value.timeZone === 'string' &&
    'currency' in value &&
    'language' in value
  );
}
