import type { RecordingEvent } from '../../recording/recording-events.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { Worker } from '../../runtime/worker.ts';
import { minuteMs } from '../../units/durations.ts';
import type { TicketKind } from '../ticket.ts';
import { detectedOf, lastingKind } from './recording-findings.ts';
import type { CheckedScope, Detected, Tickets } from './tickets.ts';

interface RecordingTicketsDeps {
  readonly tickets: Pick<Tickets, 'report'>;
  /** A reconciliation is under way: it reports what it finds itself, with its own id. */
  readonly isReconciling: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Events that wait at most; the oldest are dropped. */
const waitingLimit = 1000;
/** A run that hangs must not hold back events of recording. */
const patienceMs = 15 * minuteMs;

/** Keeps events of recording until they are tickets, also while the document store is away. */
export class RecordingTickets {
  readonly #deps: RecordingTicketsDeps;
  readonly #worker: Worker;
  #waiting: RecordingEvent[] = [];
  /** Since when the first of them waits. */
  #sinceMs = 0;

  constructor(deps: RecordingTicketsDeps, everyMs = 5000) {
    this.#deps = deps;
    const failure = 'Events of recording could not become tickets';
    this.#worker = new Worker({ work: () => this.#work(), failure, log: deps.log }, everyMs);
  }

  start(): void {
    this.#worker.start();
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  take(event: RecordingEvent): void {
    if (this.#waiting.length === 0) this.#sinceMs = this.#deps.clock.monotonicMs();
    this.#waiting.push(event);
    if (this.#waiting.length <= waitingLimit) return;
    this.#waiting.shift();
    this.#deps.log.warn(
      { limit: waitingLimit },
      'More events of recording than can wait; the oldest is dropped',
    );
  }

  async #work(): Promise<void> {
    const { tickets, isReconciling, clock } = this.#deps;
    const taken = this.#waiting;
    const sinceMs = this.#sinceMs;
    if (taken.length === 0 || (isReconciling() && clock.monotonicMs() - sinceMs < patienceMs)) return;
    this.#waiting = [];
    try {
      const detected = taken.flatMap((event): Detected[] => {
        const one = detectedOf(event);
        return one === null ? [] : [one];
      });
      if (detected.length > 0) await tickets.report(detected, null, null);
      // The last event is the current state; other open tickets of it, also of a process before, have passed.
      const last = new Map<TicketKind, Detected | null>();
      for (const event of taken) {
        const kind = lastingKind(event);
        if (kind !== null) last.set(kind, detectedOf(event));
      }
      const standing = [...last.values()].filter((one) => one !== null);
      if (last.size > 0) await tickets.report(standing, { ...wholeHome, kinds: [...last.keys()] }, null);
    } catch (cause) {
      this.#waiting = [...taken, ...this.#waiting].slice(-waitingLimit);
      this.#sinceMs = sinceMs;
      throw cause;
    }
  }
}

const wholeHome: Omit<CheckedScope, 'kinds'> = {
  entityIds: new Set(),
  home: true,
  startUs: Number.NEGATIVE_INFINITY,
  endUs: Number.POSITIVE_INFINITY,
};
