/** Calls `act` once for all calls within `everyMs` milliseconds, at their end; `stop` cancels a call that waits. */
export class Throttle {
  readonly #act: () => void;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(act: () => void, everyMs: number) {
    this.#act = act;
    this.#everyMs = everyMs;
  }

  call(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#act();
    }, this.#everyMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
