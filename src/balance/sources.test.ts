/**
 * Goal: the preferences decide what counts; without them it is what was recognised; a register that is not counted is
 * listed as well, so that the balance is unknown.
 * Method: homes of a few entities by hand.
 */
import { describe, expect, it } from 'vitest';
import type { KnownEntity } from '../home/entity.ts';
import type { UnknownSource } from '../home/unknown-sources.ts';
import { balanceSources, sourceIds } from './sources.ts';

const entity = (
  entityId: string,
  role: KnownEntity['role'],
  more: Partial<KnownEntity> = {},
): KnownEntity => ({
  ...{ entityId, registryId: null, name: entityId, quantity: 'energy', unit: 'kWh', deviceClass: 'energy' },
  ...{ stateClass: 'total_increasing', area: null, device: null, role, sign: 1, parentEntityId: null },
  ...{ foundBy: 'preferences', isTracked: true, isActive: true, discoveredAtUs: 0, updatedAtUs: 0, ...more },
});
const unknownSource = (entityId: string, role: UnknownSource['role']): UnknownSource => ({
  ...{ statisticId: entityId, entityId, role, reason: 'not_tracked' },
});
const grid = entity('sensor.grid', 'grid_import');
const sun = entity('sensor.sun', 'solar', { foundBy: 'device_class' });

describe('balanceSources', () => {
  it('are those of the preferences, each in its role, and what was recognised without them', () => {
    expect(sourceIds(balanceSources([grid, sun], []))).toEqual(['sensor.grid']);
    expect(balanceSources([grid, sun], []).gridIn).toEqual(['sensor.grid']);
    expect(balanceSources([sun], []).solar).toEqual(['sensor.sun']);
    expect(sourceIds(balanceSources([], []))).toEqual([]);
  });

  it('are registers of energy that are tracked', () => {
    const power = entity('sensor.power', 'grid_import', { quantity: 'power' });
    const untracked = entity('sensor.old', 'grid_import', { isTracked: false });
    expect(sourceIds(balanceSources([grid, power, untracked], []))).toEqual(['sensor.grid']);
  });

  it('are gone with an entity that is gone, unless the preferences still name it', () => {
    const gone = entity('sensor.gone', 'grid_export', { isActive: false });
    expect(sourceIds(balanceSources([grid, gone], []))).toEqual(['sensor.grid']);
    const unknown = [unknownSource('sensor.gone', 'grid_export')];
    expect(balanceSources([grid, gone], unknown).gridOut).toEqual(['sensor.gone']);
  });

  it('include meters that are not counted, in their role, and then no recognised ones instead', () => {
    const unknown = [unknownSource('opower:grid', 'grid_import')];
    expect(balanceSources([sun], unknown)).toMatchObject({ gridIn: ['opower:grid'], solar: [], gridOut: [] });
    const device = [unknownSource('opower:washer', 'device')];
    expect(balanceSources([sun], device).solar).toEqual(['sensor.sun']);
    const both = [...device, ...unknown];
    expect(balanceSources([sun], both).solar).toEqual([]);
  });
});
