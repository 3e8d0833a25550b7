import { Backoff } from '../../runtime/backoff.ts';
import type { Clock } from '../../runtime/clock.ts';
import { waitAtMost } from '../../runtime/deadline.ts';
import type { Log } from '../../runtime/log.ts';
import { pause } from '../../runtime/pause.ts';
import { minuteUs } from '../../units/durations.ts';
import type { Completeness, SubscriptionState, SubscriptionStore } from '../sync-log.ts';

interface SubscriptionKeeperDeps {
  readonly store: SubscriptionStore;
  readonly clock: Clock;
  readonly log: Log;
  /** How complete the recording is now; null as long as what was saved before still holds. */
  readonly complete: () => Completeness | null;
}

const checkEveryMs = 10_000;
/**
 * Each save is a commit of the document store, and only the next start reads it: it then fetches so much more
 * history, which is a few rows.
 */
const advanceUs = 5 * minuteUs;
const stopWithinMs = 2000;

const initial: SubscriptionState = {
  status: 'disconnected',
  subscribedAtUs: null,
  lastEventAtUs: null,
  reconnectCount: 0,
  errorMessage: null,
  complete: null,
};

/**
 * Keeps the subscription's state in the document store: saved when it changes, and every five minutes while it
 * continues. The state of the previous process says until when states were received; nothing is saved before it is
 * read.
 */
export class SubscriptionKeeper {
  readonly #deps: SubscriptionKeeperDeps;
  readonly #stop = new AbortController();
  #state = initial;
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
    await waitAtMost(stopWithinMs, this.#loop);
  }

  /** The completeness that the previous process saved; null when there was none. Waits for the document store. */
  previous(): Promise<Completeness | null> {
    return this.#previous.promise;
  }

  state(): SubscriptionState {
    return this.#state;
  }

  received(): void {
    this.#state = { ...this.#state, lastEventAtUs: this.#deps.clock.nowUs() };
  }

  change(change: Partial<SubscriptionState>): void {
    const next = { ...this.#state, ...change };
    const isNew = next.status !== this.#state.status || next.errorMessage !== this.#state.errorMessage;
    this.#state = next;
    if (isNew) this.#wake.abort();
  }

  async #run(): Promise<void> {
    const retry = new Backoff(500, checkEveryMs);
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
      await pause(checkEveryMs - 1000, this.#wake.signal);
    }
    await this.#save();
  }

  async #save(): Promise<void> {
    // What was not read yet must not be overwritten.
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

/** Whether only time has passed since, and not enough to save. */
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
