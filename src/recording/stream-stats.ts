import type { EntityState, StateBatch } from '../home/home-assistant.ts';
import { ClockDrift } from './clock-drift.ts';

/** Readings that came after a newer one of their entity, since the last call of `takeLate`. */
export interface LateReadings {
  readonly entityIds: readonly string[];
  readonly count: number;
  readonly firstUs: number;
  readonly lastUs: number;
}

/** Statistics of the stream: the newest state of each entity, late readings, and the drift of the clocks. */
export class StreamStats {
  /** Instant of each entity's last received state, recorded or not. */
  readonly #lastUpdates = new Map<string, number>();
  readonly #drift = new ClockDrift();
  #outOfOrder = 0;
  #late: LateReadings | null = null;

  /** @returns whether it came after a newer one of its entity */
  add({ entityId, lastUpdatedUs, state }: EntityState, kind: StateBatch['kind'], nowUs: number): boolean {
    const lastUs = this.#lastUpdates.get(entityId) ?? 0;
    this.#lastUpdates.set(entityId, lastUpdatedUs);
    // A snapshot's states may be days old.
    if (kind !== 'change') return false;
    // A removal has our own instant.
    if (state !== null) this.#drift.add(nowUs, lastUpdatedUs);
    return lastUpdatedUs < lastUs;
  }

  /** A late state was recorded as a reading. */
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

  /** The late readings since the last call; null when there were none. */
  takeLate(): LateReadings | null {
    const late = this.#late;
    this.#late = null;
    return late;
  }

  forget(entityId: string): void {
    this.#lastUpdates.delete(entityId);
  }

  lastUpdates(): ReadonlyMap<string, number> {
    return this.#lastUpdates;
  }

  /** How many readings came after a newer one of their entity, since the process started. */
  outOfOrderCount(): number {
    return this.#outOfOrder;
  }

  /**
   * How far our clock is ahead of Home Assistant's, including the message's travel time; null before enough was
   * received.
   */
  clockDriftUs(): number | null {
    return this.#drift.medianUs();
  }
}
