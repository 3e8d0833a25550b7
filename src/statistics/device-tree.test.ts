/**
 * Goal: a device's energy is counted once, wherever it hangs.
 * Method: random forests, also with cycles: own parts add up to the top-level devices.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KnownEntity } from '../home/entity.ts';
import { emptyBucket } from './bucket.ts';
import { deviceMeters, deviceTree, topDevices } from './device-tree.ts';

function device(
  entityId: string,
  parentEntityId: string | null,
  more: Partial<KnownEntity> = {},
): KnownEntity {
  return {
    entityId,
    registryId: null,
    name: entityId,
    quantity: 'energy',
    unit: 'kWh',
    deviceClass: 'energy',
    stateClass: 'total_increasing',
    area: null,
    device: null,
    role: 'device',
    sign: 1,
    parentEntityId,
    foundBy: 'preferences',
    isTracked: true,
    isActive: true,
    discoveredAtUs: 0,
    updatedAtUs: 0,
    ...more,
  };
}

const forest = fc
  .array(fc.record({ parent: fc.nat(11), hasParent: fc.boolean(), mwh: fc.nat(1000) }), { maxLength: 12 })
  .map((drawn) =>
    drawn.map(({ parent, hasParent, mwh }, index) => ({
      entity: device(`sensor.d${index}`, hasParent && parent < drawn.length ? `sensor.d${parent}` : null),
      mwh,
    })),
  );

describe('deviceTree', () => {
  it('shows every device once, and own parts add up to what is at the top', () => {
    fc.assert(
      fc.property(forest, (drawn) => {
        const amounts = new Map(drawn.map(({ entity, mwh }) => [entity.entityId, mwh]));
        const nodes = deviceTree(
          drawn.map(({ entity }) => entity),
          (id) => ({ ...emptyBucket(id, 0, 1), amountMicro: amounts.get(id) ?? null }),
        );
        expect(nodes.map((node) => node.entityId).sort()).toEqual([...amounts.keys()].sort());
        const own = nodes.reduce((sum, node) => sum + (node.ownMwh ?? 0), 0);
        const top = nodes
          .filter((node) => node.parentEntityId === null)
          .reduce((sum, node) => sum + (node.bucket.amountMicro ?? 0), 0);
        expect(own).toBe(top);
      }),
    );
  });

  it('cuts a cycle where it is met, and counts each of its devices once', () => {
    const amounts = new Map([
      ['sensor.a', 5],
      ['sensor.b', 3],
    ]);
    const nodes = deviceTree([device('sensor.a', 'sensor.b'), device('sensor.b', 'sensor.a')], (id) => ({
      ...emptyBucket(id, 0, 1),
      amountMicro: amounts.get(id) ?? null,
    }));
    expect(nodes.map(({ entityId, ownMwh }) => [entityId, ownMwh])).toEqual([
      ['sensor.a', 2],
      ['sensor.b', 3],
    ]);
  });

  it('counts a device by its power only where it has no register', () => {
    const meters = deviceMeters([
      device('sensor.washer', null),
      device('sensor.washer_power', 'sensor.washer', { role: 'device_power', quantity: 'power' }),
      device('sensor.lamp_power', null, { role: 'device_power', quantity: 'power' }),
      device('sensor.off', null, { isTracked: false }),
    ]);
    expect(meters.map((meter) => meter.entityId)).toEqual(['sensor.washer', 'sensor.lamp_power']);
    // The energy of its parent counts only where that is one.
    const kettle = device('sensor.kettle_power', 'sensor.kettle', {
      role: 'device_power',
      quantity: 'power',
    });
    const parent = device('sensor.kettle', null, { role: 'device_power', quantity: 'power' });
    expect(deviceMeters([kettle, parent])).toEqual([kettle, parent]);
    const solar = device('sensor.solar', null, { role: 'solar', isDevice: true });
    expect(deviceMeters([solar, { ...solar, isDevice: false }])).toEqual([solar]);
    expect(topDevices([solar, device('sensor.a', null)])).toHaveLength(1);
    expect(topDevices([device('sensor.a', 'sensor.gone'), device('sensor.b', 'sensor.a')])).toHaveLength(1);
  });
});
