/** What a real Home Assistant 2026.11 answered to energy/get_prefs (a simulated home). */
export const preferences2026 = {
  energy_sources: [
    {
      type: 'grid',
      stat_energy_from: 'sensor.grid_import_tariff_1',
      stat_energy_to: 'sensor.grid_export',
      number_energy_price: 0.24,
      number_energy_price_export: 0.08,
      power_config: {
        stat_rate: 'sensor.grid_power',
      },
      cost_adjustment_day: 0.0,
      name: 'Low tariff',
      stat_cost: null,
      entity_energy_price: null,
      stat_compensation: null,
      entity_energy_price_export: null,
      stat_rate: 'sensor.grid_power',
    },
    {
      type: 'grid',
      stat_energy_from: 'sensor.grid_import_tariff_2',
      entity_energy_price: 'sensor.grid_price',
      cost_adjustment_day: 0.0,
      name: 'High tariff',
      stat_energy_to: null,
      stat_cost: null,
      number_energy_price: null,
      stat_compensation: null,
      entity_energy_price_export: null,
      number_energy_price_export: null,
    },
    {
      type: 'solar',
      stat_energy_from: 'sensor.solar_production',
      stat_rate: 'sensor.solar_power',
      config_entry_solar_forecast: null,
    },
    {
      type: 'battery',
      stat_energy_from: 'sensor.battery_discharge_energy',
      stat_energy_to: 'sensor.battery_charge_energy',
      power_config: {
        stat_rate: 'sensor.battery_power',
      },
      stat_soc: 'sensor.battery_level',
      capacity: 10.0,
      stat_rate: 'sensor.battery_power',
    },
    {
      type: 'gas',
      stat_energy_from: 'sensor.gas_consumption',
      stat_rate: 'sensor.gas_flow',
      stat_cost: null,
      entity_energy_price: null,
      number_energy_price: 1.1,
    },
    {
      type: 'water',
      stat_energy_from: 'sensor.water_consumption',
      stat_rate: 'sensor.water_flow',
      stat_cost: null,
      entity_energy_price: null,
      number_energy_price: 4.2,
    },
  ],
  device_consumption: [
    {
      stat_consumption: 'sensor.kitchen_energy',
      name: 'Kitchen',
    },
    {
      stat_consumption: 'sensor.fridge_energy',
      stat_rate: 'sensor.fridge_power',
      included_in_stat: 'sensor.kitchen_energy',
    },
    {
      stat_consumption: 'sensor.dishwasher_energy',
      stat_rate: 'sensor.dishwasher_power',
      included_in_stat: 'sensor.kitchen_energy',
    },
    {
      stat_consumption: 'sensor.oven_energy',
      stat_rate: 'sensor.oven_power',
      included_in_stat: 'sensor.kitchen_energy',
    },
    {
      stat_consumption: 'sensor.washing_machine_energy',
      stat_rate: 'sensor.washing_machine_power',
    },
    {
      stat_consumption: 'sensor.heat_pump_energy',
      stat_rate: 'sensor.heat_pump_power',
    },
    {
      stat_consumption: 'sensor.ev_charger_energy',
      stat_rate: 'sensor.ev_charger_power',
      name: 'Car',
    },
  ],
  device_consumption_water: [],
} as const;
