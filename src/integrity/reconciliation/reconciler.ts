import { hasStates } from '../../home/entity.ts';
import { usualHistoryUs } from '../../recording/backfill/history-depth.ts';
import { RunLog, untilIdle } from '../../recording/backfill/run-log.ts';
import type { SyncRun } from '../../recording/sync-log.ts';
import { Backoff } from '../../runtime/backoff.ts';
import { pause, unlessAborted } from '../../runtime/pause.ts';
import { WakeSignal } from '../../runtime/wake-signal.ts';
import { hourUs, minuteMs, minuteUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import type { ReconciliationDeps } from './reconciliation-deps.ts';
import { ReconciliationMarks } from './reconciliation-marks.ts';
import { begunJob, type ReconciliationJob, ReconciliationRun } from './reconciliation-run.ts';
import { nextHourlyUs, nextNightlyUs } from './schedule.ts';

interface ReconcilerLimits {
  /** After the start: what was missed while the process was down goes first. */
  readonly startDelayMs: number;
  readonly busyLimitMs: number;
  readonly busyPauseMs: number;
  readonly retryFirstMs: number;
  readonly retryLimitMs: number;
  /** A run that fails so often is given up; the next one covers the same hours. */
  readonly tries: number;
  /** While waiting the clock is checked this often, because it may be stepped. */
  readonly checkClockEveryMs: number;
}

const defaultReconcilerLimits: ReconcilerLimits = {
  startDelayMs: minuteMs,
  busyLimitMs: 15 * minuteMs,
  busyPauseMs: 1000,
  retryFirstMs: 30_000,
  retryLimitMs: 30 * minuteMs,
  tries: 6,
  checkClockEveryMs: 30_000,
};

export interface ReconcilerStatus {
  readonly isOk: boolean;
  readonly detail: string | null;
  /** The run under way; null between runs. */
  readonly run: SyncRun | null;
  /** The last one that ended. */
  readonly last: SyncRun | null;
  readonly lastFinishedAtUs: number | null;
  readonly lastHourlyUs: number | null;
  readonly lastNightlyUs: number | null;
  /** Hours of the last ten days that were not compared with Home Assistant when the last run ended. */
  readonly unverifiedHours: number | null;
  readonly nextHourlyUs: number;
  /** Null while the home's zone is not known. */
  readonly nextNightlyUs: number | null;
}

/** What the next nightly run will check. */
interface ReconciliationPlan extends Interval {
  readonly entities: number;
  readonly hours: number;
  readonly unverifiedHours: number;
}

/** As far as Home Assistant keeps states by default. */
export const nightlySpanUs = usualHistoryUs;
/** More than the new hour, because rows and readings come late. */
const hourlySpanUs = 3 * hourUs;
/** Readings of the last minutes may be on their way. */
const marginUs = 2 * minuteUs;
/** Requested runs that may wait, the current one included. */
export const jobsLimit = 8;

/**
 * Compares what is recorded with Home Assistant: every hour the last hours, every night the last ten days, on request, and
 * soon after the start. One run at a time, after everything else; a failed run is repeated.
 */
export class Reconciler {
  readonly #deps: ReconciliationDeps;
  readonly #limits: ReconcilerLimits;
  readonly #marks: ReconciliationMarks;
  readonly #runLog: RunLog;
  readonly #wakeSignal = new WakeSignal();
  readonly #stop = new AbortController();
  /** Ends a wait when Home Assistant is connected again. */
  #wake = new AbortController();
  readonly #asked: ReconciliationJob[] = [];
  #hasBegun = false;
  #run: SyncRun | null = null;
  #last: SyncRun | null = null;
  #unverifiedHours: number | null = null;
  #error: string | null = null;
  #loop: Promise<void> = Promise.resolve();
  #unlisten: () => void = () => undefined;

  constructor(deps: ReconciliationDeps, limits: Partial<ReconcilerLimits> = {}) {
    this.#deps = deps;
    this.#runLog = new RunLog(deps);
    this.#limits = { ...defaultReconcilerLimits, ...limits };
    this.#marks = new ReconciliationMarks(deps.settings, deps.clock);
  }

  start(): void {
    this.#unlisten = this.#deps.homeAssistant.onStatus(({ kind }) => {
      if (kind !== 'connected') return;
      this.#wake.abort();
      this.#wake = new AbortController();
    });
    this.#loop = this.#work().catch((cause: unknown) => {
      this.#error = cause instanceof Error ? cause.message : String(cause);
      this.#deps.log.error({ err: cause }, 'Reconciliation has stopped');
    });
  }

  async stop(): Promise<void> {
    this.#unlisten();
    this.#stop.abort();
    this.#wakeSignal.wake();
    await this.#loop;
  }

  /**
   * Requests a run over [startUs, endUs), of all tracked entities when none is named.
   * @returns its id, at once; its progress is in the sync log. Null when too many wait, and it will not run
   */
  request(startUs?: number, endUs?: number, entityIds?: readonly string[]): string | null {
    if (this.#asked.length >= jobsLimit) return null;
    const nowUs = this.#deps.clock.nowUs();
    const job: ReconciliationJob = {
      syncId: this.#deps.newId(),
      kind: 'reconciliation',
      startUs: startUs ?? nowUs - nightlySpanUs,
      endUs: endUs ?? nowUs - marginUs,
      entityIds: entityIds ?? null,
      startedAtUs: nowUs,
    };
    this.#asked.push(job);
    // Another run may take long; the sync log shows at once that this one is accepted.
    void this.#runLog.save(begunJob(job, entityIds?.length ?? this.#deps.entities().length), true);
    this.#wakeSignal.wake();
    return job.syncId;
  }

  /** The run as it is now, when it is under way or waits here; null for any other. */
  running(syncId: string): SyncRun | null {
    if (this.#run?.syncId === syncId) return this.#run;
    const job = this.#asked.find((one) => one.syncId === syncId);
    return job === undefined ? null : begunJob(job, job.entityIds?.length ?? this.#deps.entities().length);
  }

  status(): ReconcilerStatus {
    const nowUs = this.#deps.clock.nowUs();
    const zone = this.#deps.zone();
    return {
      isOk: this.#error === null,
      detail: this.#error,
      run: this.#run,
      last: this.#last,
      lastFinishedAtUs: this.#last?.finishedAtUs ?? this.#marks.doneUs('hourly'),
      lastHourlyUs: this.#marks.doneUs('hourly'),
      lastNightlyUs: this.#marks.doneUs('nightly'),
      unverifiedHours: this.#unverifiedHours,
      nextHourlyUs: nextHourlyUs(nowUs),
      nextNightlyUs: zone === null ? null : nextNightlyUs(nowUs, zone),
    };
  }

  /** What the next nightly run will check; null while the zone is not known. Rejects when a store is down. */
  async plan(): Promise<ReconciliationPlan | null> {
    const zone = this.#deps.zone();
    if (zone === null) return null;
    const endUs = nextNightlyUs(this.#deps.clock.nowUs(), zone);
    const startUs = endUs - nightlySpanUs;
    const entities = this.#deps.entities();
    const meters = entities.filter(({ meter }) => meter?.posts === 'register');
    const ids = entities.filter(hasStates).map(({ entityId }) => entityId);
    const unverifiedHours = await this.#deps.coverageVerifier.unverifiedCount(ids, startUs, endUs);
    this.#unverifiedHours = unverifiedHours;
    const hours = (meters.length * (endUs - startUs)) / hourUs;
    return { startUs, endUs, entities: entities.length, hours, unverifiedHours };
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    await this.#load();
    const { clock } = this.#deps;
    const { startDelayMs, checkClockEveryMs } = this.#limits;
    const beginMs = clock.monotonicMs() + startDelayMs;
    while (!signal.aborted) {
      const hasStarted = clock.monotonicMs() >= beginMs;
      const job = this.#asked[0] ?? (hasStarted ? this.#due() : null);
      if (job !== null) await this.#do(job);
      else await this.#wakeSignal.wait(hasStarted ? checkClockEveryMs : beginMs - clock.monotonicMs());
    }
  }

  /** When the last runs were, also those of a process before. */
  async #load(): Promise<void> {
    const retry = new Backoff(1000, 60_000);
    while (!this.#stop.signal.aborted) {
      try {
        await this.#marks.load();
        await this.#deps.tickets.count();
        return;
      } catch (cause) {
        this.#deps.log.debug({ err: cause }, 'the last reconciliations can not be read yet');
        await pause(retry.nextMs(), AbortSignal.any([this.#stop.signal, this.#wake.signal]));
      }
    }
  }

  /** The night goes before the hour, and the first after a start reaches back to the last before it. */
  #due(): ReconciliationJob | null {
    const { clock, newId, zone, entities } = this.#deps;
    const nowUs = clock.nowUs();
    const known = zone();
    if (known === null || entities().length === 0) return null;
    const job = (kind: 'hourly' | 'nightly', startUs: number): ReconciliationJob => ({
      syncId: newId(),
      kind,
      startUs: Math.floor(startUs / hourUs) * hourUs,
      endUs: nowUs - marginUs,
      entityIds: null,
      startedAtUs: nowUs,
    });
    if (nextNightlyUs(this.#marks.dueAfterUs('nightly'), known) <= nowUs)
      return job('nightly', nowUs - nightlySpanUs);
    const doneUs = this.#marks.doneUs('hourly') ?? nowUs;
    const sinceUs = Math.max(nowUs - nightlySpanUs, Math.min(doneUs, nowUs) - hourlySpanUs);
    if (!this.#hasBegun || nextHourlyUs(this.#marks.dueAfterUs('hourly')) <= nowUs)
      return job('hourly', sinceUs);
    return null;
  }

  async #do(job: ReconciliationJob): Promise<void> {
    const { log, clock } = this.#deps;
    const { signal } = this.#stop;
    await untilIdle(this.#deps.isBusy, this.#limits, clock, signal);
    const retry = new Backoff(this.#limits.retryFirstMs, this.#limits.retryLimitMs);
    for (let tries = 1; !signal.aborted; tries += 1) {
      const run = new ReconciliationRun(this.#deps, job, {
        signal,
        onProgress: (now) => {
          this.#run = now;
          void this.#runLog.save(now, false);
        },
      });
      try {
        const done = await run.do();
        this.#error = done.status === 'failed' ? done.error : null;
        this.#end(job, done);
        await this.#runLog.save(done, true);
        await this.#countUnverified();
        if (job.kind !== 'reconciliation') await this.#mark(job);
        const { outcome, readingsAdded } = done;
        log.info({ kind: job.kind, status: done.status, readingsAdded, ...outcome }, 'reconciled');
        return;
      } catch (cause) {
        if (signal.aborted) return;
        this.#error = cause instanceof Error ? cause.message : String(cause);
        log.warn(
          { err: this.#error, kind: job.kind, tries },
          'Reconciliation was cut off; it is tried again',
        );
        const came = run.run();
        const status = came.entitiesDone > 0 ? 'partial' : 'failed';
        const failed = { ...came, status, error: this.#error, finishedAtUs: clock.nowUs() } as const;
        this.#last = failed;
        await this.#runLog.save(failed, true);
        if (tries >= this.#limits.tries) {
          this.#end(job, failed);
          // The next of its kind reaches back to the last that was done.
          if (job.kind !== 'reconciliation') this.#marks.giveUp(job.kind);
          return;
        }
        await pause(retry.nextMs(), AbortSignal.any([signal, this.#wake.signal]));
      } finally {
        this.#run = null;
      }
    }
  }

  async #countUnverified(): Promise<void> {
    try {
      await unlessAborted(this.plan(), this.#stop.signal);
    } catch (cause) {
      this.#deps.log.debug({ err: cause }, 'how much is verified is not known');
    }
  }

  #end(job: ReconciliationJob, run: SyncRun): void {
    this.#hasBegun = true;
    this.#last = run;
    const index = this.#asked.indexOf(job);
    if (index >= 0) this.#asked.splice(index, 1);
    this.#deps.onDone?.();
  }

  async #mark(job: ReconciliationJob): Promise<void> {
    try {
      await this.#marks.done(job.kind === 'nightly' ? 'nightly' : 'hourly', job.startedAtUs);
    } catch (cause) {
      this.#deps.log.debug({ err: cause }, 'the last reconciliation was not written');
    }
  }
}
