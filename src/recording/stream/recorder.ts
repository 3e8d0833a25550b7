import type { Entity } from '../../home/entity.ts';
import type { EntityState, HomeAssistant, StateBatch } from '../../home/home-assistant.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { pause } from '../../runtime/pause.ts';
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
import { type RecorderStatus, recorderDetail } from './recorder-status.ts';
import { StateFollower } from './state-follower.ts';
import { SubscriptionKeeper } from './subscription-keeper.ts';

export interface RecorderDeps {
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

/** What a reading of the spool takes there, about; only for telling how many have room. */
const bytesPerReading = 110;
const loadWithinMs = 3000;
/** Past this many waiting, the past waits for the present. */
const busyReadings = 10_000;

/** Follows the tracked entities and brings every state into the store as a reading, once. */
export class Recorder {
  readonly #deps: RecorderDeps;
  readonly #writer: ReadingWriter;
  readonly #feed: ReadingFeed;
  readonly #keeper: SubscriptionKeeper;
  readonly #follower: StateFollower;
  readonly #stop = new AbortController();
  readonly #heard = new RecentInstants();
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
      complete: () => this.#gaps.completeness(this.#follower.lastHeardUs(), this.#writer.unsafeSinceUs()),
    });
    this.#follower = new StateFollower({
      homeAssistant: deps.homeAssistant,
      keeper: this.#keeper,
      gaps: this.#gaps,
      wanted: () => [...this.#tracked.keys()],
      prepare: (entityIds) => this.#load(entityIds),
      hear: (batch) => this.#hear(batch),
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

  /** Exactly these are recorded from now on. */
  track(entities: readonly TrackedEntity[]): void {
    const before = this.#tracked;
    this.#tracked = new Map(entities.map((entity) => [entity.entityId, entity]));
    for (const entityId of new Set([...before.keys(), ...this.#newest.keys()])) {
      if (this.#tracked.has(entityId)) continue;
      this.#newest.delete(entityId);
      this.#loaded.delete(entityId);
      this.#heard.forget(entityId);
      this.#stream.forget(entityId);
      // Should it be tracked again at once, there is a gap all the same.
      this.#gaps.forget(entityId);
      this.#follower.drop(entityId);
    }
    this.#follower.look();
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

  /** What the stream told last, whether in order, and by whose clock. */
  stream(): Pick<StreamStats, 'told' | 'takeLate' | 'clockDriftUs'> {
    return this.#stream;
  }

  /** Home Assistant tells us the states of what is tracked, and we listen. */
  isFollowing(): boolean {
    return this.#follower.isSubscribed() && !this.#isPaused;
  }

  /** The subscription can't be trusted: it is made anew, and a gap told that reaches back to `sinceUs`. */
  resubscribe(sinceUs: number): void {
    this.#follower.resubscribe(sinceUs);
  }

  /** Every reading that is new, whatever way it came, some times a second and not yet durable; returns how to end it. */
  onReadings(listener: ReadingListener): () => void {
    return this.#feed.listen(listener);
  }

  /** Told after each subscription what may have been missed before it. */
  onGap(listener: (gap: Gap) => void): () => void {
    return this.#gaps.listen(listener);
  }

  /** All that Home Assistant had of a gap is durable. */
  filled(gap: Gap): void {
    this.#gaps.filled(gap);
  }

  subscription(): SubscriptionState {
    return this.#keeper.state();
  }

  /**
   * Takes readings that did not come by the stream, the same way; those that the stream brought a moment ago are left
   * out. Waits while the stream needs the room.
   * @param isMissing the store was asked and has them not: they are taken even if they were heard
   * @returns how many were taken
   */
  async record(readings: readonly Reading[], signal: AbortSignal, isMissing = false): Promise<number> {
    const either = AbortSignal.any([signal, this.#stop.signal]);
    while (this.#isBusy() && !either.aborted) await pause(50, either);
    if (either.aborted) throw new Error('Stopped before there was room');
    const fresh = readings.filter(
      ({ entityId, atUs }) => this.#tracked.has(entityId) && (isMissing || !this.#heard.has(entityId, atUs)),
    );
    this.#take(fresh);
    return fresh.length;
  }

  /** How many readings were received and are not durable in the store yet. */
  waiting(): number {
    return this.#writer.status().waiting;
  }

  /** The store took what was written to it last: who waits for it need not wait for an outage to end. */
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
    const detail = recorderDetail(written, this.#follower.error());
    return {
      isOk: detail === null,
      detail,
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

  /** Newest stored readings, so that a snapshot's state that is stored already is known. A store that is down is not waited for. */
  async #load(entityIds: readonly string[]): Promise<void> {
    const missing = entityIds.filter((entityId) => !this.#loaded.has(entityId));
    if (missing.length === 0) return;
    const deadline = new AbortController();
    try {
      const stored = await Promise.race([
        this.#deps.readings.newest(missing),
        pause(loadWithinMs, AbortSignal.any([deadline.signal, this.#stop.signal])).then(() => null),
      ]);
      if (stored === null) return;
      for (const reading of stored.values()) this.#remember(reading);
      for (const entityId of missing) this.#loaded.add(entityId);
    } catch (cause) {
      this.#deps.log.debug({ err: cause }, 'the newest readings are not known yet');
    } finally {
      deadline.abort();
    }
  }

  #hear(batch: StateBatch): void {
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
    const isLate = this.#stream.hear(state, kind, nowUs);
    if (this.#heard.has(state.entityId, state.lastUpdatedUs)) {
      this.#duplicates += 1;
      return null;
    }
    const parsed = parseState(state, entity, 'stream', nowUs, this.#deps.zone());
    if (parsed.kind === 'reading') {
      if (isLate) this.#stream.tookLate(state.entityId, parsed.reading.atUs);
      return parsed.reading;
    }
    const { rejection } = parsed;
    // Ours may be the clock that is wrong: when it is right, history brings such a state, and it must be taken then.
    if (rejection.reason !== 'from_the_future') this.#heard.add(state.entityId, state.lastUpdatedUs);
    this.#rejected.set(rejection.reason, (this.#rejected.get(rejection.reason) ?? 0) + 1);
    this.#lastRejection = rejection;
    this.#deps.log.debug({ ...rejection }, 'a state was rejected');
    return null;
  }

  #tellUnit(before: Reading, { entityId, atUs, sourceUnit }: Reading): void {
    if (sourceUnit === null || before.sourceUnit === null || sourceUnit === before.sourceUnit) return;
    this.#deps.log.warn(
      { entity: entityId, before: before.sourceUnit, unit: sourceUnit },
      'the unit changed',
    );
    this.#deps.events?.tell({
      kind: 'unit_changed',
      entityId,
      unitBefore: before.sourceUnit,
      unit: sourceUnit,
      atUs,
    });
  }

  /** Offers readings to the writer; those past its limit are a gap for the back-fill. */
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
    this.#heard.add(entityId, atUs);
    const newest = this.#newest.get(entityId);
    if (newest === undefined || newest.atUs <= atUs) {
      if (newest !== undefined) this.#tellUnit(newest, reading);
      this.#newest.set(entityId, reading);
    }
    if (this.#lastReadingAtUs === null || this.#lastReadingAtUs < atUs) this.#lastReadingAtUs = atUs;
  }

  /** Back-pressure: the last resort, for Home Assistant drops a client that does not read; the back-fill mends that. */
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
