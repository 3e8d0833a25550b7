import { type HomeAssistant, HomeAssistantUnavailable } from '../../home/home-assistant.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { PartProblem } from '../../runtime/health.ts';
import type { Log } from '../../runtime/log.ts';
import { Loop } from '../../runtime/loop.ts';
import { pause } from '../../runtime/pause.ts';
import { minuteMs, minuteUs } from '../../units/durations.ts';
import { usualHistoryUs } from '../backfill/history-depth.ts';
import { coverageHourUs } from '../coverage-store.ts';
import type { Recorder } from '../stream/recorder.ts';
import type { SyncLog, SyncRun } from '../sync-log.ts';
import { type CoverageVerifier, defaultCoverageVerifierLimits } from './coverage-verifier.ts';

interface CoverageSchedulerDeps {
  readonly coverageVerifier: Pick<CoverageVerifier, 'unverifiedHours' | 'verify' | 'invalidateSince'>;
  readonly homeAssistant: Pick<HomeAssistant, 'status'>;
  readonly recorder: Pick<Recorder, 'tracked'>;
  /** What goes first: a back-fill verifies hours by itself. */
  readonly isBusy: () => boolean;
  readonly syncLog: Pick<SyncLog, 'save'>;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

interface CoverageSchedulerLimits {
  readonly spanUs: number;
  /** After the hour: a reconciliation comes before and usually has verified it; if none could, it is verified now. */
  readonly afterHourUs: number;
  readonly busyPauseMs: number;
  readonly retryMs: number;
}

const defaultCoverageSchedulerLimits: CoverageSchedulerLimits = {
  spanUs: usualHistoryUs,
  afterHourUs: 10 * minuteUs,
  busyPauseMs: 1000,
  retryMs: minuteMs,
};

export interface CoverageStatus {
  readonly isOk: boolean;
  readonly problem: PartProblem | null;
  readonly isRunning: boolean;
  /** All tracked entities are verified until then, as far back as is checked; null before the first check. */
  readonly verifiedUntilUs: number | null;
  /** Hours of entities in the last ten days that are not verified; null before the first check. */
  readonly unverifiedHours: number | null;
}

/** The clock may be stepped, so a wait reads it again this often. */
const checkClockMs = 30_000;
/** Small corrections that keep a clock right are no step. */
const stepUs = 1_000_000;
/** The clock may have been set back while nothing ran, and be past that instant again. */
const startDoubtUs = defaultCoverageVerifierLimits.startDoubtUs;

/**
 * Finds hours that are not verified and has them verified: after each hour, and when there is a reason to doubt (a
 * start, a new connection, a store that came back and may have lost readings).
 */
export class CoverageScheduler {
  readonly #deps: CoverageSchedulerDeps;
  readonly #limits: CoverageSchedulerLimits;
  readonly #loop = new Loop();
  #isAsked = true;
  /** How far before now verifications are doubted because the clock was set back; null: not at all. */
  #doubtedUs: number | null = startDoubtUs;
  /** How far the clock was set back. */
  #aheadUs = 0;
  #lastChecked = { wallUs: 0, monotonicMs: 0 };
  #nextUs = 0;
  #isRunning = false;
  #problem: PartProblem | null = null;
  #verifiedUntilUs: number | null = null;
  #unverifiedHours: number | null = null;

  constructor(deps: CoverageSchedulerDeps, limits: Partial<CoverageSchedulerLimits> = {}) {
    this.#deps = deps;
    this.#limits = { ...defaultCoverageSchedulerLimits, ...limits };
  }

  start(): void {
    this.#loop.start((signal) => this.#work(signal));
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** There is a reason to check now. */
  check(): void {
    this.#isAsked = true;
    this.#loop.wake();
  }

  status(): CoverageStatus {
    return {
      isOk: this.#problem === null,
      problem: this.#problem,
      isRunning: this.#isRunning,
      verifiedUntilUs: this.#verifiedUntilUs,
      unverifiedHours: this.#unverifiedHours,
    };
  }

  async #work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#checkClock();
      if (!this.#isAsked && this.#deps.clock.nowUs() < this.#nextUs) {
        await this.#loop.wait(checkClockMs);
        // A clock that was set back by days must not silence it for days.
        if (this.#nextUs - this.#deps.clock.nowUs() > 2 * coverageHourUs) this.#nextUs = 0;
        continue;
      }
      while (!signal.aborted && !this.#canRun()) await pause(this.#limits.busyPauseMs, signal);
      if (signal.aborted) return;
      this.#isAsked = false;
      this.#nextUs = this.#afterHour();
      this.#isRunning = true;
      try {
        await this.#verify();
      } catch (cause) {
        if (signal.aborted) return;
        // What is away is shown in its own part of the status.
        if (!(cause instanceof HomeAssistantUnavailable))
          this.#deps.log.debug({ err: cause }, 'hours could not be verified; it is tried again');
        await pause(this.#limits.retryMs, signal);
        this.#isAsked = true;
      } finally {
        this.#isRunning = false;
      }
    }
  }

  async #checkClock(): Promise<void> {
    const { clock, coverageVerifier, log } = this.#deps;
    const { wallUs, monotonicMs } = this.#lastChecked;
    this.#lastChecked = { wallUs: clock.nowUs(), monotonicMs: clock.monotonicMs() };
    const expectedUs = wallUs + (this.#lastChecked.monotonicMs - monotonicMs) * 1000;
    const wasSetBack = this.#lastChecked.wallUs < expectedUs - stepUs;
    if (wasSetBack) {
      this.#doubtedUs = Math.max(this.#doubtedUs ?? 0, checkClockMs * 2000);
      this.#aheadUs = Math.max(this.#aheadUs, expectedUs - this.#lastChecked.wallUs);
    }
    if (this.#doubtedUs === null) return;
    try {
      await coverageVerifier.invalidateSince(clock.nowUs() - this.#doubtedUs, this.#aheadUs);
      this.#doubtedUs = null;
      this.#aheadUs = 0;
      this.#isAsked = true;
    } catch (cause) {
      log.debug({ err: cause }, 'verifications from before the clock was set could not be invalidated yet');
    }
  }

  #canRun(): boolean {
    return this.#deps.homeAssistant.status().kind === 'connected' && !this.#deps.isBusy();
  }

  #afterHour(): number {
    const { afterHourUs } = this.#limits;
    const nowUs = this.#deps.clock.nowUs();
    return (Math.floor((nowUs - afterHourUs) / coverageHourUs) + 1) * coverageHourUs + afterHourUs;
  }

  async #verify(): Promise<void> {
    const { coverageVerifier, clock, log, newId } = this.#deps;
    const startedAtUs = clock.nowUs();
    let run: SyncRun = {
      syncId: newId(),
      kind: 'proof',
      startUs: startedAtUs,
      endUs: startedAtUs,
      status: 'running',
      entitiesTotal: 0,
      entitiesDone: 0,
      readingsAdded: 0,
      error: null,
      startedAtUs,
      finishedAtUs: null,
    };
    const outcome = {
      hoursChecked: 0,
      hoursDiffering: 0,
      holesFound: 0,
      entriesRevised: 0,
      ticketsOpened: 0,
    };
    const { signal } = this.#loop;
    await coverageVerifier.verify(
      { ...this.#span(), isExact: false },
      {
        signal,
        onUnverified: (unverified) => {
          this.#weigh(unverified);
          const firsts = [...unverified.values()].map(([first]) => first ?? startedAtUs);
          run = { ...run, startUs: Math.min(startedAtUs, ...firsts), entitiesTotal: unverified.size };
        },
        onVerified: (entityId, result) => {
          const added = result.found.reduce((sum, stretch) => sum + stretch.added, 0);
          if (result.error !== null) run = { ...run, error: run.error ?? `${entityId}: ${result.error}` };
          run = { ...run, entitiesDone: run.entitiesDone + 1, readingsAdded: run.readingsAdded + added };
          outcome.hoursChecked += result.hours;
          outcome.holesFound += result.found.filter(({ isFirst }) => !isFirst).length;
        },
      },
    );
    if (signal.aborted) return;
    this.#problem =
      run.error === null ? null : { code: 'verification_refused', values: { reason: run.error } };
    if (run.entitiesTotal > 0) {
      const { entityIds, startUs, endUs } = this.#span();
      this.#weigh(await coverageVerifier.unverifiedHours(entityIds, startUs, endUs));
    }
    if (run.readingsAdded === 0 && run.error === null) return;
    const status = run.error === null ? 'success' : 'partial';
    log.info({ readings: run.readingsAdded, ...outcome }, 'hours were held against Home Assistant');
    await this.#deps.syncLog.save({ ...run, status, outcome, finishedAtUs: clock.nowUs() });
  }

  #span() {
    const { recorder, clock } = this.#deps;
    const endUs = clock.nowUs();
    return {
      entityIds: [...recorder.tracked().keys()],
      startUs: endUs - this.#limits.spanUs,
      endUs,
    };
  }

  #weigh(unverified: ReadonlyMap<string, readonly number[]>): void {
    let count = 0;
    let endUs = Math.floor(this.#deps.clock.nowUs() / coverageHourUs) * coverageHourUs;
    for (const hours of unverified.values()) {
      count += hours.length;
      endUs = Math.min(endUs, hours[0] ?? endUs);
    }
    this.#unverifiedHours = count;
    this.#verifiedUntilUs = endUs;
  }
}
