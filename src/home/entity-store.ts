import type { Entity, KnownEntity } from './entity.ts';

/** Stores the home's entities: one document each, the entity id is its key. Calls reject when the store is down. */
export interface EntityStore {
  all(): Promise<KnownEntity[]>;
  /**
   * Saves the result of a discovery: known entities are updated (their tracking unchanged), new ones are added and
   * tracked when `trackNew` says so, and those not in `found` become inactive.
   */
  saveDiscovered(
    found: readonly Entity[],
    trackNew: (entity: Entity) => boolean,
    atUs: number,
  ): Promise<void>;
  /** Exactly these are tracked afterwards. All ids are known to the store (the caller has checked). */
  setTracked(entityIds: readonly string[], atUs: number): Promise<void>;
}
