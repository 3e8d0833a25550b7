import { z } from 'zod';
import type { Entity, KnownEntity } from '../../home/entity.ts';
import type { EntityStore } from '../../home/entity-store.ts';
import { fitting, type Settings, setting } from '../../home/settings.ts';
import { Mutex } from '../../runtime/mutex.ts';
import { DocumentVersion, type Stored } from './document-version.ts';
import type { Documents } from './documents.ts';

interface EntityFields extends Omit<Entity, 'entityId'> {
  readonly isActive: boolean;
  readonly discoveredAtUs: number;
  readonly updatedAtUs: number;
}

type EntityDocument = EntityFields & { readonly _id: string };

const entitiesCollection = 'entities';
const version = new DocumentVersion<EntityFields>(entitiesCollection);
const trackedSetting = setting<readonly string[]>({
  key: 'tracked_entities',
  schema: fitting(z.string()),
  fallback: [],
});
/**
 * Documents per call. FerretDB 1 keeps a connection of its pool of 100 for each update until the call ends, and at
 * the hundredth it waits for ever.
 */
const documentsPerCall = 10;

/**
 * Entities in a collection of their own; which of them are tracked in one setting, because only a single document
 * changes atomically (FerretDB has no transactions) and the process may be killed at any moment.
 */
export class MongoEntityStore implements EntityStore {
  readonly #documents: Pick<Documents, 'ask'>;
  readonly #settings: Settings;
  /** Reading the documents and writing what changed is one step. */
  readonly #mutex = new Mutex();

  constructor(documents: Pick<Documents, 'ask'>, settings: Settings) {
    this.#documents = documents;
    this.#settings = settings;
  }

  async all(): Promise<KnownEntity[]> {
    const tracked = await this.#tracked();
    const known = await this.#known();
    return known.map((document) => knownEntity(document, tracked.has(document._id)));
  }

  saveDiscovered(
    found: readonly Entity[],
    trackNew: (entity: Entity) => boolean,
    atUs: number,
  ): Promise<void> {
    return this.#mutex.run(async () => {
      const known = new Map((await this.#known()).map((document) => [document._id, document]));
      const added = found.filter(({ entityId }) => !known.has(entityId));
      await this.#track(added.filter(trackNew), atUs);
      // Tracked before known: a crash between the two leaves an id that the next discovery finds new again, and not
      // an
      // entity that is known and was never tracked.
      const foundIds = new Set(found.map(({ entityId }) => entityId));
      const gone = [...known.values()].filter(({ _id, isActive }) => isActive && !foundIds.has(_id));
      await this.#replace([
        ...found.flatMap((entity) => changed(entity, known.get(entity.entityId), atUs)),
        ...gone.map((document) => ({ ...document, isActive: false, updatedAtUs: atUs })),
      ]);
    });
  }

  setTracked(entityIds: readonly string[], atUs: number): Promise<void> {
    return this.#mutex.run(() => this.#settings.set(trackedSetting, [...new Set(entityIds)].sort(), atUs));
  }

  async #track(entities: readonly Entity[], atUs: number): Promise<void> {
    if (entities.length === 0) return;
    const tracked = await this.#tracked();
    const more = tracked.union(new Set(entities.map(({ entityId }) => entityId)));
    if (more.size > tracked.size) await this.#settings.set(trackedSetting, [...more].sort(), atUs);
  }

  async #tracked(): Promise<Set<string>> {
    return new Set(await this.#settings.get(trackedSetting));
  }

  #known(): Promise<EntityDocument[]> {
    return this.#documents.ask<Stored<EntityFields>, EntityDocument[]>(entitiesCollection, async (entities) =>
      (await entities.find({}).toArray()).map((document) => version.read(document)),
    );
  }

  /** Unchanged documents are not written: discovery runs every few minutes, for years, on a memory card. */
  async #replace(documents: readonly EntityDocument[]): Promise<void> {
    for (let start = 0; start < documents.length; start += documentsPerCall) {
      const writes = documents.slice(start, start + documentsPerCall).map(({ _id, ...rest }) => ({
        replaceOne: { filter: { _id }, replacement: version.stamped(rest), upsert: true },
      }));
      await this.#documents.ask<Stored<EntityFields>, unknown>(entitiesCollection, (entities) =>
        entities.bulkWrite(writes, { ordered: false }),
      );
    }
  }
}

/** The document to write, or nothing when it would be the same. */
function changed(entity: Entity, before: EntityDocument | undefined, atUs: number): EntityDocument[] {
  const { entityId: _id, ...rest } = entityOnly(entity);
  const next = {
    _id,
    ...rest,
    isActive: true,
    discoveredAtUs: before?.discoveredAtUs ?? atUs,
    updatedAtUs: before?.updatedAtUs ?? atUs,
  };
  if (before !== undefined && isSame(before, next)) return [];
  return [{ ...next, updatedAtUs: atUs }];
}

function isSame(before: EntityDocument, next: EntityDocument): boolean {
  const names = Object.keys(next) as (keyof EntityDocument)[];
  return names.every((name) => before[name] === next[name]);
}

/** A caller may hand over more than an entity's own fields. */
function entityOnly(entity: Entity): Entity {
  return {
    entityId: entity.entityId,
    registryId: entity.registryId,
    name: entity.name,
    quantity: entity.quantity,
    unit: entity.unit,
    deviceClass: entity.deviceClass,
    stateClass: entity.stateClass,
    area: entity.area,
    device: entity.device,
    role: entity.role,
    sign: entity.sign,
    parentEntityId: entity.parentEntityId,
    foundBy: entity.foundBy,
    isDevice: entity.isDevice ?? false,
    takenOverAtUs: entity.takenOverAtUs ?? null,
  };
}

function knownEntity({ _id, ...rest }: EntityDocument, isTracked: boolean): KnownEntity {
  return { entityId: _id, ...rest, isTracked };
}
