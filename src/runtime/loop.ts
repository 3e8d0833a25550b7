import { WakeSignal } from './wake-signal.ts';

/** Work in the background that waits between its rounds: started once, woken from outside, stopped once. */
export class Loop {
  readonly #wakeSignal = new WakeSignal();
  readonly #stop = new AbortController();
  #work: Promise<void> = Promise.resolve();

  /** Aborted at the stop. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** @param work runs until its signal is aborted; must not reject */
  start(work: (signal: AbortSignal) => Promise<void>): void {
    this.#work = work(this.signal);
  }

  /** Ends the present wait, or the next one. */
  wake(): void {
    this.#wakeSignal.wake();
  }

  /** Resolves at the next wake, at once if there was one since the last wait, or after `ms` milliseconds. */
  wait(ms?: number): Promise<void> {
    return this.#wakeSignal.wait(ms);
  }

  /** Resolves when the work has ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wakeSignal.wake();
    await this.#work;
  }
}
