/** Icon and colour of each role. Colours are tokens of tokens.css, without their leading dashes. */
import {
  mdiBattery,
  mdiBatteryArrowDown,
  mdiBatteryArrowUp,
  mdiFire,
  mdiFlash,
  mdiHomeLightningBolt,
  mdiPowerPlug,
  mdiSolarPower,
  mdiToggleSwitchOutline,
  mdiTransmissionTower,
  mdiTransmissionTowerExport,
  mdiTransmissionTowerImport,
  mdiWater,
} from '@mdi/js';
import type { EntityRow } from '../../src/schemas/entities.ts';

type Role = EntityRow['role'];
export type ColourName =
  | 'grid-in'
  | 'grid-out'
  | 'solar'
  | 'battery-in'
  | 'battery-out'
  | 'gas'
  | 'water'
  | 'home'
  | 'text-2';
interface Look {
  readonly icon: string;
  readonly colour: ColourName;
}

const looks: Readonly<Record<Role, Look>> = {
  grid_import: { icon: mdiTransmissionTowerImport, colour: 'grid-in' },
  grid_export: { icon: mdiTransmissionTowerExport, colour: 'grid-out' },
  grid_power: { icon: mdiTransmissionTower, colour: 'grid-in' },
  solar: { icon: mdiSolarPower, colour: 'solar' },
  solar_power: { icon: mdiSolarPower, colour: 'solar' },
  battery_in: { icon: mdiBatteryArrowDown, colour: 'battery-in' },
  battery_out: { icon: mdiBatteryArrowUp, colour: 'battery-out' },
  battery_power: { icon: mdiBattery, colour: 'battery-out' },
  battery_level: { icon: mdiBattery, colour: 'battery-out' },
  gas: { icon: mdiFire, colour: 'gas' },
  gas_flow: { icon: mdiFire, colour: 'gas' },
  water: { icon: mdiWater, colour: 'water' },
  water_flow: { icon: mdiWater, colour: 'water' },
  device: { icon: mdiPowerPlug, colour: 'home' },
  device_power: { icon: mdiPowerPlug, colour: 'home' },
  device_switch: { icon: mdiToggleSwitchOutline, colour: 'home' },
  device_water: { icon: mdiWater, colour: 'water' },
  device_water_flow: { icon: mdiWater, colour: 'water' },
  other: { icon: mdiFlash, colour: 'home' },
};

export const homeIcon = mdiHomeLightningBolt;

export function lookOf(role: Role): Look {
  return looks[role];
}

/** The colour for a line or an icon on a card. */
export function markOf(colour: ColourName): string {
  return colour === 'text-2' ? 'var(--text-2-ink)' : `var(--${colour}-mark)`;
}

/** The home's meters before devices, in the order in which energy flows. */
export const roleOrder: readonly Role[] = [
  'grid_power',
  'grid_import',
  'grid_export',
  'solar_power',
  'solar',
  'battery_power',
  'battery_in',
  'battery_out',
  'battery_level',
  'gas',
  'gas_flow',
  'water',
  'water_flow',
  'device_power',
  'device',
  'device_switch',
  'device_water',
  'device_water_flow',
  'other',
];
