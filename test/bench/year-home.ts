/** The home whose requests are measured: its entities, and how fast each of its meters counts. Values are made up. */
import type { Entity, Role, StateClass } from '../../src/home/entity.ts';
import type { CanonicalUnit, Quantity } from '../../src/units/quantity.ts';
import { canonicalUnit } from '../../src/units/quantity.ts';

export interface YearMeter {
  readonly entity: Entity;
  readonly unit: CanonicalUnit;
  /** Has a register (or is integrated) and thus entries of its own. */
  readonly isPosted: boolean;
  /** kW, m³/h or, of what is not posted, the mean of its values. */
  readonly rate: number;
}

export const timeZone = 'Europe/Brussels';
export const homeConfig = {
  timeZone,
  currency: 'EUR',
  language: 'en',
  country: 'BE',
  version: '2026.11.0',
};

type Main = readonly [id: string, role: Role, quantity: Quantity, rate: number, parent?: string];

/** In an order in which the first ten are a home as well. */
const mains: readonly Main[] = [
  ['grid_import_tariff_1', 'grid_import', 'energy', 0.25],
  ['grid_export_tariff_1', 'grid_export', 'energy', 0.06],
  ['grid_power', 'grid_power', 'power', 380, 'grid_import_tariff_1'],
  ['solar_energy', 'solar', 'energy', 0.45],
  ['battery_in', 'battery_in', 'energy', 0.12],
  ['battery_out', 'battery_out', 'energy', 0.11],
  ['gas', 'gas', 'volume', 0.09],
  ['water', 'water', 'volume', 0.014],
  ['grid_import_tariff_2', 'grid_import', 'energy', 0.21],
  ['grid_export_tariff_2', 'grid_export', 'energy', 0.05],
  ['solar_power', 'solar_power', 'power', 450, 'solar_energy'],
  ['battery_power', 'battery_power', 'power', 20, 'battery_in'],
  ['battery_level', 'battery_level', 'percentage', 55],
];
const mainsOfSmall = 8;

function entityOf(
  id: string,
  role: Role,
  quantity: Quantity,
  parent: string | undefined,
  area: string | null,
): Entity {
  const isRegister = quantity === 'energy' || quantity === 'volume';
  const stateClass: StateClass = isRegister ? 'total_increasing' : 'measurement';
  return {
    entityId: `sensor.year_${id}`,
    registryId: `registry-${id}`,
    name: id.replaceAll('_', ' '),
    quantity,
    unit: canonicalUnit[quantity],
    deviceClass: quantity === 'volume' ? (role === 'water' ? 'water' : 'gas') : quantity,
    stateClass,
    area,
    device: null,
    role,
    sign: 1,
    parentEntityId: parent === undefined ? null : `sensor.year_${parent}`,
    foundBy: 'preferences',
  };
}

/** @param count entities, of which beyond the home's own every two are a device's register and its power */
export function yearMeters(count: number): YearMeter[] {
  const meters: YearMeter[] = mains
    .slice(0, count < 20 ? mainsOfSmall : mains.length)
    .map(([id, role, quantity, rate, parent]) => ({
      entity: entityOf(id, role, quantity, parent, null),
      unit: canonicalUnit[quantity],
      isPosted: quantity === 'energy' || quantity === 'volume',
      rate,
    }));
  for (let device = 0; meters.length < count; device += 1) {
    const area = ['Kitchen', 'Living room', 'Garage', 'Office', 'Attic'][device % 5] ?? null;
    const id = `device_${String(device).padStart(2, '0')}`;
    // Every fourth is behind the one before, as a strip and what is plugged into it.
    const parent = device % 4 === 3 ? `device_${String(device - 1).padStart(2, '0')}_energy` : undefined;
    const kw = 0.004 + 0.0005 * (device % 17);
    const isLast = meters.length === count - 1;
    if (!isLast)
      meters.push({
        entity: entityOf(`${id}_energy`, 'device', 'energy', parent, area),
        unit: 'kWh',
        isPosted: true,
        rate: kw,
      });
    // The last one, when there is no room for two, is a plug that reports nothing but power.
    const register = isLast ? undefined : `${id}_energy`;
    meters.push({
      entity: entityOf(`${id}_power`, 'device_power', 'power', register, area),
      unit: 'W',
      isPosted: isLast,
      rate: isLast ? kw : kw * 1000,
    });
  }
  return meters;
}
