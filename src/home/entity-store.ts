import type { Entity, KnownEntity } from './entity.ts';

/** Keeps what is known of the home's entities; one document each, the entity id its key. Calls reject when the store is down. */
export interface EntityStore {
  all(): Promise<KnownEntity[]>;
  /**
   * Writes what a discovery found: known ones are updated (their tracking untouched), new ones added with
   * `trackNew` telling whether they are tracked, and those not in `found` marked inactive.
   */
  saveDiscovered(
    found: readonly Entity[],
    trackNew: (entity: Entity) => boolean,
    atUs: number,
  ): Promise<void>;
  /** Exactly these are tracked afterwards. All ids are known to the store (the caller has checked). */
  setTracked(entityIds: readonly string[], atUs: number): Promise<void>;
}
