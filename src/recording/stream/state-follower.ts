import type { HomeAssistant, StateBatch, StateSubscription } from '../../home/home-assistant.ts';
import { Backoff } from '../../runtime/backoff.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { Loop } from '../../runtime/loop.ts';
import { pause } from '../../runtime/pause.ts';
import type { GapTracker } from '../gap-tracker.ts';
import type { SubscriptionKeeper } from './subscription-keeper.ts';

interface StateFollowerDeps {
  readonly homeAssistant: HomeAssistant;
  readonly keeper: Pick<SubscriptionKeeper, 'change' | 'received' | 'previous'>;
  readonly gaps: Pick<GapTracker, 'cut' | 'silent' | 'subscribed'>;
  /** The entities to be followed now. */
  readonly wanted: () => readonly string[];
  /** Awaited before they are subscribed to. */
  readonly prepare: (entityIds: readonly string[]) => Promise<void>;
  /** Receives the states of every subscription; calls `received` of the follower. */
  readonly onBatch: (batch: StateBatch) => void;
  /** Home Assistant is not read for want of room. */
  readonly isPaused: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps one subscription to exactly the wanted entities, over every connection, and reports the gap before each. */
export class StateFollower {
  readonly #deps: StateFollowerDeps;
  readonly #loop = new Loop();
  #subscription: { readonly handle: StateSubscription; readonly entityIds: Set<string> } | null = null;
  /** An entity of the subscription is not wanted any more, or the subscription can't be trusted. */
  #isStale = false;
  #connectedSinceUs: number | null = null;
  #lastReceivedUs: number | null = null;
  #error: string | null = null;
  #unlisten: () => void = () => undefined;

  constructor(deps: StateFollowerDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#unlisten = this.#deps.homeAssistant.onStatus(() => this.check());
    this.#loop.start((signal) => this.#follow(signal));
    this.check();
  }

  /** Nothing is received after it. */
  async stop(): Promise<void> {
    this.#unlisten();
    await this.#loop.stop();
    const subscription = this.#subscription;
    this.#subscription = null;
    if (subscription !== null) await this.#end(subscription.handle);
  }

  /** The wanted entities may have changed. */
  check(): void {
    this.#loop.wake();
  }

  /** If it is wanted again at once, it is subscribed to anew all the same, because its states were ignored. */
  drop(entityId: string): void {
    if (this.#subscription?.entityIds.delete(entityId)) this.#isStale = true;
  }

  /** The subscription can't be trusted: it is made anew, and a gap since `sinceUs` is reported. */
  resubscribe(sinceUs: number): void {
    if (this.#subscription === null) return;
    this.#deps.gaps.silent(sinceUs);
    this.#isStale = true;
    this.check();
  }

  /** A batch of states was received. */
  received(): void {
    this.#lastReceivedUs = this.#deps.clock.nowUs();
    this.#deps.keeper.received();
  }

  isSubscribed(): boolean {
    return this.#subscription !== null;
  }

  /** When a state was last received; null before the first. */
  lastReceivedUs(): number | null {
    return this.#lastReceivedUs;
  }

  /** Why the subscription failed; null when it did not, or Home Assistant is away. */
  error(): string | null {
    return this.#error;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { homeAssistant, keeper, log } = this.#deps;
    const retry = new Backoff(500, 10_000);
    while (!signal.aborted) {
      await this.#loop.wait();
      if (signal.aborted) return;
      try {
        await this.#subscribeAsNeeded();
        this.#error = null;
        retry.reset();
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        // A connection that was lost meanwhile shows in its own status.
        if (homeAssistant.status().kind === 'connected') {
          this.#error = message;
          keeper.change({ status: 'error', errorMessage: message });
          log.warn({ err: message }, 'Home Assistant could not be subscribed to');
        }
        await pause(retry.nextMs(), signal);
        this.check();
      }
    }
  }

  async #subscribeAsNeeded(): Promise<void> {
    const { homeAssistant, keeper, gaps } = this.#deps;
    const status = homeAssistant.status();
    const isSameConnection = status.kind === 'connected' && status.sinceUs === this.#connectedSinceUs;
    if (!isSameConnection) {
      if (this.#subscription !== null) gaps.cut(this.#lastReceivedUs);
      this.#subscription = null;
      this.#connectedSinceUs = null;
    }
    if (status.kind !== 'connected') {
      const errorMessage = status.kind === 'not_configured' ? null : status.error;
      this.#error = null;
      keeper.change({ status: 'disconnected', errorMessage });
      return;
    }
    const wanted = this.#deps.wanted();
    const before = this.#subscription?.entityIds;
    const isSame = before?.size === wanted.length && wanted.every((entityId) => before.has(entityId));
    if (isSame && !this.#isStale) return;
    await this.#deps.prepare(wanted);
    await this.#subscribe(wanted, status.sinceUs);
    if (wanted.length > 0) gaps.subscribed(wanted, before === undefined, () => keeper.previous());
  }

  async #subscribe(wanted: readonly string[], connectedSinceUs: number): Promise<void> {
    const { homeAssistant, keeper, onBatch, clock, log, isPaused } = this.#deps;
    const old = this.#subscription;
    // Until the new one is made, both deliver; what both deliver is a duplicate.
    const handle =
      wanted.length === 0
        ? { stop: () => Promise.resolve() }
        : await homeAssistant.subscribeStates(wanted, onBatch);
    this.#isStale = false;
    this.#connectedSinceUs = connectedSinceUs;
    this.#subscription = wanted.length === 0 ? null : { handle, entityIds: new Set(wanted) };
    if (old !== null) await this.#end(old.handle);
    // What paused the previous connection may still hold; a new one knows nothing of it.
    homeAssistant.pause(isPaused());
    keeper.change({
      status: 'active',
      subscribedAtUs: clock.nowUs(),
      reconnectCount: homeAssistant.reconnectCount(),
      errorMessage: null,
    });
    log.info({ entities: wanted.length }, 'subscribed to Home Assistant');
  }

  async #end(handle: StateSubscription): Promise<void> {
    try {
      await handle.stop();
    } catch (cause) {
      this.#deps.log.debug({ err: cause }, 'a subscription could not be ended');
    }
  }
}
