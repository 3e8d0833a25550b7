/** Wakes one waiting loop. A wake that comes while nobody waits is kept for the next wait; several are one. */
export class WakeSignal {
  #isAwake = false;
  #end: (() => void) | null = null;

  wake(): void {
    this.#isAwake = true;
    this.#end?.();
  }

  /** Resolves at the next wake, at once if there was one since the last wait, or after `ms` milliseconds. */
  async wait(ms = Number.POSITIVE_INFINITY): Promise<void> {
    if (!this.#isAwake && ms > 0) {
      await new Promise<void>((resolve) => {
        const timer = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(resolve, ms);
        this.#end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#end = null;
    }
    this.#isAwake = false;
  }
}
