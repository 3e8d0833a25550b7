/** How long to wait before each new try: doubled each time up to a limit, back to the first after a success. */
export class Backoff {
  readonly #firstMs: number;
  readonly #limitMs: number;
  #nextMs: number;

  constructor(firstMs: number, limitMs: number) {
    this.#firstMs = firstMs;
    this.#limitMs = limitMs;
    this.#nextMs = firstMs;
  }

  nextMs(): number {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(ms * 2, this.#limitMs);
    return ms;
  }

  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}
