/** Core's answers to single commands, as the port's types. An item that lacks its key is left out. */
import type {
  Area,
  DeviceRegistryEntry,
  EntityRegistryEntry,
  EntityState,
  HomeConfig,
} from '../../home/home-assistant.ts';
import { isZone } from '../../units/calendar.ts';
import { instantFromIso } from '../../units/instant.ts';
import { isRecord, recordsOf, textOf } from './wire.ts';

/**
 * An unknown zone would fail in every computation of days, and it becomes part of a view's text: UTC is used, and
 * `onUnknownZone` is called.
 */
export function configOf(
  answer: unknown,
  onUnknownZone: (zone: string) => void = () => undefined,
): HomeConfig {
  const config = isRecord(answer) ? answer : {};
  const zone = textOf(config.time_zone);
  if (zone !== null && !isZone(zone)) onUnknownZone(zone);
  return {
    timeZone: zone !== null && isZone(zone) ? zone : 'UTC',
    currency: textOf(config.currency) ?? 'EUR',
    language: textOf(config.language) ?? 'en',
    country: textOf(config.country),
    version: textOf(config.version) ?? '',
  };
}

/** Whether Core has set up all of its integrations; a Core older than this key counts as running. */
export function isRunning(config: unknown): boolean {
  return !isRecord(config) || config.state === undefined || config.state === 'RUNNING';
}

export function statesOf(answer: unknown): EntityState[] {
  return recordsOf(answer).flatMap((state) => {
    const entityId = textOf(state.entity_id);
    const lastUpdatedUs = instantFromIso(textOf(state.last_updated) ?? '');
    if (entityId === null || lastUpdatedUs === null || typeof state.state !== 'string') return [];
    const attributes = isRecord(state.attributes) ? state.attributes : {};
    return [{ entityId, state: state.state, attributes, lastUpdatedUs }];
  });
}

export function entityEntriesOf(answer: unknown): EntityRegistryEntry[] {
  return recordsOf(answer).flatMap((entry) => {
    const entityId = textOf(entry.entity_id);
    const registryId = textOf(entry.id);
    if (entityId === null || registryId === null) return [];
    const category = textOf(entry.entity_category);
    return [
      {
        registryId,
        entityId,
        name: textOf(entry.name) ?? textOf(entry.original_name),
        deviceId: textOf(entry.device_id),
        areaId: textOf(entry.area_id),
        isHidden: textOf(entry.hidden_by) !== null,
        uniqueId: textOf(entry.unique_id),
        category: category === 'config' || category === 'diagnostic' ? category : null,
      },
    ];
  });
}

export function devicesOf(answer: unknown): DeviceRegistryEntry[] {
  return recordsOf(answer).flatMap((device) => {
    const deviceId = textOf(device.id);
    if (deviceId === null) return [];
    return [
      { deviceId, name: textOf(device.name_by_user) ?? textOf(device.name), areaId: textOf(device.area_id) },
    ];
  });
}

export function areasOf(answer: unknown): Area[] {
  return recordsOf(answer).flatMap((area) => {
    const areaId = textOf(area.area_id);
    return areaId === null ? [] : [{ areaId, name: textOf(area.name) ?? areaId }];
  });
}

/** By Core's own rule: the owner, and active users of its group of administrators. */
export function administratorsOf(answer: unknown): Set<string> {
  const administrators = recordsOf(answer).filter((user) => {
    const isInGroup = Array.isArray(user.group_ids) && user.group_ids.includes('system-admin');
    return user.is_owner === true || (user.is_active === true && isInGroup);
  });
  return new Set(administrators.flatMap((user) => textOf(user.id) ?? []));
}

/** How many sources the energy preferences name; null when there are no preferences. */
export function energySourceCount(preferences: unknown): number | null {
  if (!isRecord(preferences)) return null;
  return Array.isArray(preferences.energy_sources) ? preferences.energy_sources.length : 0;
}
