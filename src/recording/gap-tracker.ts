import { Emitter } from '../runtime/emitter.ts';
import type { Log } from '../runtime/log.ts';
import type { Completeness } from './sync-log.ts';

/** A span in which Home Assistant may have states that were not received. */
export interface Gap {
  readonly kind: 'first' | 'reconnect' | 'start' | 'silent';
  readonly entityIds: readonly string[];
  /** Received until then; null when never. */
  readonly sinceUs: number | null;
}

/**
 * Tracks what may have been missed: a gap stays open until `filled` is called, and what is saved for the next process
 * never claims more than the store has.
 */
export class GapTracker {
  readonly #emitter: Emitter<[gap: Gap]>;
  /** Entities whose gaps have been reported since they are tracked. */
  readonly #followed = new Set<string>();
  readonly #open = new Set<Gap>();
  /** Until when states were received over the connection that broke. */
  #cutUs: number | null = null;
  #overflowSinceUs: number | null = null;
  /** Since when a subscription may have delivered nothing. */
  #silentSinceUs: number | null = null;
  #isBegun = false;
  #isStartReported = false;

  constructor(log: Log) {
    this.#emitter = new Emitter(log, 'A listener to gaps failed');
  }

  on(listener: (gap: Gap) => void): () => void {
    return this.#emitter.on(listener);
  }

  /** The entity is not tracked any more: nothing of it is received from now on. */
  forget(entityId: string): void {
    this.#followed.delete(entityId);
  }

  /**
   * The connection broke.
   * @param receivedUs when a state was last received; null when never
   */
  cut(receivedUs: number | null): void {
    this.#cutUs ??= receivedUs;
  }

  /** The subscription may have delivered nothing since; the gap is reported with the next one. */
  silent(sinceUs: number): void {
    this.#silentSinceUs = Math.min(this.#silentSinceUs ?? sinceUs, sinceUs);
  }

  /** A state of this instant was refused for want of room. */
  overflow(atUs: number): void {
    this.#overflowSinceUs = Math.min(this.#overflowSinceUs ?? atUs, atUs);
  }

  /** There is room again. */
  relieved(): void {
    const sinceUs = this.#overflowSinceUs;
    this.#overflowSinceUs = null;
    if (sinceUs !== null) this.#report({ kind: 'reconnect', entityIds: [...this.#followed], sinceUs });
  }

  /**
   * A subscription was made.
   * @param readPrevious what the previous process saved; called at the first subscription only
   */
  subscribed(
    entityIds: readonly string[],
    isNewConnection: boolean,
    readPrevious: () => Promise<Completeness | null>,
  ): void {
    const known = entityIds.filter((entityId) => this.#followed.has(entityId));
    const added = entityIds.filter((entityId) => !this.#followed.has(entityId));
    for (const entityId of added) this.#followed.add(entityId);
    if (!this.#isBegun) {
      this.#isBegun = true;
      void readPrevious().then((previous) => this.#reportStart(entityIds, previous));
      return;
    }
    if (isNewConnection && known.length > 0)
      this.#report({ kind: 'reconnect', entityIds: known, sinceUs: this.#cutUs });
    if (this.#silentSinceUs !== null && known.length > 0)
      this.#report({ kind: 'silent', entityIds: known, sinceUs: this.#silentSinceUs });
    this.#silentSinceUs = null;
    this.#cutUs = null;
    if (added.length > 0) this.#report({ kind: 'first', entityIds: added, sinceUs: null });
  }

  /** All that Home Assistant has of the gap is durable. */
  filled(gap: Gap): void {
    this.#open.delete(gap);
  }

  /** What may be saved now; null as long as what the previous process saved still holds. */
  completeness(receivedUs: number | null, unsafeSinceUs: number | null): Completeness | null {
    if (!this.#isStartReported || receivedUs === null) return null;
    const gaps = [...this.#open].filter((gap) => gap.sinceUs !== null);
    const bounds = [
      this.#cutUs,
      this.#silentSinceUs,
      this.#overflowSinceUs,
      unsafeSinceUs,
      ...gaps.map((gap) => gap.sinceUs),
    ];
    const unknown = new Set(
      [...this.#open].filter((gap) => gap.sinceUs === null).flatMap((gap) => gap.entityIds),
    );
    return {
      endUs: Math.min(receivedUs, ...bounds.filter((us) => us !== null)),
      entityIds: [...this.#followed].filter((entityId) => !unknown.has(entityId)),
    };
  }

  #reportStart(entityIds: readonly string[], previous: Completeness | null): void {
    this.#isStartReported = true;
    const known = new Set(previous?.entityIds);
    const continued = entityIds.filter((entityId) => known.has(entityId));
    const fresh = entityIds.filter((entityId) => !known.has(entityId));
    if (previous !== null && continued.length > 0)
      this.#report({ kind: 'start', entityIds: continued, sinceUs: previous.endUs });
    if (fresh.length > 0)
      this.#report({ kind: previous === null ? 'start' : 'first', entityIds: fresh, sinceUs: null });
  }

  #report(gap: Gap): void {
    this.#open.add(gap);
    this.#emitter.emit(gap);
  }
}
