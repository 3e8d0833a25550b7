/** A connection to the grid that the user named, beside the home's own, which the energy preferences name. */
import type { Quantity } from '../units/quantity.ts';
import type { KnownEntity } from './entity.ts';

export interface GridConnection {
  /** Short, for use in addresses: letters, digits, `_` and `-`. */
  readonly connectionId: string;
  readonly name: string;
  /** Registers of what is taken from the grid, all tariffs; at least one. */
  readonly offtake: readonly string[];
  readonly injection: readonly string[];
  /** Net power, import positive; null when there is no such sensor. */
  readonly powerEntityId: string | null;
  /** The sensor with the meter's own peak of the month; null when there is none. */
  readonly meterPeakEntityId: string | null;
  readonly createdAtUs: number;
}

/** The whole grid of the home; it is always there. */
export const homeConnectionId = 'home';

export const connectionLimits = {
  /** Connections beside the home's own. */
  connections: 8,
  /** Registers of one direction. */
  registers: 8,
  nameLength: 60,
  idLength: 32,
} as const;

export type ConnectionRefusal =
  | { readonly kind: 'too_many' }
  | { readonly kind: 'id_taken'; readonly id: string }
  | {
      readonly kind: 'wrong_entity';
      readonly field: EntityField;
      readonly entityIds: readonly string[];
      readonly why: 'not_tracked' | 'not_energy' | 'not_power' | 'named_twice';
    };

type EntityField = 'offtake' | 'injection' | 'power' | 'meter_peak';

/** An id made from a name: its letters and digits, joined by `-`; empty when it has none. */
export function connectionIdOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.split(/[^a-z0-9]+/).filter((word) => word !== '');
  return words.join('-').slice(0, connectionLimits.idLength).replace(/-$/, '');
}

/** Why a connection can't be added to the existing ones; null when it can. */
export function refusalOf(
  wanted: GridConnection,
  existing: readonly GridConnection[],
  entity: (entityId: string) => KnownEntity | null,
): ConnectionRefusal | null {
  const { connectionId: id } = wanted;
  if (id === homeConnectionId || existing.some((one) => one.connectionId === id))
    return { kind: 'id_taken', id };
  if (existing.length >= connectionLimits.connections) return { kind: 'too_many' };
  const named = namedEntities(wanted);
  for (const { field, quantity, entityIds } of named) {
    const untracked = entityIds.filter((one) => entity(one)?.isTracked !== true);
    if (untracked.length > 0)
      return { kind: 'wrong_entity', field, entityIds: untracked, why: 'not_tracked' };
    const others = entityIds.filter((one) => entity(one)?.quantity !== quantity);
    if (others.length > 0)
      return {
        ...{ kind: 'wrong_entity', field, entityIds: others },
        why: quantity === 'energy' ? 'not_energy' : 'not_power',
      };
  }
  const seen = new Set<string>();
  for (const { field, entityIds } of named)
    for (const one of entityIds) {
      if (seen.has(one)) return { kind: 'wrong_entity', field, entityIds: [one], why: 'named_twice' };
      seen.add(one);
    }
  return null;
}

interface Named {
  readonly field: EntityField;
  readonly quantity: Quantity;
  readonly entityIds: readonly string[];
}

function namedEntities({ offtake, injection, powerEntityId, meterPeakEntityId }: GridConnection): Named[] {
  const one = (entityId: string | null) => (entityId === null ? [] : [entityId]);
  return [
    { field: 'offtake', quantity: 'energy', entityIds: offtake },
    { field: 'injection', quantity: 'energy', entityIds: injection },
    { field: 'power', quantity: 'power', entityIds: one(powerEntityId) },
    { field: 'meter_peak', quantity: 'power', entityIds: one(meterPeakEntityId) },
  ];
}

/** The same connection with the present ids of its entities. */
export function withRenames(
  connection: GridConnection,
  renames: ReadonlyMap<string, string>,
): GridConnection {
  const now = (entityId: string) => renames.get(entityId) ?? entityId;
  const orNull = (entityId: string | null) => (entityId === null ? null : now(entityId));
  return {
    ...connection,
    offtake: connection.offtake.map(now),
    injection: connection.injection.map(now),
    powerEntityId: orNull(connection.powerEntityId),
    meterPeakEntityId: orNull(connection.meterPeakEntityId),
  };
}
