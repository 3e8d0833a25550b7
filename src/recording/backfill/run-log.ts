import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { Mutex } from '../../runtime/mutex.ts';
import { pause } from '../../runtime/pause.ts';
import type { SyncLog, SyncRun } from '../sync-log.ts';

interface RunLogDeps {
  readonly syncLog: Pick<SyncLog, 'save'>;
  readonly clock: Clock;
  readonly log: Log;
}

const saveEveryMs = 2000;

/**
 * Writes the progress of runs: each milestone, and every few seconds what lies between them. What can't be written is
 * dropped.
 */
export class RunLog {
  readonly #deps: RunLogDeps;
  #savedMs = Number.NEGATIVE_INFINITY;
  readonly #mutex = new Mutex();

  constructor(deps: RunLogDeps) {
    this.#deps = deps;
  }

  /** In the order of the calls, so that a run that has ended does not show as running again. */
  save(run: SyncRun, isMilestone: boolean): Promise<void> {
    const nowMs = this.#deps.clock.monotonicMs();
    if (!isMilestone && nowMs - this.#savedMs < saveEveryMs) return Promise.resolve();
    this.#savedMs = nowMs;
    return this.#mutex.run(() => this.#write(run));
  }

  async #write(run: SyncRun): Promise<void> {
    try {
      await this.#deps.syncLog.save(run);
    } catch (cause) {
      this.#deps.log.debug({ err: cause, kind: run.kind }, 'the log of runs was not written');
    }
  }
}

/** Waits while live work is busy, up to a limit. */
export async function untilIdle(
  isBusy: () => boolean,
  limits: { readonly busyLimitMs: number; readonly busyPauseMs: number },
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const untilMs = clock.monotonicMs() + limits.busyLimitMs;
  while (!signal.aborted && isBusy() && clock.monotonicMs() < untilMs)
    await pause(limits.busyPauseMs, signal);
}
