/** The connections to the grid, and which one the address asks for. */
import { computed } from '@preact/signals';
import type { GridConnectionList } from '../../src/schemas/grid-connections.ts';
import { api } from '../api.ts';
import { place } from './place.ts';
import { Resource } from './resource.ts';

export const connections = new Resource<GridConnectionList>((signal) => api.connections(signal));

/** Null for the home's own: asked for, or because there is none of the name that is. */
export const shownConnection = computed<string | null>(() => {
  const { connectionId } = place.value;
  const known = connections.data?.connections;
  const isKnown =
    known === undefined || known.some(({ id, is_home: isHome }) => id === connectionId && !isHome);
  return isKnown ? connectionId : null;
});
