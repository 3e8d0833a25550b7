/**
 * From what Home Assistant reports (states, registries, energy preferences) to the home's energy entities. Pure: the
 * same input gives the same list, in whatever order it came.
 */
import { quantityOf } from '../units/quantity.ts';
import { classify, stateClassOf, textAttribute } from './classify.ts';
import { type Entity, isExternalStatistic, type Role } from './entity.ts';
import { guessRole } from './guess.ts';
import type { EntityState, HomeStatistic, Registries } from './home-assistant.ts';
import { isPeakOfGridMeter } from './meter-peak.ts';
import { matchPower } from './power-match.ts';
import { type NamedStatistic, readPreferences } from './preferences.ts';
import { isSwitch, matchSwitches } from './switch-match.ts';

export interface DiscoveryInput {
  readonly states: readonly EntityState[];
  readonly registries: Registries;
  /** As on the wire; null when none are set. */
  readonly preferences: unknown;
  /** What was known before: follows renames, and gives the unit of an entity that shows none now. */
  readonly known: readonly Entity[];
  /** Found even when hidden or diagnostic: what the user tracks. */
  readonly keep: ReadonlySet<string>;
  /** External statistics that the preferences name and Home Assistant has. */
  readonly externals?: readonly HomeStatistic[];
}

/** A statistic in the preferences for which there is no entity. */
export interface MissingStatistic {
  /** As the preferences name it. */
  readonly statisticId: string;
  /** The id that it has, or would have: another one when the entity was renamed. */
  readonly entityId: string;
  readonly role: Role;
  readonly reason: 'no_entity' | 'no_statistic' | 'unknown_unit';
}

/** An entity id that now belongs to another entity of the registry. */
interface Reassigned {
  /** Just before the first that is known of the other one. */
  readonly atUs: number;
  /** The previous entity continues under another id, and its past goes with it. */
  readonly isMoved: boolean;
}

export interface Discovery {
  readonly entities: readonly Entity[];
  readonly missing: readonly MissingStatistic[];
  /** Old entity id → the id it has now. */
  readonly renames: ReadonlyMap<string, string>;
  readonly reassigned: ReadonlyMap<string, Reassigned>;
  readonly sourceCount: number;
}

/**
 * Renamed entities: the registry's id stays. The preferences keep the old entity id, so only what was known before
 * leads from it to the new one. Another entity may have the old id by now.
 */
function findRenames(known: readonly Entity[], registries: Registries): Map<string, string> {
  const now = new Map(registries.entities.map((entry) => [entry.registryId, entry.entityId]));
  const renames = new Map<string, string>();
  for (const entity of known) {
    const entityId = entity.registryId === null ? undefined : now.get(entity.registryId);
    if (entityId !== undefined && entityId !== entity.entityId) renames.set(entity.entityId, entityId);
  }
  return renames;
}

function findReassigned(
  known: ReadonlyMap<string, Entity>,
  states: readonly EntityState[],
  registries: Registries,
): Map<string, Reassigned> {
  const entries = new Map(registries.entities.map((entry) => [entry.entityId, entry.registryId]));
  const living = new Set(entries.values());
  return new Map(
    states.flatMap(({ entityId, lastUpdatedUs }) => {
      const [before, now] = [known.get(entityId)?.registryId ?? null, entries.get(entityId)];
      if (before === null || now === undefined || before === now) return [];
      return [[entityId, { atUs: lastUpdatedUs - 1, isMoved: living.has(before) }] as const];
    }),
  );
}

interface Place {
  readonly registryId: string | null;
  readonly deviceId: string | null;
  readonly device: string | null;
  readonly area: string | null;
  readonly uniqueId: string | null;
  readonly isNoise: boolean;
}

function placesOf(registries: Registries): (entityId: string) => Place {
  const devices = new Map(registries.devices.map((device) => [device.deviceId, device]));
  const areas = new Map(registries.areas.map((area) => [area.areaId, area.name]));
  const entries = new Map(registries.entities.map((entry) => [entry.entityId, entry]));
  return (entityId) => {
    const entry = entries.get(entityId);
    const device = entry?.deviceId == null ? undefined : devices.get(entry.deviceId);
    const areaId = entry?.areaId ?? device?.areaId ?? null;
    return {
      registryId: entry?.registryId ?? null,
      deviceId: entry?.deviceId ?? null,
      device: device?.name ?? null,
      area: areaId === null ? null : (areas.get(areaId) ?? null),
      uniqueId: entry?.uniqueId ?? null,
      isNoise: entry !== undefined && (entry.isHidden || (entry.category ?? null) !== null),
    };
  };
}

/** @see DiscoveryInput, Discovery. Never throws, whatever Home Assistant reports. */
export function discover(input: DiscoveryInput): Discovery {
  const placeOf = placesOf(input.registries);
  const renames = findRenames(input.known, input.registries);
  const preferences = readPreferences(input.preferences);
  const present = new Set(input.registries.entities.map((entry) => entry.entityId));
  const current = (id: string) => (present.has(id) ? id : (renames.get(id) ?? id));
  const named = new Map<string, NamedStatistic>(
    preferences.statistics.map((statistic) => [current(statistic.statisticId), statistic]),
  );
  const known = new Map(input.known.map((entity) => [entity.entityId, entity]));
  const states = input.states.filter((state) => state.state !== null);
  states.sort((a, b) => (a.entityId < b.entityId ? -1 : 1));

  const found = new Map<string, Entity>();
  const sources: Sources = { named, known, current, placeOf, keep: input.keep };
  for (const state of states) {
    const entity = sensorOf(state, sources);
    if (entity !== null) found.set(state.entityId, entity);
  }
  for (const external of externalEntities(input.externals ?? [], named, current))
    found.set(external.entityId, external);

  if (preferences.sourceCount === 0)
    for (const entity of found.values())
      if (entity.role === 'other') change(found, entity.entityId, { role: guessRole(entity) });
  const deviceIdOf = (entityId: string) => placeOf(entityId).deviceId;
  for (const { entityId, ...match } of matchPower([...found.values()], deviceIdOf))
    change(found, entityId, match);
  keepHomeBatteryLevels(found, deviceIdOf, input.keep);
  addSwitches(found, states, sources);

  const shown = new Set([
    ...states.map((state) => state.entityId),
    ...(input.externals ?? []).map(({ statisticId }) => statisticId),
  ]);
  const missing = [...named].filter(([entityId]) => !found.has(entityId)).map(missingOf(shown));
  const { sourceCount } = preferences;
  const reassigned = findReassigned(known, states, input.registries);
  return { entities: [...found.values()], missing, renames, reassigned, sourceCount };
}

/** What an entity is made from, beside its state. */
interface Sources {
  /** The statistics of the preferences, by the present id of their entity. */
  readonly named: ReadonlyMap<string, NamedStatistic>;
  readonly known: ReadonlyMap<string, Entity>;
  /** The id that an entity of the preferences has now. */
  readonly current: (id: string) => string;
  readonly placeOf: ReturnType<typeof placesOf>;
  readonly keep: ReadonlySet<string>;
}

function change(found: Map<string, Entity>, entityId: string, changes: Partial<Entity>): void {
  const entity = found.get(entityId);
  if (entity !== undefined) found.set(entityId, { ...entity, ...changes });
}

/** The energy entity of a state, its role from the preferences; null when it is none. */
function sensorOf(state: EntityState, { named, known, current, placeOf, keep }: Sources): Entity | null {
  const place = placeOf(state.entityId);
  const statistic = named.get(state.entityId);
  const isWanted = statistic !== undefined || keep.has(state.entityId);
  if (!isWanted && (place.isNoise || !state.entityId.startsWith('sensor.'))) return null;
  const unit = textAttribute(state, 'unit_of_measurement') ?? known.get(state.entityId)?.unit ?? null;
  const classified = classify(state, unit, place.device);
  const quantity = classified?.quantity ?? (isWanted ? quantityOf(unit) : null);
  if (quantity === null || unit === null) return null;
  return {
    entityId: state.entityId,
    registryId: place.registryId,
    name: textAttribute(state, 'friendly_name') ?? state.entityId,
    quantity,
    unit,
    deviceClass: textAttribute(state, 'device_class'),
    stateClass: stateClassOf(state),
    area: place.area,
    device: place.device,
    role: statistic?.role ?? 'other',
    sign: statistic?.sign ?? 1,
    parentEntityId: statistic?.parentId == null ? null : current(statistic.parentId),
    foundBy: statistic === undefined ? (classified?.foundBy ?? 'unit') : 'preferences',
    ...(statistic?.isDevice === true ? { isDevice: true } : {}),
  };
}

/** Adds the switches that control a found meter's device. */
function addSwitches(
  found: Map<string, Entity>,
  states: readonly EntityState[],
  { placeOf, keep }: Sources,
): void {
  const switches = new Map(
    states
      .filter(({ entityId }) => isSwitch(entityId))
      .filter(({ entityId }) => !placeOf(entityId).isNoise || keep.has(entityId))
      .map((state) => [state.entityId, state]),
  );
  const controls = [...switches.values()].map((state) => ({
    entityId: state.entityId,
    name: textAttribute(state, 'friendly_name') ?? '',
  }));
  const registry = {
    deviceIdOf: (entityId: string) => placeOf(entityId).deviceId,
    uniqueIdOf: (entityId: string) => placeOf(entityId).uniqueId,
  };
  for (const { entityId, meterEntityId } of matchSwitches([...found.values()], controls, registry)) {
    const state = switches.get(entityId);
    const meter = found.get(meterEntityId);
    if (state === undefined || meter === undefined) continue;
    // A plug that measures power and has no register is a device all the same.
    if (meter.quantity === 'power') change(found, meterEntityId, { role: 'device_power' });
    const { registryId, area, device } = placeOf(entityId);
    found.set(entityId, {
      entityId,
      registryId,
      name: textAttribute(state, 'friendly_name') ?? entityId,
      quantity: 'switch',
      unit: '',
      deviceClass: textAttribute(state, 'device_class'),
      stateClass: null,
      area,
      device,
      role: 'device_switch',
      sign: 1,
      parentEntityId: meterEntityId,
      foundBy: 'device',
    });
  }
}

/** @param shown ids that Home Assistant has a state or a statistic of */
function missingOf(shown: ReadonlySet<string>) {
  return ([entityId, { statisticId, role }]: readonly [string, NamedStatistic]): MissingStatistic => ({
    statisticId,
    entityId,
    role,
    reason: shown.has(entityId)
      ? 'unknown_unit'
      : isExternalStatistic(entityId)
        ? 'no_statistic'
        : 'no_entity',
  });
}

/**
 * External statistics that the preferences name, each as an entity without states: it has hourly rows only. Its
 * amount is the difference of its sums, which may be corrected downwards.
 */
function externalEntities(
  externals: readonly HomeStatistic[],
  named: ReadonlyMap<string, NamedStatistic>,
  current: (id: string) => string,
): Entity[] {
  return externals.flatMap(({ statisticId, name, unit }): Entity[] => {
    const statistic = named.get(statisticId);
    const quantity = quantityOf(unit);
    if (statistic === undefined || unit === null) return [];
    if (quantity !== 'energy' && quantity !== 'volume') return [];
    return [
      {
        entityId: statisticId,
        registryId: null,
        name: statistic.name ?? name ?? statisticId,
        ...{ quantity, unit, deviceClass: null, stateClass: 'total', area: null, device: null },
        ...{ role: statistic.role, sign: 1, foundBy: 'preferences' },
        parentEntityId: statistic.parentId === null ? null : current(statistic.parentId),
        ...(statistic.isDevice === true ? { isDevice: true } : {}),
      },
    ];
  });
}

/** A percentage is energy only on a device of the home's battery: every phone and door sensor has one as well. */
function keepHomeBatteryLevels(
  found: Map<string, Entity>,
  deviceIdOf: (entityId: string) => string | null,
  keep: ReadonlySet<string>,
): void {
  const withRole = (role: Role) => [...found.values()].filter((e) => e.role === role);
  const meters = [...withRole('battery_out'), ...withRole('battery_in')];
  const hasLevel = new Set<string | null>(withRole('battery_level').map((e) => deviceIdOf(e.entityId)));
  for (const entity of [...found.values()]) {
    if (entity.quantity !== 'percentage' || entity.foundBy === 'preferences') continue;
    const deviceId = deviceIdOf(entity.entityId);
    const meter = deviceId === null ? undefined : meters.find((m) => deviceIdOf(m.entityId) === deviceId);
    if (meter === undefined) {
      if (!keep.has(entity.entityId)) found.delete(entity.entityId);
    } else if (!hasLevel.has(deviceId)) {
      hasLevel.add(deviceId);
      found.set(entity.entityId, { ...entity, role: 'battery_level', parentEntityId: meter.entityId });
    }
  }
}

/**
 * What is tracked by default: what the preferences name, the power of those meters, and the grid meter's own peak.
 */
export function isTrackedByDefault(entity: Entity, entities: ReadonlyMap<string, Entity>): boolean {
  if (entity.foundBy === 'preferences' || isPeakOfGridMeter(entity, entities)) return true;
  if (entity.role === 'other' || entity.parentEntityId === null) return false;
  return entities.get(entity.parentEntityId)?.foundBy === 'preferences';
}
