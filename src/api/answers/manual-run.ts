import type { SyncRun } from '../../recording/sync-log.ts';
import { HttpProblem } from '../http/problems.ts';

interface Asked {
  readonly entityIds: readonly string[] | undefined;
  readonly [what: string]: unknown;
}

/**
 * Runs of one kind that people start: one at a time. Whoever asks for the same again is given the run that is at work,
 * so that a second press does nothing; whoever asks for something else hears 409 and which run it waits for.
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
