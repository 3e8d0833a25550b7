import type { Entity, StateClass } from '../../home/entity.ts';
import type { CounterKind } from '../counter/counter-state.ts';

/** How an entity's readings become entries. */
export type Meter =
  | (Switched & { readonly posts: 'register'; readonly kind: CounterKind })
  | (Switched & { readonly posts: 'power' });

interface Switched {
  readonly entityId: string;
  /** The switch of the device, for its on-time; absent where none is known. */
  readonly switchId?: string;
}

/**
 * Which entities have a ledger of their own: every register of energy or volume, and the power of a device that has no
 * register. The power sensor of a metered device has none, or its energy would be counted twice.
 */
export function meterOf(entity: Entity, all: readonly Entity[]): Meter | null {
  const { entityId, quantity, stateClass, role } = entity;
  const switches = all.filter((other) => other.role === 'device_switch' && other.parentEntityId === entityId);
  const switchId = switches.map((other) => other.entityId).sort()[0];
  const common = switchId === undefined ? { entityId } : { entityId, switchId };
  if (quantity === 'energy' || quantity === 'volume') {
    return { ...common, posts: 'register', kind: registerKind(stateClass) };
  }
  if (role !== 'device_power') return null;
  const meter = entity.parentEntityId && all.find((other) => other.entityId === entity.parentEntityId);
  return meter && meter.quantity === 'energy' ? null : { ...common, posts: 'power' };
}

/**
 * Core sums `total` and `total_increasing` only. An energy sensor without a class, or with `measurement`, which is no
 * class for energy, counts as a rising register: such counters of a day or a session are reset and never run backwards.
 */
export function registerKind(stateClass: StateClass | null): CounterKind {
  return stateClass === 'total' ? 'net' : 'rising';
}
