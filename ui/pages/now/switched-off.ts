/** Which power sensors count for nothing, as in the ledger: those of devices whose switch is off. Pure. */
import type { NowEntity } from '../../../src/schemas/now.ts';

/** A switch that is absent says nothing: then the power alone does. */
export function switchedOff(entities: readonly NowEntity[]): ReadonlySet<string> {
  const meters = new Set(
    entities.flatMap(({ role, parent, state }) =>
      role === 'device_switch' && state === 0 && parent !== null ? [parent] : [],
    ),
  );
  return new Set(
    entities
      // A switch belongs to the register of its device, as the power does; without one, to the power itself.
      .filter(({ role, entity_id: id, parent }) => role === 'device_power' && meters.has(parent ?? id))
      .map(({ entity_id: id }) => id),
  );
}
