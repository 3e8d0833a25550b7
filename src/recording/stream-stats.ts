import type { EntityState, StateBatch } from '../home/home-assistant.ts';
import { ClockDrift } from './clock-drift.ts';

/** Readings that came after a newer one of their entity, since it was last asked. */
export interface LateReadings {
  readonly entityIds: readonly string[];
  readonly count: number;
  readonly firstUs: number;
  readonly lastUs: number;
}

/** What the stream itself is like: what it told last, whether in order, and by whose clock. */
export class StreamStats {
  /** Instant of the state told last of each entity, recorded or not. */
  readonly #told = new Map<string, number>();
  readonly #drift = new ClockDrift();
  #outOfOrder = 0;
  #late: LateReadings | null = null;

  /** @returns whether it came after a newer one of its entity */
  hear({ entityId, lastUpdatedUs, state }: EntityState, kind: StateBatch['kind'], nowUs: number): boolean {
    const toldUs = this.#told.get(entityId) ?? 0;
    this.#told.set(entityId, lastUpdatedUs);
    // A snapshot's states may be days old.
    if (kind !== 'change') return false;
    // A removal has our own instant.
    if (state !== null) this.#drift.add(nowUs, lastUpdatedUs);
    return lastUpdatedUs < toldUs;
  }

  /** One that came late is a reading, and was taken in its place. */
  tookLate(entityId: string, atUs: number): void {
    this.#outOfOrder += 1;
    const { entityIds = [], count = 0, firstUs = atUs, lastUs = atUs } = this.#late ?? {};
    this.#late = {
      entityIds: entityIds.includes(entityId) ? entityIds : [...entityIds, entityId],
      count: count + 1,
      firstUs: Math.min(firstUs, atUs),
      lastUs: Math.max(lastUs, atUs),
    };
  }

  /** Those since it was asked before; null when there were none. */
  takeLate(): LateReadings | null {
    const late = this.#late;
    this.#late = null;
    return late;
  }

  forget(entityId: string): void {
    this.#told.delete(entityId);
  }

  told(): ReadonlyMap<string, number> {
    return this.#told;
  }

  /** How many readings came after a newer one of their entity, since the process started. */
  outOfOrderCount(): number {
    return this.#outOfOrder;
  }

  /** How far our clock is ahead of Home Assistant's, the way of a message included; null before enough was heard. */
  clockDriftUs(): number | null {
    return this.#drift.medianUs();
  }
}
