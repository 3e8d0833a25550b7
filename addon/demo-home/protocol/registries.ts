/** The registries as Core 2026.11 lists them. */
import { areas, type DeviceDefinition, devices, floors } from '../home/devices.ts';
import { type Entity, idOf } from '../home/entity.ts';
import type { Home } from '../home/home.ts';
import { secondsOf } from './messages.ts';

const createdUs = 1_767_258_000_000_000;
const created = secondsOf(createdUs);

function entryOf(device: DeviceDefinition): string {
  return `01${idOf(`entry ${device.platform}`).toUpperCase().slice(0, 24)}`;
}

export function deviceList(): object[] {
  return devices.map((device) => ({
    area_id: device.area,
    configuration_url: null,
    config_entries: [entryOf(device)],
    config_entries_subentries: { [entryOf(device)]: [null] },
    config_entry_id: entryOf(device),
    config_subentry_id: null,
    connections: [],
    created_at: created,
    disabled_by: null,
    entry_type: null,
    hw_version: null,
    id: idOf(`device ${device.key}`),
    identifiers: [[device.platform, device.key]],
    labels: [],
    manufacturer: device.manufacturer,
    model: device.model,
    model_id: null,
    modified_at: created,
    name_by_user: null,
    name: device.name,
    next_name_part: 'area',
    parent_device_id: null,
    primary_config_entry: entryOf(device),
    serial_number: null,
    sw_version: null,
    via_device_id: null,
  }));
}

export function areaList(): object[] {
  return areas.map((area) => ({
    aliases: [],
    area_id: area.id,
    floor_id: area.floor,
    humidity_entity_id: null,
    icon: area.icon,
    labels: [],
    name: area.name,
    picture: null,
    temperature_entity_id: null,
    created_at: created,
    modified_at: created,
  }));
}

export function floorList(): object[] {
  return floors.map((floor) => ({
    aliases: [],
    created_at: created,
    floor_id: floor.id,
    icon: null,
    level: floor.level,
    name: floor.name,
    modified_at: created,
  }));
}

/** zone.home, sun.sun and what was put in by hand have no entry, as entities without a unique id in Core. */
function registered(home: Home): Entity[] {
  return [...home.entities.values()].filter(
    ({ isRegistered, definition }) => isRegistered && definition.key !== 'home',
  );
}

function entityEntry(entity: Entity): Record<string, unknown> {
  const { definition } = entity;
  const device = devices.find(({ key }) => key === definition.device);
  const decimals = 'decimals' in definition.meaning ? definition.meaning.decimals : null;
  return {
    area_id: definition.area ?? null,
    categories: {},
    config_entry_id: device === undefined ? null : entryOf(device),
    config_subentry_id: null,
    created_at: created,
    device_id: device === undefined ? null : idOf(`device ${device.key}`),
    disabled_by: null,
    entity_category: definition.category ?? null,
    entity_id: entity.entityId,
    hidden_by: null,
    icon: null,
    id: idOf(`entity ${definition.key}`),
    labels: [],
    modified_at: secondsOf(entity.modifiedUs),
    name: null,
    next_name_part: device === undefined ? 'area' : 'device',
    options: decimals === null ? {} : { sensor: { suggested_display_precision: decimals } },
    original_name: definition.name,
    platform: device?.platform ?? 'demo',
    translation_key: null,
    unique_id: `${device?.platform ?? 'demo'}_${definition.key}`,
  };
}

export function entityList(home: Home): object[] {
  return registered(home).map(entityEntry);
}

/** config/entity_registry/get: the entry with the fields of the long form; null for an unknown id. */
export function entityDetail(home: Home, entityId: string): object | null {
  const entity = registered(home).find((one) => one.entityId === entityId);
  if (entity === undefined) return null;
  const { stateClass, deviceClass } = entity.definition;
  return {
    ...entityEntry(entity),
    aliases: [null],
    capabilities: stateClass === undefined ? null : { state_class: stateClass },
    device_class: null,
    original_device_class: deviceClass ?? null,
    original_icon: null,
  };
}

export function entityListForDisplay(home: Home): object {
  return {
    entity_categories: { '0': 'config', '1': 'diagnostic' },
    entities: registered(home).map((entity) => {
      const { definition } = entity;
      const device = devices.find(({ key }) => key === definition.device);
      return {
        ei: entity.entityId,
        pl: device?.platform ?? 'demo',
        lb: [],
        ...(device === undefined ? {} : { di: idOf(`device ${device.key}`) }),
        ...(definition.area === undefined ? {} : { ai: definition.area }),
        ...(definition.category === undefined ? {} : { ec: definition.category === 'config' ? 0 : 1 }),
        np: device === undefined ? 'area' : 'device',
        en: definition.name,
        ...('decimals' in definition.meaning ? { dp: definition.meaning.decimals } : {}),
      };
    }),
  };
}
