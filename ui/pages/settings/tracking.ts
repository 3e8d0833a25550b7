/** Ticks that are not saved yet, kept while other pages are shown; and the filters of the list. */
import { signal } from '@preact/signals';
import type { ListedEntity } from '../../state/home.ts';

export interface Filters {
  readonly search: string;
  readonly role: string;
  readonly area: string;
  readonly tracked: '' | 'yes' | 'no';
  readonly foundBy: string;
}
export const noFilters: Filters = { search: '', role: '', area: '', tracked: '', foundBy: '' };
/** The area filter's value for entities without an area. */
export const noArea = '\u0000';

/** Ticks that differ from the saved state, by entity id. */
export const pending = signal<ReadonlyMap<string, boolean>>(new Map());

export function isTicked(entity: ListedEntity, changes: ReadonlyMap<string, boolean>): boolean {
  return changes.get(entity.entity_id) ?? entity.is_tracked;
}

/** The changes after ticking or unticking these entities. A tick equal to the saved state is dropped. */
export function withTicks(
  changes: ReadonlyMap<string, boolean>,
  entities: readonly ListedEntity[],
  isTracked: boolean,
): ReadonlyMap<string, boolean> {
  const next = new Map(changes);
  for (const entity of entities) {
    if (entity.is_tracked === isTracked) next.delete(entity.entity_id);
    else next.set(entity.entity_id, isTracked);
  }
  return next;
}

/** Adds the switches of these devices, which are ticked and unticked with them. A switch can also be ticked alone. */
export function withSwitches(
  chosen: readonly ListedEntity[],
  all: readonly ListedEntity[],
): readonly ListedEntity[] {
  const ids = new Set(chosen.map((entity) => entity.entity_id));
  const switches = all.filter(
    ({ entity_id: id, role, parent }) =>
      role === 'device_switch' && parent !== null && ids.has(parent) && !ids.has(id),
  );
  return [...chosen, ...switches];
}

/** The changes that still differ, after the saved state changed. */
export function stillPending(
  changes: ReadonlyMap<string, boolean>,
  entities: readonly ListedEntity[],
): ReadonlyMap<string, boolean> {
  const saved = new Map(entities.map((entity) => [entity.entity_id, entity.is_tracked]));
  return new Map([...changes].filter(([id, isTracked]) => saved.has(id) && saved.get(id) !== isTracked));
}

/** All entity ids to track, including those that the filter hides. */
export function wanted(entities: readonly ListedEntity[], changes: ReadonlyMap<string, boolean>): string[] {
  return entities.filter((entity) => isTicked(entity, changes)).map((entity) => entity.entity_id);
}

/** Filters by the saved state, not by the ticks, so that a line does not vanish under the pointer. */
export function filtered(entities: readonly ListedEntity[], filters: Filters): ListedEntity[] {
  const words = filters.search.toLowerCase().split(/\s+/).filter(Boolean);
  return entities.filter((entity) => {
    if (filters.role !== '' && entity.role !== filters.role) return false;
    if (filters.area !== '' && (entity.area ?? noArea) !== filters.area) return false;
    if (filters.tracked !== '' && entity.is_tracked !== (filters.tracked === 'yes')) return false;
    if (filters.foundBy !== '' && entity.found_by !== filters.foundBy) return false;
    const text = [entity.friendly_name, entity.entity_id, entity.area, entity.device].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
