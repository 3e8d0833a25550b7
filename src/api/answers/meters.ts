/** Which of the home's entities a question is about. */

import { everyFlow } from '../../balance/flow-posting.ts';
import { balanceSources } from '../../balance/sources.ts';
import type { KnownEntity } from '../../home/entity.ts';
import type { Home } from '../../home/home.ts';
import { meterOf } from '../../ledger/entries/meter.ts';
import { deviceMeters, topDevices } from '../../statistics/device-tree.ts';
import type { HomeMeters, MeterGroup } from '../../statistics/home-balance.ts';

/** What the home's balance is read from; what is no longer in Home Assistant counts for its past. */
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
  // Nobody says what an unknown one counts in: it is one of those that the home has, by volume when there are none.
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

/** What is bought has a price: what came from the grid and what devices used, not the sun's yield or cubic metres. */
export function isPriced(entity: KnownEntity): boolean {
  const isEnergy = entity.quantity === 'energy' || entity.quantity === 'power';
  return isEnergy && ['grid_import', 'device', 'device_power', 'other'].includes(entity.role);
}
