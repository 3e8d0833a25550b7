/** What of the home is kept in the document store: its entities, its own settings, which option was applied. */
import type { KnownEntity } from './entity.ts';
import type { EntityStore } from './entity-store.ts';
import type { HomeConfig } from './home-assistant.ts';
import { type KnownEntities, trackedIds } from './known-entities.ts';
import type { SettingsStore } from './settings-store.ts';

export interface HomeRecord {
  readonly entities: readonly KnownEntity[];
  readonly config: HomeConfig | null;
  /** Ids of the app option `tracked_entities` that were applied already. */
  readonly appliedOption: ReadonlySet<string>;
}

const configKey = 'home_config';
const optionKey = 'tracked_option';

/** Rejects when the store is down. */
export async function loadRecord(
  entityStore: EntityStore,
  settingsStore: SettingsStore,
): Promise<HomeRecord> {
  const [entities, config, option] = await Promise.all([
    entityStore.all(),
    settingsStore.get(configKey),
    settingsStore.get(optionKey),
  ]);
  return {
    entities,
    config: isHomeConfig(config) ? config : null,
    appliedOption: new Set(Array.isArray(option) ? option.filter((id) => typeof id === 'string') : []),
  };
}

/** Rejects when the store is down; may be repeated. */
export async function saveRecord(
  entityStore: EntityStore,
  settingsStore: SettingsStore,
  home: { known: KnownEntities; config: HomeConfig | null; appliedOption: ReadonlySet<string> },
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
