/** Power sensors that count as 0 W, as in the ledger: those of devices whose switch is off. Pure. */
import type { NowEntity } from '../../../src/schemas/now.ts';

/** Entity ids. A switch that is unavailable has no effect. */
export function switchedOff(entities: readonly NowEntity[]): ReadonlySet<string> {
  const meters = new Set(
    entities.flatMap(({ role, parent, state }) =>
      role === 'device_switch' && state === 0 && parent !== null ? [parent] : [],
    ),
  );
  return new Set(
    entities
      // The parent of a switch is its device's register, as that of the power; without a register, the power itself.
      .filter(({ role, entity_id: id, parent }) => role === 'device_power' && meters.has(parent ?? id))
      .map(({ entity_id: id }) => id),
  );
}
