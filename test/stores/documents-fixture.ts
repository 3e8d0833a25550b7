import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { Documents, type DocumentsLimits } from '../../src/adapters/mongodb/documents.ts';
import { MongoEntityStore } from '../../src/adapters/mongodb/entity-store.ts';
import { MongoSettingsStore } from '../../src/adapters/mongodb/settings-store.ts';
import type { Entity } from '../../src/home/entity.ts';
import { Settings } from '../../src/home/settings.ts';
import type { Log } from '../../src/runtime/log.ts';
import { quietLog } from './questdb-fixture.ts';

/** The documents of a database that no other test uses; the server's own in `url`, or one of the caller's. */
export function openDocuments(
  url = inject('mongodbUrl'),
  limits: Partial<DocumentsLimits> = {},
  database = `test_${randomUUID().replaceAll('-', '')}`,
  log: Log = quietLog,
): Documents {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return new Documents({ url: address.href, log }, limits);
}

export function settingsOf(documents: Documents): Settings {
  return new Settings(new MongoSettingsStore(documents), quietLog);
}

export function entityStoreOf(documents: Documents): MongoEntityStore {
  return new MongoEntityStore(documents, settingsOf(documents));
}

export function entityNamed(entityId: string, extra: Partial<Entity> = {}): Entity {
  return {
    entityId,
    registryId: null,
    name: `Name of ${entityId}`,
    quantity: 'volume',
    unit: 'm³',
    deviceClass: 'water',
    stateClass: 'total_increasing',
    area: null,
    device: null,
    role: 'water',
    sign: 1,
    parentEntityId: null,
    foundBy: 'preferences',
    ...extra,
  };
}
