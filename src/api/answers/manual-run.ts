import type { SyncRun } from '../../recording/sync-log.ts';
import { HttpProblem } from '../http/problems.ts';

interface Asked {
  readonly entityIds: readonly string[] | undefined;
  readonly [what: string]: unknown;
}

/**
 * Runs of one kind that users start, one at a time. A second request for the same gets the id of the run at work; one for
 * something else gets a 409 that names that run.
 */
export class ManualRun {
  readonly #running: (syncId: string) => SyncRun | null;
  #last: { readonly syncId: string; readonly asked: string } | null = null;

  /** @param running the run while it waits or is at work; null afterwards, and for any other */
  constructor(running: (syncId: string) => SyncRun | null) {
    this.#running = running;
  }

  /** @returns the id of the run that does what is asked. Throws HttpProblem 409. */
  start(asked: Asked, begin: () => string): string {
    const text = JSON.stringify({ ...asked, entityIds: asked.entityIds?.toSorted() });
    const last = this.#last;
    if (last !== null && this.#running(last.syncId)?.status === 'running') {
      if (last.asked === text) return last.syncId;
      throw new HttpProblem(409, {
        detail: `A run that asks for something else is at work (sync_id ${last.syncId}); start again when it is done.`,
      });
    }
    const syncId = begin();
    this.#last = { syncId, asked: text };
    return syncId;
  }
}
