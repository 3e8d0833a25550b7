/**
 * Goal: every register has a ledger, and power only where no register counts the same energy.
 * Method: entities by hand.
 */
import { describe, expect, it } from 'vitest';
import type { Entity } from '../../home/entity.ts';
import { meterOf } from './meter.ts';

function entity(entityId: string, given: Partial<Entity> = {}): Entity {
  return {
    ...{ entityId, registryId: null, name: entityId, quantity: 'energy', unit: 'kWh', deviceClass: 'energy' },
    ...{ stateClass: 'total_increasing', area: null, device: null, role: 'device', sign: 1 },
    ...{ parentEntityId: null, foundBy: 'preferences' },
    ...given,
  };
}
const power = (given: Partial<Entity> = {}) =>
  entity('sensor.power', { quantity: 'power', unit: 'W', role: 'device_power', ...given });
const control = (entityId: string, parentEntityId: string) =>
  entity(entityId, { quantity: 'switch', role: 'device_switch', parentEntityId });

describe('the meter of an entity', () => {
  it('posts a register of energy or volume; only a total may run backwards', () => {
    const kind = (given: Partial<Entity>) => meterOf(entity('sensor.a', given), []);
    expect(kind({})).toEqual({ entityId: 'sensor.a', posts: 'register', kind: 'rising' });
    expect(kind({ stateClass: 'total' })).toMatchObject({ kind: 'net' });
    expect(kind({ stateClass: 'measurement' })).toMatchObject({ kind: 'rising' });
    expect(kind({ stateClass: null, quantity: 'volume', role: 'gas' })).toMatchObject({ kind: 'rising' });
  });

  it('posts the power of a device that has no register', () => {
    const gas = entity('sensor.gas', { quantity: 'volume' });
    const all = [entity('sensor.energy'), gas];
    expect(meterOf(power(), all)).toEqual({ entityId: 'sensor.power', posts: 'power' });
    expect(meterOf(power({ parentEntityId: 'sensor.energy' }), all)).toBeNull();
    expect(meterOf(power({ parentEntityId: 'sensor.gas' }), all)).not.toBeNull();
    expect(meterOf(power({ parentEntityId: 'sensor.gone' }), all)).not.toBeNull();
    expect(meterOf(power({ role: 'grid_power' }), all)).toBeNull();
  });

  it('has the switch of its device, always the same one of several', () => {
    const other = entity('sensor.child', { parentEntityId: 'sensor.a' });
    const all = [control('switch.z', 'sensor.a'), control('switch.b', 'sensor.a'), control('switch.a', 'x')];
    expect(meterOf(entity('sensor.a'), [other, ...all])).toMatchObject({ switchId: 'switch.b' });
    expect(meterOf(entity('sensor.b'), all)).not.toHaveProperty('switchId');
  });
});
