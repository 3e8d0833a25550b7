import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { hourMs, minuteMs } from '../../units/durations.ts';
import type { RecordingEvents } from '../recording-events.ts';
import type { Recorder } from './recorder.ts';

interface StreamMonitorDeps {
  readonly recorder: Pick<Recorder, 'stream' | 'isFollowing'>;
  readonly events: RecordingEvents;
  readonly clock: Clock;
  readonly log: Log;
}

interface StreamMonitorLimits {
  readonly checkEveryMs: number;
  /** The clocks may differ by so much, in either direction. */
  readonly toleranceUs: number;
  /** A difference is reported when it lasted for so long: delayed messages look like it. */
  readonly lastsMs: number;
  /** Late readings are reported together, this often. */
  readonly lateEveryMs: number;
}

/**
 * 30 s are a thirtieth of a quarter-hour, and a tenth of what makes a reading one from the future, which is refused. On
 * one machine there is one clock, and between two that are kept right there are milliseconds.
 */
export const defaultStreamMonitorLimits: StreamMonitorLimits = {
  checkEveryMs: minuteMs,
  toleranceUs: 30_000_000,
  lastsMs: 5 * minuteMs,
  lateEveryMs: hourMs,
};

/** The clocks agree again well within the tolerance, or it would be reported at each check. */
const rightShare = 0.5;

/** Reports when the stream is not as it should be: late readings, or a clock that differs from Home Assistant's. */
export class StreamMonitor {
  readonly #deps: StreamMonitorDeps;
  readonly #limits: StreamMonitorLimits;
  #timer: NodeJS.Timeout | undefined;
  #lateReportedMs = Number.NEGATIVE_INFINITY;
  /** Since when the clocks differ, by Home Assistant's and by the one that never steps; null while they agree. */
  #apart: { readonly sinceUs: number; readonly sinceMs: number } | null = null;
  /** What was reported last; null before the first report. */
  #reportedUs: number | 'right' | null = null;

  constructor(deps: StreamMonitorDeps, limits: Partial<StreamMonitorLimits> = {}) {
    this.#deps = deps;
    this.#limits = { ...defaultStreamMonitorLimits, ...limits };
  }

  start(): void {
    this.#timer = setInterval(() => this.#check(), this.#limits.checkEveryMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    this.#checkOrder();
    this.#checkClock();
  }

  #checkOrder(): void {
    const { recorder, events, clock, log } = this.#deps;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#lateReportedMs < this.#limits.lateEveryMs) return;
    const late = recorder.stream().takeLate();
    if (late === null) return;
    this.#lateReportedMs = nowMs;
    log.info({ readings: late.count, entities: late.entityIds.length }, 'readings came out of order');
    events.emit({ kind: 'out_of_order', ...late });
  }

  #checkClock(): void {
    const { recorder, events, clock, log } = this.#deps;
    const { toleranceUs, lastsMs } = this.#limits;
    const driftUs = recorder.stream().clockDriftUs();
    // Messages that are read late for want of room say nothing about a clock.
    if (driftUs === null || !recorder.isFollowing()) {
      // What was reported still holds.
      if (typeof this.#reportedUs !== 'number') this.#apart = null;
      return;
    }
    // By Home Assistant's clock: ours is the one that most often is wrong.
    const atUs = clock.nowUs() - driftUs;
    const nowMs = clock.monotonicMs();
    const isReported = typeof this.#reportedUs === 'number';
    if (Math.abs(driftUs) <= toleranceUs * (isReported ? rightShare : 1)) {
      this.#apart = null;
      if (this.#reportedUs === 'right') return;
      if (isReported) log.info({ drift_ms: Math.round(driftUs / 1000) }, 'the clocks agree again');
      this.#reportedUs = 'right';
      events.emit({ kind: 'clock_right', driftUs, atUs });
      return;
    }
    this.#apart ??= { sinceUs: atUs, sinceMs: nowMs };
    if (nowMs - this.#apart.sinceMs < lastsMs || !this.#hasMoved(driftUs)) return;
    this.#reportedUs = driftUs;
    log.warn(
      { drift_ms: Math.round(driftUs / 1000) },
      'the clocks of Home Assistant and of this app are apart',
    );
    events.emit({ kind: 'clock_drift', driftUs, sinceUs: this.#apart.sinceUs, atUs });
  }

  #hasMoved(driftUs: number): boolean {
    return (
      typeof this.#reportedUs !== 'number' || Math.abs(driftUs - this.#reportedUs) > this.#limits.toleranceUs
    );
  }
}
