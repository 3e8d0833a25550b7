import { hasStates, type KnownEntity } from '../../home/entity.ts';
import { type Meter, meterOf } from '../../ledger/entries/meter.ts';
import { type CanonicalUnit, canonicalUnit } from '../../units/quantity.ts';

/** A tracked entity as reconciliation sees it. */
export interface ReconciledEntity {
  readonly entityId: string;
  readonly unit: CanonicalUnit;
  /** Null: the ledger does not count it. */
  readonly meter: Meter | null;
  /** The meter that a sensor without a ledger belongs to. */
  readonly ownerId: string | null;
  /** The sensor that measures the power of what this counter counts, and of nothing else. */
  readonly power: { readonly entityId: string; readonly sign: 1 | -1 } | null;
}

/** @param tracked all that are tracked now */
export function reconciledEntities(tracked: readonly KnownEntity[]): ReconciledEntity[] {
  return tracked.map((entity) => ({
    entityId: entity.entityId,
    unit: canonicalUnit[entity.quantity],
    meter: meterOf(entity, tracked),
    ownerId: entity.parentEntityId,
    // Without states its hours come late, so it always seems to stand still while power flows.
    power: hasStates(entity) ? powerOf(entity, tracked) : null,
  }));
}

/** Of two tariffs' counters one stands still while power flows: only a counter with a sensor of its own is compared. */
function powerOf(entity: KnownEntity, tracked: readonly KnownEntity[]): ReconciledEntity['power'] {
  const { role, quantity, entityId } = entity;
  if (quantity !== 'energy') return null;
  const isOnlyOne =
    tracked.filter((other) => other.role === role && other.quantity === 'energy').length === 1;
  if (
    role !== 'device' &&
    !(isOnlyOne && (role === 'solar' || role === 'grid_import' || role === 'battery_out'))
  )
    return null;
  const sensors = tracked.filter((other) => other.quantity === 'power' && other.parentEntityId === entityId);
  const [sensor] = sensors;
  return sensor === undefined || sensors.length > 1 ? null : { entityId: sensor.entityId, sign: sensor.sign };
}
