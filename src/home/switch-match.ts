/**
 * Which switch controls which metered device. A switch says nothing of energy itself, so the device registry is the only
 * proof; where a device leaves a choice, the names must agree, and what stays ambiguous is left out.
 */
import type { Entity } from './entity.ts';
import { similarity, stemOf } from './power-match.ts';
import { asideWords, hasAny, objectIdOf, wordsOf } from './words.ts';

export interface SwitchMatch {
  readonly entityId: string;
  /** What meters the device: its register, or the power sensor of a device without one. */
  readonly meterEntityId: string;
}

const switchDomains: ReadonlySet<string> = new Set(['switch', 'light', 'input_boolean']);

export function isSwitch(entityId: string): boolean {
  return switchDomains.has(entityId.slice(0, entityId.indexOf('.')));
}

/**
 * @param entities all meters and power sensors that were found, roles given
 * @param switchIds of switches that belong to a device
 * @param deviceOf the registry's device of an entity, null without one
 */
export function matchSwitches(
  entities: readonly Entity[],
  switchIds: readonly string[],
  deviceOf: (id: string) => string | null,
): SwitchMatch[] {
  const byDevice = Map.groupBy(switchIds, deviceOf);
  const entitiesOf = Map.groupBy(entities, (entity) => deviceOf(entity.entityId));
  const byId = new Map(entities.map((entity) => [entity.entityId, entity]));
  const matches: SwitchMatch[] = [];
  for (const [deviceId, switches] of byDevice) {
    if (deviceId === null) continue;
    const meters = metersOf(entitiesOf.get(deviceId) ?? [], byId);
    for (const meterEntityId of meters) {
      const entityId = switchOf(meterEntityId, switches, meters.length === 1);
      if (entityId !== null) matches.push({ entityId, meterEntityId });
    }
  }
  return matches;
}

/** What meters the devices that these entities of one registry device belong to. */
function metersOf(entities: readonly Entity[], byId: ReadonlyMap<string, Entity>): string[] {
  const told = entities.flatMap((entity) => {
    const isDevice = entity.role === 'device' || entity.isDevice === true;
    if (isDevice && entity.quantity === 'energy') return [entity.entityId];
    if (entity.role !== 'device_power' || entity.quantity !== 'power') return [];
    // The register of a plug that tells only power may be a helper's, which belongs to no device.
    const register = entity.parentEntityId === null ? undefined : byId.get(entity.parentEntityId);
    return [register?.quantity === 'energy' ? register.entityId : entity.entityId];
  });
  if (told.length > 0) return [...new Set(told)];
  const registers = entities.filter((entity) => entity.quantity === 'energy');
  const whole = (registers.length > 0 ? registers : entities.filter((e) => e.quantity === 'power')).filter(
    (entity) => !hasAny(wordsOf(objectIdOf(entity.entityId)), asideWords),
  );
  const [only] = whole;
  return whole.length === 1 && only?.role === 'other' ? [only.entityId] : [];
}

/** @param isOnlyMeter a lone switch beside it needs no name to prove it; a power strip's must say which socket */
function switchOf(meterId: string, switches: readonly string[], isOnlyMeter: boolean): string | null {
  const [first] = switches;
  if (isOnlyMeter && switches.length === 1) return first ?? null;
  const stem = stemOf(meterId, false);
  const scores = switches.map((id) => ({ id, alike: similarity(stem, stemOf(id, false)) }));
  const top = Math.max(...scores.map(({ alike }) => alike));
  const best = scores.filter(({ alike }) => alike === top);
  return best.length === 1 && top >= (isOnlyMeter ? 0.5 : 1) ? (best[0]?.id ?? null) : null;
}
