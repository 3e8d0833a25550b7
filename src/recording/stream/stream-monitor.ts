import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { hourMs, minuteMs } from '../../units/durations.ts';
import type { RecordingEvents } from '../recording-events.ts';
import type { Recorder } from './recorder.ts';

export interface StreamMonitorDeps {
  readonly recorder: Pick<Recorder, 'stream' | 'isFollowing'>;
  readonly events: RecordingEvents;
  readonly clock: Clock;
  readonly log: Log;
}

export interface StreamMonitorLimits {
  readonly lookEveryMs: number;
  /** Clocks may be so far apart, in either direction. */
  readonly toleranceUs: number;
  /** They are told to be apart when they were for so long: messages that were held up look like it. */
  readonly lastsMs: number;
  /** What came out of order is told together, so often. */
  readonly lateEveryMs: number;
}

/**
 * 30 s are a thirtieth of a quarter-hour, and a tenth of what makes a reading one from the future, which is refused. On
 * one machine there is one clock, and between two that are kept right there are milliseconds.
 */
export const defaultStreamMonitorLimits: StreamMonitorLimits = {
  lookEveryMs: minuteMs,
  toleranceUs: 30_000_000,
  lastsMs: 5 * minuteMs,
  lateEveryMs: hourMs,
};

/** Right again is well within, or it would be told at each look. */
const rightShare = 0.5;

/** Tells when the stream is not as it should be: readings out of order, a clock that is not Home Assistant's. */
export class StreamMonitor {
  readonly #deps: StreamMonitorDeps;
  readonly #limits: StreamMonitorLimits;
  #timer: NodeJS.Timeout | undefined;
  #lateToldMs = Number.NEGATIVE_INFINITY;
  /** Since when the clocks are apart, by Home Assistant's and by the one that never steps; null while they are not. */
  #apart: { readonly sinceUs: number; readonly sinceMs: number } | null = null;
  /** What was told last; null before anything was. */
  #toldUs: number | 'right' | null = null;

  constructor(deps: StreamMonitorDeps, limits: Partial<StreamMonitorLimits> = {}) {
    this.#deps = deps;
    this.#limits = { ...defaultStreamMonitorLimits, ...limits };
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), this.#limits.lookEveryMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#lookAtOrder();
    this.#lookAtClock();
  }

  #lookAtOrder(): void {
    const { recorder, events, clock, log } = this.#deps;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#lateToldMs < this.#limits.lateEveryMs) return;
    const late = recorder.stream().takeLate();
    if (late === null) return;
    this.#lateToldMs = nowMs;
    log.info({ readings: late.count, entities: late.entityIds.length }, 'readings came out of order');
    events.tell({ kind: 'out_of_order', ...late });
  }

  #lookAtClock(): void {
    const { recorder, events, clock, log } = this.#deps;
    const { toleranceUs, lastsMs } = this.#limits;
    const driftUs = recorder.stream().clockDriftUs();
    // What is read late for want of room says nothing of a clock.
    if (driftUs === null || !recorder.isFollowing()) {
      // What was told stands.
      if (typeof this.#toldUs !== 'number') this.#apart = null;
      return;
    }
    // By Home Assistant's clock: ours is the one that most often is wrong.
    const atUs = clock.nowUs() - driftUs;
    const nowMs = clock.monotonicMs();
    const isTold = typeof this.#toldUs === 'number';
    if (Math.abs(driftUs) <= toleranceUs * (isTold ? rightShare : 1)) {
      this.#apart = null;
      if (this.#toldUs === 'right') return;
      if (isTold) log.info({ drift_ms: Math.round(driftUs / 1000) }, 'the clocks agree again');
      this.#toldUs = 'right';
      events.tell({ kind: 'clock_right', driftUs, atUs });
      return;
    }
    this.#apart ??= { sinceUs: atUs, sinceMs: nowMs };
    if (nowMs - this.#apart.sinceMs < lastsMs || !this.#hasMoved(driftUs)) return;
    this.#toldUs = driftUs;
    log.warn(
      { drift_ms: Math.round(driftUs / 1000) },
      'the clocks of Home Assistant and of this app are apart',
    );
    events.tell({ kind: 'clock_drift', driftUs, sinceUs: this.#apart.sinceUs, atUs });
  }

  #hasMoved(driftUs: number): boolean {
    return typeof this.#toldUs !== 'number' || Math.abs(driftUs - this.#toldUs) > this.#limits.toleranceUs;
  }
}
