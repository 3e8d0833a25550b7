import { isExternalStatistic } from '../../home/entity.ts';
import type { StatisticsPeriod } from '../../home/home-assistant.ts';
import { RunLog, untilIdle } from '../../recording/backfill/run-log.ts';
import type { SyncRun } from '../../recording/sync-log.ts';
import { Backoff } from '../../runtime/backoff.ts';
import { pause } from '../../runtime/pause.ts';
import { WakeSignal } from '../../runtime/wake-signal.ts';
import { dayUs, hourMs, minuteMs } from '../../units/durations.ts';
import type { HistoryImportDeps } from './import-deps.ts';
import { type EntitySync, ImportMarks } from './import-marks.ts';
import { begunRun, type ImportJob, ImportQueue } from './import-queue.ts';
import { ImportRun } from './import-run.ts';

interface HistoryImportStatus {
  readonly isOk: boolean;
  readonly detail: string | null;
  /** The run under way; null between runs. */
  readonly run: SyncRun | null;
  readonly lastFinishedAtUs: number | null;
}

/** The imports of one entity. */
interface EntitySyncs {
  readonly entityId: string;
  readonly lastSyncUs: number | null;
  readonly rowsInLastDay: number;
  /** The newest first. */
  readonly syncs: readonly EntitySync[];
}

export interface HistoryImportLimits {
  /** Gives the raw history time to begin, because it goes first. */
  readonly startDelayMs: number;
  readonly busyLimitMs: number;
  readonly busyPauseMs: number;
  /** The pause between two pieces, in which others use the connection and the store. */
  readonly breathMs: number;
  readonly retryFirstMs: number;
  readonly retryLimitMs: number;
  /** New rows are fetched this often. */
  readonly refreshEveryMs: number;
  /** For external statistics, which have no other source. */
  readonly refreshExternalEveryMs: number;
}

const defaultImportLimits: HistoryImportLimits = {
  startDelayMs: 5000,
  busyLimitMs: 15 * minuteMs,
  busyPauseMs: 1000,
  breathMs: 20,
  retryFirstMs: 1000,
  retryLimitMs: minuteMs,
  refreshEveryMs: 24 * hourMs,
  refreshExternalEveryMs: hourMs,
};

/** How often due rows are checked for. */
const checkEveryMs = 10 * minuteMs;

/**
 * Imports Home Assistant's statistics of the tracked entities: five-minute rows as far back as they exist, hourly rows
 * for all years. One run at a time, after everything else; a restart continues where it was.
 */
export class HistoryImport {
  readonly #deps: HistoryImportDeps;
  readonly #limits: HistoryImportLimits;
  readonly #marks: ImportMarks;
  readonly #queue = new ImportQueue();
  readonly #wakeSignal = new WakeSignal();
  readonly #runLog: RunLog;
  readonly #stop = new AbortController();
  /** Aborted when Home Assistant is connected again, to end a wait. */
  #wake = new AbortController();
  /** When each entity was last brought up to date by this process, by the monotonic clock. */
  readonly #refreshedMs = new Map<string, number>();
  #run: SyncRun | null = null;
  /** Taken from the queue; it may still wait for others to go first. */
  #taken: ImportJob | null = null;
  #lastFinishedAtUs: number | null = null;
  #error: string | null = null;
  #loop: Promise<void> = Promise.resolve();
  #unlisten: () => void = () => undefined;

  constructor(deps: HistoryImportDeps, limits: Partial<HistoryImportLimits> = {}) {
    this.#deps = deps;
    this.#runLog = new RunLog(deps);
    this.#limits = { ...defaultImportLimits, ...limits };
    this.#marks = new ImportMarks(deps.settings);
  }

  start(): void {
    this.#unlisten = this.#deps.homeAssistant.onStatus(({ kind }) => {
      if (kind !== 'connected') return;
      this.#wake.abort();
      this.#wake = new AbortController();
      this.#wakeSignal.wake();
    });
    this.#loop = this.#work();
  }

  async stop(): Promise<void> {
    this.#unlisten();
    this.#stop.abort();
    this.#wakeSignal.wake();
    await this.#loop;
  }

  /** Fetches the past of newly tracked entities. */
  follow(): void {
    this.#wakeSignal.wake();
  }

  /**
   * Requests statistics again, whatever is stored; for all entities and all time when nothing is named.
   * @returns the id of the run, at once; its progress is in the sync log
   */
  request(
    entityIds?: readonly string[],
    startUs?: number,
    endUs?: number,
    period?: StatisticsPeriod,
  ): string {
    const job = this.#queue.add({
      syncId: this.#deps.newId(),
      entityIds: entityIds ?? this.#deps.entities().map((entity) => entity.entityId),
      periods: period === undefined ? ['5minute', 'hour'] : [period],
      range: { startUs: startUs ?? null, endUs: endUs ?? null },
    });
    // Another run may take long; the requester sees at once that this one is queued.
    void this.#runLog.save(begunRun(job, this.#deps.clock.nowUs()), true);
    this.#wakeSignal.wake();
    return job.syncId;
  }

  /** The run as it is now, when it is under way or waits here; null for any other. */
  running(syncId: string): SyncRun | null {
    if (this.#run?.syncId === syncId) return this.#run;
    const job = this.#taken?.syncId === syncId ? this.#taken : this.#queue.find(syncId);
    return job === null ? null : begunRun(job, this.#deps.clock.nowUs());
  }

  status(): HistoryImportStatus {
    return {
      isOk: this.#error === null,
      detail: this.#error,
      run: this.#run,
      lastFinishedAtUs: this.#lastFinishedAtUs,
    };
  }

  /** The imports of each tracked entity. Rejects when the store is down. */
  async entitySyncs(): Promise<EntitySyncs[]> {
    const nowUs = this.#deps.clock.nowUs();
    const counts = await this.#deps.statistics.count(nowUs - dayUs, nowUs);
    return this.#deps.entities().map(({ entityId }) => {
      const { syncs } = this.#marks.of(entityId);
      const last = syncs.find((sync) => sync.status === 'success');
      return { entityId, lastSyncUs: last?.atUs ?? null, rowsInLastDay: counts.get(entityId) ?? 0, syncs };
    });
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    await this.#load();
    while (!signal.aborted) {
      const isThere = this.#deps.homeAssistant.status().kind === 'connected';
      const asked = isThere ? this.#queue.take() : null;
      const job = asked ?? (isThere ? this.#due() : null);
      if (job === null) await this.#wakeSignal.wait(checkEveryMs);
      else {
        this.#taken = job;
        await this.#do(job, asked === null);
        this.#taken = null;
      }
    }
  }

  /** Loads how far the process before was. */
  async #load(): Promise<void> {
    const retry = new Backoff(this.#limits.retryFirstMs, this.#limits.retryLimitMs);
    while (!this.#stop.signal.aborted) {
      try {
        return await this.#marks.load();
      } catch (cause) {
        this.#deps.log.debug({ err: cause }, 'how far the past was imported can not be read yet');
        await pause(retry.nextMs(), this.#stop.signal);
      }
    }
  }

  /** The entities that are new to this process, or were brought up to date long ago. */
  #due(): ImportJob | null {
    const nowMs = this.#deps.clock.monotonicMs();
    const entityIds = this.#deps
      .entities()
      .map((entity) => entity.entityId)
      .filter((entityId) => {
        const beforeMs = this.#refreshedMs.get(entityId);
        const { refreshEveryMs, refreshExternalEveryMs } = this.#limits;
        const everyMs = isExternalStatistic(entityId) ? refreshExternalEveryMs : refreshEveryMs;
        return beforeMs === undefined || nowMs - beforeMs >= everyMs;
      });
    if (entityIds.length === 0) return null;
    return { syncId: this.#deps.newId(), entityIds, periods: ['5minute', 'hour'], range: null };
  }

  async #do(job: ImportJob, isByItself: boolean): Promise<void> {
    const { clock, log } = this.#deps;
    const { signal } = this.#stop;
    await this.#letOthersGoFirst(isByItself);
    if (signal.aborted) return;
    const run = new ImportRun(this.#deps, this.#limits, this.#marks, job, {
      signal,
      wake: () => this.#wake.signal,
      onProgress: (now, isMilestone) => {
        this.#run = now;
        void this.#runLog.save(now, isMilestone);
      },
      onTrouble: (trouble) => {
        this.#error = trouble;
      },
    });
    try {
      const done = await run.do();
      if (done === null) return;
      this.#error = done.error;
      this.#lastFinishedAtUs = clock.nowUs();
      // This includes what failed: it is tried again with the next refresh and not at once.
      if (isByItself) for (const id of job.entityIds) this.#refreshedMs.set(id, clock.monotonicMs());
      await this.#runLog.save(done, true);
      const { status, readingsAdded: rows, entitiesTotal: entities } = done;
      log.info({ status, rows, entities }, "imported Home Assistant's statistics");
    } catch (cause) {
      // Unexpected: the run starts again after a while.
      this.#error = cause instanceof Error ? cause.message : String(cause);
      log.error({ err: cause }, "Home Assistant's statistics could not be imported");
      await pause(this.#limits.retryLimitMs, signal);
    } finally {
      this.#run = null;
    }
  }

  /** The raw history goes first: statistics only fill what it leaves, and are then posted once. */
  async #letOthersGoFirst(isByItself: boolean): Promise<void> {
    const { clock, isBusy } = this.#deps;
    const { signal } = this.#stop;
    if (isByItself) await pause(this.#limits.startDelayMs, signal);
    await untilIdle(isBusy, this.#limits, clock, signal);
  }
}
