import type { HomeAssistant } from '../../home/home-assistant.ts';
import { Backoff } from '../../runtime/backoff.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { PartProblem } from '../../runtime/health.ts';
import type { Log } from '../../runtime/log.ts';
import { Loop } from '../../runtime/loop.ts';
import { pause, unlessAborted } from '../../runtime/pause.ts';
import { minuteMs, minuteUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import type { Gap } from '../gap-tracker.ts';
import type { ReadingStore } from '../reading-store.ts';
import { futureToleranceUs } from '../stream/reading-parser.ts';
import type { Recorder } from '../stream/recorder.ts';
import type { SyncKind, SyncLog, SyncRun } from '../sync-log.ts';
import { type BackfillJob, BackfillQueue } from './backfill-queue.ts';
import type { Copied } from './history-copy.ts';
import { historySinceUs, longestHistoryUs, usualHistoryUs } from './history-depth.ts';
import { addCounts, type CopiedSpan, type CopyNotes, copySpan } from './history-span.ts';
import { RunLog } from './run-log.ts';

interface BackfillDeps {
  readonly homeAssistant: Pick<HomeAssistant, 'history' | 'hasHistoryAt'>;
  readonly readings: Pick<ReadingStore, 'before' | 'range'>;
  readonly recorder: Pick<
    Recorder,
    'tracked' | 'newest' | 'record' | 'settled' | 'waiting' | 'zone' | 'onGap' | 'filled'
  >;
  readonly syncLog: SyncLog;
  readonly clock: Clock;
  readonly log: Log;
  /** A new id, unique for ever. */
  readonly newId: () => string;
  readonly coverageVerifier?: CopyNotes;
  /** Called when a run has ended; what it brought is in the store. */
  readonly onBrought?: () => void;
}

interface BackfillStatus {
  readonly isOk: boolean;
  readonly problem: PartProblem | null;
  readonly isRunning: boolean;
  readonly waiting: number;
  readonly lastFinishedAtUs: number | null;
}

interface BackfillLimits {
  /** How far back missed readings are fetched. */
  readonly memoryUs: number;
  /** For what was never recorded everything that Home Assistant has is fetched, but nothing older than this. */
  readonly longestHistoryUs: number;
  /** Subtracted from the instant of the last received state: the last readings before it may not have been stored. */
  readonly marginUs: number;
  readonly startMarginUs: number;
  /** When the end of a gap is fetched again after a run: Home Assistant writes with a delay. */
  readonly passesAfterMs: readonly number[];
  readonly retryFirstMs: number;
  readonly retryLimitMs: number;
}

const defaultBackfillLimits: BackfillLimits = {
  memoryUs: usualHistoryUs,
  longestHistoryUs,
  marginUs: minuteUs,
  startMarginUs: 5 * minuteUs,
  passesAfterMs: [10_000, 60_000, 120_000, 300_000],
  retryFirstMs: 1000,
  retryLimitMs: minuteMs,
};

/** A second pass fetches this much of the gap's end. */
const tailUs = 15 * minuteUs;
/** Home Assistant keeps all states equally long, so a few entities answer for all. */
const entitiesAsked = 20;
const memoryTries = 3;

/** Fetches from Home Assistant's own history what the stream missed. One run at a time, and the stream goes first. */
export class Backfill {
  readonly #deps: BackfillDeps;
  readonly #limits: BackfillLimits;
  readonly #queue = new BackfillQueue();
  readonly #runLog: RunLog;
  readonly #loop = new Loop();
  /** Aborted to end a wait when Home Assistant is connected again. */
  #wake = new AbortController();
  #run: SyncRun | null = null;
  #bringsPast = false;
  #lastFinishedAtUs: number | null = null;
  #problem: PartProblem | null = null;
  #unlisten: () => void = () => undefined;

  constructor(deps: BackfillDeps, limits: Partial<BackfillLimits> = {}) {
    this.#deps = deps;
    this.#runLog = new RunLog(deps);
    this.#limits = { ...defaultBackfillLimits, ...limits };
  }

  /** Call it before the recorder's start, so that its first gap is received. */
  start(): void {
    this.#unlisten = this.#deps.recorder.onGap((gap) => this.#fill(gap));
    this.#loop.start(async () => {
      await Promise.all([this.#work(), this.#closeInterrupted()]);
    });
  }

  async stop(): Promise<void> {
    this.#unlisten();
    await this.#loop.stop();
  }

  /**
   * Fetches everything that Home Assistant has of the tracked entities, or of some of them.
   * @returns the id of the run, at once; its progress is in the sync log
   */
  request(entityIds: readonly string[] = [...this.#deps.recorder.tracked().keys()]): string {
    const job = this.#add('manual', new Map(entityIds.map((entityId) => [entityId, null])), []);
    // Another run may take long; the caller can see at once that this one is queued.
    void this.#runLog.save(this.#begun(job), true);
    return job.syncId;
  }

  /** A run of this process that waits or runs; null for any other. */
  running(syncId: string): SyncRun | null {
    if (this.#run?.syncId === syncId) return this.#run;
    const job = this.#queue.find(syncId);
    return job === null ? null : this.#begun(job);
  }

  /**
   * Whether the past of the tracked entities is being fetched: until it is, a meter's last reading before midnight
   * may be days old, and what it counted since is not known. A second pass does not count.
   */
  bringsPast(): boolean {
    return this.#bringsPast;
  }

  status(): BackfillStatus {
    return {
      isOk: this.#problem === null,
      problem: this.#problem,
      isRunning: this.#run !== null,
      waiting: this.#queue.length,
      lastFinishedAtUs: this.#lastFinishedAtUs,
    };
  }

  #fill(gap: Gap): void {
    this.#wake.abort();
    this.#wake = new AbortController();
    const marginUs = gap.kind === 'start' ? this.#limits.startMarginUs : this.#limits.marginUs;
    const sinceUs = gap.sinceUs === null ? null : gap.sinceUs - marginUs;
    this.#add(gap.kind, new Map(gap.entityIds.map((entityId) => [entityId, sinceUs])), [gap]);
  }

  #add(kind: SyncKind, sinceUs: ReadonlyMap<string, number | null>, gaps: readonly Gap[]): BackfillJob {
    const dueMs = this.#deps.clock.monotonicMs();
    const job = this.#queue.add({ syncId: this.#deps.newId(), kind, sinceUs, gaps, follows: null, dueMs });
    this.#loop.wake();
    return job;
  }

  async #work(): Promise<void> {
    while (!this.#loop.signal.aborted) {
      const next = this.#queue.take(this.#deps.clock.monotonicMs());
      if (next === null) await this.#loop.wait();
      else if ('inMs' in next) await this.#loop.wait(next.inMs);
      else await this.#do(next.job);
    }
  }

  async #do(job: BackfillJob): Promise<void> {
    const { clock, log } = this.#deps;
    const endUs = clock.nowUs() + futureToleranceUs;
    let run = job.follows?.run ?? this.#begun(job);
    this.#run = run;
    this.#bringsPast = job.follows === null && (job.kind === 'first' || job.kind === 'start');
    let added = 0;
    const failed: string[] = [];
    const copiedSpans: CopiedSpan[] = [];
    if (job.follows === null) await this.#runLog.save(run, true);
    try {
      const spans = job.follows === null ? await this.#spans(job, endUs) : this.#tails(job, job.follows.span);
      const startUs = Math.min(endUs, ...[...spans.values()].map((span) => span.startUs));
      // Known only now: how far back to go for what was never recorded.
      if (job.follows === null) run = { ...run, startUs: Math.min(run.startUs, startUs) };
      for (const [entityId, span] of spans) {
        const reported = new Map<number, number>();
        const writtenUntilUs = this.#deps.coverageVerifier?.writtenUntilUs() ?? 0;
        const result = await this.#copy(entityId, span, (copied) => {
          addCounts(reported, copied.reported);
          added += copied.added;
          run = { ...run, readingsAdded: run.readingsAdded + copied.added };
          this.#run = run;
        });
        const isWhole = result === null && this.#deps.recorder.tracked().has(entityId);
        if (isWhole) copiedSpans.push({ entityId, span, writtenUntilUs, reported });
        if (this.#loop.signal.aborted) return;
        if (result !== null) failed.push(`${entityId}: ${result}`);
        if (job.follows === null) run = { ...run, entitiesDone: run.entitiesDone + 1 };
        this.#run = run;
        await this.#runLog.save(run, false);
      }
      await unlessAborted(this.#deps.recorder.settled(), this.#loop.signal);
      if (this.#loop.signal.aborted) return;
      await this.#noteCoverage(copiedSpans);
      run = this.#finished(run, failed);
      const [reason] = failed;
      this.#problem = reason === undefined ? null : { code: 'history_incomplete', values: { reason } };
      if (job.follows === null || added > 0) {
        await this.#runLog.save(run, true);
        log.info(
          { kind: run.kind, readings: added, entities: run.entitiesTotal },
          'back-filled from history',
        );
      }
      this.#lastFinishedAtUs = clock.nowUs();
      this.#followUp(failed.length === 0 ? job : { ...job, gaps: [] }, run, added, startUs, clock.nowUs());
    } finally {
      this.#run = null;
      this.#bringsPast = false;
      if (job.follows === null || added > 0) this.#deps.onBrought?.();
    }
  }

  /** Saves which whole hours were copied, so that they are not verified again. */
  async #noteCoverage(copied: readonly CopiedSpan[]): Promise<void> {
    try {
      await this.#deps.coverageVerifier?.note(copied);
    } catch (cause) {
      this.#deps.log.debug({ err: cause }, 'what was copied is not saved as verified; it is compared again');
    }
  }

  #begun(job: BackfillJob): SyncRun {
    const nowUs = this.#deps.clock.nowUs();
    const oldestUs = nowUs - this.#limits.memoryUs;
    return {
      syncId: job.syncId,
      kind: job.kind,
      startUs: Math.min(nowUs, ...[...job.sinceUs.values()].map((since) => since ?? oldestUs)),
      endUs: nowUs,
      status: 'running',
      entitiesTotal: job.sinceUs.size,
      entitiesDone: 0,
      readingsAdded: 0,
      error: null,
      startedAtUs: nowUs,
      finishedAtUs: null,
    };
  }

  #finished(run: SyncRun, failed: readonly string[]): SyncRun {
    const error = failed.length === 0 ? run.error : failed.slice(0, 5).join('; ');
    const isAll = failed.length > 0 && failed.length >= run.entitiesTotal;
    const status = error === null ? 'success' : isAll ? 'failed' : 'partial';
    return { ...run, status, error, finishedAtUs: this.#deps.clock.nowUs() };
  }

  /** Fetches the end of the gap again a little later, and as long as something new comes. */
  #followUp(job: BackfillJob, run: SyncRun, added: number, startUs: number, endUs: number): void {
    const pass = job.follows === null ? 0 : job.follows.pass + 1;
    const afterMs = this.#limits.passesAfterMs[pass];
    // The first two passes always: nothing yet may only mean not yet written.
    const isLast = afterMs === undefined || (pass >= 2 && added === 0);
    // Until then the next process would have to fetch it.
    if (isLast) for (const gap of job.gaps) this.#deps.recorder.filled(gap);
    if (isLast) return;
    const span = job.follows?.span ?? { startUs: Math.max(startUs, endUs - tailUs), endUs };
    this.#queue.add({
      ...job,
      follows: { run, span, pass },
      dueMs: this.#deps.clock.monotonicMs() + afterMs,
    });
  }

  #tails(job: BackfillJob, span: Interval): Map<string, Interval> {
    return new Map([...job.sinceUs.keys()].map((entityId) => [entityId, span]));
  }

  async #spans(job: BackfillJob, endUs: number): Promise<Map<string, Interval>> {
    const oldestUs = this.#deps.clock.nowUs() - this.#limits.memoryUs;
    const fresh = [...job.sinceUs].filter(([, sinceUs]) => sinceUs === null).map(([entityId]) => entityId);
    const memoryUs = fresh.length === 0 ? oldestUs : Math.min(oldestUs, await this.#historySinceUs(fresh));
    return new Map(
      [...job.sinceUs].map(([entityId, sinceUs]) => [
        entityId,
        { startUs: sinceUs === null ? memoryUs : Math.max(sinceUs, oldestUs), endUs },
      ]),
    );
  }

  /** Since when Home Assistant has states of any of these; the usual depth where that can't be found out. */
  async #historySinceUs(entityIds: readonly string[]): Promise<number> {
    const { homeAssistant, clock, log } = this.#deps;
    const some = entityIds.slice(0, entitiesAsked);
    const hasHistoryAt = (atUs: number) => homeAssistant.hasHistoryAt(some, atUs);
    const retry = new Backoff(this.#limits.retryFirstMs, this.#limits.retryLimitMs);
    for (let tries = 0; tries < memoryTries && !this.#loop.signal.aborted; tries += 1) {
      try {
        return await historySinceUs(hasHistoryAt, clock.nowUs(), this.#limits.longestHistoryUs);
      } catch (cause) {
        log.debug({ err: cause }, 'how long Home Assistant keeps states is not known yet');
        await pause(retry.nextMs(), AbortSignal.any([this.#loop.signal, this.#wake.signal]));
      }
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Closes runs that are marked as running and are not: the process was stopped in them. */
  async #closeInterrupted(): Promise<void> {
    const beganUs = this.#deps.clock.nowUs();
    const retry = new Backoff(this.#limits.retryFirstMs, this.#limits.retryLimitMs);
    while (!this.#loop.signal.aborted) {
      try {
        for (const run of await this.#deps.syncLog.recent(50)) {
          if (run.status !== 'running' || run.startedAtUs >= beganUs) continue;
          await this.#deps.syncLog.save({
            ...run,
            status: 'failed',
            error: 'The process was stopped; another run continues it',
            finishedAtUs: beganUs,
          });
        }
        return;
      } catch (cause) {
        this.#deps.log.debug({ err: cause }, 'the log of back-fills can not be read yet');
        await pause(retry.nextMs(), this.#loop.signal);
      }
    }
  }

  /**
   * @returns why its history could not be fetched; null when all of the span was copied, or the entity is not tracked
   * any more
   */
  async #copy(entityId: string, span: Interval, onCopied: (copied: Copied) => void): Promise<string | null> {
    const retry = new Backoff(this.#limits.retryFirstMs, this.#limits.retryLimitMs);
    const { signal } = this.#loop;
    return await copySpan(this.#deps, entityId, span, {
      signal,
      onCopied: (copied) => {
        onCopied(copied);
        retry.reset();
      },
      onFailed: async (message) => {
        this.#problem = { code: 'failed', values: { reason: message } };
        await pause(retry.nextMs(), AbortSignal.any([signal, this.#wake.signal]));
      },
    });
  }
}
