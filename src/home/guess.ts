/** Roles by words, for a home whose energy preferences name no source yet. */
import type { Entity, Role } from './entity.ts';
import {
  asideWords,
  batteryWords,
  fromWords,
  gridWords,
  hasAny,
  objectIdOf,
  solarWords,
  toWords,
  wordsOf,
} from './words.ts';

/** A meter's role by its words; `other` when they don't show one. Only for meters that count. */
export function guessRole(entity: Entity): Role {
  if (entity.stateClass !== 'total' && entity.stateClass !== 'total_increasing') return 'other';
  const words = [...wordsOf(objectIdOf(entity.entityId)), ...wordsOf(entity.device ?? '')];
  if (hasAny(words, asideWords)) return 'other';
  if (entity.deviceClass === 'gas') return 'gas';
  if (entity.deviceClass === 'water') return 'water';
  if (entity.quantity !== 'energy') return 'other';
  const own = wordsOf(objectIdOf(entity.entityId));
  const isFrom = hasAny(own, fromWords);
  const isTo = hasAny(own, toWords);
  if (hasAny(words, batteryWords)) {
    if (isFrom === isTo) return 'other';
    return isFrom ? 'battery_out' : 'battery_in';
  }
  if (hasAny(words, solarWords)) return isFrom ? 'other' : 'solar';
  if (hasAny(words, gridWords) && isFrom !== isTo) return isFrom ? 'grid_import' : 'grid_export';
  return 'other';
}
