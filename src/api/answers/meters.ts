/** The home's entities that an answer is made from. */

import { everyFlow } from '../../balance/flow-posting.ts';
import { balanceSources } from '../../balance/sources.ts';
import type { KnownEntity } from '../../home/entity.ts';
import type { Home } from '../../home/home.ts';
import { meterOf } from '../../ledger/entries/meter.ts';
import { deviceMeters, topDevices } from '../../statistics/device-tree.ts';
import type { HomeMeters, MeterGroup } from '../../statistics/home-balance.ts';

/** Sources of the home's balance. Entities that are no longer in Home Assistant count for their past. */
export function homeMeters(home: Pick<Home, 'entities' | 'unknownSources'>): HomeMeters {
  const known = home.entities();
  const unknown = home.unknownSources();
  const group = (role: 'gas' | 'water', quantity: 'volume' | 'energy', others: boolean): MeterGroup => {
    const registers = known.filter(
      (entity) => entity.isTracked && entity.role === role && entity.quantity === quantity,
    );
    const ids = registers.map((entity) => entity.entityId);
    const more = unknown.filter((source) => source.role === role && !ids.includes(source.entityId));
    return { ids, hasUnknown: others && more.length > 0 };
  };
  const gasEnergy = group('gas', 'energy', false);
  // The unit of an unknown one is not known: it counts as one of those that the home has, by volume when there are none.
  const isGasEnergy = gasEnergy.ids.length > 0 && group('gas', 'volume', false).ids.length === 0;
  return {
    sources: balanceSources(known, unknown),
    topDevices: topDevices(deviceMeters(known)).map((device) => device.entityId),
    gas: group('gas', 'volume', !isGasEnergy),
    gasEnergy: group('gas', 'energy', isGasEnergy),
    water: group('water', 'volume', true),
  };
}

/** Whether an entity's readings become entries of a ledger of its own. */
export function isMeter(entity: KnownEntity, all: readonly KnownEntity[]): boolean {
  return meterOf(entity, all) !== null;
}

export function isFlow(id: string): boolean {
  return everyFlow.some((flow) => flow === id);
}

/** Energy from the grid and energy of devices has a price; solar, export and volumes have none. */
export function isPriced(entity: KnownEntity): boolean {
  const isEnergy = entity.quantity === 'energy' || entity.quantity === 'power';
  return isEnergy && ['grid_import', 'device', 'device_power', 'other'].includes(entity.role);
}
