/**
 * Runs work one after the other, in the order in which it was asked for. A failure is its caller's alone: the next work
 * runs all the same. Work must not wait for the same mutex, or both wait for ever.
 */
export class Mutex {
  #last: Promise<void> = Promise.resolve();
  #size = 0;

  /** Settles as the work does, which begins at once, or when all work before it has ended. A rejection has to be handled. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const isFree = this.#size === 0;
    this.#size += 1;
    const done = isFree ? Promise.try(work) : this.#last.then(work);
    const ended = (): void => {
      this.#size -= 1;
    };
    // The rejection is the caller's; here it only says that the work has ended.
    this.#last = done.then(ended, ended);
    return done.finally(() => undefined);
  }

  /** How many works run or wait. */
  size(): number {
    return this.#size;
  }

  /** Resolves when all work asked for until now has ended, well or not. */
  idle(): Promise<void> {
    return this.#last;
  }
}
