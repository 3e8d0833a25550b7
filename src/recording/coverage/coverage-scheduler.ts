import { minuteMs, minuteUs } from '../../units/durations.ts';
import { type HomeAssistant, HomeAssistantUnavailable } from '../../home/home-assistant.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { WakeSignal } from '../../runtime/wake-signal.ts';
import { usualHistoryUs } from '../backfill/history-depth.ts';
import { pause } from '../../runtime/pause.ts';
import { proofHourUs } from '../coverage-proof.ts';
import { defaultCoverageVerifierLimits, type CoverageVerifier } from './coverage-verifier.ts';
import type { Recorder } from '../stream/recorder.ts';
import type { SyncLog, SyncRun } from '../sync-log.ts';

export interface CoverageSchedulerDeps {
  readonly coverageVerifier: Pick<CoverageVerifier, 'unverifiedHours' | 'prove' | 'voidSince'>;
  readonly homeAssistant: Pick<HomeAssistant, 'status'>;
  readonly recorder: Pick<Recorder, 'tracked'>;
  /** What goes first: a back-fill under way proves hours by itself. */
  readonly isBusy: () => boolean;
  readonly syncLog: Pick<SyncLog, 'save'>;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface CoverageSchedulerLimits {
  readonly spanUs: number;
  /** Past the hour: by then a reconciliation has proven it, which comes before; where none could, it is proven now. */
  readonly afterHourUs: number;
  readonly busyPauseMs: number;
  readonly retryMs: number;
}

export const defaultCoverageSchedulerLimits: CoverageSchedulerLimits = {
  spanUs: usualHistoryUs,
  afterHourUs: 10 * minuteUs,
  busyPauseMs: 1000,
  retryMs: minuteMs,
};

export interface CoverageStatus {
  readonly isOk: boolean;
  readonly detail: string | null;
  readonly isRunning: boolean;
  /** Of all that is tracked everything is proven until then, as far back as is looked; null before the first look. */
  readonly verifiedUntilUs: number | null;
  /** Hours of entities in the last ten days; null before the first look. */
  readonly unverifiedHours: number | null;
}

/** The clock may be stepped: a wait looks at it again so often. */
const lookAtClockMs = 30_000;
/** Clocks that are kept right by small corrections are not set. */
const stepUs = 1_000_000;
/** While nothing ran it may have been set, and be past it again. */
const startDoubtUs = defaultCoverageVerifierLimits.startDoubtUs;

/**
 * Looks for hours that are not proven and has them proven: after each hour, and when there is a reason to doubt (a start,
 * a new connection, a store that came back, perhaps with less than it had).
 */
export class CoverageScheduler {
  readonly #deps: CoverageSchedulerDeps;
  readonly #limits: CoverageSchedulerLimits;
  readonly #bell = new WakeSignal();
  readonly #stop = new AbortController();
  #isAsked = true;
  /** How far before now proofs are doubted, because the clock was set back; null: not at all. */
  #doubtedUs: number | null = startDoubtUs;
  /** How far it was set back. */
  #aheadUs = 0;
  #lookedAt = { wallUs: 0, monotonicMs: 0 };
  #nextUs = 0;
  #isRunning = false;
  #error: string | null = null;
  #verifiedUntilUs: number | null = null;
  #unverifiedHours: number | null = null;
  #loop: Promise<void> = Promise.resolve();

  constructor(deps: CoverageSchedulerDeps, limits: Partial<CoverageSchedulerLimits> = {}) {
    this.#deps = deps;
    this.#limits = { ...defaultCoverageSchedulerLimits, ...limits };
  }

  start(): void {
    this.#loop = this.#work();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#bell.ring();
    await this.#loop;
  }

  /** There is a reason to look now. */
  look(): void {
    this.#isAsked = true;
    this.#bell.ring();
  }

  status(): CoverageStatus {
    return {
      isOk: this.#error === null,
      detail: this.#error,
      isRunning: this.#isRunning,
      verifiedUntilUs: this.#verifiedUntilUs,
      unverifiedHours: this.#unverifiedHours,
    };
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#lookAtClock();
      if (!this.#isAsked && this.#deps.clock.nowUs() < this.#nextUs) {
        await this.#bell.wait(lookAtClockMs);
        // A clock that was set back by days must not silence it for days.
        if (this.#nextUs - this.#deps.clock.nowUs() > 2 * proofHourUs) this.#nextUs = 0;
        continue;
      }
      while (!signal.aborted && !this.#canLook()) await pause(this.#limits.busyPauseMs, signal);
      if (signal.aborted) return;
      this.#isAsked = false;
      this.#nextUs = this.#afterHour();
      this.#isRunning = true;
      try {
        await this.#prove();
      } catch (cause) {
        if (signal.aborted) return;
        // Whoever is away is told of in its own part of the status.
        if (!(cause instanceof HomeAssistantUnavailable))
          this.#deps.log.debug({ err: cause }, 'hours could not be proven; it is tried again');
        await pause(this.#limits.retryMs, signal);
        this.#isAsked = true;
      } finally {
        this.#isRunning = false;
      }
    }
  }

  async #lookAtClock(): Promise<void> {
    const { clock, coverageVerifier, log } = this.#deps;
    const { wallUs, monotonicMs } = this.#lookedAt;
    this.#lookedAt = { wallUs: clock.nowUs(), monotonicMs: clock.monotonicMs() };
    const expectedUs = wallUs + (this.#lookedAt.monotonicMs - monotonicMs) * 1000;
    const wasSetBack = this.#lookedAt.wallUs < expectedUs - stepUs;
    if (wasSetBack) {
      this.#doubtedUs = Math.max(this.#doubtedUs ?? 0, lookAtClockMs * 2000);
      this.#aheadUs = Math.max(this.#aheadUs, expectedUs - this.#lookedAt.wallUs);
    }
    if (this.#doubtedUs === null) return;
    try {
      await coverageVerifier.voidSince(clock.nowUs() - this.#doubtedUs, this.#aheadUs);
      this.#doubtedUs = null;
      this.#aheadUs = 0;
      this.#isAsked = true;
    } catch (cause) {
      log.debug({ err: cause }, 'proofs from before the clock was set could not be made void yet');
    }
  }

  #canLook(): boolean {
    return this.#deps.homeAssistant.status().kind === 'connected' && !this.#deps.isBusy();
  }

  #afterHour(): number {
    const { afterHourUs } = this.#limits;
    const nowUs = this.#deps.clock.nowUs();
    return (Math.floor((nowUs - afterHourUs) / proofHourUs) + 1) * proofHourUs + afterHourUs;
  }

  async #prove(): Promise<void> {
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
    const { signal } = this.#stop;
    await coverageVerifier.prove(
      { ...this.#span(), isExact: false },
      {
        signal,
        onUnverified: (unproven) => {
          this.#weigh(unproven);
          const firsts = [...unproven.values()].map(([first]) => first ?? startedAtUs);
          run = { ...run, startUs: Math.min(startedAtUs, ...firsts), entitiesTotal: unproven.size };
        },
        onVerified: (entityId, proof) => {
          const added = proof.found.reduce((sum, stretch) => sum + stretch.added, 0);
          if (proof.error !== null) run = { ...run, error: run.error ?? `${entityId}: ${proof.error}` };
          run = { ...run, entitiesDone: run.entitiesDone + 1, readingsAdded: run.readingsAdded + added };
          outcome.hoursChecked += proof.hours;
          outcome.holesFound += proof.found.filter(({ isFirst }) => !isFirst).length;
        },
      },
    );
    if (signal.aborted) return;
    this.#error = run.error === null ? null : `Hours are not proven, Home Assistant refuses ${run.error}`;
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

  #weigh(unproven: ReadonlyMap<string, readonly number[]>): void {
    let count = 0;
    let endUs = Math.floor(this.#deps.clock.nowUs() / proofHourUs) * proofHourUs;
    for (const hours of unproven.values()) {
      count += hours.length;
      endUs = Math.min(endUs, hours[0] ?? endUs);
    }
    this.#unverifiedHours = count;
    this.#verifiedUntilUs = endUs;
  }
}
