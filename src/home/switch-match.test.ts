/**
 * Goal: the switch of a metered device is found by the device registry, and only where there is no doubt which it is.
 * Method: small homes that each show one rule, through discovery as a whole.
 */
import { describe, expect, it } from 'vitest';
import { discover, isTrackedByDefault } from './discovery.ts';
import type { Entity } from './entity.ts';
import type { EntityRegistryEntry } from './home-assistant.ts';
import { mergeDiscovery } from './known-entities.ts';
import { fakeNowUs, sensorState as sensor } from './testing/doubles.ts';

const energy = (id: string) => sensor(id, 'kWh', 'energy', 'total_increasing');
const power = (id: string) => sensor(id, 'W', 'power', 'measurement');
const toggle = (id: string) => sensor(id, null, null, null, 'off');

function find(
  devices: Record<string, string[]>,
  consumers: readonly string[] = [],
  more: Record<string, Partial<EntityRegistryEntry>> = {},
) {
  const entities = Object.entries(devices).flatMap(([deviceId, ids]) =>
    ids.map((entityId) => ({
      registryId: `r-${entityId}`,
      entityId,
      name: null,
      deviceId: deviceId === 'none' ? null : deviceId,
      areaId: null,
      isHidden: false,
      ...more[entityId],
    })),
  );
  return discover({
    states: entities.map(({ entityId }) =>
      entityId.endsWith('energy')
        ? energy(entityId)
        : /power$/.test(entityId)
          ? power(entityId)
          : toggle(entityId),
    ),
    registries: {
      entities,
      devices: Object.keys(devices).map((deviceId) => ({ deviceId, name: deviceId, areaId: null })),
      areas: [],
    },
    preferences: {
      energy_sources: [{ type: 'grid', stat_energy_from: 'sensor.grid' }],
      device_consumption: consumers.map((id) => ({ stat_consumption: id })),
    },
    known: [],
    keep: new Set(),
  });
}

const switches = (entities: readonly Entity[]) =>
  Object.fromEntries(
    entities
      .filter(({ quantity }) => quantity === 'switch')
      .map((entity) => [entity.entityId, entity.parentEntityId]),
  );

describe('switches', () => {
  it('belong to the register of their device, and are tracked with it', () => {
    const { entities } = find(
      { plug: ['sensor.dryer_energy', 'sensor.dryer_power', 'switch.dryer'], lamp: ['light.lamp'] },
      ['sensor.dryer_energy'],
    );
    const byId = new Map(entities.map((entity) => [entity.entityId, entity]));
    const found = byId.get('switch.dryer');
    expect(found).toMatchObject({ role: 'device_switch', quantity: 'switch', foundBy: 'device' });
    expect(switches(entities)).toEqual({ 'switch.dryer': 'sensor.dryer_energy' });
    expect(found && isTrackedByDefault(found, byId)).toBe(true);
  });

  it('may be a light or a helper of the same device, and make a power sensor without a register a device', () => {
    const { entities } = find({ plug: ['sensor.media_power', 'light.media'], box: ['sensor.fan_power'] });
    expect(switches(entities)).toEqual({ 'light.media': 'sensor.media_power' });
    expect(entities.find((entity) => entity.entityId === 'sensor.media_power')?.role).toBe('device_power');
    expect(entities.find((entity) => entity.entityId === 'sensor.fan_power')?.role).toBe('other');
  });

  it('belong to the register of a helper when the plug itself reports only power', () => {
    const { entities } = find({ plug: ['sensor.pump_power', 'switch.pump'], none: ['sensor.pump_energy'] }, [
      'sensor.pump_energy',
    ]);
    expect(switches(entities)).toEqual({ 'switch.pump': 'sensor.pump_energy' });
  });

  it('of a power strip are distinguished by their names', () => {
    const strip = ['1', '2'].flatMap((socket) => [
      `sensor.strip_socket_${socket}_energy`,
      `switch.strip_socket_${socket}`,
    ]);
    const { entities } = find({ strip: [...strip, 'switch.strip'] }, [
      'sensor.strip_socket_1_energy',
      'sensor.strip_socket_2_energy',
    ]);
    expect(switches(entities)).toEqual({
      'switch.strip_socket_1': 'sensor.strip_socket_1_energy',
      'switch.strip_socket_2': 'sensor.strip_socket_2_energy',
    });
  });

  it('are left out where it is not clear which one is meant', () => {
    const { entities } = find(
      {
        circuit: ['sensor.upstairs_energy', 'light.bedroom', 'light.bathroom'],
        none: ['sensor.oven_energy', 'switch.oven'],
        meter: ['sensor.grid_energy', 'switch.grid'],
      },
      ['sensor.upstairs_energy', 'sensor.oven_energy'],
    );
    // The lone switch of the meter's device controls what that device meters, whatever it is called.
    expect(switches(entities)).toEqual({ 'switch.grid': 'sensor.grid_energy' });
  });

  it('that are settings of a device are none of its state', () => {
    const { entities } = find(
      { plug: ['sensor.tv_energy', 'switch.tv', 'switch.tv_led'] },
      ['sensor.tv_energy'],
      { 'switch.tv_led': { category: 'config' } },
    );
    expect(switches(entities)).toEqual({ 'switch.tv': 'sensor.tv_energy' });
  });

  it('found later are tracked when their device is, whatever the preferences say', () => {
    const before = find({ plug: ['sensor.media_power'] });
    const known = mergeDiscovery(new Map(), before, new Set(['sensor.media_power']), fakeNowUs);
    const after = find({ plug: ['sensor.media_power', 'switch.media'] });
    const merged = mergeDiscovery(known, after, new Set(), fakeNowUs);
    expect(merged.get('switch.media')?.isTracked).toBe(true);
    const dropped = new Map(
      [...merged].map(([id, entity]) => [
        id,
        id === 'switch.media' ? { ...entity, isTracked: false } : entity,
      ]),
    );
    expect(mergeDiscovery(dropped, after, new Set(), fakeNowUs).get('switch.media')?.isTracked).toBe(false);
  });
  it('are tracked as soon as their device is, in the same discovery or later', () => {
    const found = find({ plug: ['sensor.media_power', 'switch.media'] });
    const picked = new Set(['sensor.media_power']);
    const atOnce = mergeDiscovery(new Map(), found, picked, fakeNowUs);
    expect(atOnce.get('switch.media')?.isTracked).toBe(true);
    const unpicked = mergeDiscovery(new Map(), found, new Set(), fakeNowUs);
    expect(unpicked.get('switch.media')?.isTracked).toBe(false);
    expect(mergeDiscovery(unpicked, found, picked, fakeNowUs).get('switch.media')?.isTracked).toBe(true);
  });

  it('of another channel gates nothing, also when only one channel is named or has a switch', () => {
    const { entities } = find(
      { relay: ['sensor.garage_outlet_energy', 'sensor.garage_spotlight_energy', 'switch.garage_spotlight'] },
      ['sensor.garage_outlet_energy'],
    );
    expect(switches(entities)).toEqual({});
    // The other channel reports only its power.
    const power = find(
      {
        relay: [
          'sensor.garage_outlet_energy',
          'sensor.garage_outlet_power',
          'sensor.garage_spotlight_power',
          'switch.garage_spotlight',
        ],
      },
      ['sensor.garage_outlet_energy'],
    );
    expect(switches(power.entities)).toEqual({});
    // Renamed, both switches are of some channel, and only one may be its own.
    const renamed = find(
      {
        relay: [
          'sensor.relay_channel_1_energy',
          'sensor.relay_channel_2_energy',
          'switch.relay_channel_2',
          'switch.lamp',
        ],
      },
      ['sensor.relay_channel_1_energy'],
    );
    expect(switches(renamed.entities)).toEqual({});
  });

  it('of a relay with two channels belong to the meter of their own, by the integration’s ids before all names', () => {
    const ids = {
      'sensor.kitchen_energy': 'AABB-switch:0-aenergy',
      'sensor.hall_energy': 'AABB-switch:1-aenergy',
      'switch.lamp': 'AABB-switch:0',
      // Its name is that of the other channel.
      'switch.kitchen': 'AABB-switch:1',
    };
    const more = Object.fromEntries(Object.entries(ids).map(([id, uniqueId]) => [id, { uniqueId }]));
    const both = find({ relay: Object.keys(ids) }, ['sensor.kitchen_energy', 'sensor.hall_energy'], more);
    expect(switches(both.entities)).toEqual({
      'switch.lamp': 'sensor.kitchen_energy',
      'switch.kitchen': 'sensor.hall_energy',
    });
    const one = find({ relay: Object.keys(ids) }, ['sensor.kitchen_energy'], more);
    expect(switches(one.entities)).toEqual({ 'switch.lamp': 'sensor.kitchen_energy' });
  });

  it('are found beside what a device gives back or counted today', () => {
    const { entities } = find(
      {
        plug: [
          'sensor.sink_energy',
          'sensor.sink_returned_energy',
          'sensor.sink_today_energy',
          'switch.plug_7',
        ],
      },
      ['sensor.sink_energy'],
    );
    expect(switches(entities)).toEqual({ 'switch.plug_7': 'sensor.sink_energy' });
  });
});
