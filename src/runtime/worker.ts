import { minuteMs } from '../units/durations.ts';
import type { Log } from './log.ts';

export interface WorkerDeps {
  /** Does what waits. Rejects when it could not, having put back what is still to be done. */
  readonly work: () => Promise<void>;
  /** Whether a turn that time brings has a reason; always when not given. One that is asked for is never left out. */
  readonly isDue?: () => boolean;
  /** What a failure means, for the log. */
  readonly failure: string;
  readonly log: Log;
}

const longestPauseMs = minuteMs;

/** Work that is done in rounds, one at a time, less often while it fails; a failure is logged once and not each time. */
export class Worker {
  readonly #deps: WorkerDeps;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isStopped = false;
  #failures = 0;
  #error: string | null = null;

  constructor(deps: WorkerDeps, everyMs: number) {
    this.#deps = deps;
    this.#everyMs = everyMs;
  }

  start(): void {
    if (this.#isStopped) return;
    const pauseMs = Math.min(longestPauseMs, this.#everyMs * 2 ** Math.min(this.#failures, 10));
    this.#timer = setTimeout(() => this.#next(false), pauseMs);
    this.#timer.unref();
  }

  /** Does not wait for the next round's time: what it failed for is back. One that is under way is enough. */
  soon(): void {
    if (this.#timer !== undefined) this.#next(true);
  }

  /** The round under way is waited for. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  isStopped(): boolean {
    return this.#isStopped;
  }

  /** Why the last round failed; null when it did not. */
  error(): string | null {
    return this.#error;
  }

  /** Resolves when a round that begins now is done; rejects when it fails. */
  async settle(): Promise<void> {
    await this.#run();
    if (this.#error !== null) throw new Error(this.#error);
  }

  #next(isAsked: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const isDue = isAsked || this.#failures > 0 || this.#deps.isDue === undefined || this.#deps.isDue();
    if (isDue) void this.#run().then(() => this.start());
    else this.start();
  }

  #run(): Promise<void> {
    this.#round = this.#round.then(() => this.#once());
    return this.#round;
  }

  async #once(): Promise<void> {
    if (this.#isStopped) return;
    const { work, failure, log } = this.#deps;
    try {
      await work();
      if (this.#failures > 0) log.info({ failures: this.#failures }, 'It works again');
      this.#failures = 0;
      this.#error = null;
    } catch (cause) {
      this.#failures += 1;
      this.#error = cause instanceof Error ? cause.message : String(cause);
      if (this.#isStopped) return;
      if (this.#failures === 1) log.warn({ err: this.#error }, `${failure}; it is tried again`);
      else log.debug({ err: this.#error, failures: this.#failures }, failure);
    }
  }
}
