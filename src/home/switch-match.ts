/**
 * Which switch controls which metered device. A switch has no energy attributes, so only the device registry links
 * them; where a device leaves a choice, the names must agree, and an ambiguous match is left out.
 */
import type { Entity } from './entity.ts';
import { similarity, stemOf, wordStem } from './power-match.ts';
import { asideWords, hasAny, objectIdOf, toWords, wordsOf } from './words.ts';

interface SwitchMatch {
  readonly entityId: string;
  /** The entity that meters the device: its register, or the power sensor of a device without one. */
  readonly meterEntityId: string;
}

const switchDomains: ReadonlySet<string> = new Set(['switch', 'light', 'input_boolean']);

export function isSwitch(entityId: string): boolean {
  return switchDomains.has(entityId.slice(0, entityId.indexOf('.')));
}

/** A switch of a device, with the name that it shows. */
interface Control {
  readonly entityId: string;
  readonly name: string;
}

/** The registry's entry of an entity; null where there is none. */
interface RegistryView {
  readonly deviceIdOf: (entityId: string) => string | null;
  readonly uniqueIdOf: (entityId: string) => string | null;
}

/**
 * @param entities all meters and power sensors that were found, roles given
 * @param controls switches that may control one of them
 */
export function matchSwitches(
  entities: readonly Entity[],
  controls: readonly Control[],
  registry: RegistryView,
): SwitchMatch[] {
  const byDevice = Map.groupBy(controls, ({ entityId }) => registry.deviceIdOf(entityId));
  const entitiesOf = Map.groupBy(entities, (entity) => registry.deviceIdOf(entity.entityId));
  const byId = new Map(entities.map((entity) => [entity.entityId, entity]));
  const matches: SwitchMatch[] = [];
  for (const [deviceId, switches] of byDevice) {
    if (deviceId === null) continue;
    const own = entitiesOf.get(deviceId) ?? [];
    const meters = metersOf(own, byId);
    const others = othersOf(own, meters, byId);
    matches.push(...matchDevice(meters, others, switches, byId, registry));
  }
  return matches;
}

/** The entities that meter the devices to which these entities of one registry device belong. */
function metersOf(entities: readonly Entity[], byId: ReadonlyMap<string, Entity>): string[] {
  const named = entities.flatMap((entity) => {
    const isDevice = entity.role === 'device' || entity.isDevice === true;
    if (isDevice && entity.quantity === 'energy') return [entity.entityId];
    if (entity.role !== 'device_power' || entity.quantity !== 'power') return [];
    // The register of a plug that reports only power may be a helper's, which belongs to no device.
    const register = entity.parentEntityId === null ? undefined : byId.get(entity.parentEntityId);
    return [register?.quantity === 'energy' ? register.entityId : entity.entityId];
  });
  if (named.length > 0) return [...new Set(named)];
  const registers = entities.filter((entity) => entity.quantity === 'energy');
  const whole = (registers.length > 0 ? registers : entities.filter((e) => e.quantity === 'power')).filter(
    (entity) => !hasAny(wordsOf(objectIdOf(entity.entityId)), asideWords),
  );
  const [only] = whole;
  return whole.length === 1 && only?.role === 'other' ? [only.entityId] : [];
}

/**
 * What else on the device meters something that a switch may control: the register of another channel, or its power.
 * An export register, or a counter of today, does not.
 */
function othersOf(
  entities: readonly Entity[],
  meters: readonly string[],
  byId: ReadonlyMap<string, Entity>,
): string[] {
  const isOfMeter = ({ entityId, parentEntityId }: Entity) =>
    meters.includes(entityId) || (parentEntityId !== null && meters.includes(parentEntityId));
  const stems = meters.map((id) => stemOf(id, false));
  const others = entities.filter((entity) => {
    const { entityId, quantity } = entity;
    if ((quantity !== 'energy' && quantity !== 'power') || isOfMeter(entity)) return false;
    const words = wordsOf(objectIdOf(entityId));
    if (hasAny(words, asideWords) || hasAny(words, toWords)) return false;
    // Not a second register or the power of the very same.
    return !stems.some((stem) => similarity(stem, stemOf(entityId, false)) === 1);
  });
  return others.map(({ entityId }) => entityId).filter((entityId) => byId.has(entityId));
}

function matchDevice(
  meters: readonly string[],
  others: readonly string[],
  switches: readonly Control[],
  byId: ReadonlyMap<string, Entity>,
  registry: RegistryView,
): SwitchMatch[] {
  const [meterId] = meters;
  const [control] = switches;
  const isOnlyMeter = meters.length === 1 && others.length === 0;
  // The only switch of a device that meters one thing needs no matching name.
  if (isOnlyMeter && switches.length === 1 && meterId !== undefined && control !== undefined)
    return [{ entityId: control.entityId, meterEntityId: meterId }];
  const matches: SwitchMatch[] = [];
  const matched = new Set<string>();
  const isFree = ({ entityId }: Control) => !matches.some((match) => match.entityId === entityId);
  for (const stemsOf of stemsOfNames(byId, registry)) {
    const channels = [...meters, ...others].map((id) => ({ id, stem: stemsOf(id) }));
    const free = switches.filter(isFree).map((one) => ({ one, stem: stemsOf(one.entityId, one.name) }));
    for (const { id, stem } of channels) {
      if (matched.has(id) || stem.size === 0) continue;
      const alike = (other: ReadonlySet<string>) => similarity(stem, other) === 1;
      const found = free.filter((candidate) => alike(candidate.stem));
      const isOne = found.length === 1 && channels.filter((channel) => alike(channel.stem)).length === 1;
      const [only] = found;
      if (!isOne || only === undefined) continue;
      matched.add(id);
      matches.push({ entityId: only.one.entityId, meterEntityId: id });
    }
  }
  const confirmed = matches.filter(({ meterEntityId }) => meters.includes(meterEntityId));
  if (confirmed.length > 0 || !isOnlyMeter || meterId === undefined) return confirmed;
  const similar = mostSimilar(meterId, switches);
  return similar === null ? [] : [{ entityId: similar, meterEntityId: meterId }];
}

/**
 * What identifies the channel of an entity, the surest first: the integration's own id, the entity id, the name that
 * it shows. Each as the words that name the owner.
 */
function stemsOfNames(byId: ReadonlyMap<string, Entity>, { uniqueIdOf }: RegistryView) {
  return [
    (id: string) => wordStem(uniqueIdOf(id) ?? ''),
    (id: string) => stemOf(id, false),
    (id: string, name?: string) => wordStem(name ?? byId.get(id)?.name ?? ''),
  ];
}

/** The one switch of several that is named most like the only meter of its device. */
function mostSimilar(meterId: string, switches: readonly Control[]): string | null {
  const stem = stemOf(meterId, false);
  const scores = switches.map(({ entityId }) => ({
    entityId,
    alike: similarity(stem, stemOf(entityId, false)),
  }));
  const top = Math.max(...scores.map(({ alike }) => alike));
  const best = scores.filter(({ alike }) => alike === top);
  return best.length === 1 && top >= 0.5 ? (best[0]?.entityId ?? null) : null;
}
