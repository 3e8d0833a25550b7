/**
 * Goal: every form of the energy preferences gives the same list of meters, devices and power sensors.
 * Method: the preferences of a real Home Assistant 2026.11 and the form of 2024 as literals; then random JSON, which
 * must never throw.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPreferences } from './preferences.ts';
import { preferences2026 } from './testing/sample-preferences.ts';

const named = (wire: unknown) =>
  Object.fromEntries(
    readPreferences(wire).statistics.map((s) => [s.statisticId, [s.role, s.parentId, s.sign, s.name]]),
  );

describe('readPreferences', () => {
  it('reads the form of 2026: two grid sources, power_config, tree of devices', () => {
    const read = readPreferences(preferences2026);
    expect(read.sourceCount).toBe(6);
    expect(named(preferences2026)).toMatchObject({
      'sensor.grid_import_tariff_1': ['grid_import', null, 1, 'Low tariff'],
      'sensor.grid_import_tariff_2': ['grid_import', null, 1, 'High tariff'],
      'sensor.grid_export': ['grid_export', null, 1, 'Low tariff'],
      'sensor.grid_power': ['grid_power', 'sensor.grid_import_tariff_1', 1, null],
      'sensor.solar_production': ['solar', null, 1, null],
      'sensor.solar_power': ['solar_power', 'sensor.solar_production', 1, null],
      'sensor.battery_discharge_energy': ['battery_out', null, 1, null],
      'sensor.battery_charge_energy': ['battery_in', null, 1, null],
      'sensor.battery_level': ['battery_level', 'sensor.battery_discharge_energy', 1, null],
      'sensor.gas_flow': ['gas_flow', 'sensor.gas_consumption', 1, null],
      'sensor.water_consumption': ['water', null, 1, null],
      'sensor.kitchen_energy': ['device', null, 1, 'Kitchen'],
      'sensor.fridge_energy': ['device', 'sensor.kitchen_energy', 1, null],
      'sensor.fridge_power': ['device_power', 'sensor.fridge_energy', 1, null],
    });
  });

  it('reads the form of 2024: flow_from and flow_to', () => {
    const wire = {
      energy_sources: [
        {
          type: 'grid',
          flow_from: [
            {
              stat_energy_from: 'sensor.import_1',
              stat_cost: null,
              entity_energy_price: null,
              number_energy_price: 0.3,
            },
            {
              stat_energy_from: 'sensor.import_2',
              stat_cost: null,
              entity_energy_price: null,
              number_energy_price: 0.2,
            },
          ],
          flow_to: [
            { stat_energy_to: 'sensor.export_1', stat_compensation: null, entity_energy_price: null },
          ],
          cost_adjustment_day: 0,
        },
        { type: 'solar', stat_energy_from: 'sensor.pv', config_entry_solar_forecast: null },
        { type: 'battery', stat_energy_from: 'sensor.out', stat_energy_to: 'sensor.in' },
      ],
      device_consumption: [{ stat_consumption: 'sensor.washer' }],
    };
    expect(named(wire)).toEqual({
      'sensor.import_1': ['grid_import', null, 1, null],
      'sensor.import_2': ['grid_import', null, 1, null],
      'sensor.export_1': ['grid_export', null, 1, null],
      'sensor.pv': ['solar', null, 1, null],
      'sensor.out': ['battery_out', null, 1, null],
      'sensor.in': ['battery_in', null, 1, null],
      'sensor.washer': ['device', null, 1, null],
    });
  });

  it('takes the sign of power from power_config', () => {
    const grid = (power: object) =>
      named({ energy_sources: [{ type: 'grid', stat_energy_from: 'sensor.a', ...power }] });
    expect(
      grid({ power_config: { stat_rate_inverted: 'sensor.p' }, stat_rate: 'sensor.p_inverted' }),
    ).toEqual({
      'sensor.a': ['grid_import', null, 1, null],
      'sensor.p': ['grid_power', 'sensor.a', -1, null],
    });
    expect(grid({ power_config: { stat_rate_from: 'sensor.f', stat_rate_to: 'sensor.t' } })).toEqual({
      'sensor.a': ['grid_import', null, 1, null],
      'sensor.f': ['grid_power', 'sensor.a', 1, null],
      'sensor.t': ['grid_power', 'sensor.a', -1, null],
    });
  });

  it('passes over unknown kinds and a device that contains itself, and names external statistics', () => {
    const read = readPreferences({
      energy_sources: [
        { type: 'wind', stat_energy_from: 'sensor.wind' },
        { type: 'gas', stat_energy_from: 'rig:old_meter' },
      ],
      device_consumption: [
        { stat_consumption: 'sensor.x', included_in_stat: 'sensor.x', colour: 'blue' },
        'nonsense',
        null,
      ],
    });
    expect(read.statistics).toEqual([
      { statisticId: 'rig:old_meter', role: 'gas', name: null, parentId: null, sign: 1 },
      { statisticId: 'sensor.x', role: 'device', name: null, parentId: null, sign: 1 },
    ]);
    expect(read.sourceCount).toBe(1);
  });

  it('takes a source that is named as a device for both, once, and a device named twice for the first', () => {
    const read = readPreferences({
      energy_sources: [
        { type: 'solar', stat_energy_from: 'sensor.roof' },
        { type: 'battery', stat_energy_from: 'sensor.out', stat_energy_to: 'sensor.in' },
      ],
      device_consumption: [
        { stat_consumption: 'sensor.roof', name: 'Roof' },
        { stat_consumption: 'sensor.roof', name: 'Roof again', included_in_stat: 'sensor.fridge' },
        { stat_consumption: 'sensor.in', included_in_stat: 'sensor.fridge' },
        { stat_consumption: 'sensor.fridge' },
        { stat_consumption: 'sensor.fridge', name: 'Fridge again' },
      ],
    });
    expect(read.statistics).toEqual([
      { statisticId: 'sensor.roof', role: 'solar', name: 'Roof', parentId: null, sign: 1, isDevice: true },
      { statisticId: 'sensor.out', role: 'battery_out', name: null, parentId: null, sign: 1 },
      {
        statisticId: 'sensor.in',
        role: 'battery_in',
        ...{ name: null, parentId: 'sensor.fridge', sign: 1, isDevice: true },
      },
      { statisticId: 'sensor.fridge', role: 'device', name: null, parentId: null, sign: 1 },
    ]);
  });

  it('names nothing when no preferences are set', () => {
    expect(readPreferences(null)).toEqual({ statistics: [], sourceCount: 0 });
  });

  it('never throws, and names a statistic at most once', () => {
    const id = fc.constantFrom('sensor.a', 'sensor.b', 'sensor.c', 'x:y', '', null, 7);
    const source = fc.record(
      {
        type: fc.constantFrom('grid', 'solar', 'battery', 'gas', 'water', 'home', 'constructor', 3),
        stat_energy_from: id,
        stat_energy_to: id,
        stat_rate: id,
        power_config: fc.oneof(
          fc.jsonValue(),
          fc.record({ stat_rate: id, stat_rate_from: id, stat_rate_to: id }, { requiredKeys: [] }),
        ),
        flow_from: fc.oneof(fc.jsonValue(), fc.array(fc.record({ stat_energy_from: id }))),
      },
      { requiredKeys: [] },
    );
    const wire = fc.oneof(
      fc.jsonValue(),
      fc.record({
        energy_sources: fc.array(source),
        device_consumption: fc.array(fc.record({ stat_consumption: id, included_in_stat: id })),
      }),
    );
    fc.assert(
      fc.property(wire, (value) => {
        const ids = readPreferences(value).statistics.map((s) => s.statisticId);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.every((text) => text !== '')).toBe(true);
      }),
    );
  });
});
