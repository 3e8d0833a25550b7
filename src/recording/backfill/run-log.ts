import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { pause } from '../../runtime/pause.ts';
import type { SyncLog, SyncRun } from '../sync-log.ts';

export interface RunLogDeps {
  readonly syncLog: Pick<SyncLog, 'save'>;
  readonly clock: Clock;
  readonly log: Log;
}

const saveEveryMs = 2000;

/** Writes how far runs are: milestones each, what lies between them now and then. What can't be written is let go. */
export class RunLog {
  readonly #deps: RunLogDeps;
  #savedMs = Number.NEGATIVE_INFINITY;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(deps: RunLogDeps) {
    this.#deps = deps;
  }

  /** In the order in which it is told, so that a run that has ended is not under way again. */
  save(run: SyncRun, isMilestone: boolean): Promise<void> {
    const nowMs = this.#deps.clock.monotonicMs();
    if (!isMilestone && nowMs - this.#savedMs < saveEveryMs) return Promise.resolve();
    this.#savedMs = nowMs;
    this.#last = this.#waiting === 0 ? this.#write(run) : this.#last.then(() => this.#write(run));
    this.#waiting += 1;
    return this.#last;
  }

  async #write(run: SyncRun): Promise<void> {
    try {
      await this.#deps.syncLog.save(run);
    } catch (cause) {
      this.#deps.log.debug({ err: cause, kind: run.kind }, 'the log of runs was not written');
    } finally {
      this.#waiting -= 1;
    }
  }
}

/** Lets live work go first, but not for ever. */
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
