/**
 * What a meter measures and the one unit in which the product keeps it.
 * A factor is what a value in that unit is multiplied with; divisions are kept as divisors, so that 1234.5 Wh
 * becomes 1.2345 kWh and not 1.2345000000000002.
 */
export type Quantity = 'energy' | 'power' | 'volume' | 'flow' | 'percentage' | 'switch';

/** A switch has no unit in Home Assistant; here its states are numbers like all others, 1 for on and 0 for off. */
export const canonicalUnits = ['kWh', 'W', 'm³', 'm³/h', '%', 'on/off'] as const;
export type CanonicalUnit = (typeof canonicalUnits)[number];

export const canonicalUnit = {
  energy: 'kWh',
  power: 'W',
  volume: 'm³',
  flow: 'm³/h',
  percentage: '%',
  switch: 'on/off',
} as const satisfies Record<Quantity, CanonicalUnit>;

interface Conversion {
  readonly quantity: Quantity;
  readonly times: number;
  readonly dividedBy: number;
}

function conversion(quantity: Quantity, times = 1, dividedBy = 1): Conversion {
  return { quantity, times, dividedBy };
}

/**
 * Units as Home Assistant writes them (core const.py: UnitOfEnergy, UnitOfPower, UnitOfVolume, UnitOfVolumeFlowRate).
 */
const conversions: ReadonlyMap<string, Conversion> = new Map([
  ['mWh', conversion('energy', 1, 1_000_000)],
  ['Wh', conversion('energy', 1, 1000)],
  ['kWh', conversion('energy')],
  ['MWh', conversion('energy', 1000)],
  ['GWh', conversion('energy', 1_000_000)],
  ['TWh', conversion('energy', 1_000_000_000)],
  ['J', conversion('energy', 1, 3_600_000)],
  ['kJ', conversion('energy', 1, 3600)],
  ['MJ', conversion('energy', 1, 3.6)],
  ['GJ', conversion('energy', 1000, 3.6)],
  ['cal', conversion('energy', 4.184, 3_600_000)],
  ['kcal', conversion('energy', 4.184, 3600)],
  ['Mcal', conversion('energy', 4.184, 3.6)],
  ['Gcal', conversion('energy', 4184, 3.6)],
  ['mW', conversion('power', 1, 1000)],
  ['W', conversion('power')],
  ['kW', conversion('power', 1000)],
  ['MW', conversion('power', 1_000_000)],
  ['GW', conversion('power', 1_000_000_000)],
  ['TW', conversion('power', 1_000_000_000_000)],
  ['BTU/h', conversion('power', 1055.05585262, 3600)],
  ['m³', conversion('volume')],
  ['L', conversion('volume', 1, 1000)],
  ['mL', conversion('volume', 1, 1_000_000)],
  ['ft³', conversion('volume', 0.028316846592)],
  ['CCF', conversion('volume', 2.8316846592)],
  ['MCF', conversion('volume', 28.316846592)],
  ['gal', conversion('volume', 0.003785411784)],
  ['m³/h', conversion('flow')],
  ['m³/min', conversion('flow', 60)],
  ['m³/s', conversion('flow', 3600)],
  ['L/h', conversion('flow', 1, 1000)],
  ['L/min', conversion('flow', 60, 1000)],
  ['L/s', conversion('flow', 3.6)],
  ['ft³/min', conversion('flow', 1.69901079552)],
  ['gal/min', conversion('flow', 0.22712470704)],
  ['%', conversion('percentage')],
]);

/** What a unit measures; null for a unit that is not one of ours. */
export function quantityOf(unit: string | null | undefined): Quantity | null {
  return unit ? (conversions.get(unit)?.quantity ?? null) : null;
}

/** `value` in the canonical unit of its quantity; null for an unknown unit. */
export function toCanonical(
  value: number,
  unit: string,
): { value: number; unit: CanonicalUnit; quantity: Quantity } | null {
  const found = conversions.get(unit);
  if (found === undefined) return null;
  const { times, dividedBy } = found;
  // Sixteen digits of a product hold rounding noise: 11.41782 MWh is 11417.82 kWh. What needs no conversion
  // stays the reported number.
  const isCanonical = times === 1 && dividedBy === 1;
  return {
    value: isCanonical ? value : Number(((value * times) / dividedBy).toPrecision(15)),
    unit: canonicalUnit[found.quantity],
    quantity: found.quantity,
  };
}
