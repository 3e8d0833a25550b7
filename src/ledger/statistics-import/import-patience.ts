import { Backoff } from '../../runtime/backoff.ts';
import type { Log } from '../../runtime/log.ts';
import { pause, unlessAborted } from '../../runtime/pause.ts';
import type { ImportRunEnvironment, ImportRunLimits } from './import-deps.ts';
import { StatisticsRefused } from './statistics-copy.ts';

/** Statistics that are refused so often are left out, and the run called partial. */
const triesPerPiece = 3;

/** The process stops in the middle of a run. */
export class Stopped extends Error {
  override name = 'Stopped';
}

/** How a run handles failures: it waits for what comes back and leaves out what is refused. Rejects with Stopped. */
export class Patience {
  readonly #limits: ImportRunLimits;
  readonly #environment: ImportRunEnvironment;
  readonly #log: Log;

  constructor(limits: ImportRunLimits, environment: ImportRunEnvironment, log: Log) {
    this.#limits = limits;
    this.#environment = environment;
    this.#log = log;
  }

  /** Asks one by one for what is refused repeatedly, so that only the entities at fault are left out. */
  async answered(
    entityIds: readonly string[],
    work: (entityIds: readonly string[]) => Promise<void>,
    onRefused: (entityId: string, why: string) => void,
  ): Promise<void> {
    let why = '';
    for (let tries = 0; tries < triesPerPiece; tries += 1) {
      try {
        return await this.until(() => work(entityIds));
      } catch (cause) {
        if (!(cause instanceof StatisticsRefused)) throw cause;
        why = cause.message;
        await this.rest(this.#limits.retryFirstMs);
      }
    }
    const [only] = entityIds;
    if (entityIds.length === 1 && only !== undefined) onRefused(only, why);
    else for (const entityId of entityIds) await this.answered([entityId], work, onRefused);
  }

  /** Tries until it succeeds: Home Assistant and the stores come back. Rejects with StatisticsRefused. */
  async until<T>(work: () => Promise<T>): Promise<T> {
    const { signal, wake, onTrouble } = this.#environment;
    const retry = new Backoff(this.#limits.retryFirstMs, this.#limits.retryLimitMs);
    for (let isFirst = true; ; isFirst = false) {
      if (signal.aborted) throw new Stopped();
      try {
        const result = await unlessAborted(work(), signal);
        // An answer after a stop is not used.
        if (signal.aborted) throw new Stopped();
        if (!isFirst) onTrouble(null);
        return result as T;
      } catch (cause) {
        if (cause instanceof StatisticsRefused || cause instanceof Stopped) throw cause;
        onTrouble(cause instanceof Error ? cause.message : String(cause));
        this.#log.debug({ err: cause }, 'the import of statistics waits');
        await pause(retry.nextMs(), AbortSignal.any([signal, wake()]));
      }
    }
  }

  async rest(ms: number): Promise<void> {
    await pause(ms, this.#environment.signal);
    if (this.#environment.signal.aborted) throw new Stopped();
  }
}
