import { minuteMs } from '../units/durations.ts';
import { Backoff } from './backoff.ts';
import type { Log } from './log.ts';
import { Mutex } from './mutex.ts';

interface WorkerDeps {
  /** Does what is waiting. When it rejects it has put back what is still to be done. */
  readonly work: () => Promise<void>;
  /** Whether a run that the clock starts has something to do; always when absent. `runNow` and a retry don't ask. */
  readonly isDue?: () => boolean;
  /** What a failure means, for the log. */
  readonly failure: string;
  readonly log: Log;
}

interface WorkerStatus {
  readonly isStopped: boolean;
  /** Why the last run failed; null when it succeeded. */
  readonly error: string | null;
}

const longestPauseMs = minuteMs;

/**
 * Periodic work, one run at a time. While it fails it is tried less often, up to once a minute; of failures in a row only
 * the first is logged as a warning.
 */
export class Worker {
  readonly #deps: WorkerDeps;
  readonly #everyMs: number;
  readonly #retry: Backoff;
  readonly #mutex = new Mutex();
  #timer: NodeJS.Timeout | undefined;
  #pauseMs: number;
  #isStopped = false;
  #failures = 0;
  #error: string | null = null;

  /** @param everyMs from the end of one run to the start of the next, in milliseconds; at most a minute */
  constructor(deps: WorkerDeps, everyMs: number) {
    this.#deps = deps;
    this.#everyMs = Math.min(everyMs, longestPauseMs);
    this.#retry = new Backoff(this.#everyMs * 2, longestPauseMs);
    this.#pauseMs = this.#everyMs;
  }

  /** The first run comes after a pause. */
  start(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => this.#next(false), this.#pauseMs);
    this.#timer.unref();
  }

  /** Starts the next run at once, unless one is under way: for when the cause of a failure may be gone. */
  runNow(): void {
    if (this.#timer !== undefined) this.#next(true);
  }

  /** Resolves when the run under way has ended; none begins after it. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#mutex.idle();
  }

  status(): WorkerStatus {
    return { isStopped: this.#isStopped, error: this.#error };
  }

  /** Resolves when a run that begins after this call is done. Rejects when that run fails. */
  async settle(): Promise<void> {
    await this.#mutex.run(() => this.#once());
    if (this.#error !== null) throw new Error(this.#error);
  }

  #next(isAsked: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const isDue = isAsked || this.#failures > 0 || this.#deps.isDue === undefined || this.#deps.isDue();
    if (isDue) void this.#mutex.run(() => this.#once()).then(() => this.start());
    else this.start();
  }

  /** Never rejects. */
  async #once(): Promise<void> {
    if (this.#isStopped) return;
    const { work, failure, log } = this.#deps;
    try {
      await work();
      if (this.#failures > 0) log.info({ failures: this.#failures }, 'It works again');
      this.#failures = 0;
      this.#error = null;
      this.#retry.reset();
      this.#pauseMs = this.#everyMs;
    } catch (cause) {
      this.#failures += 1;
      this.#pauseMs = this.#retry.nextMs();
      this.#error = cause instanceof Error ? cause.message : String(cause);
      if (this.#isStopped) return;
      if (this.#failures === 1) log.warn({ err: this.#error }, `${failure}; it is tried again`);
      else log.debug({ err: this.#error, failures: this.#failures }, failure);
    }
  }
}
