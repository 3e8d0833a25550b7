import type { HomeAssistant } from '../../home/home-assistant.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { PartProblem } from '../../runtime/health.ts';
import type { Log } from '../../runtime/log.ts';
import { pause } from '../../runtime/pause.ts';
import { minuteMs } from '../../units/durations.ts';
import type { RecordingEvents } from '../recording-events.ts';
import type { Recorder } from './recorder.ts';

export interface HeartbeatDeps {
  readonly homeAssistant: Pick<HomeAssistant, 'states' | 'status'> & {
    /** When a ping was last answered; null when never. */
    lastPingAtUs(): number | null;
    /** Leaves the present connection and makes another. */
    reconnect(reason: string): void;
  };
  readonly recorder: Pick<Recorder, 'stream' | 'isFollowing' | 'resubscribe' | 'tracked'>;
  readonly events: RecordingEvents;
  readonly clock: Clock;
  readonly log: Log;
}

interface HeartbeatLimits {
  readonly compareEveryMs: number;
  /** What is on its way when the snapshot is made has arrived by then. */
  readonly graceMs: number;
  /** After a silence, to see whether it continues. */
  readonly againMs: number;
  /** A silence so soon after the last one is the connection's fault, not the subscription's. */
  readonly sameSilenceMs: number;
  readonly retryMs: number;
}

export const defaultHeartbeatLimits: HeartbeatLimits = {
  compareEveryMs: 5 * minuteMs,
  graceMs: 10_000,
  againMs: minuteMs,
  sameSilenceMs: 11 * minuteMs,
  retryMs: 30_000,
};

export interface HeartbeatStatus {
  readonly isOk: boolean;
  readonly problem: PartProblem | null;
  readonly lastPingAtUs: number | null;
  /** When a snapshot was last compared with the received states. */
  readonly lastComparedAtUs: number | null;
  /** Since the process started. */
  readonly silences: number;
}

/** Home Assistant's instants come as text and as a float; within a millisecond they are the same state. */
const sameInstantUs = 1000;

/**
 * Detects that Home Assistant answers and yet reports no states: every five minutes all states are fetched, and each
 * tracked one must be the last one that the subscription delivered. A quiet home changes nothing and agrees.
 */
export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  readonly #limits: HeartbeatLimits;
  readonly #stop = new AbortController();
  #agreedMs = 0;
  #silentMs: number | null = null;
  #isSilent = false;
  #lastComparedAtUs: number | null = null;
  #silences = 0;
  #loop: Promise<void> = Promise.resolve();

  constructor(deps: HeartbeatDeps, limits: Partial<HeartbeatLimits> = {}) {
    this.#deps = deps;
    this.#limits = { ...defaultHeartbeatLimits, ...limits };
  }

  start(): void {
    this.#agreedMs = this.#deps.clock.monotonicMs();
    this.#loop = this.#work();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  status(): HeartbeatStatus {
    return {
      isOk: !this.#isSilent,
      problem: this.#isSilent ? { code: 'states_silent', values: {} } : null,
      lastPingAtUs: this.#deps.homeAssistant.lastPingAtUs(),
      lastComparedAtUs: this.#lastComparedAtUs,
      silences: this.#silences,
    };
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    let waitMs = this.#limits.compareEveryMs;
    while (!signal.aborted) {
      await pause(waitMs, signal);
      if (signal.aborted) return;
      waitMs = await this.#compare();
    }
  }

  /** @returns after how long to compare again */
  async #compare(): Promise<number> {
    const { recorder, clock, log } = this.#deps;
    const { compareEveryMs, againMs, retryMs, graceMs } = this.#limits;
    // An entity that is not followed, or not read for want of room, is reported by other means.
    if (!recorder.isFollowing()) return retryMs;
    const startedMs = clock.monotonicMs();
    let ahead: Map<string, number | undefined>;
    try {
      ahead = await this.#ahead();
    } catch (cause) {
      log.debug({ err: cause }, 'states could not be compared');
      return retryMs;
    }
    if (ahead.size > 0) {
      await pause(graceMs, this.#stop.signal);
      if (this.#stop.signal.aborted || !recorder.isFollowing()) return retryMs;
    }
    const lastUpdates = recorder.stream().lastUpdates();
    // A state was received since: the subscription lives, whichever state it was.
    const silent = [...ahead]
      .filter(
        ([entityId, lastUs]) => recorder.tracked().has(entityId) && lastUpdates.get(entityId) === lastUs,
      )
      .map(([entityId]) => entityId);
    this.#lastComparedAtUs = clock.nowUs();
    if (silent.length === 0) {
      this.#agreedMs = startedMs;
      this.#isSilent = false;
      return this.#silentMs !== null && clock.monotonicMs() - this.#silentMs < compareEveryMs
        ? againMs
        : compareEveryMs;
    }
    this.#mend(silent);
    return againMs;
  }

  /** Entities whose present state is not the last received one, with the instant of that one. */
  async #ahead(): Promise<Map<string, number | undefined>> {
    const { homeAssistant, recorder } = this.#deps;
    const states = await homeAssistant.states();
    const lastUpdates = recorder.stream().lastUpdates();
    const ahead = new Map<string, number | undefined>();
    for (const { entityId, lastUpdatedUs, state } of states) {
      if (state === null || !recorder.tracked().has(entityId)) continue;
      const lastUs = lastUpdates.get(entityId);
      if (lastUs === undefined || Math.abs(lastUs - lastUpdatedUs) > sameInstantUs)
        ahead.set(entityId, lastUs);
    }
    return ahead;
  }

  #mend(entityIds: readonly string[]): void {
    const { homeAssistant, recorder, clock, events, log } = this.#deps;
    const nowMs = clock.monotonicMs();
    const atUs = clock.nowUs();
    // By the clock that never steps.
    const sinceUs = atUs - Math.round((nowMs - this.#agreedMs) * 1000);
    const isAgain = this.#silentMs !== null && nowMs - this.#silentMs < this.#limits.sameSilenceMs;
    this.#silences += 1;
    this.#isSilent = true;
    this.#silentMs = nowMs;
    log.warn(
      { entities: entityIds.length, again: isAgain },
      'Home Assistant answers and does not report changes of states',
    );
    recorder.resubscribe(sinceUs);
    if (isAgain) homeAssistant.reconnect('it did not report changes of states');
    events.emit({ kind: 'silent', entityIds, sinceUs, atUs });
  }
}
