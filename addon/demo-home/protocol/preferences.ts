/**
 * The energy preferences. Until 2025 a grid source was one with lists of flows; since then two tariffs are two grid
 * sources with one import and one export each. An app meets both.
 */

export type PreferencesForm = 'new' | 'old' | 'none';

const price = {
  stat_cost: null,
  entity_energy_price: null,
  stat_compensation: null,
  entity_energy_price_export: null,
};

const grid = (tariff: 1 | 2, name: string, number_energy_price: number) => ({
  type: 'grid',
  stat_energy_from: `sensor.p1_meter_energy_import_tariff_${tariff}`,
  stat_energy_to: `sensor.p1_meter_energy_export_tariff_${tariff}`,
  number_energy_price,
  number_energy_price_export: 0.04,
  ...(tariff === 1
    ? { power_config: { stat_rate: 'sensor.p1_meter_power' }, stat_rate: 'sensor.p1_meter_power' }
    : {}),
  cost_adjustment_day: 0,
  name,
  ...price,
});

const flow = (tariff: 1 | 2, direction: 'from' | 'to', number_energy_price: number) => ({
  [`stat_energy_${direction}`]: `sensor.p1_meter_energy_${direction === 'from' ? 'import' : 'export'}_tariff_${tariff}`,
  [direction === 'from' ? 'stat_cost' : 'stat_compensation']: null,
  entity_energy_price: null,
  number_energy_price,
});

const others = [
  {
    type: 'solar',
    stat_energy_from: 'sensor.solar_inverter_energy',
    stat_rate: 'sensor.solar_inverter_power',
    config_entry_solar_forecast: null,
  },
  {
    type: 'battery',
    stat_energy_from: 'sensor.home_battery_energy_discharged',
    stat_energy_to: 'sensor.home_battery_energy_charged',
    power_config: { stat_rate: 'sensor.home_battery_power' },
    stat_rate: 'sensor.home_battery_power',
    stat_soc: 'sensor.home_battery_level',
    capacity: 10,
  },
  {
    type: 'gas',
    stat_energy_from: 'sensor.gas_meter_consumption',
    stat_cost: null,
    entity_energy_price: null,
    number_energy_price: 0.82,
  },
  {
    type: 'water',
    stat_energy_from: 'sensor.water_meter_consumption',
    stat_cost: null,
    entity_energy_price: null,
    number_energy_price: null,
  },
];

const kitchen = 'sensor.kitchen_circuit_energy';

const deviceConsumption = [
  { stat_consumption: kitchen, stat_rate: 'sensor.kitchen_circuit_power', name: 'Kitchen' },
  { stat_consumption: 'sensor.fridge_energy', stat_rate: 'sensor.fridge_power', included_in_stat: kitchen },
  {
    stat_consumption: 'sensor.dishwasher_energy',
    stat_rate: 'sensor.dishwasher_power',
    included_in_stat: kitchen,
  },
  { stat_consumption: 'sensor.washing_machine_energy', stat_rate: 'sensor.washing_machine_power' },
  { stat_consumption: 'sensor.dryer_energy', stat_rate: 'sensor.dryer_power' },
  { stat_consumption: 'sensor.heat_pump_energy', stat_rate: 'sensor.heat_pump_power' },
  { stat_consumption: 'sensor.boiler_energy', stat_rate: 'sensor.boiler_power' },
  { stat_consumption: 'sensor.ev_charger_energy', stat_rate: 'sensor.ev_charger_power', name: 'Car' },
  { stat_consumption: 'sensor.office_energy', stat_rate: 'sensor.office_power' },
];

/** Null: nothing was ever saved. */
export function preferences(form: PreferencesForm): Record<string, object[]> | null {
  switch (form) {
    case 'none':
      return null;
    case 'new':
      return {
        energy_sources: [grid(1, 'Day', 0.32), grid(2, 'Night', 0.27), ...others],
        device_consumption: deviceConsumption,
        device_consumption_water: [],
      };
    case 'old':
      return {
        energy_sources: [
          {
            type: 'grid',
            flow_from: [flow(1, 'from', 0.32), flow(2, 'from', 0.27)],
            flow_to: [flow(1, 'to', 0.04), flow(2, 'to', 0.04)],
            cost_adjustment_day: 0,
          },
          // What only the new form knows is not there yet.
          ...others.map((source) =>
            Object.fromEntries(
              Object.entries(source).filter(
                ([key]) => !['stat_rate', 'power_config', 'stat_soc', 'capacity'].includes(key),
              ),
            ),
          ),
        ],
        device_consumption: deviceConsumption.map(({ stat_consumption, ...more }) => ({
          stat_consumption,
          ...('name' in more ? { name: more.name } : {}),
          ...('included_in_stat' in more ? { included_in_stat: more.included_in_stat } : {}),
        })),
      };
  }
}
