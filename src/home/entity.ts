import type { Quantity } from '../units/quantity.ts';

export const roles = [
  ...(['grid_import', 'grid_export', 'grid_power'] as const),
  ...(['solar', 'solar_power', 'battery_in', 'battery_out', 'battery_power', 'battery_level'] as const),
  ...(['gas', 'gas_flow', 'water', 'water_flow'] as const),
  ...(['device', 'device_power', 'device_switch', 'device_water', 'device_water_flow'] as const),
  'other',
] as const;

/** The role of an entity in the home's energy. `other` is an energy entity whose role is not known. */
export type Role = (typeof roles)[number];

/** Home Assistant's state class: how a value is meant to be read over time. */
export type StateClass = 'measurement' | 'total' | 'total_increasing';

/** An energy entity as Home Assistant has it. */
export interface Entity {
  readonly entityId: string;
  /** The registry's id, which stays the same when the entity is renamed; null for an entity without a registry entry. */
  readonly registryId: string | null;
  readonly name: string;
  readonly quantity: Quantity;
  /** As Home Assistant shows it now, not the canonical one. */
  readonly unit: string;
  readonly deviceClass: string | null;
  readonly stateClass: StateClass | null;
  readonly area: string | null;
  readonly device: string | null;
  readonly role: Role;
  /** For a power sensor, +1 when positive means import or discharge as usual, -1 when the preferences say it is inverted. */
  readonly sign: 1 | -1;
  /**
   * The meter that this entity belongs to: for power its energy meter, for a switch what meters the device it controls,
   * for a device its parent in the tree.
   */
  readonly parentEntityId: string | null;
  /** How it was found: named by the energy preferences, recognised by its attributes, or a switch by its device. */
  readonly foundBy: 'preferences' | 'device_class' | 'unit' | 'words' | 'device';
  /** The preferences name it as a device beside its role; its parent is the device's parent then. */
  readonly isDevice?: boolean;
  /** Since when another entity of the registry has this id; earlier readings belong to the previous one. */
  readonly takenOverAtUs?: number | null;
}

/** Roles that make up the home's balance. */
const balanceRoles: ReadonlySet<Role> = new Set<Role>([
  'grid_import',
  'grid_export',
  'solar',
  'battery_in',
  'battery_out',
]);

/** Whether a role brings energy into the home or takes it out. */
export function isBalanceRole(role: Role): boolean {
  return balanceRoles.has(role);
}

/**
 * External statistics are written "source:id" and have hourly rows only, no states; an entity's statistic is its
 * entity id, with a dot.
 */
export function isExternalStatistic(statisticId: string): boolean {
  return statisticId.includes(':');
}

/** Whether Home Assistant has states of it to record. */
export function hasStates({ entityId }: Pick<Entity, 'entityId'>): boolean {
  return !isExternalStatistic(entityId);
}

/** An entity as the document store keeps it. */
export interface KnownEntity extends Entity {
  readonly isTracked: boolean;
  /** False when Home Assistant no longer has it; its readings stay. */
  readonly isActive: boolean;
  readonly discoveredAtUs: number;
  readonly updatedAtUs: number;
}
