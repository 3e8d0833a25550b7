import { Backoff } from '../../runtime/backoff.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { pause } from '../../runtime/pause.ts';
import { minuteUs } from '../../units/durations.ts';
import type { Completeness, SubscriptionState, SubscriptionStore } from '../sync-log.ts';

export interface SubscriptionKeeperDeps {
  readonly store: SubscriptionStore;
  readonly clock: Clock;
  readonly log: Log;
  /** What is had now; null as long as what was written before still holds. */
  readonly complete: () => Completeness | null;
}

const lookEveryMs = 10_000;
/**
 * That what was heard goes on is a commit of the documents, which nobody reads before the next start: it then asks history
 * for so much more, which is a few rows.
 */
const advanceUs = 5 * minuteUs;
const stopWithinMs = 2000;

const unheard: SubscriptionState = {
  status: 'disconnected',
  subscribedAtUs: null,
  lastEventAtUs: null,
  reconnectCount: 0,
  errorMessage: null,
  complete: null,
};

/**
 * Keeps the subscription's state in the document store: written when it changes, and every five minutes
 * that it goes on as it was.
 * What the process before left there tells until when Home Assistant was heard; nothing is written before it is read.
 */
export class SubscriptionKeeper {
  readonly #deps: SubscriptionKeeperDeps;
  readonly #stop = new AbortController();
  #state = unheard;
  #saved: SubscriptionState | null = null;
  #isLoaded = false;
  #loop: Promise<void> = Promise.resolve();
  #wake = new AbortController();
  readonly #previous = Promise.withResolvers<Completeness | null>();

  constructor(deps: SubscriptionKeeperDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    this.#previous.resolve(null);
    const deadline = new AbortController();
    await Promise.race([this.#loop, pause(stopWithinMs, deadline.signal)]);
    deadline.abort();
  }

  /** What the process before had; null when there was none. Waits for the document store. */
  previous(): Promise<Completeness | null> {
    return this.#previous.promise;
  }

  state(): SubscriptionState {
    return this.#state;
  }

  heard(): void {
    this.#state = { ...this.#state, lastEventAtUs: this.#deps.clock.nowUs() };
  }

  change(change: Partial<SubscriptionState>): void {
    const next = { ...this.#state, ...change };
    const isNew = next.status !== this.#state.status || next.errorMessage !== this.#state.errorMessage;
    this.#state = next;
    if (isNew) this.#wake.abort();
  }

  async #run(): Promise<void> {
    const retry = new Backoff(500, lookEveryMs);
    while (!this.#isLoaded && !this.#stop.signal.aborted) {
      try {
        const previous = await this.#deps.store.load();
        const complete = previous?.complete ?? null;
        const lastEventAtUs = this.#state.lastEventAtUs ?? previous?.lastEventAtUs ?? null;
        this.#state = { ...this.#state, lastEventAtUs, complete };
        this.#previous.resolve(complete);
        this.#isLoaded = true;
      } catch (cause) {
        this.#deps.log.debug({ err: cause }, 'the state of the subscription can not be read yet');
        await pause(retry.nextMs(), this.#stop.signal);
      }
    }
    while (!this.#stop.signal.aborted) {
      await this.#save();
      this.#wake = new AbortController();
      // A status that flaps must not become a stream of writes.
      await pause(1000, this.#stop.signal);
      await pause(lookEveryMs - 1000, this.#wake.signal);
    }
    await this.#save();
  }

  async #save(): Promise<void> {
    // Not to overwrite what was not read.
    if (!this.#isLoaded) return;
    const complete = this.#deps.complete();
    if (complete !== null && !isEqual(complete, this.#state.complete ?? null))
      this.#state = { ...this.#state, complete };
    const state = this.#state;
    const isOver = this.#stop.signal.aborted;
    if (state === this.#saved || (!isOver && this.#saved !== null && isWorthless(this.#saved, state))) return;
    try {
      await this.#deps.store.save(state);
      this.#saved = state;
    } catch (cause) {
      this.#deps.log.debug({ err: cause }, 'the state of the subscription was not written');
    }
  }
}

/** Nothing is told but that it went on for a while. */
function isWorthless(saved: SubscriptionState, now: SubscriptionState): boolean {
  const { lastEventAtUs: savedEventUs, complete: savedComplete, ...savedRest } = saved;
  const { lastEventAtUs: eventUs, complete, ...rest } = now;
  const isShort = (startUs: number | null | undefined, endUs: number | null | undefined) =>
    startUs === endUs || (startUs != null && endUs != null && endUs > startUs && endUs - startUs < advanceUs);
  return (
    JSON.stringify(savedRest) === JSON.stringify(rest) &&
    savedComplete?.entityIds.join() === complete?.entityIds.join() &&
    isShort(savedEventUs, eventUs) &&
    isShort(savedComplete?.endUs, complete?.endUs)
  );
}

function isEqual(a: Completeness, b: Completeness | null): boolean {
  return b !== null && a.endUs === b.endUs && a.entityIds.join() === b.entityIds.join();
}
