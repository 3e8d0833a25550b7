import type { Entity } from '../home/entity.ts';
import type { CounterKind } from './counter.ts';

/** How an entity's readings become entries. */
export type Meter =
  | { readonly entityId: string; readonly posts: 'register'; readonly kind: CounterKind }
  | { readonly entityId: string; readonly posts: 'power' };

/**
 * Which entities have a ledger of their own: every register of energy or volume, and the power of a device that has no
 * register. The power sensor of a metered device is for looking at, or its energy would be counted twice.
 */
export function meterOf(entity: Entity, all: readonly Entity[]): Meter | null {
  const { entityId, quantity, stateClass, role } = entity;
  if (quantity === 'energy' || quantity === 'volume') {
    // Core only sums these two classes; an energy sensor without one is taken for a plain rising register.
    const kind = stateClass === 'total' || stateClass === 'measurement' ? 'net' : 'rising';
    return { entityId, posts: 'register', kind };
  }
  if (role !== 'device_power') return null;
  const meter = entity.parentEntityId && all.find((other) => other.entityId === entity.parentEntityId);
  return meter && meter.quantity === 'energy' ? null : { entityId, posts: 'power' };
}
