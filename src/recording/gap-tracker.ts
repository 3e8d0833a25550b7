import type { Log } from '../runtime/log.ts';
import type { Completeness } from './sync-log.ts';

/** A span of which Home Assistant may know more than we heard. */
export interface Gap {
  readonly kind: 'first' | 'reconnect' | 'start' | 'silent';
  readonly entityIds: readonly string[];
  /** Heard until then; null when never. */
  readonly sinceUs: number | null;
}

/**
 * Keeps account of what may have been missed: a gap stands in the book until somebody says that it is filled, and what
 * is written down for the next process never claims more than is had.
 */
export class GapTracker {
  readonly #log: Log;
  readonly #listeners = new Set<(gap: Gap) => void>();
  /** Whose gaps have been told since they are tracked. */
  readonly #followed = new Set<string>();
  readonly #open = new Set<Gap>();
  /** Until when the connection that broke was heard. */
  #cutUs: number | null = null;
  #overflowSinceUs: number | null = null;
  /** Since when a subscription that stood may have told nothing. */
  #silentSinceUs: number | null = null;
  #isBegun = false;
  #isStartTold = false;

  constructor(log: Log) {
    this.#log = log;
  }

  listen(listener: (gap: Gap) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tracked no more: what comes of it from now on is not had. */
  forget(entityId: string): void {
    this.#followed.delete(entityId);
  }

  /** The connection broke; `heardUs` is when it was last heard, null when never. */
  cut(heardUs: number | null): void {
    this.#cutUs ??= heardUs;
  }

  /** The subscription stands and may have told nothing since; the next one tells the gap. */
  silent(sinceUs: number): void {
    this.#silentSinceUs = Math.min(this.#silentSinceUs ?? sinceUs, sinceUs);
  }

  /** Something of this instant was refused for want of room. */
  overflow(atUs: number): void {
    this.#overflowSinceUs = Math.min(this.#overflowSinceUs ?? atUs, atUs);
  }

  /** There is room again. */
  relieved(): void {
    const sinceUs = this.#overflowSinceUs;
    this.#overflowSinceUs = null;
    if (sinceUs !== null) this.#tell({ kind: 'reconnect', entityIds: [...this.#followed], sinceUs });
  }

  /**
   * A subscription stands.
   * @param previous what the process before wrote down; asked for at the first subscription only
   */
  subscribed(
    entityIds: readonly string[],
    isNewConnection: boolean,
    previous: () => Promise<Completeness | null>,
  ): void {
    const known = entityIds.filter((entityId) => this.#followed.has(entityId));
    const added = entityIds.filter((entityId) => !this.#followed.has(entityId));
    for (const entityId of added) this.#followed.add(entityId);
    if (!this.#isBegun) {
      this.#isBegun = true;
      void previous().then((had) => this.#tellStart(entityIds, had));
      return;
    }
    if (isNewConnection && known.length > 0)
      this.#tell({ kind: 'reconnect', entityIds: known, sinceUs: this.#cutUs });
    if (this.#silentSinceUs !== null && known.length > 0)
      this.#tell({ kind: 'silent', entityIds: known, sinceUs: this.#silentSinceUs });
    this.#silentSinceUs = null;
    this.#cutUs = null;
    if (added.length > 0) this.#tell({ kind: 'first', entityIds: added, sinceUs: null });
  }

  /** All that Home Assistant had of it is durable. */
  filled(gap: Gap): void {
    this.#open.delete(gap);
  }

  /** What may be written down now; null as long as what the process before wrote still holds. */
  completeness(heardUs: number | null, unsafeSinceUs: number | null): Completeness | null {
    if (!this.#isStartTold || heardUs === null) return null;
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
      endUs: Math.min(heardUs, ...bounds.filter((us) => us !== null)),
      entityIds: [...this.#followed].filter((entityId) => !unknown.has(entityId)),
    };
  }

  #tellStart(entityIds: readonly string[], had: Completeness | null): void {
    this.#isStartTold = true;
    const known = new Set(had?.entityIds);
    const continued = entityIds.filter((entityId) => known.has(entityId));
    const fresh = entityIds.filter((entityId) => !known.has(entityId));
    if (had !== null && continued.length > 0)
      this.#tell({ kind: 'start', entityIds: continued, sinceUs: had.endUs });
    if (fresh.length > 0)
      this.#tell({ kind: had === null ? 'start' : 'first', entityIds: fresh, sinceUs: null });
  }

  #tell(gap: Gap): void {
    this.#open.add(gap);
    for (const listener of this.#listeners) {
      try {
        listener(gap);
      } catch (cause) {
        this.#log.error({ err: cause }, 'a gap was not taken up');
      }
    }
  }
}
