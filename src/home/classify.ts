/**
 * Whether a state is about energy, and which quantity it has: device class first, then unit, then the words of its
 * id.
 */
import { type Quantity, quantityOf } from '../units/quantity.ts';
import type { Entity, StateClass } from './entity.ts';
import type { EntityState } from './home-assistant.ts';
import {
  batteryWords,
  energyWords,
  gasWords,
  hasAny,
  levelWords,
  objectIdOf,
  waterWords,
  wordsOf,
} from './words.ts';

interface Classified {
  readonly quantity: Quantity;
  readonly foundBy: Exclude<Entity['foundBy'], 'preferences' | 'device'>;
}

const quantityOfDeviceClass: ReadonlyMap<string, Quantity> = new Map([
  ['energy', 'energy'],
  ['power', 'power'],
  ['gas', 'volume'],
  ['water', 'volume'],
  ['volume_flow_rate', 'flow'],
  ['battery', 'percentage'],
]);

/** Units that nothing but electricity uses; joules and calories are counted by sports watches too. */
const electricUnits: ReadonlySet<string> = new Set('mWh Wh kWh MWh GWh TWh mW W kW MW GW TW'.split(' '));

export function textAttribute(state: EntityState, key: string): string | null {
  const value = state.attributes[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

export function stateClassOf(state: EntityState): StateClass | null {
  const value = state.attributes.state_class;
  return value === 'measurement' || value === 'total' || value === 'total_increasing' ? value : null;
}

/** `deviceName` helps where the id is not enough ("sensor.flow" of a "Water meter"). Null: not an energy entity. */
export function classify(
  state: EntityState,
  unit: string | null,
  deviceName: string | null,
): Classified | null {
  const quantity = quantityOf(unit);
  if (quantity === null || unit === null) return null;
  const deviceClass = textAttribute(state, 'device_class');
  const words = [...wordsOf(objectIdOf(state.entityId)), ...wordsOf(deviceName ?? '')];
  const isOfWaterOrGas = hasAny(words, gasWords) || hasAny(words, waterWords);
  if (deviceClass !== null) {
    if (quantityOfDeviceClass.get(deviceClass) !== quantity) {
      // A gas meter may count in kWh, and some integrations call a water meter a volume.
      const isGasEnergy = deviceClass === 'gas' && quantity === 'energy';
      if (isGasEnergy) return { quantity, foundBy: 'device_class' };
      return deviceClass === 'volume' && quantity === 'volume' && isOfWaterOrGas
        ? { quantity, foundBy: 'words' }
        : null;
    }
    // Air has a flow rate too.
    if (quantity === 'flow' && !isOfWaterOrGas) return null;
    return { quantity, foundBy: 'device_class' };
  }
  if (quantity === 'energy' || quantity === 'power') {
    if (electricUnits.has(unit)) return { quantity, foundBy: 'unit' };
    return hasAny(words, energyWords) ? { quantity, foundBy: 'words' } : null;
  }
  if (quantity === 'percentage')
    return hasAny(words, batteryWords) && hasAny(words, levelWords) ? { quantity, foundBy: 'words' } : null;
  return isOfWaterOrGas ? { quantity, foundBy: 'words' } : null;
}
