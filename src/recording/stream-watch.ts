import type { EntityState, StateBatch } from '../home/home-assistant.ts';
import { ClockDrift } from './clock-drift.ts';

/** What the stream itself is like: what it told last, whether in order, and by whose clock. */
export class StreamWatch {
  /** Instant of the state told last of each entity, recorded or not. */
  readonly #told = new Map<string, number>();
  readonly #outOfOrder = new Map<string, number>();
  readonly #drift = new ClockDrift();

  hear({ entityId, lastUpdatedUs, state }: EntityState, kind: StateBatch['kind'], nowUs: number): void {
    // A snapshot's states may be days old.
    if (kind === 'change') {
      // A removal has our own instant.
      if (state !== null) this.#drift.add(nowUs, lastUpdatedUs);
      if (lastUpdatedUs < (this.#told.get(entityId) ?? 0))
        this.#outOfOrder.set(entityId, (this.#outOfOrder.get(entityId) ?? 0) + 1);
    }
    this.#told.set(entityId, lastUpdatedUs);
  }

  forget(entityId: string): void {
    this.#told.delete(entityId);
    this.#outOfOrder.delete(entityId);
  }

  told(): ReadonlyMap<string, number> {
    return this.#told;
  }

  /** How many states of each entity came after a newer one; none is absent. */
  outOfOrder(): ReadonlyMap<string, number> {
    return this.#outOfOrder;
  }

  outOfOrderCount(): number {
    return [...this.#outOfOrder.values()].reduce((sum, count) => sum + count, 0);
  }

  /** How far our clock is ahead of Home Assistant's, the way of a message included; null before enough was heard. */
  clockDriftUs(): number | null {
    return this.#drift.medianUs();
  }
}
