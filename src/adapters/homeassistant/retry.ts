/** How long to wait before each next try: doubled up to a limit, with jitter so that many homes don't come at once. */
export class Retry {
  readonly #firstMs: number;
  readonly #limitMs: number;
  readonly #random: () => number;
  #nextMs: number;

  constructor(firstMs: number, limitMs: number, random: () => number) {
    this.#firstMs = firstMs;
    this.#limitMs = limitMs;
    this.#random = random;
    this.#nextMs = firstMs;
  }

  /** From half of the step to all of it. */
  nextMs(): number {
    const stepMs = this.#nextMs;
    this.#nextMs = Math.min(stepMs * 2, this.#limitMs);
    return stepMs * (0.5 + this.#random() / 2);
  }

  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}
