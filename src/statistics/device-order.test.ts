/**
 * Goal: devices stand by energy, parents before their children, and a device's own part is its total less what it contains.
 * Method: a small home by hand.
 */
import { expect, it } from 'vitest';
import type { KnownEntity } from '../home/entity.ts';
import { emptyBucket } from './bucket.ts';
import { deviceTree, topDevices } from './device-tree.ts';

function device(entityId: string, parentEntityId: string | null = null): KnownEntity {
  return {
    ...{ entityId, registryId: null, name: entityId, quantity: 'energy', unit: 'kWh', deviceClass: 'energy' },
    ...{ stateClass: 'total_increasing', area: null, device: null, role: 'device', sign: 1, parentEntityId },
    ...{ foundBy: 'preferences', isTracked: true, isActive: true, discoveredAtUs: 0, updatedAtUs: 0 },
  };
}

it('stands by energy, each with what it contains', () => {
  const amounts = new Map<string, number | null>([
    ...([
      ['silent', null],
      ['zero', 0],
      ['kitchen', 100],
      ['oven', 30],
      ['hob', 90],
      ['unknown', null],
    ] as const),
    ...([
      ['car', 400],
      ['fan', 5],
    ] as const),
  ]);
  const devices = [
    ...[
      device('silent'),
      device('zero'),
      device('kitchen'),
      device('oven', 'kitchen'),
      device('hob', 'kitchen'),
    ],
    ...[device('unknown', 'kitchen'), device('car'), device('fan', 'silent')],
  ];
  const nodes = deviceTree(devices, (id) => ({
    ...emptyBucket(id, 0, 1),
    amountMicro: amounts.get(id) ?? null,
  }));
  expect(nodes.map(({ entityId, parentEntityId, ownMwh }) => [entityId, parentEntityId, ownMwh])).toEqual([
    ['car', null, 400],
    ['kitchen', null, -20],
    ['hob', 'kitchen', 90],
    ['oven', 'kitchen', 30],
    ['unknown', 'kitchen', null],
    ['zero', null, 0],
    ['silent', null, null],
    ['fan', 'silent', 5],
  ]);
  expect(topDevices(devices).map(({ entityId }) => entityId)).toEqual(['silent', 'zero', 'kitchen', 'car']);
});
