import type { KnownEntity, Role } from '../home/entity.ts';

/** Which registers make up the home's balance. A kind that the home has not counts as 0, not as unknown. */
export interface BalanceSources {
  readonly gridIn: readonly string[];
  readonly gridOut: readonly string[];
  readonly solar: readonly string[];
  readonly batteryIn: readonly string[];
  readonly batteryOut: readonly string[];
}

/**
 * The energy preferences decide; a home without them is made of what was recognised. An entity that is no longer in Home
 * Assistant stays a source, for its past counts.
 */
export function balanceSources(entities: readonly KnownEntity[]): BalanceSources {
  const registers = entities.filter((entity) => entity.isTracked && entity.quantity === 'energy');
  const named = registers.filter((entity) => entity.foundBy === 'preferences');
  const chosen = named.length > 0 ? named : registers;
  const of = (role: Role) => chosen.filter((entity) => entity.role === role).map((entity) => entity.entityId);
  return {
    gridIn: of('grid_import'),
    gridOut: of('grid_export'),
    solar: of('solar'),
    batteryIn: of('battery_in'),
    batteryOut: of('battery_out'),
  };
}

export function sourceIds(sources: BalanceSources): string[] {
  return [
    ...sources.gridIn,
    ...sources.gridOut,
    ...sources.solar,
    ...sources.batteryIn,
    ...sources.batteryOut,
  ];
}
