import { z } from 'zod';
import { setting } from '../../home/settings.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Emitter } from '../../runtime/emitter.ts';
import type { Log } from '../../runtime/log.ts';
import { Worker } from '../../runtime/worker.ts';
import { minuteUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import { type ChangeCause, type ChangedRange, isPast, mergeRanges } from '../entries/cause.ts';
import { LedgerBatch } from '../entries/ledger-batch.ts';
import type { LedgerStore } from '../entries/ledger-store.ts';
import type { Meter } from '../entries/meter.ts';
import type { EvidenceSource } from '../evidence/evidence-source.ts';
import type { PostingRhythm } from './posting-rhythm.ts';
import { type RepostingRules, repost, usualRules } from './reposting.ts';
import type { RunningLedger } from './running-ledger.ts';

/** Stores until when received evidence is posted, so that a restart knows what is left. */
export interface PostingMark {
  load(): Promise<number | null>;
  save(receivedUs: number): Promise<void>;
}

/** Use another key when the rules of posting change: without a mark everything is posted again, once. */
export const markSetting = setting<number | null>({
  key: 'ledger_posted_received_us_4',
  schema: z.number(),
  fallback: null,
});

export interface PostingWorkerDeps {
  readonly evidence: EvidenceSource;
  readonly ledger: LedgerStore;
  /**
   * Writes what was received to the store, which then marks it dirty here; omitted where evidence is stored at once.
   */
  readonly gather?: () => Promise<void>;
  /** Decides when to post; at every turn when omitted. */
  readonly rhythm?: PostingRhythm;
  /** The part of the ledger that is in memory. */
  readonly running?: Pick<RunningLedger, 'over' | 'runningUs'>;
  /**
   * Called when a round has posted everything, before the mark is saved: computes what depends on it, and writes the
   * quarter-hours that are over. When it rejects, all since the mark is posted again.
   */
  readonly posted?: (beganUs: number) => Promise<void>;
  /** Resolves when all evidence that was marked dirty can be read. */
  readonly readable: () => Promise<void>;
  readonly mark: PostingMark;
  /** By entity, the interval of the evidence that the store received since an instant; null means all evidence. */
  readonly receivedSince: (receivedUs: number | null) => Promise<ReadonlyMap<string, Interval>>;
  /** Until when an entity was followed without a reported change; null when it is not followed. */
  readonly heldUntil: (entityId: string) => number | null;
  readonly clock: Clock;
  readonly log: Log;
}

interface PostingStatus {
  /** Meters with evidence that is not posted yet, but for the quarter-hour that is not over. */
  readonly waiting: number;
  /** Evidence older than a day is being posted: figures of the past still grow. */
  readonly isPostingPast: boolean;
  readonly entriesWritten: number;
  readonly lastPostedAtUs: number | null;
  /** Why the last posting failed; null when it did not. */
  readonly error: string | null;
  /** When the last round that succeeded began, by the monotonic clock: all received until then is in the ledger. */
  readonly upToMs: number;
}

type PostedListener = (entityId: string, change: ChangedRange) => void;

/** Evidence may be stored a little before it is marked dirty here; a restart reads back by this much more. */
const markMarginUs = minuteUs;

/**
 * Keeps the ledger up to date with the evidence. Code that stores evidence marks the entity dirty; a due round posts
 * what is dirty, meter by meter. Between the long pasts of new meters it posts what arrives meanwhile. A posting that
 * fails is tried again; nothing is lost, because the next start reads from the store what it received after the mark.
 */
export class PostingWorker {
  readonly #deps: PostingWorkerDeps;
  readonly #worker: Worker;
  readonly #rules: RepostingRules;
  readonly #waiting = new Map<string, ChangedRange>();
  /** The ranges that the current round has taken and not written yet. */
  readonly #taken = new Map<string, ChangedRange>();
  /** Long pasts that the current round has posted; they are reported to listeners at its end. */
  readonly #unreported: [string, ChangedRange][] = [];
  readonly #posted: Emitter<Parameters<PostedListener>>;
  #meters: ReadonlyMap<string, Meter> = new Map();
  /** Switch → the meters of the devices that it controls. */
  #switched: ReadonlyMap<string, readonly Meter[]> = new Map();
  #hasCaughtUp = false;
  #entriesWritten = 0;
  #lastPostedAtUs: number | null = null;
  #upToMs = Number.NEGATIVE_INFINITY;

  constructor(deps: PostingWorkerDeps, everyMs = 10_000, rules: RepostingRules = usualRules) {
    this.#deps = deps;
    this.#posted = new Emitter(deps.log, 'A listener to postings failed');
    this.#rules = rules;
    const failure = 'The ledger could not be posted';
    const isDue = () => !this.#hasCaughtUp || (deps.rhythm?.isDue(this.#changes()) ?? true);
    this.#worker = new Worker({ work: () => this.#post(), isDue, failure, log: deps.log }, everyMs);
  }

  start(): void {
    this.#worker.start();
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  /** Sets the meters that have a ledger; the whole past of a new one is posted. */
  setMeters(meters: readonly Meter[]): void {
    for (const meter of meters) {
      const known = this.#meters.get(meter.entityId);
      if (known && JSON.stringify(known) === JSON.stringify(meter)) continue;
      // At the start the mark decides; a meter that is added later or counts in another way is posted from its
      // beginning.
      if (this.#meters.size > 0) {
        const everything = { startUs: Number.MIN_SAFE_INTEGER, endUs: this.#deps.clock.nowUs() + 1 };
        this.markDirty(meter.entityId, everything, known ? 'rules' : 'readings');
      }
    }
    this.#meters = new Map(meters.map((meter) => [meter.entityId, meter]));
    const switched = meters.filter(({ switchId }) => switchId !== undefined);
    this.#switched = Map.groupBy(switched, ({ switchId }) => switchId ?? '');
  }

  /** Queues an entity whose evidence in the store changed in [startUs, endUs); its new revisions record the cause. */
  markDirty(entityId: string, { startUs, endUs }: Interval, cause: ChangeCause = 'readings'): void {
    this.#waiting.set(entityId, mergeRanges(this.#waiting.get(entityId), { startUs, endUs, cause }));
  }

  /** Calls the listener after each posting with the quarter-hours that may have changed. Returns how to stop it. */
  onPosted(listener: PostedListener): () => void {
    return this.#posted.on(listener);
  }

  /** Tries a failed posting again at once. */
  runNow(): void {
    this.#worker.runNow();
  }

  /** Resolves when everything that is dirty now is posted; rejects when it could not be. */
  settle(): Promise<void> {
    return this.#worker.settle();
  }

  status(): PostingStatus {
    const left = [...this.#waiting, ...this.#taken].filter(([entityId]) => this.#isEvidence(entityId));
    const runningUs = this.#deps.running?.runningUs() ?? Number.POSITIVE_INFINITY;
    const late = left.filter(([, change]) => change.startUs < runningUs);
    return {
      waiting: new Set(late.map(([entityId]) => entityId)).size,
      isPostingPast: this.#unreported.length > 0 || left.some(([, change]) => isPast(change)),
      entriesWritten: this.#entriesWritten,
      lastPostedAtUs: this.#lastPostedAtUs,
      error: this.#worker.status().error,
      upToMs: this.#upToMs,
    };
  }

  async #post(): Promise<void> {
    if (this.#meters.size === 0) return;
    const startedUs = this.#deps.clock.nowUs();
    const startedMs = this.#deps.clock.monotonicMs();
    await this.#deps.gather?.();
    for (const [entityId, span] of this.#deps.running?.over() ?? [])
      if (this.#meters.has(entityId)) this.markDirty(entityId, span);
    const isCatchingUp = !this.#hasCaughtUp;
    try {
      if (isCatchingUp)
        for (const [entityId, span] of await this.#missed())
          if (this.#isEvidence(entityId)) this.markDirty(entityId, span);
      // All short ranges, then one long past: what arrives meanwhile waits for that one only.
      do {
        await this.#take();
        const [long] = [...this.#taken].filter(([, change]) => isPast(change));
        this.#report(
          await this.#postThese(
            [...this.#taken].filter(([, change]) => !isPast(change)),
            isCatchingUp,
          ),
        );
        if (long) this.#unreported.push(...(await this.#postThese([long], isCatchingUp)));
      } while (this.#taken.size > 0);
      await this.#done(startedUs);
      this.#upToMs = startedMs;
    } catch (cause) {
      for (const [entityId, change] of this.#taken) this.markDirty(entityId, change, change.cause);
      this.#taken.clear();
      throw cause;
    } finally {
      // What depends on several new pasts is computed once and not after each of them.
      this.#report(this.#unreported.splice(0));
    }
  }

  async #done(startedUs: number): Promise<void> {
    const { posted, rhythm, running, mark } = this.#deps;
    // If this fails, listeners may have missed what was posted since the mark.
    this.#hasCaughtUp = false;
    await posted?.(startedUs);
    this.#hasCaughtUp = true;
    rhythm?.posted(startedUs);
    // Entries of the running quarter-hour are in memory only.
    await mark.save((running?.runningUs() ?? startedUs) - markMarginUs);
  }

  /** Takes what is dirty; what is marked from here on waits for the next call. */
  async #take(): Promise<void> {
    for (const [entityId, change] of this.#waiting) {
      if (!this.#isEvidence(entityId)) continue;
      this.#waiting.delete(entityId);
      this.#taken.set(entityId, mergeRanges(this.#taken.get(entityId), change));
    }
    if (this.#taken.size === 0) return;
    await this.#deps.readable();
    // A switch keeps its state until its next one, so its change reaches that far in the meters of its devices.
    for (const [switchId, meters] of this.#switched) {
      const change = this.#taken.get(switchId);
      if (change === undefined) continue;
      const { afterUs } = await this.#deps.evidence.around(switchId, change.startUs, change.endUs);
      const endUs = Math.max(change.endUs, (afterUs ?? this.#deps.clock.nowUs()) + 1);
      for (const { entityId } of meters)
        this.#taken.set(entityId, mergeRanges(this.#taken.get(entityId), { ...change, endUs }));
      this.#taken.delete(switchId);
    }
  }

  /**
   * Resolves with the ranges that changed.
   * @param reportsAll includes unchanged ranges: after a crash, listeners may have missed an earlier posting of them
   */
  async #postThese(
    some: readonly (readonly [string, ChangedRange])[],
    reportsAll: boolean,
  ): Promise<[string, ChangedRange][]> {
    const batch = new LedgerBatch(this.#deps.ledger);
    const deps = { ...this.#deps, ledger: batch };
    const posted: [string, ChangedRange][] = [];
    let entriesWritten = 0;
    for (const [entityId, change] of some) {
      const meter = this.#meters.get(entityId);
      if (meter === undefined) continue;
      // A stop leaves the rest to the next start, which reads it from the store.
      if (this.#worker.status().isStopped) throw new Error('The process stops');
      const { startUs, endUs, ...result } = await repost(deps, this.#rules, meter, change);
      entriesWritten += result.entriesWritten;
      if (result.entriesWritten > 0 || reportsAll)
        posted.push([entityId, { startUs, endUs, cause: change.cause }]);
    }
    await batch.flush();
    for (const [entityId] of some) this.#taken.delete(entityId);
    this.#entriesWritten += entriesWritten;
    if (entriesWritten > 0) this.#lastPostedAtUs = this.#deps.clock.nowUs();
    return posted;
  }

  #report(posted: readonly (readonly [string, ChangedRange])[]): void {
    for (const [entityId, change] of posted) this.#posted.emit(entityId, change);
  }

  #changes(): ChangedRange[] {
    return [...this.#waiting].filter(([entityId]) => this.#isEvidence(entityId)).map(([, change]) => change);
  }

  #isEvidence(entityId: string): boolean {
    return this.#meters.has(entityId) || this.#switched.has(entityId);
  }

  async #missed(): Promise<ReadonlyMap<string, Interval>> {
    return this.#deps.receivedSince(await this.#deps.mark.load());
  }
}
