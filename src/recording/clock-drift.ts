/** How far our clock runs ahead of Home Assistant's: the median over the last events of receipt minus `last_updated`. */
export class ClockDrift {
  readonly #depth: number;
  readonly #samplesUs: number[] = [];
  #next = 0;

  constructor(depth = 101) {
    this.#depth = depth;
  }

  add(receivedUs: number, lastUpdatedUs: number): void {
    this.#samplesUs[this.#next] = receivedUs - lastUpdatedUs;
    this.#next = (this.#next + 1) % this.#depth;
  }

  /** Null before there are enough events to outvote a single late message. */
  medianUs(): number | null {
    if (this.#samplesUs.length < fewestSamples) return null;
    const sorted = this.#samplesUs.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }
}

const fewestSamples = 20;
