/**
 * Goal: named connections are kept as they were named, never beside what would make them wrong, and go on being known
 * while the document store is away.
 * Method: the list over a store in memory that can be away, and a home of four entities.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KnownEntity } from './entity.ts';
import { connectionIdOf, connectionLimits, type GridConnection } from './grid-connection.ts';
import { GridConnections } from './grid-connections.ts';
import { renamesAmong } from './known-entities.ts';
import { MemoryGridConnectionStore, silentLog } from './testing/doubles.ts';

function entity(entityId: string, extra: Partial<KnownEntity> = {}): KnownEntity {
  return {
    ...{ entityId, registryId: `r-${entityId}`, name: entityId, quantity: 'energy', unit: 'kWh' },
    ...{ deviceClass: 'energy', stateClass: 'total_increasing', area: null, device: null, role: 'other' },
    ...{ sign: 1, parentEntityId: null, foundBy: 'device_class', isTracked: true, isActive: true },
    ...{ discoveredAtUs: 0, updatedAtUs: 0 },
    ...extra,
  } as KnownEntity;
}

const entities = [
  entity('sensor.low'),
  entity('sensor.high'),
  entity('sensor.power', { quantity: 'power' }),
  entity('sensor.peak', { quantity: 'power' }),
  entity('sensor.loose', { isTracked: false }),
];

function annex(extra: Partial<GridConnection> = {}): GridConnection {
  return {
    ...{ connectionId: 'annex', name: 'Annex', offtake: ['sensor.low', 'sensor.high'], injection: [] },
    ...{ powerEntityId: 'sensor.power', meterPeakEntityId: 'sensor.peak', createdAtUs: 5 },
    ...extra,
  };
}

let store: MemoryGridConnectionStore;
let renames: Map<string, string>;
let connections: GridConnections;

beforeEach(() => {
  store = new MemoryGridConnectionStore();
  renames = new Map();
  const home = {
    entity: (id: string) => entities.find((one) => one.entityId === id) ?? null,
    renames: () => renames,
  };
  connections = new GridConnections({ store, home, log: silentLog });
});
afterEach(() => vi.useRealTimers());

describe('named connections', () => {
  it('are kept and told, until they are removed', async () => {
    let changes = 0;
    connections.onChange(() => {
      changes += 1;
    });
    expect(connections.known()).toBeNull();
    expect(await connections.add(annex())).toEqual({ kind: 'added', connection: annex() });
    expect(store.kept).toEqual([annex()]);
    expect(connections.known()).toEqual([annex()]);
    expect(await connections.remove('annex')).toEqual(annex());
    expect(await connections.remove('annex')).toBeNull();
    expect(store.kept).toEqual([]);
    expect(changes).toBe(3);
  });

  it.each<[string, Partial<GridConnection>, object]>([
    ['the id of the home', { connectionId: 'home' }, { kind: 'id_taken', id: 'home' }],
    [
      'an entity that is not tracked',
      { offtake: ['sensor.loose'] },
      { field: 'offtake', why: 'not_tracked' },
    ],
    ['an entity that is not known', { injection: ['sensor.x'] }, { field: 'injection', why: 'not_tracked' }],
    ['power as a register', { offtake: ['sensor.power'] }, { field: 'offtake', why: 'not_energy' }],
    ['a register as power', { powerEntityId: 'sensor.low', offtake: ['sensor.high'] }, { why: 'not_power' }],
    ['one entity twice', { injection: ['sensor.low'] }, { field: 'injection', why: 'named_twice' }],
    ['the power as the peak', { meterPeakEntityId: 'sensor.power' }, { field: 'meter_peak' }],
  ])('refuse %s', async (_, extra, refusal) => {
    expect(await connections.add(annex(extra))).toMatchObject(refusal);
    expect(store.kept).toEqual([]);
  });

  it('refuse an id that is taken, and one too many', async () => {
    for (let index = 0; index < connectionLimits.connections; index += 1)
      await connections.add(annex({ connectionId: `c${index}` }));
    expect(await connections.add(annex({ connectionId: 'c0' }))).toEqual({ kind: 'id_taken', id: 'c0' });
    expect(await connections.add(annex())).toEqual({ kind: 'too_many' });
  });

  it('are known while the store is away, and read as soon as it is there', async () => {
    vi.useFakeTimers();
    store.kept = [annex()];
    store.isDown = true;
    connections.start();
    await vi.advanceTimersByTimeAsync(1);
    await expect(connections.all()).rejects.toThrow('is down');
    store.isDown = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(connections.known()).toEqual([annex()]);
    store.isDown = true;
    expect(await connections.all()).toEqual([annex()]);
    await expect(connections.add(annex({ connectionId: 'barn' }))).rejects.toThrow('is down');
    // It may have been kept: nothing is known until the store was asked.
    expect(connections.known()).toBeNull();
    store.isDown = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(connections.known()).toEqual([annex()]);
    await connections.stop();
  });

  it('follow their entities to the ids that they have now', async () => {
    await connections.add(annex());
    const known = [
      entity('sensor.low', { isActive: false, registryId: 'r1' }),
      entity('sensor.low_tariff', { registryId: 'r1' }),
    ];
    renames = renamesAmong(known);
    expect(connections.known()?.[0]?.offtake).toEqual(['sensor.low_tariff', 'sensor.high']);
    expect(store.kept[0]?.offtake).toEqual(['sensor.low', 'sensor.high']);
  });

  it.each([
    ['The old barn', 'the-old-barn'],
    ['  Café – Été 2  ', 'cafe-ete-2'],
    ['車庫', ''],
    [`${'a'.repeat(31)} bc`, 'a'.repeat(31)],
  ])('make of the name %j the id %j', (name, id) => expect(connectionIdOf(name)).toBe(id));
});
