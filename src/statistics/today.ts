import type { LedgerStore } from '../ledger/entries/ledger-store.ts';
import { registerKind } from '../ledger/entries/meter.ts';
import type { EvidenceSource } from '../ledger/evidence/evidence-source.ts';
import { registerReading } from '../ledger/evidence/stored-evidence.ts';
import type { PostingWorker } from '../ledger/posting/posting-worker.ts';
import type { Reading } from '../recording/reading.ts';
import type { ReadingStore } from '../recording/reading-store.ts';
import type { Recorder, TrackedEntity } from '../recording/stream/recorder.ts';
import { newestBefore, untilVisible } from '../recording/write/visible.ts';
import { Backoff } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import { Emitter } from '../runtime/emitter.ts';
import type { Log } from '../runtime/log.ts';
import { pause, unlessAborted } from '../runtime/pause.ts';
import { WakeSignal } from '../runtime/wake-signal.ts';
import { valueFromMicro } from '../units/amount.ts';
import { bucketStartUs } from '../units/calendar.ts';
import { type DayCount, readDay, stepDay } from './day-count.ts';

interface TodayDeps {
  readonly recorder: Pick<Recorder, 'tracked' | 'newest' | 'onReadings' | 'settled'>;
  readonly readings: Pick<ReadingStore, 'before' | 'range' | 'count'>;
  readonly ledger: Pick<LedgerStore, 'openingBefore' | 'current'>;
  readonly evidence: Pick<EvidenceSource, 'registers'>;
  readonly postingWorker: Pick<PostingWorker, 'settle' | 'onPosted'>;
  readonly clock: Clock;
  readonly log: Log;
  /** The home's IANA zone; null while it is not known, and then nothing of the day is. */
  readonly zone: () => string | null;
}

interface EntityToday {
  /**
   * What a meter counted since local midnight, in its canonical unit: what the ledger says of the day, and what was
   * received since. Null for what is no meter, and until the ledger has said something.
   */
  readonly counted: number | null;
  readonly readings: number;
}

interface Day {
  /** Null for an entity that is no meter, and while it is not known. */
  count: DayCount | null;
  /** The newest counted reading; an older one makes the day stale, so that it is read again. */
  lastAtUs: number;
  readings: number;
}

interface Loading {
  /** From here on the stream counts; before it, the store. */
  readonly cutUs: number;
  readonly entityIds: ReadonlySet<string>;
  readonly received: Reading[];
}

/** Longer than a state takes from Home Assistant to here. */
const receiveWithinMs = 2000;
const receivedLimit = 100_000;
/** How often the day is checked: midnight also passes when no reading arrives. */
const everyMs = 1000;

/**
 * What each tracked entity did since the home's midnight, in memory: from the ledger once, then from the stream by
 * the ledger's own rule, so that it always equals what the ledger will say. Counts stay while the stores are away.
 */
export class Today {
  readonly #deps: TodayDeps;
  readonly #days = new Map<string, Day>();
  readonly #stale = new Set<string>();
  readonly #changes: Emitter<[entityIds: readonly string[]]>;
  readonly #stop = new AbortController();
  readonly #wakeSignal = new WakeSignal();
  readonly #retry = new Backoff(1000, 30_000);
  #midnightUs: number | null = null;
  #loading: Loading | null = null;
  #loop: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #unlisten: readonly (() => void)[] = [];

  constructor(deps: TodayDeps) {
    this.#deps = deps;
    this.#changes = new Emitter(deps.log, 'A listener to what today counts failed');
  }

  /** Start it before other listeners to readings, so that they find the day up to date. */
  start(): void {
    const { recorder, postingWorker } = this.#deps;
    this.#unlisten = [
      recorder.onReadings(({ readings, missed }) => {
        this.#check();
        for (const reading of readings) this.#receive(reading);
        if (missed > 0) for (const entityId of this.#days.keys()) this.#markStale(entityId);
      }),
      postingWorker.onPosted((entityId, { cause }) => {
        const day = this.#days.get(entityId);
        if (day === undefined) return;
        // Readings also arrive here; statistics, corrections and what reconciliation fetched do not.
        const isFirst = day.count === null && isMeter(recorder.tracked().get(entityId));
        if (cause !== 'readings' || (isFirst && !this.#loading?.entityIds.has(entityId)))
          this.#markStale(entityId);
      }),
    ];
    this.#timer = setInterval(() => this.#check(), everyMs);
    this.#check();
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    for (const unlisten of this.#unlisten) unlisten();
    clearInterval(this.#timer);
    this.#stop.abort();
    this.#wakeSignal.wake();
    await this.#loop;
  }

  /** When the home's day began; null while its zone is not known. */
  midnightUs(): number | null {
    return this.#midnightUs;
  }

  of(entityId: string): EntityToday {
    const day = this.#days.get(entityId);
    if (day === undefined) return { counted: null, readings: 0 };
    return { counted: day.count && valueFromMicro(day.count.countedMicro), readings: day.readings };
  }

  /** Receives the entities whose day changed in another way than by a new reading. A listener that throws is logged. */
  onChange(listener: (entityIds: readonly string[]) => void): () => void {
    return this.#changes.on(listener);
  }

  /** Rolls over at midnight and takes up what is newly tracked. */
  #check(): void {
    const zone = this.#deps.zone();
    if (zone === null) return;
    const midnightUs = bucketStartUs(this.#deps.clock.nowUs(), 'day', zone);
    if (midnightUs !== this.#midnightUs) this.#startDay(midnightUs);
    const tracked = this.#deps.recorder.tracked();
    for (const entityId of this.#days.keys()) if (!tracked.has(entityId)) this.#days.delete(entityId);
    for (const entityId of tracked.keys()) {
      if (this.#days.has(entityId)) continue;
      this.#days.set(entityId, { count: null, lastAtUs: Number.NEGATIVE_INFINITY, readings: 0 });
      this.#markStale(entityId);
    }
  }

  #startDay(midnightUs: number): void {
    this.#midnightUs = midnightUs;
    this.#loading = null;
    for (const [entityId, day] of this.#days) {
      // A clock ahead of ours, or another zone: what arrived of the new day already is read from the store.
      const isOld = day.lastAtUs < midnightUs;
      if (!isOld) this.#markStale(entityId);
      day.count = isOld && day.count ? { ...day.count, sinceUs: midnightUs, countedMicro: 0 } : null;
      day.readings = 0;
    }
    this.#changes.emit([...this.#days.keys()]);
  }

  #receive(reading: Reading): void {
    const day = this.#days.get(reading.entityId);
    if (day === undefined || this.#midnightUs === null) return;
    const loading = this.#loading;
    if (loading?.entityIds.has(reading.entityId)) {
      loading.received.push(reading);
      if (loading.received.length > receivedLimit) this.#loading = null;
    }
    if (reading.atUs <= day.lastAtUs || reading.atUs < this.#midnightUs) {
      // The reading before midnight is where a meter's day begins.
      const entity = this.#deps.recorder.tracked().get(reading.entityId);
      if (reading.atUs >= this.#midnightUs || isMeter(entity)) this.#markStale(reading.entityId);
      return;
    }
    take(day, reading);
  }

  #markStale(entityId: string): void {
    this.#stale.add(entityId);
    this.#wakeSignal.wake();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      if (this.#stale.size === 0 || this.#midnightUs === null) {
        await this.#wakeSignal.wait();
        continue;
      }
      const entityIds = new Set(this.#stale);
      this.#stale.clear();
      try {
        await this.#load(entityIds, this.#midnightUs);
        this.#retry.reset();
      } catch (cause) {
        this.#deps.log.debug({ err: cause }, 'what the day has so far is not known yet');
        for (const entityId of entityIds) this.#stale.add(entityId);
        await pause(this.#retry.nextMs(), this.#stop.signal);
      } finally {
        this.#loading = null;
      }
    }
  }

  async #load(entityIds: ReadonlySet<string>, midnightUs: number): Promise<void> {
    const { recorder, readings, postingWorker, clock } = this.#deps;
    // Home Assistant's clock may be ahead of ours: what arrived already is read from the store.
    const receivedUs = Math.max(...[...recorder.newest().values()].map(({ atUs }) => atUs));
    const loading: Loading = { cutUs: Math.max(clock.nowUs(), receivedUs + 1), entityIds, received: [] };
    this.#loading = loading;
    await pause(receiveWithinMs, this.#stop.signal);
    await unlessAborted(recorder.settled(), this.#stop.signal);
    const receivedBefore = loading.received.length;
    const newest = newestBefore(recorder.newest().values(), loading.cutUs);
    if (newest !== null) await untilVisible(readings, newest, this.#stop.signal);
    // Late readings and those from other sources are in the ledger before it is read.
    await unlessAborted(postingWorker.settle(), this.#stop.signal);
    const counts = await readings.count(midnightUs, loading.cutUs);
    const loaded = new Map<string, Day>();
    for (const entityId of entityIds) {
      const entity = recorder.tracked().get(entityId);
      if (this.#stop.signal.aborted || this.#loading !== loading) break;
      if (entity === undefined) continue;
      const count = isMeter(entity) ? await this.#read(entity, midnightUs, loading.cutUs) : null;
      loaded.set(entityId, { count, lastAtUs: loading.cutUs - 1, readings: counts.get(entityId) ?? 0 });
    }
    if (this.#stop.signal.aborted) return;
    // Midnight passed or too many readings arrived meanwhile.
    if (this.#loading !== loading) throw new Error('The day changed while it was read');
    for (const [entityId, day] of loaded) if (this.#days.has(entityId)) this.#days.set(entityId, day);
    for (const [index, reading] of loading.received.entries()) {
      const day = loaded.get(reading.entityId);
      if (day === undefined) continue;
      if (reading.atUs > day.lastAtUs) take(day, reading);
      else if (index >= receivedBefore) this.#markStale(reading.entityId);
    }
    this.#changes.emit([...loaded.keys()]);
  }

  #read(
    { entityId, stateClass }: TrackedEntity,
    midnightUs: number,
    endUs: number,
  ): Promise<DayCount | null> {
    const { ledger, evidence } = this.#deps;
    return readDay(ledger, evidence, { entityId, kind: registerKind(stateClass) }, midnightUs, endUs);
  }
}

function take(day: Day, reading: Reading): void {
  day.readings += 1;
  day.lastAtUs = reading.atUs;
  if (day.count !== null) day.count = stepDay(day.count, registerReading(reading));
}

function isMeter(entity: TrackedEntity | undefined): boolean {
  return entity?.quantity === 'energy' || entity?.quantity === 'volume';
}
