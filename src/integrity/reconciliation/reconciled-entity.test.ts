/**
 * Goal: a counter is compared with a power sensor only where that sensor measures what it counts and nothing else.
 * Method: small homes by hand, one thing different in each.
 */
import { describe, expect, it } from 'vitest';
import type { KnownEntity, Role } from '../../home/entity.ts';
import type { Quantity } from '../../units/quantity.ts';
import { reconciledEntities } from './reconciled-entity.ts';

const entity = (
  entityId: string,
  role: Role,
  quantity: Quantity,
  parentEntityId: string | null = null,
  sign: 1 | -1 = 1,
): KnownEntity => ({
  ...{ entityId, registryId: null, name: entityId, quantity, unit: '', deviceClass: null },
  ...{ stateClass: 'total_increasing', area: null, device: null, role, sign, parentEntityId },
  ...{ foundBy: 'preferences', isTracked: true, isActive: true, discoveredAtUs: 0, updatedAtUs: 0 },
});
const sensorOf = (parentId: string, entityId = 'sensor.power') =>
  entity(entityId, 'other', 'power', parentId, -1);
const powerOf = (entityId: string, home: readonly KnownEntity[]) =>
  reconciledEntities(home).find((one) => one.entityId === entityId)?.power;

describe('the power sensor beside a counter', () => {
  it.each<Role>(['device', 'solar', 'grid_import', 'battery_out'])('is that of the only %s', (role) => {
    const home = [entity('sensor.meter', role, 'energy'), entity('sensor.water', 'water', 'volume')];
    expect(powerOf('sensor.meter', [...home, sensorOf('sensor.meter')])).toEqual({
      entityId: 'sensor.power',
      sign: -1,
    });
  });

  it.each<Role>(['grid_export', 'battery_in', 'other'])('is none of a counter of %s', (role) => {
    expect(
      powerOf('sensor.meter', [entity('sensor.meter', role, 'energy'), sensorOf('sensor.meter')]),
    ).toBeNull();
  });

  it.each<Role>(['solar', 'grid_import', 'battery_out'])('is none of one of two counters of %s', (role) => {
    const home = ['sensor.meter', 'sensor.second'].map((entityId) => entity(entityId, role, 'energy'));
    expect(powerOf('sensor.meter', [...home, sensorOf('sensor.meter')])).toBeNull();
  });

  it('is that of each of many devices, and of a counter beside others of another role', () => {
    const devices = ['sensor.meter', 'sensor.second'].map((id) => entity(id, 'device', 'energy'));
    const solar = entity('sensor.solar', 'solar', 'energy');
    const home = [...devices, solar, sensorOf('sensor.meter'), sensorOf('sensor.solar', 'sensor.roof')];
    expect(powerOf('sensor.meter', home)?.entityId).toBe('sensor.power');
    expect(powerOf('sensor.solar', home)?.entityId).toBe('sensor.roof');
    expect(powerOf('sensor.second', home)).toBeNull();
  });

  it('is the same beside what has the role and counts no energy', () => {
    const home = [
      entity('sensor.meter', 'grid_import', 'energy'),
      entity('sensor.odd', 'grid_import', 'volume'),
    ];
    expect(powerOf('sensor.meter', [...home, sensorOf('sensor.meter')])).not.toBeNull();
  });

  it('is none of volume, of two sensors, or of a switch', () => {
    const meter = entity('sensor.meter', 'device', 'energy');
    const plug = entity('switch.plug', 'device_switch', 'switch', 'sensor.meter');
    expect(
      powerOf('sensor.meter', [meter, sensorOf('sensor.meter'), sensorOf('sensor.meter', 'b')]),
    ).toBeNull();
    expect(powerOf('sensor.meter', [meter, plug])).toBeNull();
    expect(powerOf('sensor.meter', [meter, plug, sensorOf('sensor.meter')])?.entityId).toBe('sensor.power');
    const water = entity('sensor.meter', 'device', 'volume');
    expect(powerOf('sensor.meter', [water, sensorOf('sensor.meter')])).toBeNull();
  });

  it('is none of hours that come late', () => {
    const meter = entity('import:meter', 'device', 'energy');
    expect(powerOf('import:meter', [meter, sensorOf('import:meter')])).toBeNull();
  });
});

describe('a reconciled entity', () => {
  it('is a meter with its unit, or a sensor and whose', () => {
    const home = [entity('sensor.meter', 'device', 'energy', 'sensor.tree'), sensorOf('sensor.meter')];
    expect(reconciledEntities(home)).toEqual([
      {
        entityId: 'sensor.meter',
        unit: 'kWh',
        meter: { entityId: 'sensor.meter', posts: 'register', kind: 'rising' },
        ownerId: 'sensor.tree',
        power: { entityId: 'sensor.power', sign: -1 },
      },
      { entityId: 'sensor.power', unit: 'W', meter: null, ownerId: 'sensor.meter', power: null },
    ]);
  });
});
