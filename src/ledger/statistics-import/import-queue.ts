import type { StatisticsPeriod } from '../../home/home-assistant.ts';
import type { SyncRun } from '../../recording/sync-log.ts';

/** A run of the import, asked for and not yet begun. */
export interface ImportJob {
  readonly syncId: string;
  readonly entityIds: readonly string[];
  readonly periods: readonly StatisticsPeriod[];
  /** The range to fetch again, whatever is stored; null: what is not stored yet. */
  readonly range: { readonly startUs: number | null; readonly endUs: number | null } | null;
}

/** With this many jobs waiting, another one is merged into the last. */
const limit = 8;

export class ImportQueue {
  #jobs: ImportJob[] = [];

  /** Returns the job that will do it. */
  add(job: ImportJob): ImportJob {
    const last = this.#jobs.at(-1);
    if (this.#jobs.length < limit || last === undefined) {
      this.#jobs.push(job);
      return job;
    }
    const merged = {
      ...last,
      entityIds: [...new Set([...last.entityIds, ...job.entityIds])],
      periods: [...new Set([...last.periods, ...job.periods])],
      range: {
        startUs: outer(last.range?.startUs, job.range?.startUs, Math.min),
        endUs: outer(last.range?.endUs, job.range?.endUs, Math.max),
      },
    };
    this.#jobs[this.#jobs.length - 1] = merged;
    return merged;
  }

  find(syncId: string): ImportJob | null {
    return this.#jobs.find((job) => job.syncId === syncId) ?? null;
  }

  take(): ImportJob | null {
    return this.#jobs.shift() ?? null;
  }
}

/** An open end stays open. */
function outer(
  one: number | null | undefined,
  other: number | null | undefined,
  choose: (a: number, b: number) => number,
): number | null {
  return one == null || other == null ? null : choose(one, other);
}

/** The run of an import that begins now, for the log of runs; instants in microseconds. */
export function begunRun(job: ImportJob, nowUs: number): SyncRun {
  return {
    syncId: job.syncId,
    kind: 'statistics',
    startUs: Math.min(job.range?.startUs ?? nowUs, nowUs),
    endUs: Math.min(job.range?.endUs ?? nowUs, nowUs),
    status: 'running',
    entitiesTotal: job.entityIds.length,
    entitiesDone: 0,
    readingsAdded: 0,
    error: null,
    startedAtUs: nowUs,
    finishedAtUs: null,
  };
}
