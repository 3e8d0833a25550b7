/** Recording and ledger as the process puts them together, over doubles that fail as a seed says. */

import { vi } from 'vitest';
import { MemorySettings } from '../home/testing/doubles.ts';
import type { Meter } from '../ledger/entries/meter.ts';
import { StoredEvidence } from '../ledger/evidence/stored-evidence.ts';
import { PostingRhythm, unsettledUs } from '../ledger/posting/posting-rhythm.ts';
import { PostingWorker } from '../ledger/posting/posting-worker.ts';
import { usualRules } from '../ledger/posting/reposting.ts';
import { RunningLedger } from '../ledger/posting/running-ledger.ts';
import { verifyMeter } from '../ledger/posting/verification.ts';
import { MemoryLedgers } from '../ledger/testing/memory-ledgers.ts';
import { SimulatedMeter } from '../ledger/testing/simulated-meter.ts';
import { MemoryStatisticsStore } from '../ledger/testing/statistics-doubles.ts';
import { Backfill } from '../recording/backfill/backfill.ts';
import { CoverageScheduler } from '../recording/coverage/coverage-scheduler.ts';
import { CoverageVerifier } from '../recording/coverage/coverage-verifier.ts';
import { RecordingEvents } from '../recording/recording-events.ts';
import { Heartbeat } from '../recording/stream/heartbeat.ts';
import { Recorder, type TrackedEntity } from '../recording/stream/recorder.ts';
import { RenameKeeper } from '../recording/stream/rename-keeper.ts';
import {
  baseUs,
  MemoryCoverageStore,
  MemoryHome,
  MemoryReadingStore,
  MemorySubscriptionStore,
  MemorySyncLog,
  quietLog,
  state,
  testClock,
} from '../recording/testing/doubles.ts';
import { MemoryDisk, MemorySpool } from '../recording/testing/memory-spool.ts';
import { waitAtMost } from '../runtime/deadline.ts';
import { hourMs } from '../units/durations.ts';
import { hull, type Interval, intervalAt } from '../units/interval.ts';
import { randomOf } from './random.ts';
import { whileAlive } from './while-alive.ts';

const limits = {
  batchReadings: 50,
  queueReadings: 100,
  highReadings: 300,
  lowReadings: 50,
  limitReadings: 500,
  stopMs: 1000,
};

interface Running {
  readonly recorder: Recorder;
  readonly backfill: Backfill;
  readonly coverageScheduler: CoverageScheduler;
  readonly heartbeat: Heartbeat;
  readonly postingWorker: PostingWorker;
  readonly renames: RenameKeeper;
  readonly life: { isAlive: boolean };
}

export class SimulatedChain {
  readonly home = new MemoryHome();
  readonly store = new MemoryReadingStore();
  readonly ledgers = new MemoryLedgers();
  readonly meters: readonly SimulatedMeter[];
  readonly #subscription = new MemorySubscriptionStore();
  readonly #syncLog = new MemorySyncLog();
  readonly #coverage = new MemoryCoverageStore(this.store);
  readonly #disk = new MemoryDisk(1500);
  readonly #evidence: StoredEvidence;
  /** Every former id of a meter, and its meter. */
  readonly #oldIds = new Map<string, SimulatedMeter>();
  readonly #settings = new MemorySettings();
  /** When rows were received, by our clock, as the store saves it. */
  readonly #received: { readonly receivedUs: number; readonly entityId: string; readonly atUs: number }[] =
    [];
  readonly #random: () => number;
  /** A generator of its own, so that the faults of a seed stay the same. */
  readonly #watches: () => number;
  #markUs: number | null = null;
  #running: Running | null = null;
  #isConnected = false;
  #lastUs = 0;
  #stepMs = 0;
  #ids = 0;
  readonly log: string[] = [];

  constructor(seed: number) {
    this.#random = randomOf(seed);
    this.#watches = randomOf(seed + 1_000_000);
    this.meters = ['a', 'b', 'c'].map(
      (name, place) => new SimulatedMeter(`sensor.${name}`, (place * 500 + 1) * 1_000_000, this.#random),
    );
    this.#evidence = new StoredEvidence({
      readings: this.store,
      statistics: new MemoryStatisticsStore(),
      corrections: async () => [],
      kindOf: () => 'rising',
    });
    // Home Assistant writes with a delay, by its own clock.
    this.home.writtenUntilUs = () => this.#homeUs() - 7_000_000;
  }

  async begin(): Promise<void> {
    this.#report(3);
    await this.#boot();
    this.#connect(true);
  }

  /** Something happens, and time passes: seconds, minutes, and now and then hours. */
  async step(): Promise<void> {
    const what = await this.#act();
    if (what !== '') this.log.push(what);
    const isLong = this.#random() < 0.02;
    await vi.advanceTimersByTimeAsync(Math.floor(this.#random() ** 3 * (isLong ? 3 * hourMs : hourMs / 6)));
  }

  /** All is well again, for long enough that every hour is held against Home Assistant's history. */
  async mend(): Promise<void> {
    this.store.fault = null;
    this.ledgers.fault = 'none';
    this.#subscription.isDown = false;
    this.#disk.isBroken = false;
    this.home.failures = 0;
    this.home.isSilent = false;
    this.#stepClock(0);
    if (this.#running === null) await this.#boot();
    this.#connect(true);
    for (let minute = 0; minute < 150; minute += 1) {
      if (minute % 3 === 0) this.#report(2);
      await vi.advanceTimersByTimeAsync(60_000);
    }
    for (const meter of this.meters) this.#change(meter, true);
    // The quarter-hour that runs is over, and two rounds of posting.
    await vi.advanceTimersByTimeAsync(hourMs / 4 + 130_000);
  }

  async end(): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    const stopping = Promise.all([
      running.heartbeat.stop(),
      running.renames.stop(),
      running.coverageScheduler.stop(),
      running.postingWorker.stop(),
      running.backfill.stop().then(() => running.recorder.stop()),
    ]);
    await vi.advanceTimersByTimeAsync(10_000);
    await stopping;
    this.#running = null;
    this.home.isPaused = false;
  }

  #tracked(): TrackedEntity[] {
    return this.meters.map(({ entityId }) => ({
      ...{ entityId, quantity: 'energy', unit: 'kWh', stateClass: 'total_increasing' },
    }));
  }

  #posted(): Meter[] {
    return this.meters.map(({ entityId }) => ({ entityId, posts: 'register', kind: 'rising' }));
  }

  storedInstants(entityId: string): number[] {
    return [...this.store.rows.values()]
      .filter((row) => row.entityId === entityId)
      .map(({ atUs }) => atUs)
      .sort((a, b) => a - b);
  }

  /** What Home Assistant has, and what it lost after it was received, under any name. */
  knownInstants(entityId: string): number[] {
    const held = this.home.past.filter((one) => one.entityId === entityId);
    const meter = this.meters.find((one) => one.entityId === entityId);
    const ids = [...this.#oldIds].filter(([, one]) => one === meter).map(([oldId]) => oldId);
    const stored = new Set([entityId, ...ids].flatMap((id) => this.storedInstants(id)));
    const heard = (meter?.reported ?? []).map(({ atUs }) => atUs).filter((atUs) => stored.has(atUs));
    return [...new Set([...held.map(({ lastUpdatedUs }) => lastUpdatedUs), ...heard])].sort((a, b) => a - b);
  }

  verify(entityId: string) {
    const meter = this.#posted().find((one) => one.entityId === entityId);
    if (meter === undefined) throw new Error(`${entityId} is no meter`);
    const deps = { evidence: this.#evidence, ledger: this.ledgers };
    return verifyMeter(deps, usualRules, meter, baseUs - hourMs * 1000, testClock.nowUs());
  }

  async quantities(entityId: string) {
    const all = await this.ledgers.current(entityId, 0, Number.MAX_SAFE_INTEGER);
    return all.filter(({ kind, reason }) => kind === 'quantity' && reason !== 'withdrawn');
  }

  /** The home's clock runs evenly, whatever happens to ours. */
  #homeUs(): number {
    return testClock.nowUs() - this.#stepMs * 1000;
  }

  #stepClock(stepMs: number): void {
    vi.setSystemTime(Date.now() - this.#stepMs + stepMs);
    this.#stepMs = stepMs;
  }

  #report(count: number): void {
    for (let i = 0; i < count; i += 1) {
      const meter = this.meters[Math.floor(this.#random() * this.meters.length)];
      if (meter !== undefined) this.#change(meter);
    }
  }

  #change(meter: SimulatedMeter, isPlain = false): void {
    this.#lastUs = Math.max(this.#lastUs + 1, this.#homeUs());
    const { text } = meter.report(this.#lastUs, isPlain);
    this.home.change(state(meter.entityId, this.#lastUs, text));
  }

  #connect(isUp: boolean): void {
    if (isUp && !this.#isConnected) this.home.connect();
    if (!isUp && this.#isConnected) this.home.disconnect();
    this.#isConnected = isUp;
  }

  /** Home Assistant is killed, or restored from a backup: it loses the newest of what a meter reported. */
  #forget(count: number): void {
    const meter = this.meters[Math.floor(this.#random() * this.meters.length)];
    if (meter === undefined) return;
    for (const { atUs, happening } of meter.reported.slice(-count).reverse()) {
      // For a register that fell it can't be known afterwards how far it had come, nor where the first one counted
      // from.
      if (happening !== 'counted' || atUs === meter.reported[0]?.atUs) break;
      const index = this.home.past.findIndex(
        (one) => one.entityId === meter.entityId && one.lastUpdatedUs === atUs,
      );
      if (index >= 0) this.home.past.splice(index, 1);
    }
    // The next register has what was counted meanwhile.
    this.#change(meter, true);
  }

  #rename(): void {
    const meter = this.meters[Math.floor(this.#random() * this.meters.length)];
    if (meter === undefined) return;
    const oldId = meter.entityId;
    meter.entityId = `${oldId.split('_')[0]}_${this.#oldIds.size}`;
    this.#oldIds.set(oldId, meter);
    this.home.rename(oldId, meter.entityId);
    this.#change(meter, true);
    this.#follow();
  }

  /** What the home's discovery changes. */
  #follow(): void {
    const { recorder, postingWorker, renames } = this.#running ?? {};
    postingWorker?.setMeters(this.#posted());
    recorder?.track(this.#tracked());
    renames?.check();
  }

  async #act(): Promise<string> {
    const die = this.#random();
    const pick = this.#random();
    if (die < 0.5) this.#report(1 + Math.floor(pick * 20));
    else if (die < 0.6) this.#connect(pick < 0.6);
    else if (die < 0.68) {
      const fault = (['none', 'none', 'before', 'after'] as const)[Math.floor(pick * 4)] ?? 'none';
      this.store.fault = () => fault;
      return `readings ${fault}`;
    } else if (die < 0.74) {
      this.ledgers.fault = (['none', 'none', 'before', 'after'] as const)[Math.floor(pick * 4)] ?? 'none';
      return `ledger ${this.ledgers.fault}`;
    } else if (die < 0.77) this.#subscription.isDown = pick < 0.3;
    else if (die < 0.79) this.#disk.isBroken = pick < 0.4;
    else if (die < 0.82) this.home.failures = Math.floor(pick * 4);
    else if (die < 0.84) {
      this.home.isSilent = pick < 0.6;
      return `silent ${this.home.isSilent}`;
    } else if (die < 0.86) {
      this.#stepClock(pick < 0.34 ? 0 : pick < 0.67 ? hourMs : -hourMs);
      return `clock ${this.#stepMs}`;
    } else if (die < 0.88) {
      this.#forget(1 + Math.floor(pick * 8));
      return 'forgets';
    } else if (die < 0.89) {
      this.#rename();
      return 'renamed';
    } else if (die < 0.93) {
      this.#die();
      if (pick < 0.4) this.#disk.cutPower();
      return pick < 0.4 ? 'power cut' : 'killed';
    } else if (die < 0.95) await this.end();
    else if (this.#running === null) {
      await this.#boot();
      return 'boot';
    }
    return '';
  }

  #die(): void {
    if (this.#running === null) return;
    this.#running.life.isAlive = false;
    this.home.subscriptions.clear();
    this.home.isPaused = false;
    this.#running = null;
  }

  async #boot(): Promise<void> {
    const life = { isAlive: true };
    const living = <Part extends object>(part: Part) => whileAlive(part, life);
    const homeAssistant = living<MemoryHome>(this.home);
    const readings = living<MemoryReadingStore>(this.store);
    const common = { homeAssistant, clock: testClock, log: quietLog };
    const newId = () => {
      this.#ids += 1;
      return `run-${this.#ids}`;
    };
    // Whether the panel is open in this life.
    const isWatched = this.#watches() < 0.5;
    const running = new RunningLedger({
      store: living(this.ledgers),
      summed: async () => undefined,
      clock: testClock,
    });
    const postingWorker = new PostingWorker(
      {
        evidence: living(this.#evidence),
        ledger: running,
        running,
        posted: (beganUs) => running.commit(unsettledUs(beganUs)),
        rhythm: new PostingRhythm({ isWatched: () => isWatched, clock: testClock }),
        gather: () => waitAtMost(2000, recorder.settled()),
        readable: async () => undefined,
        mark: {
          load: async () => this.#markUs,
          save: async (receivedUs) => {
            if (life.isAlive) this.#markUs = receivedUs;
          },
        },
        receivedSince: async (receivedUs) => this.#receivedSince(receivedUs),
        heldUntil: (entityId) =>
          recorder.status().isSubscribed && recorder.newest().get(entityId)?.absence === null
            ? testClock.nowUs()
            : null,
        clock: testClock,
        log: quietLog,
      },
      60_000,
    );
    const append = async (rows: Parameters<MemoryReadingStore['append']>[0]) => {
      // Saved with the rows, whether or not the answer comes.
      for (const { entityId, atUs } of rows)
        if (life.isAlive) this.#received.push({ receivedUs: testClock.nowUs(), entityId, atUs });
      await readings.append(rows);
    };
    const events = new RecordingEvents(quietLog);
    const recorder = new Recorder(
      {
        ...common,
        readings: new Proxy(readings, {
          get: (target, name) => (name === 'append' ? append : Reflect.get(target, name, target)),
        }),
        subscription: living(this.#subscription),
        spool: living(new MemorySpool(this.#disk)),
        zone: () => 'Europe/Brussels',
        events,
      },
      limits,
    );
    const syncLog = living(this.#syncLog);
    const coverageVerifier = new CoverageVerifier({
      ...common,
      readings,
      recorder,
      coverage: living(this.#coverage),
      readable: async () => undefined,
      events,
    });
    const coverageScheduler = new CoverageScheduler({
      ...common,
      coverageVerifier,
      recorder,
      isBusy: () => backfill.status().isRunning,
      syncLog,
      newId,
    });
    const heartbeat = new Heartbeat({ ...common, recorder, events });
    const backfill = new Backfill({
      ...common,
      readings,
      recorder,
      syncLog,
      newId,
      coverageVerifier,
      onBrought: () => coverageScheduler.check(),
    });
    const renames = new RenameKeeper({
      renames: () => new Map([...this.#oldIds].map(([oldId, meter]) => [oldId, meter.entityId])),
      isTracked: () => true,
      readings: { range: (...asked) => readings.range(...asked), append },
      takeovers: () => new Map(),
      excludeUntil: async () => undefined,
      carryCorrections: async () => 0,
      settled: () => recorder.settled(),
      settings: living(this.#settings),
      isBusy: () => backfill.status().isRunning,
      events,
      clock: testClock,
      log: quietLog,
    });
    for (const source of [recorder, renames])
      source.onStored((stored) => {
        for (const { entityId, atUs } of stored)
          postingWorker.markDirty(entityId, { startUs: atUs, endUs: atUs });
      });
    this.#running = { recorder, backfill, coverageScheduler, heartbeat, postingWorker, renames, life };
    postingWorker.setMeters(this.#posted());
    postingWorker.start();
    backfill.start();
    await recorder.start();
    recorder.track(this.#tracked());
    renames.start();
    heartbeat.start();
    coverageScheduler.start();
  }

  async #receivedSince(receivedUs: number | null): Promise<ReadonlyMap<string, Interval>> {
    if (this.store.fault?.() === 'before') throw new Error('the store is down');
    const spans = new Map<string, Interval>();
    for (const { receivedUs: cameUs, entityId, atUs } of this.#received)
      if (cameUs >= (receivedUs ?? Number.NEGATIVE_INFINITY))
        spans.set(entityId, hull(spans.get(entityId), intervalAt(atUs)));
    return spans;
  }
}
