/** Which of the home's entities a question is about. */
import type { KnownEntity } from '../home/entity.ts';
import { meterOf } from '../ledger/meter.ts';
import { deviceMeters, topDevices } from '../views/device-tree.ts';
import { everyFlow } from '../views/flow-posting.ts';
import type { HomeMeters } from '../views/home-balance.ts';
import { balanceSources } from '../views/sources.ts';

/** What the home's balance is read from; what is no longer in Home Assistant counts for its past. */
export function homeMeters(entities: readonly KnownEntity[]): HomeMeters {
  const registers = (role: KnownEntity['role']) =>
    entities
      .filter((entity) => entity.isTracked && entity.role === role && entity.quantity === 'volume')
      .map((entity) => entity.entityId);
  return {
    sources: balanceSources(entities),
    topDevices: topDevices(deviceMeters(entities)).map((device) => device.entityId),
    gas: registers('gas'),
    water: registers('water'),
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
