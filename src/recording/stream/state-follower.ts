import type { HomeAssistant, StateBatch, StateSubscription } from '../../home/home-assistant.ts';
import { Backoff } from '../../runtime/backoff.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { pause } from '../../runtime/pause.ts';
import { WakeSignal } from '../../runtime/wake-signal.ts';
import type { GapTracker } from '../gap-tracker.ts';
import type { SubscriptionKeeper } from './subscription-keeper.ts';

export interface StateFollowerDeps {
  readonly homeAssistant: HomeAssistant;
  readonly keeper: Pick<SubscriptionKeeper, 'change' | 'heard' | 'previous'>;
  readonly gaps: Pick<GapTracker, 'cut' | 'silent' | 'subscribed'>;
  /** The entities to be followed now. */
  readonly wanted: () => readonly string[];
  /** Awaited before they are subscribed to. */
  readonly prepare: (entityIds: readonly string[]) => Promise<void>;
  readonly hear: (batch: StateBatch) => void;
  /** Home Assistant is not read for want of room. */
  readonly isPaused: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps one subscription to exactly what is wanted, over every connection, and tells the gap before each. */
export class StateFollower {
  readonly #deps: StateFollowerDeps;
  readonly #stop = new AbortController();
  readonly #bell = new WakeSignal();
  #subscription: { readonly handle: StateSubscription; readonly entityIds: Set<string> } | null = null;
  /** Something that it follows is wanted no more, or it can't be trusted. */
  #isStale = false;
  /** Batches of older subscriptions are no longer listened to. */
  #generation = 0;
  #connectedSinceUs: number | null = null;
  #lastHeardUs: number | null = null;
  #error: string | null = null;
  #loop: Promise<void> = Promise.resolve();
  #unlisten: () => void = () => undefined;

  constructor(deps: StateFollowerDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#unlisten = this.#deps.homeAssistant.onStatus(() => this.look());
    this.#loop = this.#follow();
    this.look();
  }

  /** Nothing is heard after it. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#unlisten();
    this.look();
    await this.#loop;
    this.#generation += 1;
    const subscription = this.#subscription;
    this.#subscription = null;
    if (subscription !== null) await this.#end(subscription.handle);
  }

  /** What is wanted may have changed. */
  look(): void {
    this.#bell.ring();
  }

  /** Should it be wanted again at once, it is subscribed to anew all the same, for it was not listened to. */
  drop(entityId: string): void {
    if (this.#subscription?.entityIds.delete(entityId)) this.#isStale = true;
  }

  /** The subscription can't be trusted: it is made anew, and a gap told that reaches back to `sinceUs`. */
  resubscribe(sinceUs: number): void {
    if (this.#subscription === null) return;
    this.#deps.gaps.silent(sinceUs);
    this.#isStale = true;
    this.look();
  }

  isSubscribed(): boolean {
    return this.#subscription !== null;
  }

  /** When Home Assistant last told a state; null before the first. */
  lastHeardUs(): number | null {
    return this.#lastHeardUs;
  }

  /** Why it could not be subscribed to; null when it could, or is away. */
  error(): string | null {
    return this.#error;
  }

  async #follow(): Promise<void> {
    const { homeAssistant, keeper, log } = this.#deps;
    const { signal } = this.#stop;
    const retry = new Backoff(500, 10_000);
    while (!signal.aborted) {
      await this.#bell.wait();
      if (signal.aborted) return;
      try {
        await this.#subscribeAsNeeded();
        this.#error = null;
        retry.reset();
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        // A connection that went away meanwhile is told by its own status.
        if (homeAssistant.status().kind === 'connected') {
          this.#error = message;
          keeper.change({ status: 'error', errorMessage: message });
          log.warn({ err: message }, 'Home Assistant could not be subscribed to');
        }
        await pause(retry.nextMs(), signal);
        this.look();
      }
    }
  }

  async #subscribeAsNeeded(): Promise<void> {
    const { homeAssistant, keeper, gaps } = this.#deps;
    const status = homeAssistant.status();
    const isSameConnection = status.kind === 'connected' && status.sinceUs === this.#connectedSinceUs;
    if (!isSameConnection) {
      if (this.#subscription !== null) gaps.cut(this.#lastHeardUs);
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
    const { homeAssistant, keeper, clock, log, isPaused } = this.#deps;
    const generation = this.#generation + 1;
    const old = this.#subscription;
    // Until the new one stands, both are listened to; what both tell is a duplicate.
    const handle =
      wanted.length === 0
        ? { stop: () => Promise.resolve() }
        : await homeAssistant.subscribeStates(wanted, (batch) => this.#hear(batch, generation));
    this.#generation = generation;
    this.#isStale = false;
    this.#connectedSinceUs = connectedSinceUs;
    this.#subscription = wanted.length === 0 ? null : { handle, entityIds: new Set(wanted) };
    if (old !== null) await this.#end(old.handle);
    // What paused the connection before may still be so; a new one knows nothing of it.
    homeAssistant.pause(isPaused());
    keeper.change({
      status: 'active',
      subscribedAtUs: clock.nowUs(),
      reconnectCount: homeAssistant.reconnectCount(),
      errorMessage: null,
    });
    log.info({ entities: wanted.length }, 'subscribed to Home Assistant');
  }

  #hear(batch: StateBatch, generation: number): void {
    if (generation < this.#generation) return;
    this.#lastHeardUs = this.#deps.clock.nowUs();
    this.#deps.keeper.heard();
    this.#deps.hear(batch);
  }

  async #end(handle: StateSubscription): Promise<void> {
    try {
      await handle.stop();
    } catch (cause) {
      this.#deps.log.debug({ err: cause }, 'a subscription could not be ended');
    }
  }
}
