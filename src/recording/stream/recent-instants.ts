/** How many instants of an entity are remembered. */
export const recentDepth = 32;

/**
 * The last few received instants of each entity. Home Assistant repeats a state with each snapshot, and two
 * subscriptions overlap for a moment; an instant that is here already was received.
 */
export class RecentInstants {
  readonly #depth: number;
  readonly #byEntity = new Map<string, number[]>();

  constructor(depth = recentDepth) {
    this.#depth = depth;
  }

  /** True when it was not there before. */
  add(entityId: string, atUs: number): boolean {
    const instants = this.#byEntity.get(entityId);
    if (instants === undefined) {
      this.#byEntity.set(entityId, [atUs]);
      return true;
    }
    // The instant asked for is nearly always the newest.
    if (instants.lastIndexOf(atUs) >= 0) return false;
    if (instants.length >= this.#depth) instants.shift();
    instants.push(atUs);
    return true;
  }

  has(entityId: string, atUs: number): boolean {
    return this.#byEntity.get(entityId)?.includes(atUs) ?? false;
  }

  forget(entityId: string): void {
    this.#byEntity.delete(entityId);
  }
}
