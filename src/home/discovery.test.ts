/**
 * Goal: discovery finds what a home's energy is made of, gives each entity its role and its meter, and leaves noise out.
 * Method: a real Home Assistant's registries and preferences as literals; small homes that each show one rule;
 * shuffled input, which must give the same list.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiscoveryInput, discover, isTrackedByDefault } from './discovery.ts';
import type { Entity, KnownEntity } from './entity.ts';
import type { Registries } from './home-assistant.ts';
import { mergeDiscovery } from './known-entities.ts';
import { fakeNowUs, sampledRegistries, sampledStates, sensorState as sensor } from './testing/doubles.ts';
import { preferences2026 } from './testing/sample-preferences.ts';

/** A registry in which each entity belongs to the device named. */
function registries(devices: Record<string, string[]>, more: Partial<Registries> = {}): Registries {
  return {
    entities: Object.entries(devices).flatMap(([deviceId, ids]) =>
      ids.map((entityId) => ({
        registryId: `r-${entityId}`,
        entityId,
        name: null,
        deviceId,
        areaId: null,
        isHidden: false,
      })),
    ),
    devices: Object.keys(devices).map((deviceId) => ({ deviceId, name: deviceId, areaId: null })),
    areas: [],
    ...more,
  };
}

function find(input: Partial<DiscoveryInput>) {
  return discover({
    states: [],
    registries: registries({}),
    preferences: null,
    known: [],
    keep: new Set(),
    ...input,
  });
}

const roles = (entities: readonly Entity[]) => Object.fromEntries(entities.map((e) => [e.entityId, e.role]));

const rig: DiscoveryInput = {
  states: sampledStates(),
  registries: sampledRegistries(),
  preferences: preferences2026,
  known: [],
  keep: new Set(),
};

describe('a real home', () => {
  const found = discover(rig);
  const byId = new Map(found.entities.map((e) => [e.entityId, e]));

  it('gives every entity of the preferences its role, and offers the rest', () => {
    expect(roles(found.entities)).toEqual({
      'sensor.battery_charge_energy': 'battery_in',
      'sensor.battery_discharge_energy': 'battery_out',
      'sensor.battery_level': 'battery_level',
      'sensor.battery_power': 'battery_power',
      'sensor.dishwasher_energy': 'device',
      'sensor.dishwasher_power': 'device_power',
      'sensor.ev_charger_energy': 'device',
      'sensor.ev_charger_power': 'device_power',
      'sensor.fridge_energy': 'device',
      'sensor.fridge_power': 'device_power',
      'sensor.gas_consumption': 'gas',
      'sensor.gas_flow': 'gas_flow',
      'sensor.grid_export': 'grid_export',
      'sensor.grid_import_tariff_1': 'grid_import',
      'sensor.grid_import_tariff_2': 'grid_import',
      'sensor.grid_net_energy': 'other',
      'sensor.grid_power': 'grid_power',
      'sensor.heat_pump_energy': 'device',
      'sensor.heat_pump_energy_today': 'other',
      'sensor.heat_pump_power': 'device_power',
      'sensor.home_energy': 'other',
      'sensor.home_power': 'other',
      'sensor.kitchen_energy': 'device',
      'sensor.manual_meter': 'other',
      'sensor.manual_power': 'other',
      'sensor.no_statistics_energy': 'other',
      'sensor.oven_energy': 'device',
      'sensor.oven_power': 'device_power',
      'sensor.solar_power': 'solar_power',
      'sensor.solar_production': 'solar',
      'sensor.washing_machine_energy': 'device',
      'sensor.washing_machine_power': 'device_power',
      'sensor.water_consumption': 'water',
      'sensor.water_flow': 'water_flow',
    });
    expect(found.missing).toEqual([]);
  });

  it('knows area, device, tree and units', () => {
    expect(byId.get('sensor.fridge_energy')).toMatchObject({
      area: 'Kitchen',
      device: 'Fridge plug',
      unit: 'Wh',
      parentEntityId: 'sensor.kitchen_energy',
      foundBy: 'preferences',
    });
    expect(byId.get('sensor.home_power')?.parentEntityId).toBe('sensor.home_energy');
  });

  it('tracks what the preferences name with their power, and nothing else', () => {
    const tracked = found.entities.filter((e) => isTrackedByDefault(e, byId));
    expect(tracked.map((e) => e.entityId).sort()).toEqual(
      found.entities.filter((e) => e.role !== 'other').map((e) => e.entityId),
    );
  });

  it('gives the same list whatever order its input has', () => {
    const order = fc.shuffledSubarray([...rig.states], { minLength: rig.states.length });
    fc.assert(
      fc.property(order, (states) => {
        expect(discover({ ...rig, states })).toEqual(found);
      }),
      { numRuns: 30 },
    );
  });

  it('finds the power sensors without stat_rate too, as in the preferences of 2024', () => {
    const old = {
      energy_sources: [
        {
          type: 'grid',
          flow_from: [
            { stat_energy_from: 'sensor.grid_import_tariff_1' },
            { stat_energy_from: 'sensor.grid_import_tariff_2' },
          ],
          flow_to: [{ stat_energy_to: 'sensor.grid_export' }],
        },
        { type: 'solar', stat_energy_from: 'sensor.solar_production' },
        {
          type: 'battery',
          stat_energy_from: 'sensor.battery_discharge_energy',
          stat_energy_to: 'sensor.battery_charge_energy',
        },
        { type: 'gas', stat_energy_from: 'sensor.gas_consumption' },
        { type: 'water', stat_energy_from: 'sensor.water_consumption' },
      ],
      device_consumption: preferences2026.device_consumption.map((d) => ({
        stat_consumption: d.stat_consumption,
      })),
    };
    const entities = discover({ ...rig, preferences: old }).entities;
    const power = (list: readonly Entity[]) =>
      list
        .filter((e) => /power|flow|level/.test(e.role))
        .map((e) => [e.entityId, e.role, e.parentEntityId, e.sign]);
    expect(power(entities)).toEqual(power(found.entities));
  });
});

describe('power of a meter', () => {
  it('pairs the two directions of a smart meter and leaves its phases alone', () => {
    const ids = [
      'energy_consumption_tarif_1',
      'energy_production_tarif_1',
      'power_consumption',
      'power_production',
      'power_consumption_phase_l1',
    ].map((id) => `sensor.electricity_meter_${id}`);
    const entities = find({
      states: ids.map((id) =>
        id.includes('_energy_')
          ? sensor(id, 'kWh', 'energy', 'total_increasing')
          : sensor(id, 'kW', 'power', 'measurement'),
      ),
      registries: registries({ dsmr: ids }),
      preferences: {
        energy_sources: [
          { type: 'grid', flow_from: [{ stat_energy_from: ids[0] }], flow_to: [{ stat_energy_to: ids[1] }] },
        ],
      },
    }).entities;
    expect(entities.filter((e) => e.role === 'grid_power').map((e) => [e.entityId, e.sign])).toEqual([
      ['sensor.electricity_meter_power_consumption', 1],
      ['sensor.electricity_meter_power_production', -1],
    ]);
  });

  it('keeps the channels of one plug apart', () => {
    const ids = ['channel_1_energy', 'channel_1_power', 'channel_2_energy', 'channel_2_power'].map(
      (id) => `sensor.shelly_${id}`,
    );
    const entities = find({
      states: ids.map((id) =>
        id.endsWith('energy') ? sensor(id, 'kWh', 'energy', 'total_increasing') : sensor(id, 'W', 'power'),
      ),
      registries: registries({ shelly: ids }),
      preferences: { device_consumption: [{ stat_consumption: ids[2] }, { stat_consumption: ids[0] }] },
    }).entities;
    expect(
      entities.filter((e) => e.role === 'device_power').map((e) => [e.entityId, e.parentEntityId]),
    ).toEqual([
      [ids[1], ids[0]],
      [ids[3], ids[2]],
    ]);
  });
});

describe('noise', () => {
  it('leaves out hidden and diagnostic entities, phone batteries, air flow and calories', () => {
    const noisy = registries({
      phone: ['sensor.phone_battery_level'],
      vent: ['sensor.ventilation_flow'],
      plug: ['sensor.plug_energy', 'sensor.plug_energy_returned'],
    });
    const { entities } = find({
      states: [
        sensor('sensor.phone_battery_level', '%', 'battery', 'measurement'),
        sensor('sensor.ventilation_flow', 'm³/h', 'volume_flow_rate', 'measurement'),
        sensor('sensor.plug_energy', 'kWh', 'energy', 'total_increasing'),
        sensor('sensor.plug_energy_returned', 'kWh', 'energy', 'total_increasing'),
        sensor('sensor.watch_active_calories', 'kcal', null),
        sensor('sensor.grid_price', 'EUR/kWh', null),
        sensor('number.power_limit', 'W', 'power'),
        sensor('sensor.old_meter', 'kWh', null),
      ],
      registries: {
        ...noisy,
        entities: noisy.entities.map((e) =>
          e.entityId.endsWith('returned')
            ? { ...e, isHidden: true }
            : e.entityId === 'sensor.plug_energy'
              ? { ...e, category: 'diagnostic' as const }
              : e,
        ),
      },
      keep: new Set(['sensor.plug_energy']),
    });
    expect(entities.map((e) => [e.entityId, e.foundBy])).toEqual([
      ['sensor.old_meter', 'unit'],
      ['sensor.plug_energy', 'device_class'],
    ]);
  });

  it('finds the level of the home battery by its device', () => {
    const ids = ['sensor.bat_out', 'sensor.bat_soc'];
    const { entities } = find({
      states: [
        sensor('sensor.bat_out', 'kWh', 'energy', 'total_increasing'),
        sensor('sensor.bat_soc', '%', 'battery'),
        sensor('sensor.door_battery', '%', 'battery'),
      ],
      registries: registries({ battery: ids, door: ['sensor.door_battery'] }),
      preferences: { energy_sources: [{ type: 'battery', stat_energy_from: 'sensor.bat_out' }] },
    });
    expect(roles(entities)).toEqual({ 'sensor.bat_out': 'battery_out', 'sensor.bat_soc': 'battery_level' });
  });
});

describe('a home without preferences', () => {
  it('guesses roles by words, and tracks nothing by itself', () => {
    const states = [
      sensor('sensor.grid_import', 'kWh', 'energy', 'total_increasing'),
      sensor('sensor.grid_export', 'kWh', 'energy', 'total_increasing'),
      sensor('sensor.pv_energy', 'kWh', 'energy', 'total_increasing'),
      sensor('sensor.solar_forecast_tomorrow', 'kWh', 'energy', null),
      sensor('sensor.battery_charge', 'kWh', 'energy', 'total'),
      sensor('sensor.battery_discharge', 'kWh', 'energy', 'total'),
      sensor('sensor.gas', 'm³', 'gas', 'total_increasing'),
      sensor('sensor.tap', 'L', 'water', 'total_increasing'),
      sensor('sensor.kettle', 'kWh', 'energy', 'total_increasing'),
    ];
    const { entities } = find({ states });
    expect(roles(entities)).toEqual({
      'sensor.battery_charge': 'battery_in',
      'sensor.battery_discharge': 'battery_out',
      'sensor.gas': 'gas',
      'sensor.grid_export': 'grid_export',
      'sensor.grid_import': 'grid_import',
      'sensor.kettle': 'other',
      'sensor.pv_energy': 'solar',
      'sensor.solar_forecast_tomorrow': 'other',
      'sensor.tap': 'water',
    });
    const byId = new Map(entities.map((e) => [e.entityId, e]));
    expect(entities.filter((e) => isTrackedByDefault(e, byId))).toEqual([]);
  });
});

describe('preferences and entities that do not agree', () => {
  it('reports a named statistic that no entity answers to, and one whose unit is not energy', () => {
    const { missing } = find({
      states: [sensor('sensor.strange', 'bananas', null)],
      preferences: {
        energy_sources: [{ type: 'gas', stat_energy_from: 'sensor.gone' }],
        device_consumption: [{ stat_consumption: 'sensor.strange' }],
      },
    });
    expect(missing).toEqual([
      { statisticId: 'sensor.gone', entityId: 'sensor.gone', role: 'gas', reason: 'no_entity' },
      { statisticId: 'sensor.strange', entityId: 'sensor.strange', role: 'device', reason: 'unknown_unit' },
    ]);
  });

  it('gives an id that was renamed away to the other entity that has it now, and records that one', () => {
    const preferences = { device_consumption: [{ stat_consumption: 'sensor.fridge' }] };
    const meter = (id: string) => sensor(id, 'kWh', 'energy', 'total_increasing');
    const registryOf = (ids: Record<string, string>) => ({
      ...registries({}),
      entities: Object.entries(ids).map(([entityId, registryId]) => ({
        ...{ registryId, entityId, name: null, deviceId: null, areaId: null, isHidden: false },
      })),
    });
    const steps: readonly Record<string, string>[] = [
      { 'sensor.fridge': 'first', 'sensor.spare': 'second' },
      { 'sensor.shed': 'first', 'sensor.spare': 'second' },
      { 'sensor.shed': 'first', 'sensor.fridge': 'second' },
    ];
    const play = (taken: readonly Record<string, string>[]) => {
      let known: ReadonlyMap<string, KnownEntity> = new Map();
      let found = find({});
      for (const ids of taken) {
        found = find({
          ...{ states: Object.keys(ids).map(meter), registries: registryOf(ids), preferences },
          known: [...known.values()],
        });
        known = mergeDiscovery(known, found, new Set(), fakeNowUs);
      }
      return { known, found };
    };
    // One look after each step, or a single one after both.
    for (const taken of [steps, [steps[0] ?? {}, steps[2] ?? {}]]) {
      const { known, found } = play(taken);
      expect(known.get('sensor.fridge')).toMatchObject({
        ...{ registryId: 'second', role: 'device', isTracked: true, isActive: true },
        takenOverAtUs: taken.length === 3 ? fakeNowUs : fakeNowUs - 1,
      });
      expect(known.get('sensor.shed')).toMatchObject({ registryId: 'first', role: 'other', isTracked: true });
      expect(known.get('sensor.spare')).toMatchObject({ isActive: false, isTracked: false });
      expect(found.renames.get('sensor.spare')).toBe('sensor.fridge');
    }
    expect(play([steps[0] ?? {}, steps[2] ?? {}]).found.renames.get('sensor.fridge')).toBe('sensor.shed');
    expect(play(steps.slice(0, 2)).known.get('sensor.shed')).toMatchObject({
      role: 'device',
      isTracked: true,
    });
  });

  it('keeps a source that is a device too, with its role and its place among devices', () => {
    const preferences = {
      energy_sources: [{ type: 'solar', stat_energy_from: 'sensor.roof' }],
      device_consumption: [
        { stat_consumption: 'sensor.roof', included_in_stat: 'sensor.box' },
        { stat_consumption: 'sensor.box' },
      ],
    };
    const meter = (id: string) => sensor(id, 'kWh', 'energy', 'total_increasing');
    const { entities } = find({ states: [meter('sensor.roof'), meter('sensor.box')], preferences });
    expect(entities.find(({ entityId }) => entityId === 'sensor.roof')).toMatchObject({
      ...{ role: 'solar', isDevice: true, parentEntityId: 'sensor.box' },
    });
  });

  it('follows a rename that the preferences have not, by the id of the registry', () => {
    const before = find({
      states: [sensor('sensor.oven', 'kWh', 'energy', 'total_increasing')],
      registries: registries({ oven: ['sensor.oven'] }),
      preferences: { device_consumption: [{ stat_consumption: 'sensor.oven' }] },
    });
    const renamed = registries({ oven: ['sensor.oven_new'] });
    const after = find({
      states: [sensor('sensor.oven_new', 'kWh', 'energy', 'total_increasing')],
      registries: {
        ...renamed,
        entities: renamed.entities.map((e) => ({ ...e, registryId: 'r-sensor.oven' })),
      },
      preferences: { device_consumption: [{ stat_consumption: 'sensor.oven' }] },
      known: before.entities,
    });
    expect(roles(after.entities)).toEqual({ 'sensor.oven_new': 'device' });
    expect([...after.renames]).toEqual([['sensor.oven', 'sensor.oven_new']]);
    expect(after.missing).toEqual([]);
  });

  it('keeps the unit of a known entity that shows none while it is unavailable', () => {
    const known = find({ states: [sensor('sensor.plug', 'Wh', 'energy', 'total')] }).entities;
    const { entities } = find({
      states: [{ ...sensor('sensor.plug', null, 'energy'), state: 'unavailable' }],
      known,
    });
    expect(entities.map((e) => e.unit)).toEqual(['Wh']);
  });
});
