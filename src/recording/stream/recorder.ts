import type { Entity } from '../../home/entity.ts';
import type { EntityState, HomeAssistant, StateBatch } from '../../home/home-assistant.ts';
import type { Clock } from '../../runtime/clock.ts';
import { withDeadline } from '../../runtime/deadline.ts';
import type { Log } from '../../runtime/log.ts';
import { pause, unlessAborted } from '../../runtime/pause.ts';
import { type Gap, GapTracker } from '../gap-tracker.ts';
import type { Reading, Rejection, RejectionReason } from '../reading.ts';
import type { ReadingStore } from '../reading-store.ts';
import type { RecordingEvents } from '../recording-events.ts';
import { StreamStats } from '../stream-stats.ts';
import type { SubscriptionState, SubscriptionStore } from '../sync-log.ts';
import { ReadingFeed, type ReadingListener } from '../write/reading-feed.ts';
import { ReadingWriter, type ReadingWriterLimits } from '../write/reading-writer.ts';
import type { Spool } from '../write/spool/spool.ts';
import { parseState } from './reading-parser.ts';
import { RecentInstants } from './recent-instants.ts';
import { type RecorderStatus, recorderProblem } from './recorder-status.ts';
import { StateFollower } from './state-follower.ts';
import { SubscriptionKeeper } from './subscription-keeper.ts';

interface RecorderDeps {
  readonly homeAssistant: HomeAssistant;
  readonly readings: ReadingStore;
  readonly subscription: SubscriptionStore;
  readonly spool: Spool;
  readonly events?: RecordingEvents;
  /** The home's time zone; null while it is not known. */
  readonly zone: () => string | null;
  readonly clock: Clock;
  readonly log: Log;
}

export type TrackedEntity = Pick<Entity, 'entityId' | 'quantity' | 'unit' | 'stateClass'>;

/** Approximate size of a reading in the spool; only for showing how many have room. */
const bytesPerReading = 110;
const loadWithinMs = 3000;
/** Beyond this many waiting readings, fetched history waits for the stream. */
const busyReadings = 10_000;

/** Follows the tracked entities and stores every state as a reading, once. */
export class Recorder {
  readonly #deps: RecorderDeps;
  readonly #writer: ReadingWriter;
  readonly #feed: ReadingFeed;
  readonly #keeper: SubscriptionKeeper;
  readonly #follower: StateFollower;
  readonly #stop = new AbortController();
  readonly #recent = new RecentInstants();
  readonly #newest = new Map<string, Reading>();
  readonly #gaps: GapTracker;
  readonly #rejected = new Map<RejectionReason, number>();
  readonly #stream = new StreamStats();
  #tracked: ReadonlyMap<string, TrackedEntity> = new Map();
  /** Entities whose newest stored reading is known. */
  readonly #loaded = new Set<string>();
  #lastReadingAtUs: number | null = null;
  #lastRejection: Rejection | null = null;
  #duplicates = 0;
  #isPaused = false;

  constructor(deps: RecorderDeps, limits: Partial<ReadingWriterLimits> = {}) {
    this.#deps = deps;
    this.#feed = new ReadingFeed(deps.log);
    this.#gaps = new GapTracker(deps.log);
    this.#keeper = new SubscriptionKeeper({
      store: deps.subscription,
      clock: deps.clock,
      log: deps.log,
      complete: () => this.#gaps.completeness(this.#follower.lastReceivedUs(), this.#writer.unsafeSinceUs()),
    });
    this.#follower = new StateFollower({
      homeAssistant: deps.homeAssistant,
      keeper: this.#keeper,
      gaps: this.#gaps,
      wanted: () => [...this.#tracked.keys()],
      prepare: (entityIds) => this.#load(entityIds),
      onBatch: (batch) => this.#receive(batch),
      isPaused: () => this.#isPaused,
      clock: deps.clock,
      log: deps.log,
    });
    this.#writer = new ReadingWriter(
      {
        store: deps.readings,
        spool: deps.spool,
        clock: deps.clock,
        log: deps.log,
        onPressure: (isHigh) => this.#pause(isHigh),
      },
      limits,
    );
  }

  /** Rejects when the spool's folder can't be used: without it nothing can be promised. */
  async start(): Promise<void> {
    await this.#writer.start((reading) => this.#remember(reading));
    this.#keeper.start();
    this.#follower.start();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#follower.stop();
    this.#feed.stop();
    this.#keeper.change({ status: 'disconnected', errorMessage: null });
    await this.#writer.stop();
    await this.#keeper.stop();
  }

  /** Records exactly these from now on. */
  track(entities: readonly TrackedEntity[]): void {
    const before = this.#tracked;
    this.#tracked = new Map(entities.map((entity) => [entity.entityId, entity]));
    for (const entityId of new Set([...before.keys(), ...this.#newest.keys()])) {
      if (this.#tracked.has(entityId)) continue;
      this.#newest.delete(entityId);
      this.#loaded.delete(entityId);
      this.#recent.forget(entityId);
      this.#stream.forget(entityId);
      // If it is tracked again at once, there is a gap all the same.
      this.#gaps.forget(entityId);
      this.#follower.drop(entityId);
    }
    this.#follower.check();
  }

  /** The home's time zone, which states without an offset are read in; null while it is not known. */
  zone(): string | null {
    return this.#deps.zone();
  }

  tracked(): ReadonlyMap<string, TrackedEntity> {
    return this.#tracked;
  }

  /** The newest reading of each tracked entity, from memory. */
  newest(): ReadonlyMap<string, Reading> {
    return this.#newest;
  }

  /** The newest state of each entity, late readings, and the drift of the clocks. */
  stream(): Pick<StreamStats, 'lastUpdates' | 'takeLate' | 'clockDriftUs'> {
    return this.#stream;
  }

  /** Home Assistant delivers the states of the tracked entities, and they are read. */
  isFollowing(): boolean {
    return this.#follower.isSubscribed() && !this.#isPaused;
  }

  /** The subscription can't be trusted: it is made anew, and a gap since `sinceUs` is reported. */
  resubscribe(sinceUs: number): void {
    this.#follower.resubscribe(sinceUs);
  }

  /**
   * Called a few times a second with every new reading, however it came; they are not durable yet. @returns removes
   * the listener
   */
  onReadings(listener: ReadingListener): () => void {
    return this.#feed.on(listener);
  }

  /** Called with each batch of received readings that is durable in the store. @returns removes the listener */
  onStored(listener: (readings: readonly Reading[]) => void): () => void {
    return this.#writer.onStored(listener);
  }

  /** Called after each subscription with what may have been missed before it. @returns removes the listener */
  onGap(listener: (gap: Gap) => void): () => void {
    return this.#gaps.on(listener);
  }

  /** All that Home Assistant has of a gap is durable. */
  filled(gap: Gap): void {
    this.#gaps.filled(gap);
  }

  subscription(): SubscriptionState {
    return this.#keeper.state();
  }

  /**
   * Takes readings that did not come over the stream; those that the stream delivered a moment ago are left out.
   * Waits while the stream needs the room.
   * @param isMissing the store was asked and does not have them: they are taken even if they were received before
   * @returns how many were taken
   */
  async record(readings: readonly Reading[], signal: AbortSignal, isMissing = false): Promise<number> {
    const either = AbortSignal.any([signal, this.#stop.signal]);
    while (this.#isBusy() && !either.aborted) await pause(50, either);
    if (either.aborted) throw new Error('Stopped before there was room');
    const fresh = readings.filter(
      ({ entityId, atUs }) => this.#tracked.has(entityId) && (isMissing || !this.#recent.has(entityId, atUs)),
    );
    this.#take(fresh);
    return fresh.length;
  }

  /** How many readings were received and are not durable in the store yet. */
  waiting(): number {
    return this.#writer.status().waiting;
  }

  /** Whether the store accepted the last write: when it did not, a wait for it could last as long as an outage. */
  isStoring(): boolean {
    return this.#writer.status().storeError === null;
  }

  /** Resolves when everything received until now is durable in the store, however long that takes. */
  settled(): Promise<void> {
    return this.#writer.settled();
  }

  status(): RecorderStatus {
    const written = this.#writer.status();
    const spool = this.#deps.spool.status();
    const problem = recorderProblem(written, this.#follower.error());
    return {
      isOk: problem === null,
      problem,
      entitiesTracked: this.#tracked.size,
      isSubscribed: this.#follower.isSubscribed(),
      lastReadingAtUs: this.#lastReadingAtUs,
      readingsReceived: written.received,
      readingsStored: written.stored,
      readingsWaiting: written.waiting,
      readingsLost: written.lost,
      duplicates: this.#duplicates,
      outOfOrder: this.#stream.outOfOrderCount(),
      clockDriftUs: this.#stream.clockDriftUs(),
      overflowed: written.refused,
      writeErrors: written.writeErrors,
      rejected: Object.fromEntries(this.#rejected),
      lastRejection: this.#lastRejection,
      queueLimit: this.#writer.limitReadings + Math.floor(spool.limitBytes / bytesPerReading),
      spool,
      isPaused: this.#isPaused,
    };
  }

  #isBusy(): boolean {
    const { isPressureHigh, waiting } = this.#writer.status();
    return isPressureHigh || waiting > busyReadings;
  }

  /**
   * Loads the newest stored readings, so that a snapshot's state that is stored already is recognised. A store that
   * is down is not waited for.
   */
  async #load(entityIds: readonly string[]): Promise<void> {
    const missing = entityIds.filter((entityId) => !this.#loaded.has(entityId));
    if (missing.length === 0) return;
    try {
      const asked = withDeadline(
        this.#deps.readings.newest(missing),
        loadWithinMs,
        'Reading the newest readings',
      );
      const stored = await unlessAborted(asked, this.#stop.signal);
      if (stored === null) return;
      for (const reading of stored.values()) this.#remember(reading);
      for (const entityId of missing) this.#loaded.add(entityId);
    } catch (cause) {
      this.#deps.log.debug({ err: cause }, 'the newest readings are not known yet');
    }
  }

  #receive(batch: StateBatch): void {
    this.#follower.received();
    const readings: Reading[] = [];
    const nowUs = this.#deps.clock.nowUs();
    for (const state of batch.states) {
      const reading = this.#read(state, nowUs, batch.kind);
      if (reading !== null) readings.push(reading);
    }
    this.#take(readings);
  }

  #read(state: EntityState, nowUs: number, kind: StateBatch['kind']): Reading | null {
    const entity = this.#tracked.get(state.entityId);
    if (entity === undefined) return null;
    const isLate = this.#stream.add(state, kind, nowUs);
    if (this.#recent.has(state.entityId, state.lastUpdatedUs)) {
      this.#duplicates += 1;
      return null;
    }
    const parsed = parseState(state, entity, 'stream', nowUs, this.#deps.zone());
    if (parsed.kind === 'reading') {
      if (isLate) this.#stream.tookLate(state.entityId, parsed.reading.atUs);
      return parsed.reading;
    }
    const { rejection } = parsed;
    // Ours may be the wrong clock: when it is right, history brings such a state, and it must be taken then.
    if (rejection.reason !== 'from_the_future') this.#recent.add(state.entityId, state.lastUpdatedUs);
    this.#rejected.set(rejection.reason, (this.#rejected.get(rejection.reason) ?? 0) + 1);
    this.#lastRejection = rejection;
    this.#deps.log.debug({ ...rejection }, 'a state was rejected');
    return null;
  }

  #reportUnit(before: Reading, { entityId, atUs, sourceUnit }: Reading): void {
    if (sourceUnit === null || before.sourceUnit === null || sourceUnit === before.sourceUnit) return;
    this.#deps.log.warn(
      { entity: entityId, before: before.sourceUnit, unit: sourceUnit },
      'the unit changed',
    );
    this.#deps.events?.emit({
      kind: 'unit_changed',
      entityId,
      unitBefore: before.sourceUnit,
      unit: sourceUnit,
      atUs,
    });
  }

  /** Offers readings to the writer; those beyond its limit are a gap for the back-fill. */
  #take(readings: readonly Reading[]): void {
    if (readings.length === 0) return;
    const taken = this.#writer.offer(readings);
    for (const [index, reading] of readings.entries()) {
      if (index < taken) {
        this.#remember(reading);
        this.#feed.push(reading);
      } else {
        this.#gaps.overflow(reading.atUs);
      }
    }
  }

  #remember(reading: Reading): void {
    const { entityId, atUs } = reading;
    this.#recent.add(entityId, atUs);
    const newest = this.#newest.get(entityId);
    if (newest === undefined || newest.atUs <= atUs) {
      if (newest !== undefined) this.#reportUnit(newest, reading);
      this.#newest.set(entityId, reading);
    }
    if (this.#lastReadingAtUs === null || this.#lastReadingAtUs < atUs) this.#lastReadingAtUs = atUs;
  }

  /**
   * Back-pressure: the last resort, because Home Assistant drops a client that does not read; the back-fill fills
   * that gap.
   */
  #pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#deps.homeAssistant.pause(isPaused);
    this.#deps.log.warn(
      { paused: isPaused },
      isPaused ? 'no room: Home Assistant is not read' : 'there is room again',
    );
    if (!isPaused) this.#gaps.relieved();
  }
}
