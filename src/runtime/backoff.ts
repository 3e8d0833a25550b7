/** How long to wait before each next try: doubled each time up to a limit, back to the first after a success. */
export class Backoff {
  readonly #firstMs: number;
  readonly #limitMs: number;
  readonly #random: (() => number) | null;
  #nextMs: number;

  /**
   * @param firstMs the first wait, in milliseconds
   * @param limitMs no wait is longer
   * @param random in [0, 1): shortens each wait to between half and all of it, so that many homes don't come at once
   */
  constructor(firstMs: number, limitMs: number, random: (() => number) | null = null) {
    this.#firstMs = Math.min(firstMs, limitMs);
    this.#limitMs = limitMs;
    this.#random = random;
    this.#nextMs = this.#firstMs;
  }

  /** The next wait in milliseconds; each call is a try that failed. */
  nextMs(): number {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(ms * 2, this.#limitMs);
    return this.#random === null ? ms : ms * (0.5 + this.#random() / 2);
  }

  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}
