import type { Clock } from '../units/clock.ts';
import type { Log } from '../units/log.ts';
import type { EvidenceSource } from './evidence-source.ts';
import { LedgerBatch } from './ledger-batch.ts';
import type { LedgerStore } from './ledger-store.ts';
import type { Meter } from './meter.ts';
import { type RepostingRules, repost, usualRules } from './reposting.ts';
import { joinSpans, type Span } from './span.ts';

/** Remembers up to when received evidence has been posted, so that a restart knows what is left. */
export interface PostingMark {
  load(): Promise<number | null>;
  save(receivedUs: number): Promise<void>;
}

export interface BookkeeperDeps {
  readonly evidence: EvidenceSource;
  readonly ledger: LedgerStore;
  /** Resolves when all evidence that was told can be read. */
  readonly readable: () => Promise<void>;
  readonly mark: PostingMark;
  /** What arrived in the store since an instant of receipt, by entity; null as the instant means everything. */
  readonly receivedSince: (receivedUs: number | null) => Promise<ReadonlyMap<string, Span>>;
  /** Until when an entity was followed without a change being told; null when it is not followed. */
  readonly heldUntil: (entityId: string) => number | null;
  readonly clock: Clock;
  readonly log: Log;
}

export interface BookkeeperStatus {
  /** Meters with evidence that is not posted yet. */
  readonly waiting: number;
  readonly entriesWritten: number;
  readonly lastPostedAtUs: number | null;
  /** Why the last posting failed; null when it did not. */
  readonly error: string | null;
}

type PostedListener = (entityId: string, span: Span) => void;

/** Evidence may be stored a little before it is told here; a restart looks back by this much more. */
const markMarginUs = 60_000_000;

/**
 * Keeps the ledger up with the readings: whoever stores evidence tells it here, and every few seconds what is new is
 * posted, meter by meter. A posting that fails is tried again; nothing is forgotten, for the store itself tells at the
 * next start what arrived after the mark.
 */
export class Bookkeeper {
  readonly #deps: BookkeeperDeps;
  readonly #everyMs: number;
  readonly #rules: RepostingRules;
  readonly #waiting = new Map<string, Span>();
  readonly #listeners = new Set<PostedListener>();
  #meters: ReadonlyMap<string, Meter> = new Map();
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> = Promise.resolve();
  #isStopped = false;
  #hasCaughtUp = false;
  #entriesWritten = 0;
  #lastPostedAtUs: number | null = null;
  #error: string | null = null;

  constructor(deps: BookkeeperDeps, everyMs = 10_000, rules: RepostingRules = usualRules) {
    this.#deps = deps;
    this.#everyMs = everyMs;
    this.#rules = rules;
  }

  start(): void {
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#round;
  }

  /** The meters that have a ledger; a new one's whole past is posted. */
  setMeters(meters: readonly Meter[]): void {
    for (const meter of meters) {
      const known = this.#meters.get(meter.entityId);
      if (known && JSON.stringify(known) === JSON.stringify(meter)) continue;
      // At the start the mark tells; a meter that came later or counts otherwise now is posted from its beginning.
      if (this.#meters.size > 0) {
        this.touch(meter.entityId, { fromUs: Number.MIN_SAFE_INTEGER, untilUs: this.#deps.clock.nowUs() });
      }
    }
    this.#meters = new Map(meters.map((meter) => [meter.entityId, meter]));
  }

  /** New evidence of an entity is in the store. */
  touch(entityId: string, span: Span): void {
    this.#waiting.set(entityId, joinSpans(this.#waiting.get(entityId), span));
  }

  /** Told after each posting which quarters may have changed. */
  onPosted(listener: PostedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when everything told until now is posted; rejects when it could not be. */
  async settle(): Promise<void> {
    await this.#run();
    if (this.#error !== null) throw new Error(this.#error);
  }

  status(): BookkeeperStatus {
    return {
      waiting: [...this.#waiting.keys()].filter((entityId) => this.#meters.has(entityId)).length,
      entriesWritten: this.#entriesWritten,
      lastPostedAtUs: this.#lastPostedAtUs,
      error: this.#error,
    };
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      void this.#run().finally(() => this.#schedule());
    }, this.#everyMs);
    this.#timer.unref();
  }

  #run(): Promise<void> {
    this.#round = this.#round.then(() => this.#post());
    return this.#round;
  }

  async #post(): Promise<void> {
    if (this.#isStopped || this.#meters.size === 0) return;
    const startedUs = this.#deps.clock.nowUs();
    // What is told from here on counts for the next round.
    const spans = new Map([...this.#waiting].filter(([entityId]) => this.#meters.has(entityId)));
    for (const entityId of spans.keys()) this.#waiting.delete(entityId);
    try {
      if (!this.#hasCaughtUp) {
        for (const [entityId, span] of await this.#missed()) {
          if (this.#meters.has(entityId)) spans.set(entityId, joinSpans(spans.get(entityId), span));
        }
        this.#hasCaughtUp = true;
      }
      if (spans.size > 0) await this.#postAll(spans);
      await this.#deps.mark.save(startedUs - markMarginUs);
      this.#error = null;
    } catch (cause) {
      for (const [entityId, span] of spans) this.touch(entityId, span);
      this.#error = cause instanceof Error ? cause.message : String(cause);
      this.#deps.log.warn({ err: this.#error }, 'The ledger could not be posted; it is tried again');
    }
  }

  async #postAll(spans: ReadonlyMap<string, Span>): Promise<void> {
    await this.#deps.readable();
    const batch = new LedgerBatch(this.#deps.ledger);
    const deps = { ...this.#deps, ledger: batch };
    const posted: [string, Span][] = [];
    for (const [entityId, { fromUs, untilUs }] of spans) {
      const meter = this.#meters.get(entityId);
      if (meter === undefined || this.#isStopped) continue;
      const result = await repost(deps, this.#rules, meter, fromUs, untilUs);
      this.#entriesWritten += result.entriesWritten;
      if (result.entriesWritten > 0) posted.push([entityId, result]);
    }
    await batch.flush();
    // A stop leaves the rest to the next start, which asks the store.
    if (this.#isStopped) throw new Error('The process stops');
    if (posted.length > 0) this.#lastPostedAtUs = this.#deps.clock.nowUs();
    for (const listener of this.#listeners) for (const [entityId, span] of posted) listener(entityId, span);
  }

  async #missed(): Promise<ReadonlyMap<string, Span>> {
    return this.#deps.receivedSince(await this.#deps.mark.load());
  }
}
