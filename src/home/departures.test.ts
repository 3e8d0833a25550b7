/**
 * Goal: what is gone for good is reported once, and nothing that may come back.
 * Method: the pure function, case by case.
 */
import { describe, expect, it } from 'vitest';
import { findDepartures } from './departures.ts';
import type { Entity, KnownEntity } from './entity.ts';

const oven: KnownEntity = {
  entityId: 'sensor.oven',
  registryId: 'r-1',
  name: 'Oven Energy',
  quantity: 'energy',
  unit: 'kWh',
  deviceClass: 'energy',
  stateClass: 'total_increasing',
  area: null,
  device: 'Oven',
  role: 'device',
  sign: 1,
  parentEntityId: null,
  foundBy: 'preferences',
  isTracked: true,
  isActive: true,
  discoveredAtUs: 0,
  updatedAtUs: 0,
};
const entry = (entityId: string, registryId: string) => ({
  registryId,
  entityId,
  name: null,
  deviceId: null,
  areaId: null,
  isHidden: false,
});

function departures(
  known: readonly KnownEntity[],
  entries: readonly ReturnType<typeof entry>[],
  entities: readonly Entity[] = [],
  renames: ReadonlyMap<string, string> = new Map(),
) {
  const registries = { entities: entries, devices: [], areas: [] };
  return findDepartures(new Map(known.map((one) => [one.entityId, one])), registries, { entities, renames });
}

describe('departures', () => {
  it('tells an entity that left the registry', () => {
    expect(departures([oven], [])).toEqual([{ kind: 'removed', entityId: 'sensor.oven' }]);
  });

  it('tells who stands in its place: the same device and name, new in the registry', () => {
    const heir = { ...oven, entityId: 'sensor.oven_2', registryId: 'r-2' };
    expect(departures([oven], [entry('sensor.oven_2', 'r-2')], [heir])).toEqual([
      { kind: 'replaced', entityId: 'sensor.oven', newEntityId: 'sensor.oven_2' },
    ]);
    // Known before: it stands for itself.
    expect(departures([oven, heir], [entry('sensor.oven_2', 'r-2')], [heir])).toEqual([
      { kind: 'removed', entityId: 'sensor.oven' },
    ]);
    expect(departures([oven], [entry('sensor.oven', 'r-9')], [{ ...oven, registryId: 'r-9' }])).toEqual([
      { kind: 'replaced', entityId: 'sensor.oven', newEntityId: 'sensor.oven' },
    ]);
  });

  it('says nothing of what may come back, was told before, was renamed, or is not tracked', () => {
    // Disabled, or its integration not loaded yet: still in the registry.
    expect(departures([oven], [entry('sensor.oven', 'r-1')])).toEqual([]);
    expect(departures([{ ...oven, isActive: false }], [])).toEqual([]);
    expect(departures([{ ...oven, isTracked: false }], [])).toEqual([]);
    expect(departures([{ ...oven, registryId: null }], [])).toEqual([]);
    const renames = new Map([['sensor.oven', 'sensor.stove']]);
    expect(departures([oven], [entry('sensor.stove', 'r-1')], [], renames)).toEqual([]);
  });
});
