/** Sources in the energy preferences that are not counted. Pure. */
import type { MissingStatistic } from './discovery.ts';
import { isBalanceRole, type KnownEntity, type Role } from './entity.ts';

/** A source whose amounts are not known: what the home's balance needs of it is missing, and not 0. */
export interface UnknownSource {
  /** As the preferences name it. */
  readonly statisticId: string;
  /** The id under which it has entries, or would have. */
  readonly entityId: string;
  readonly role: Role;
  /**
   * `not_tracked`: it exists and is not recorded; `other_quantity`: it counts no energy (or no volume or energy of
   * gas and water).
   */
  readonly reason: MissingStatistic['reason'] | 'not_tracked' | 'other_quantity';
}

function isSource(role: Role): boolean {
  return isBalanceRole(role) || role === 'gas' || role === 'water';
}

/** Whether its amount can be added to those of the others of its role. */
function isOfRole({ role, quantity }: Pick<KnownEntity, 'role' | 'quantity'>): boolean {
  if (role === 'gas') return quantity === 'volume' || quantity === 'energy';
  return quantity === (role === 'water' ? 'volume' : 'energy');
}

/**
 * @param entities all known ones
 * @param missing what the preferences named and Home Assistant did not have when they were last read
 */
export function unknownSources(
  entities: readonly KnownEntity[],
  missing: readonly MissingStatistic[],
): UnknownSource[] {
  const named = entities.filter(({ role, foundBy }) => foundBy === 'preferences' && isSource(role));
  return [
    ...missing.filter(({ role }) => isSource(role)),
    ...named.flatMap((entity): UnknownSource[] => {
      const { entityId, role, isActive, isTracked } = entity;
      if (!isActive || (isTracked && isOfRole(entity))) return [];
      const reason = isTracked ? 'other_quantity' : 'not_tracked';
      return [{ statisticId: entityId, entityId, role, reason }];
    }),
  ];
}
