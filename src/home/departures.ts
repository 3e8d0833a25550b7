/** What happened to a tracked entity that Home Assistant does not have any more as it was. Pure. */
import type { Discovery } from './discovery.ts';
import type { Registries } from './home-assistant.ts';
import type { KnownEntities } from './known-entities.ts';

export type Departure =
  | { readonly kind: 'removed'; readonly entityId: string }
  /** Another entity of the registry, on the same device and of the same name; it may even have the same id. */
  | { readonly kind: 'replaced'; readonly entityId: string; readonly newEntityId: string };

/**
 * Finds each departure once: `known` is what was known before this discovery. Only the registry shows that an entity
 * is gone for good; one without a state may come back, and one that was never in the registry shows nothing.
 */
export function findDepartures(
  known: KnownEntities,
  registries: Registries,
  discovery: Pick<Discovery, 'entities' | 'renames'>,
): Departure[] {
  const byRegistryId = new Set(registries.entities.map((entry) => entry.registryId));
  const byEntityId = new Map(registries.entities.map((entry) => [entry.entityId, entry]));
  const found = new Map(discovery.entities.map((entity) => [entity.entityId, entity]));
  const departures: Departure[] = [];
  for (const entity of known.values()) {
    const { entityId, registryId } = entity;
    if (!entity.isTracked || !entity.isActive || registryId === null) continue;
    if (byRegistryId.has(registryId) || discovery.renames.has(entityId)) continue;
    if (byEntityId.has(entityId)) {
      departures.push({ kind: 'replaced', entityId, newEntityId: entityId });
      continue;
    }
    const heir = [...found.values()].find(
      (other) =>
        !known.has(other.entityId) &&
        other.quantity === entity.quantity &&
        other.name === entity.name &&
        other.device !== null &&
        other.device === entity.device &&
        byEntityId.has(other.entityId),
    );
    if (heir === undefined) departures.push({ kind: 'removed', entityId });
    else departures.push({ kind: 'replaced', entityId, newEntityId: heir.entityId });
  }
  return departures;
}
