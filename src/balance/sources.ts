import { isBalanceRole, type KnownEntity, type Role } from '../home/entity.ts';
import type { UnknownSource } from '../home/unknown-sources.ts';

/**
 * Which registers make up the home's balance. A kind that the home does not have counts as 0. A register that
 * is not counted is listed as well, by the id that it has or would have: it has no entries, so every sum with it is
 * unknown.
 */
export interface BalanceSources {
  readonly gridIn: readonly string[];
  readonly gridOut: readonly string[];
  readonly solar: readonly string[];
  readonly batteryIn: readonly string[];
  readonly batteryOut: readonly string[];
}

/**
 * The energy preferences decide; a home without them is made of what was recognised. An entity that is no longer in
 * Home Assistant stays a source while the preferences name it, because its past counts.
 * @param unknown what the preferences name and no register counts
 */
export function balanceSources(
  entities: readonly KnownEntity[],
  unknown: readonly UnknownSource[],
): BalanceSources {
  const missing = new Set(unknown.map(({ entityId }) => entityId));
  const registers = entities.filter((entity) => entity.isTracked && entity.quantity === 'energy');
  const named = registers.filter((entity) => entity.foundBy === 'preferences');
  const standing = named.filter(({ isActive, entityId }) => isActive || missing.has(entityId));
  const isNamed = named.length > 0 || unknown.some(({ role }) => isBalanceRole(role));
  const chosen = isNamed ? standing : registers;
  const of = (role: Role) => {
    const known = chosen.filter((entity) => entity.role === role).map((entity) => entity.entityId);
    const others = unknown.filter((source) => source.role === role).map(({ entityId }) => entityId);
    return [...new Set([...known, ...others])];
  };
  return {
    gridIn: of('grid_import'),
    gridOut: of('grid_export'),
    solar: of('solar'),
    batteryIn: of('battery_in'),
    batteryOut: of('battery_out'),
  };
}

/** The entity ids of all meters that the balance rests on; an id that stands in two roles comes twice. */
export function sourceIds(sources: BalanceSources): string[] {
  return [
    ...sources.gridIn,
    ...sources.gridOut,
    ...sources.solar,
    ...sources.batteryIn,
    ...sources.batteryOut,
  ];
}
