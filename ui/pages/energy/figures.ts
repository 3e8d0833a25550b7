/** The cards of the Energy page: which ones this home has, and their amounts. Pure. */
import {
  mdiBatteryArrowDown,
  mdiBatteryArrowUp,
  mdiCash,
  mdiFire,
  mdiHomeLightningBolt,
  mdiLeaf,
  mdiSolarPower,
  mdiSolarPowerVariant,
  mdiTransmissionTowerExport,
  mdiTransmissionTowerImport,
  mdiWater,
} from '@mdi/js';
import type { BalanceAnswer } from '../../../src/schemas/balance.ts';
import type { ColourName } from '../../components/role-look.ts';
import { formatEnergy, formatMoney, formatQuantity, formatShare } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';
import type { AmountKey } from './comparison.ts';

export interface Figure {
  readonly key: keyof Texts['energy']['figure'];
  readonly amount: AmountKey;
  readonly kind: 'energy' | 'volume' | 'share' | 'money';
  readonly icon: string;
  readonly colour: ColourName;
}

const all: readonly Figure[] = [
  { key: 'home', amount: 'home_kwh', kind: 'energy', icon: mdiHomeLightningBolt, colour: 'home' },
  {
    key: 'gridIn',
    amount: 'grid_in_kwh',
    kind: 'energy',
    icon: mdiTransmissionTowerImport,
    colour: 'grid-in',
  },
  {
    key: 'gridOut',
    amount: 'grid_out_kwh',
    kind: 'energy',
    icon: mdiTransmissionTowerExport,
    colour: 'grid-out',
  },
  { key: 'solar', amount: 'solar_kwh', kind: 'energy', icon: mdiSolarPower, colour: 'solar' },
  {
    key: 'batteryIn',
    amount: 'battery_in_kwh',
    kind: 'energy',
    icon: mdiBatteryArrowDown,
    colour: 'battery-in',
  },
  {
    key: 'batteryOut',
    amount: 'battery_out_kwh',
    kind: 'energy',
    icon: mdiBatteryArrowUp,
    colour: 'battery-out',
  },
  { key: 'selfSufficiency', amount: 'self_sufficiency', kind: 'share', icon: mdiLeaf, colour: 'text-2' },
  {
    key: 'selfConsumption',
    amount: 'self_consumption',
    kind: 'share',
    icon: mdiSolarPowerVariant,
    colour: 'text-2',
  },
  { key: 'gas', amount: 'gas_m3', kind: 'volume', icon: mdiFire, colour: 'gas' },
  { key: 'gasEnergy', amount: 'gas_kwh', kind: 'energy', icon: mdiFire, colour: 'gas' },
  { key: 'water', amount: 'water_m3', kind: 'volume', icon: mdiWater, colour: 'water' },
  { key: 'cost', amount: 'cost', kind: 'money', icon: mdiCash, colour: 'text-2' },
];

/** The cards for what this home has. */
export function figuresOf({ has, total }: BalanceAnswer): Figure[] {
  const needed: Readonly<Record<Figure['key'], boolean>> = {
    home: true,
    gridIn: has.grid,
    gridOut: has.grid,
    cost: has.grid,
    solar: has.solar,
    selfConsumption: has.solar,
    batteryIn: has.battery,
    batteryOut: has.battery,
    selfSufficiency: has.solar || has.battery,
    gas: has.gas && (!has.gas_energy || total.gas_m3 !== null),
    gasEnergy: has.gas_energy,
    water: has.water,
  };
  return all.filter(({ key }) => needed[key]);
}

/** Null when the amount is not known. */
export function figureText(
  { amount, kind }: Pick<Figure, 'amount' | 'kind'>,
  amounts: BalanceAnswer['total'],
  currency: string | null,
  language: string,
): string | null {
  const value = amounts[amount];
  if (value === null) return null;
  switch (kind) {
    case 'energy':
      return formatEnergy(value, language);
    case 'volume':
      return formatQuantity(value, 'm³', language);
    case 'share':
      return formatShare(value, language);
    case 'money':
      return formatMoney(value, currency, language);
  }
}
