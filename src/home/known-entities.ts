/** How a discovery changes the known entities: new, gone, renamed, and which are tracked from now on. Pure. */
import { type Discovery, isTrackedByDefault } from './discovery.ts';
import type { Entity, KnownEntity } from './entity.ts';

export type KnownEntities = ReadonlyMap<string, KnownEntity>;

/**
 * The user's choice is kept; an entity is tracked by itself only when it is new, when the preferences start to name
 * it, when it replaces a tracked one (renamed), when it is in `forced`, or when it is a switch that is new or whose
 * device starts to be tracked. The choice belongs to an entity and not to its id: another entity of the registry with
 * the id of a renamed one is new.
 */
export function mergeDiscovery(
  known: KnownEntities,
  discovery: Discovery,
  forced: ReadonlySet<string>,
  atUs: number,
): Map<string, KnownEntity> {
  const found = new Map(discovery.entities.map((entity) => [entity.entityId, entity]));
  const takesOver = new Set<string>();
  for (const [oldId, newId] of discovery.renames) if (known.get(oldId)?.isTracked) takesOver.add(newId);

  const merged = new Map<string, KnownEntity>();
  const isTrackedWithDevice = (entity: Entity) => {
    const meterId = entity.role === 'device_switch' ? entity.parentEntityId : null;
    if (meterId === null || merged.get(meterId)?.isTracked !== true) return false;
    return !known.has(entity.entityId) || known.get(meterId)?.isTracked !== true;
  };
  // A switch after what it switches, on which it depends.
  const isSwitch = ({ role }: Entity) => (role === 'device_switch' ? 1 : 0);
  for (const entity of discovery.entities.toSorted((a, b) => isSwitch(a) - isSwitch(b))) {
    const lastOfId = known.get(entity.entityId);
    const other = discovery.reassigned.get(entity.entityId);
    const isNew = other !== undefined && (other.isMoved || isLeft(lastOfId));
    const before = isNew ? undefined : lastOfId;
    const isNewlyNamed =
      isTrackedByDefault(entity, found) && (before === undefined || !isTrackedByDefault(before, known));
    merged.set(entity.entityId, {
      ...entity,
      isTracked:
        before?.isTracked === true ||
        isNewlyNamed ||
        isTrackedWithDevice(entity) ||
        forced.has(entity.entityId) ||
        (before?.isActive !== true && takesOver.has(entity.entityId)),
      takenOverAtUs:
        other?.isMoved === true ? takenOverAt(other.atUs, lastOfId) : (lastOfId?.takenOverAtUs ?? null),
      isActive: true,
      discoveredAtUs: before?.discoveredAtUs ?? atUs,
      updatedAtUs: atUs,
    });
  }
  for (const [entityId, before] of known) {
    if (merged.has(entityId)) continue;
    const isRenamed = discovery.renames.has(entityId);
    const isTracked = before.isTracked && !isRenamed;
    const isChanged = before.isActive || isTracked !== before.isTracked;
    merged.set(entityId, {
      ...before,
      isActive: false,
      isTracked,
      updatedAtUs: isChanged ? atUs : before.updatedAtUs,
    });
  }
  return merged;
}

/** All readings of the previous entity with this id lie before it. */
function takenOverAt(atUs: number, before: KnownEntity | undefined): number {
  return before === undefined || before.isActive ? atUs : Math.max(atUs, before.updatedAtUs);
}

/** An id without an entity that was not followed. */
function isLeft(entity: KnownEntity | undefined): boolean {
  return entity !== undefined && !entity.isActive && !entity.isTracked;
}

/** Merges the stored entities with those found while the store was away: the stored ones have the user's choice. */
export function mergeStored(memory: KnownEntities, stored: readonly KnownEntity[]): Map<string, KnownEntity> {
  if (stored.length === 0) return new Map(memory);
  const merged = new Map(stored.map((entity) => [entity.entityId, entity]));
  for (const [entityId, entity] of memory) {
    const before = merged.get(entityId);
    merged.set(
      entityId,
      before === undefined
        ? entity
        : {
            ...entity,
            isTracked: before.isTracked,
            discoveredAtUs: before.discoveredAtUs,
            takenOverAtUs: entity.takenOverAtUs ?? before.takenOverAtUs ?? null,
          },
    );
  }
  return merged;
}

export function trackedIds(known: KnownEntities): string[] {
  return [...known.values()]
    .filter((entity) => entity.isTracked)
    .map((entity) => entity.entityId)
    .sort();
}

/** Earlier id → present id, as far as the entities themselves show: without Home Assistant. */
export function renamesAmong(entities: readonly KnownEntity[]): Map<string, string> {
  const present = entities.filter((entity) => entity.isActive && entity.registryId !== null);
  const now = new Map(present.map((entity) => [entity.registryId, entity.entityId]));
  return new Map(
    entities.flatMap(({ entityId, registryId, isActive }) => {
      const current = isActive ? undefined : now.get(registryId);
      return current === undefined ? [] : [[entityId, current] as const];
    }),
  );
}

export function asEntities(known: KnownEntities): Entity[] {
  return [...known.values()];
}

function withoutTime(entity: KnownEntity): object {
  return { ...entity, updatedAtUs: 0 };
}

/** Whether only the time of the last discovery differs. */
export function sameShape(a: KnownEntities, b: KnownEntities): boolean {
  if (a.size !== b.size) return false;
  for (const [entityId, entity] of a) {
    const other = b.get(entityId);
    if (other === undefined || JSON.stringify(withoutTime(entity)) !== JSON.stringify(withoutTime(other)))
      return false;
  }
  return true;
}

/** What the recorder must be notified of: another set, or another meaning of an entity in it. */
export function trackedShape(known: KnownEntities): object[] {
  return trackedIds(known).map((entityId) => {
    const entity = known.get(entityId);
    return [entityId, entity?.quantity, entity?.role, entity?.sign, entity?.unit];
  });
}
