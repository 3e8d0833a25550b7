/**
 * The demo home's entities: what each one measures, in which unit, how often it reports. Units are odd on purpose
 * (fridge in Wh, heat pump in MWh, car in kW, water in L), one entity becomes unavailable now and then, one that
 * measures energy is not named by the energy preferences, and two plugs have their switch beside the meter.
 */
import type { Channel } from '../model/house.ts';
import { type Group, groupOf } from './cadence.ts';

type Meaning =
  /** Counts the channels' integral; `perUnit` joules or millilitres make one unit. */
  | {
      readonly kind: 'register';
      readonly plus: readonly Channel[];
      readonly minus?: readonly Channel[];
      readonly baseUnits: number;
      readonly perUnit: number;
      readonly decimals: number;
    }
  /** The channels' present rate; `perUnit` watts or millilitres a second make one unit. */
  | {
      readonly kind: 'rate';
      readonly plus: readonly Channel[];
      readonly minus?: readonly Channel[];
      readonly perUnit: number;
      readonly decimals: number;
      /** What it keeps reporting while nothing flows, in its own unit. */
      readonly phantom?: number;
    }
  /** On while the channel draws power. */
  | { readonly kind: 'relay'; readonly channel: Channel }
  /** The channels' highest quarter-hour of the month so far; `perUnit` watts make one unit. */
  | {
      readonly kind: 'month_peak';
      readonly plus: readonly Channel[];
      readonly perUnit: number;
      readonly decimals: number;
    }
  | { readonly kind: 'battery_level' }
  | { readonly kind: 'outdoor'; readonly offsetC: number; readonly swingC: number }
  /** On in the evening. */
  | { readonly kind: 'light'; readonly chance: number }
  | { readonly kind: 'tariff' }
  | { readonly kind: 'sun' }
  | { readonly kind: 'weather' }
  | { readonly kind: 'fixed'; readonly text: string };

export interface EntityDefinition {
  /** The registry's lasting id is made from it. */
  readonly key: string;
  readonly entityId: string;
  /** Name of the entity without its device's; null: it is the device's main one. */
  readonly name: string | null;
  readonly device: string | null;
  readonly area?: string;
  readonly unit?: string;
  readonly deviceClass?: string;
  readonly stateClass?: 'total_increasing' | 'total' | 'measurement';
  readonly category?: 'diagnostic' | 'config';
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly group: Group;
  readonly meaning: Meaning;
  /** Becomes unavailable for some minutes, several times a day. */
  readonly unreliable?: boolean;
}

const J = 3_600_000;

function energy(
  key: string,
  device: string,
  name: string,
  plus: readonly Channel[],
  baseKwh: number,
  more: {
    unit?: 'kWh' | 'Wh' | 'MWh';
    minus?: readonly Channel[];
    decimals?: number;
    unreliable?: boolean;
  } = {},
): EntityDefinition {
  const unit = more.unit ?? 'kWh';
  const kwhPerUnit = { kWh: 1, Wh: 0.001, MWh: 1000 }[unit];
  return {
    key,
    entityId: `sensor.${key}`,
    name,
    device,
    unit,
    deviceClass: 'energy',
    stateClass: more.minus === undefined ? 'total_increasing' : 'total',
    group: groupOf(device),
    meaning: {
      kind: 'register',
      plus,
      ...(more.minus === undefined ? {} : { minus: more.minus }),
      baseUnits: baseKwh / kwhPerUnit,
      perUnit: J * kwhPerUnit,
      decimals: more.decimals ?? { kWh: 3, Wh: 0, MWh: 6 }[unit],
    },
    ...(more.unreliable === true ? { unreliable: true } : {}),
  };
}

function power(
  key: string,
  device: string,
  name: string,
  plus: readonly Channel[],
  more: { unit?: 'W' | 'kW'; minus?: readonly Channel[]; unreliable?: boolean; phantom?: number } = {},
): EntityDefinition {
  return {
    key,
    entityId: `sensor.${key}`,
    name,
    device,
    unit: more.unit ?? 'W',
    deviceClass: 'power',
    stateClass: 'measurement',
    group: groupOf(device),
    meaning: {
      kind: 'rate',
      plus,
      ...(more.minus === undefined ? {} : { minus: more.minus }),
      perUnit: more.unit === 'kW' ? 1000 : 1,
      decimals: more.unit === 'kW' ? 3 : 0,
      ...(more.phantom === undefined ? {} : { phantom: more.phantom }),
    },
    ...(more.unreliable === true ? { unreliable: true } : {}),
  };
}

/** The relay of a plug: its device's main entity. */
function relay(key: string, device: string, channel: Channel): EntityDefinition {
  return {
    key: `${key}_switch`,
    entityId: `switch.${key}`,
    name: null,
    device,
    deviceClass: 'outlet',
    group: groupOf(device),
    meaning: { kind: 'relay', channel },
  };
}

const kitchen: readonly Channel[] = ['kitchen_sockets', 'fridge', 'dishwasher', 'oven', 'hob'];
const imports: readonly Channel[] = ['import_day', 'import_night'];
const exports: readonly Channel[] = ['export_day', 'export_night'];

export const energyEntities: readonly EntityDefinition[] = [
  energy('p1_meter_energy_import_tariff_1', 'p1', 'Energy import tariff 1', ['import_day'], 8421.512),
  energy('p1_meter_energy_import_tariff_2', 'p1', 'Energy import tariff 2', ['import_night'], 10233.078),
  energy('p1_meter_energy_export_tariff_1', 'p1', 'Energy export tariff 1', ['export_day'], 3127.44),
  energy('p1_meter_energy_export_tariff_2', 'p1', 'Energy export tariff 2', ['export_night'], 1290.906),
  power('p1_meter_power', 'p1', 'Power', imports, { minus: exports }),
  energy('p1_meter_net_energy', 'p1', 'Net energy', imports, 14236.244, { minus: exports }),
  energy('solar_inverter_energy', 'inverter', 'Energy', ['solar'], 21874.3),
  power('solar_inverter_power', 'inverter', 'Power', ['solar']),
  energy('home_battery_energy_charged', 'battery', 'Energy charged', ['charge'], 2104.77),
  energy('home_battery_energy_discharged', 'battery', 'Energy discharged', ['discharge'], 1899.305),
  power('home_battery_power', 'battery', 'Power', ['discharge'], { minus: ['charge'] }),
  {
    key: 'home_battery_level',
    entityId: 'sensor.home_battery_level',
    name: 'Level',
    device: 'battery',
    unit: '%',
    deviceClass: 'battery',
    stateClass: 'measurement',
    group: groupOf('battery'),
    meaning: { kind: 'battery_level' },
  },
  {
    key: 'gas_meter_consumption',
    entityId: 'sensor.gas_meter_consumption',
    name: 'Consumption',
    device: 'gas',
    unit: 'm³',
    deviceClass: 'gas',
    stateClass: 'total_increasing',
    group: groupOf('gas'),
    meaning: { kind: 'register', plus: ['gas'], baseUnits: 4718.225, perUnit: 1_000_000, decimals: 3 },
  },
  {
    key: 'water_meter_consumption',
    entityId: 'sensor.water_meter_consumption',
    name: 'Consumption',
    device: 'water',
    unit: 'L',
    deviceClass: 'water',
    stateClass: 'total_increasing',
    group: groupOf('water'),
    meaning: { kind: 'register', plus: ['water'], baseUnits: 611_482, perUnit: 1000, decimals: 0 },
  },
  energy('kitchen_circuit_energy', 'kitchen_circuit', 'Energy', kitchen, 1822.4),
  power('kitchen_circuit_power', 'kitchen_circuit', 'Power', kitchen),
  energy('fridge_energy', 'fridge', 'Energy', ['fridge'], 612.5, { unit: 'Wh' }),
  power('fridge_power', 'fridge', 'Power', ['fridge']),
  energy('dishwasher_energy', 'dishwasher', 'Energy', ['dishwasher'], 402.118),
  power('dishwasher_power', 'dishwasher', 'Power', ['dishwasher']),
  power('oven_power', 'kitchen_circuit', 'Oven power', ['oven']),
  energy('washing_machine_energy', 'washing_machine', 'Energy', ['washing_machine'], 288.64),
  power('washing_machine_power', 'washing_machine', 'Power', ['washing_machine']),
  energy('dryer_energy', 'dryer', 'Energy', ['dryer'], 191.02, { unreliable: true }),
  power('dryer_power', 'dryer', 'Power', ['dryer'], { unreliable: true }),
  energy('heat_pump_energy', 'heat_pump', 'Energy', ['heat_pump'], 9120.771, { unit: 'MWh' }),
  power('heat_pump_power', 'heat_pump', 'Power', ['heat_pump']),
  energy('boiler_energy', 'boiler', 'Energy', ['boiler'], 1204.9, { decimals: 2 }),
  power('boiler_power', 'boiler', 'Power', ['boiler']),
  energy('ev_charger_energy', 'ev_charger', 'Energy', ['ev_charger'], 4310.2, { decimals: 2 }),
  power('ev_charger_power', 'ev_charger', 'Power', ['ev_charger'], { unit: 'kW' }),
  energy('office_energy', 'office', 'Energy', ['office'], 233.07),
  power('office_power', 'office', 'Power', ['office']),
  power('media_power', 'media', 'Power', ['media'], { phantom: 4 }),
  power('ventilation_power', 'ventilation', 'Power', ['ventilation']),
  // Measures energy, and is not in the energy dashboard.
  energy('garage_freezer_energy', 'freezer', 'Energy', ['freezer'], 377.2),
  power('garage_freezer_power', 'freezer', 'Power', ['freezer']),
  // A plug without a register, whose sensor reports 4 W while it is off; and one that counts.
  relay('media', 'media', 'media'),
  relay('boiler', 'boiler', 'boiler'),
  // As the dsmr integration shows OBIS 1-0:1.6.0 of a Belgian meter: in kW, without a state class.
  {
    key: 'p1_meter_maximum_demand_current_month',
    entityId: 'sensor.p1_meter_maximum_demand_current_month',
    name: 'Maximum demand current month',
    device: 'p1',
    unit: 'kW',
    deviceClass: 'power',
    group: groupOf('p1_demand'),
    meaning: { kind: 'month_peak', plus: imports, perUnit: 1000, decimals: 3 },
  },
];
