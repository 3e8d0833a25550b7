import type { Interval } from '../../units/interval.ts';
import type { Gap } from '../gap-tracker.ts';
import type { SyncKind, SyncRun } from '../sync-log.ts';

/** Requested and not yet started. */
export interface BackfillJob {
  readonly syncId: string;
  readonly kind: SyncKind;
  /** Since when, by entity; null: as far back as Home Assistant has states. */
  readonly sinceUs: ReadonlyMap<string, number | null>;
  /** The gap that it fills; reported as filled when it is done. */
  readonly gaps: readonly Gap[];
  /** A second pass over the end of an earlier run, for what Home Assistant had not yet written then. */
  readonly follows: { readonly run: SyncRun; readonly span: Interval; readonly pass: number } | null;
  readonly dueMs: number;
}

/** Beyond this many, the second passes due last are dropped; new jobs of one kind are always merged into one. */
const limit = 16;

/** What is to be back-filled: at most one job of each kind, and some second passes. */
export class BackfillQueue {
  #jobs: BackfillJob[] = [];

  get length(): number {
    return this.#jobs.length;
  }

  /**
   * Adds a job or merges it into the waiting one of its kind.
   * @returns the job that will do it
   */
  add(job: BackfillJob): BackfillJob {
    const waiting = job.follows === null ? this.#jobs.find((other) => isMergeable(other, job)) : undefined;
    if (waiting === undefined) {
      this.#jobs.push(job);
      if (this.#jobs.length > limit) this.#dropFollowUp();
      return job;
    }
    const sinceUs = new Map(waiting.sinceUs);
    for (const [entityId, since] of job.sinceUs) {
      const before = sinceUs.get(entityId);
      sinceUs.set(entityId, before === undefined ? since : earlier(before, since));
    }
    const gaps = [...waiting.gaps, ...job.gaps];
    const merged = { ...waiting, sinceUs, gaps, dueMs: Math.min(waiting.dueMs, job.dueMs) };
    this.#jobs[this.#jobs.indexOf(waiting)] = merged;
    return merged;
  }

  /** A job that waits to start; not a second pass. */
  find(syncId: string): BackfillJob | null {
    return this.#jobs.find((job) => job.syncId === syncId && job.follows === null) ?? null;
  }

  /** The job that is due first. Removes it from the queue when it is due now. */
  take(nowMs: number): { readonly job: BackfillJob } | { readonly inMs: number } | null {
    const next = this.#jobs.reduce<BackfillJob | null>(
      (first, job) => (first === null || job.dueMs < first.dueMs ? job : first),
      null,
    );
    if (next === null) return null;
    if (next.dueMs > nowMs) return { inMs: next.dueMs - nowMs };
    this.#jobs = this.#jobs.filter((job) => job !== next);
    return { job: next };
  }

  #dropFollowUp(): void {
    const index = this.#jobs.findIndex((job) => job.follows !== null);
    if (index >= 0) this.#jobs.splice(index, 1);
  }
}

function isMergeable(waiting: BackfillJob, job: BackfillJob): boolean {
  return waiting.follows === null && waiting.kind === job.kind;
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.min(a, b);
}
