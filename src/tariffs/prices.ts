import type { Clock } from '../runtime/clock.ts';
import { minuteMs } from '../units/durations.ts';
import type { CostVersionStore } from './cost-version-store.ts';
import { type CostVersion, PriceList } from './cost-versions.ts';

interface PricesDeps {
  readonly store: CostVersionStore;
  readonly clock: Clock;
}

interface Held {
  readonly versions: readonly CostVersion[];
  readonly list: PriceList;
  readonly atMs: number;
}

/** Prices change a few times a year, mostly through this process: the minute is for changes by another program. */
const freshMs = minuteMs;

/** The home's prices, held in memory. */
export class Prices {
  readonly #deps: PricesDeps;
  #held: Held | null = null;
  #asking: Promise<Held> | null = null;

  constructor(deps: PricesDeps) {
    this.#deps = deps;
  }

  /** The list to price with; the last that was read while the store is away. Rejects when none was ever read. */
  async list(): Promise<PriceList> {
    const held = this.#held;
    if (held !== null && this.#deps.clock.monotonicMs() - held.atMs < freshMs) return held.list;
    try {
      return (await this.#read()).list;
    } catch (cause) {
      if (held === null) throw cause;
      return held.list;
    }
  }

  /** The versions as the store has them now, ascending. Rejects when it is down. */
  async versions(): Promise<readonly CostVersion[]> {
    return (await this.#read()).versions;
  }

  /** The list that costs are made with at this moment; null before one was read. */
  inUse(): PriceList | null {
    return this.#held?.list ?? null;
  }

  /** The next caller reads from the store. */
  invalidate(): void {
    this.#held = null;
    this.#asking = null;
  }

  #read(): Promise<Held> {
    if (this.#asking !== null) return this.#asking;
    const asking = this.#deps.store
      .all()
      .then((versions) => {
        const held = { versions, list: new PriceList(versions), atMs: this.#deps.clock.monotonicMs() };
        // A read that began before an invalidation is not cached.
        if (this.#asking === asking) this.#held = held;
        return held;
      })
      .finally(() => {
        if (this.#asking === asking) this.#asking = null;
      });
    this.#asking = asking;
    return asking;
  }
}
