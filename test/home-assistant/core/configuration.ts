/** The home that the suite's own Home Assistant is: meters in odd units, moved by input numbers. */

export const timeZone = 'Europe/Brussels';

/** Moved by the tests. */
export const inputNumbers = {
  import: 'input_number.energy_ledger_import',
  export: 'input_number.energy_ledger_export',
  power: 'input_number.energy_ledger_power',
  plug: 'input_number.energy_ledger_plug',
} as const;

/** An integration of the suite's own, in `plug/`: a switch and a power sensor, in W, of one device. */
export const plug = {
  domain: 'energy_ledger_plug',
  switch: 'switch.energy_ledger_plug',
  power: 'sensor.energy_ledger_plug_power',
} as const;

export const sensors = {
  /** Counts in Wh. */
  import: 'sensor.energy_ledger_import',
  /** Counts in MWh, and has no unique id, so no entry in the registry. */
  export: 'sensor.energy_ledger_export',
  /** In kW. */
  power: 'sensor.energy_ledger_power',
  /** A meter of a device, in kWh. */
  kettle: 'sensor.energy_ledger_kettle',
} as const;

export const oldPreferences = {
  energy_sources: [
    {
      type: 'grid',
      flow_from: [
        {
          stat_energy_from: sensors.import,
          stat_cost: null,
          entity_energy_price: null,
          number_energy_price: 0.3,
        },
      ],
      flow_to: [
        {
          stat_energy_to: sensors.export,
          stat_compensation: null,
          entity_energy_price: null,
          number_energy_price: 0.05,
        },
      ],
      cost_adjustment_day: 0,
    },
  ],
  device_consumption: [{ stat_consumption: sensors.kettle }],
};

export const newPreferences = {
  energy_sources: [
    {
      type: 'grid',
      stat_energy_from: sensors.import,
      stat_energy_to: sensors.export,
      stat_cost: null,
      stat_compensation: null,
      entity_energy_price: null,
      number_energy_price: 0.3,
      entity_energy_price_export: null,
      number_energy_price_export: 0.05,
      cost_adjustment_day: 0,
      stat_rate: sensors.power,
    },
  ],
  device_consumption: [{ stat_consumption: sensors.kettle, name: 'Kettle' }],
};

export function configurationYaml(port: number): string {
  return `homeassistant:
  name: Energy Ledger test
  latitude: 50.85
  longitude: 4.35
  elevation: 20
  time_zone: ${timeZone}
  currency: EUR
  country: BE
  unit_system: metric
http:
  server_host: 127.0.0.1
  server_port: ${port}
api:
websocket_api:
config:
onboarding:
recorder:
  commit_interval: 1
  auto_purge: false
history:
energy:
input_number:
${inputNumber(inputNumbers.import)}${inputNumber(inputNumbers.export)}${inputNumber(inputNumbers.power)}${inputNumber(inputNumbers.plug)}${plug.domain}:
template:
  - sensor:
${meter('Energy Ledger import', 'import', 'Wh', '* 1000')}${meter('Energy Ledger export', null, 'MWh', '/ 1000', inputNumbers.export)}${meter('Energy Ledger kettle', 'kettle', 'kWh', '/ 10')}      - name: Energy Ledger power
        unique_id: energy_ledger_power
        unit_of_measurement: kW
        device_class: power
        state_class: measurement
        state: "{{ states('${inputNumbers.power}') | float / 1000 }}"
logger:
  default: warning
`;
}

function inputNumber(entityId: string): string {
  return `  ${entityId.split('.')[1]}:\n    min: -100000\n    max: 100000\n    step: 0.001\n    initial: 100\n`;
}

function meter(
  name: string,
  uniqueId: string | null,
  unit: string,
  factor: string,
  source: string = inputNumbers.import,
): string {
  const id = uniqueId === null ? '' : `\n        unique_id: energy_ledger_${uniqueId}`;
  return `      - name: ${name}${id}
        unit_of_measurement: ${unit}
        device_class: energy
        state_class: total_increasing
        state: "{{ states('${source}') | float ${factor} }}"
`;
}
