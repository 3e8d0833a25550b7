/** The grid connections, and the one that the address selects. */
import { computed } from '@preact/signals';
import type { GridConnectionList } from '../../src/schemas/grid-connections.ts';
import { api } from '../api.ts';
import { Resource } from './resource.ts';
import { route } from './route.ts';

export const connections = new Resource<GridConnectionList>((signal) => api.connections(signal));

/** Null for the home's own, which also replaces an unknown one. */
export const shownConnection = computed<string | null>(() => {
  const { connectionId } = route.value;
  const known = connections.data?.connections;
  const isKnown =
    known === undefined || known.some(({ id, is_home: isHome }) => id === connectionId && !isHome);
  return isKnown ? connectionId : null;
});
