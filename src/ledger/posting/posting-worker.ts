import { z } from 'zod';
import { setting } from '../../home/settings.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Emitter } from '../../runtime/emitter.ts';
import type { Log } from '../../runtime/log.ts';
import { Worker } from '../../runtime/worker.ts';
import { minuteUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import { type ChangedRange, isPast, mergeRanges, type TouchCause } from '../entries/cause.ts';
import { LedgerBatch } from '../entries/ledger-batch.ts';
import type { LedgerStore } from '../entries/ledger-store.ts';
import type { Meter } from '../entries/meter.ts';
import type { EvidenceSource } from '../evidence/evidence-source.ts';
import type { PostingRhythm } from './posting-rhythm.ts';
import { type RepostingRules, repost, usualRules } from './reposting.ts';
import type { RunningLedger } from './running-ledger.ts';

/** Remembers up to when received evidence has been posted, so that a restart knows what is left. */
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
  /** Brings what was received into the store, which tells of it here; without it whoever stores evidence does so at once. */
  readonly gather?: () => Promise<void>;
  /** When there is a reason to post; at every turn when not given. */
  readonly rhythm?: PostingRhythm;
  /** The part of the ledger that is in memory. */
  readonly running?: Pick<RunningLedger, 'over' | 'runningUs'>;
  /**
   * Called when a round has posted all there was, before it is marked as posted: what rests on it is made, and what is over
   * is written. When it rejects, all since the mark is posted again.
   */
  readonly posted?: (beganUs: number) => Promise<void>;
  /** Resolves when all evidence that was told can be read. */
  readonly readable: () => Promise<void>;
  readonly mark: PostingMark;
  /** What arrived in the store since an instant of receipt, by entity; null as the instant means everything. */
  readonly receivedSince: (receivedUs: number | null) => Promise<ReadonlyMap<string, Interval>>;
  /** Until when an entity was followed without a change being told; null when it is not followed. */
  readonly heldUntil: (entityId: string) => number | null;
  readonly clock: Clock;
  readonly log: Log;
}

interface PostingStatus {
  /** Meters with evidence that is not posted yet, but for the quarter that is not over. */
  readonly waiting: number;
  /** What lies longer ago than a day is being posted: figures of the past still grow. */
  readonly isPostingPast: boolean;
  readonly entriesWritten: number;
  readonly lastPostedAtUs: number | null;
  /** Why the last posting failed; null when it did not. */
  readonly error: string | null;
  /** When the last round that succeeded began, by the monotonic clock: all received until then is in the ledger. */
  readonly upToMs: number;
}

type PostedListener = (entityId: string, news: ChangedRange) => void;

/** Evidence may be stored a little before it is told here; a restart looks back by this much more. */
const markMarginUs = minuteUs;

/**
 * Keeps the ledger up with the readings: whoever stores evidence tells it here, and when there is a reason what is new is
 * posted, meter by meter; while new pasts are posted, what comes in is posted between them. A posting that fails is tried
 * again; nothing is forgotten, for the store itself tells at the next start what arrived after the mark.
 */
export class PostingWorker {
  readonly #deps: PostingWorkerDeps;
  readonly #worker: Worker;
  readonly #rules: RepostingRules;
  readonly #waiting = new Map<string, ChangedRange>();
  /** What the round under way has taken up and not written yet. */
  readonly #taken = new Map<string, ChangedRange>();
  /** Pasts that were posted in the round under way. */
  readonly #untold: [string, ChangedRange][] = [];
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
    const isDue = () => !this.#hasCaughtUp || (deps.rhythm?.isDue(this.#news()) ?? true);
    this.#worker = new Worker({ work: () => this.#post(), isDue, failure, log: deps.log }, everyMs);
  }

  start(): void {
    this.#worker.start();
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  /** The meters that have a ledger; a new one's whole past is posted. */
  setMeters(meters: readonly Meter[]): void {
    for (const meter of meters) {
      const known = this.#meters.get(meter.entityId);
      if (known && JSON.stringify(known) === JSON.stringify(meter)) continue;
      // At the start the mark tells; a meter that came later or counts otherwise now is posted from its beginning.
      if (this.#meters.size > 0) {
        const everything = { startUs: Number.MIN_SAFE_INTEGER, endUs: this.#deps.clock.nowUs() + 1 };
        this.touch(meter.entityId, everything, known ? 'rules' : 'readings');
      }
    }
    this.#meters = new Map(meters.map((meter) => [meter.entityId, meter]));
    const switched = meters.filter(({ switchId }) => switchId !== undefined);
    this.#switched = Map.groupBy(switched, ({ switchId }) => switchId ?? '');
  }

  /** New evidence of an entity is in the store; why it came is told by the revisions that it makes. */
  touch(entityId: string, { startUs, endUs }: Interval, cause: TouchCause = 'readings'): void {
    this.#waiting.set(entityId, mergeRanges(this.#waiting.get(entityId), { startUs, endUs, cause }));
  }

  /** Told after each posting which quarters may have changed. */
  onPosted(listener: PostedListener): () => void {
    return this.#posted.on(listener);
  }

  /** What could not be posted is tried at once. */
  runNow(): void {
    this.#worker.runNow();
  }

  /** Resolves when everything told until now is posted; rejects when it could not be. */
  settle(): Promise<void> {
    return this.#worker.settle();
  }

  status(): PostingStatus {
    const left = [...this.#waiting, ...this.#taken].filter(([entityId]) => this.#isEvidence(entityId));
    const runningUs = this.#deps.running?.runningUs() ?? Number.POSITIVE_INFINITY;
    const late = left.filter(([, news]) => news.startUs < runningUs);
    return {
      waiting: new Set(late.map(([entityId]) => entityId)).size,
      isPostingPast: this.#untold.length > 0 || left.some(([, news]) => isPast(news)),
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
      if (this.#meters.has(entityId)) this.touch(entityId, span);
    const isCatchingUp = !this.#hasCaughtUp;
    try {
      if (isCatchingUp)
        for (const [entityId, span] of await this.#missed())
          if (this.#isEvidence(entityId)) this.touch(entityId, span);
      // All that is short, then one of those whose past is new: what comes in meanwhile waits for that one only.
      do {
        await this.#take();
        const [long] = [...this.#taken].filter(([, news]) => isPast(news));
        this.#tell(
          await this.#postThese(
            [...this.#taken].filter(([, news]) => !isPast(news)),
            isCatchingUp,
          ),
        );
        if (long) this.#untold.push(...(await this.#postThese([long], isCatchingUp)));
      } while (this.#taken.size > 0);
      await this.#done(startedUs);
      this.#upToMs = startedMs;
    } catch (cause) {
      for (const [entityId, news] of this.#taken) this.touch(entityId, news, news.cause);
      this.#taken.clear();
      throw cause;
    } finally {
      // What rests on several new pasts is made once and not after each of them.
      this.#tell(this.#untold.splice(0));
    }
  }

  async #done(startedUs: number): Promise<void> {
    const { posted, rhythm, running, mark } = this.#deps;
    // Those who rest on what was posted since the mark may not have been told, if this fails.
    this.#hasCaughtUp = false;
    await posted?.(startedUs);
    this.#hasCaughtUp = true;
    rhythm?.posted(startedUs);
    // What came of the quarter that is not over is in memory only.
    await mark.save((running?.runningUs() ?? startedUs) - markMarginUs);
  }

  /** What is told from here on waits until it is taken again. */
  async #take(): Promise<void> {
    for (const [entityId, news] of this.#waiting) {
      if (!this.#isEvidence(entityId)) continue;
      this.#waiting.delete(entityId);
      this.#taken.set(entityId, mergeRanges(this.#taken.get(entityId), news));
    }
    if (this.#taken.size === 0) return;
    await this.#deps.readable();
    // What a switch said holds until its next word, and so far it is news of the meters that it gates.
    for (const [switchId, meters] of this.#switched) {
      const news = this.#taken.get(switchId);
      if (news === undefined) continue;
      const { afterUs } = await this.#deps.evidence.around(switchId, news.startUs, news.endUs);
      const endUs = Math.max(news.endUs, (afterUs ?? this.#deps.clock.nowUs()) + 1);
      for (const { entityId } of meters)
        this.#taken.set(entityId, mergeRanges(this.#taken.get(entityId), { ...news, endUs }));
      this.#taken.delete(switchId);
    }
  }

  /**
   * Resolves with what changed.
   * @param tellsAll also what was posted before: after a crash nobody knows whether those who rest on it were told
   */
  async #postThese(
    some: readonly (readonly [string, ChangedRange])[],
    tellsAll: boolean,
  ): Promise<[string, ChangedRange][]> {
    const batch = new LedgerBatch(this.#deps.ledger);
    const deps = { ...this.#deps, ledger: batch };
    const posted: [string, ChangedRange][] = [];
    let entriesWritten = 0;
    for (const [entityId, news] of some) {
      const meter = this.#meters.get(entityId);
      if (meter === undefined) continue;
      // A stop leaves the rest to the next start, which asks the store.
      if (this.#worker.status().isStopped) throw new Error('The process stops');
      const { startUs, endUs, ...result } = await repost(deps, this.#rules, meter, news);
      entriesWritten += result.entriesWritten;
      if (result.entriesWritten > 0 || tellsAll)
        posted.push([entityId, { startUs, endUs, cause: news.cause }]);
    }
    await batch.flush();
    for (const [entityId] of some) this.#taken.delete(entityId);
    this.#entriesWritten += entriesWritten;
    if (entriesWritten > 0) this.#lastPostedAtUs = this.#deps.clock.nowUs();
    return posted;
  }

  #tell(posted: readonly (readonly [string, ChangedRange])[]): void {
    for (const [entityId, news] of posted) this.#posted.emit(entityId, news);
  }

  #news(): ChangedRange[] {
    return [...this.#waiting].filter(([entityId]) => this.#isEvidence(entityId)).map(([, news]) => news);
  }

  #isEvidence(entityId: string): boolean {
    return this.#meters.has(entityId) || this.#switched.has(entityId);
  }

  async #missed(): Promise<ReadonlyMap<string, Interval>> {
    return this.#deps.receivedSince(await this.#deps.mark.load());
  }
}
