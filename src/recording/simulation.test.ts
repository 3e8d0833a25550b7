/**
 * Goal: whatever fails, in whatever order (connection, subscription, store, document store, disk, process, power, clock,
 * Home Assistant's own memory), in the end the store has every state that Home Assistant has recorded, each once, and
 * nothing that was never said.
 * Method: all that records on a virtual clock, faults drawn from a seed; after half an hour of them all is well again for
 * some hours, and the store is held against Home Assistant's own history. A failure prints its seed.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { randomOf } from '../testing/random.ts';
import { whileAlive } from '../testing/while-alive.ts';
import { Backfill } from './backfill/backfill.ts';
import { CoverageScheduler } from './coverage/coverage-scheduler.ts';
import { CoverageVerifier } from './coverage/coverage-verifier.ts';
import { RecordingEvents } from './recording-events.ts';
import { Heartbeat } from './stream/heartbeat.ts';
import { Recorder, type TrackedEntity } from './stream/recorder.ts';
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
} from './testing/doubles.ts';
import { MemoryDisk, MemorySpool } from './testing/memory-spool.ts';

const entities: TrackedEntity[] = ['sensor.a', 'sensor.b', 'sensor.c', 'sensor.d'].map((entityId) => ({
  entityId,
  quantity: 'energy',
  unit: 'kWh',
  stateClass: 'total_increasing',
}));

const limits = {
  batchReadings: 50,
  queueReadings: 100,
  highReadings: 300,
  lowReadings: 50,
  limitReadings: 500,
  stopMs: 1000,
};

class World {
  readonly home = new MemoryHome();
  readonly store = new MemoryReadingStore();
  readonly subscription = new MemorySubscriptionStore();
  readonly syncLog = new MemorySyncLog();
  readonly disk = new MemoryDisk(1500);
  readonly coverage = new MemoryCoverageStore(this.store);
  /** All that Home Assistant ever said, also what it has forgotten since. */
  readonly everSaid = new Set<string>();
  newestUs = 0;
  readonly #random: () => number;
  #tracked: TrackedEntity[] = entities.slice(0, 3);
  #process: {
    recorder: Recorder;
    backfill: Backfill;
    heartbeat: Heartbeat;
    keeper: CoverageScheduler;
    life: { isAlive: boolean };
  } | null = null;
  #ids = 0;
  #value = 0;
  #isConnected = false;

  constructor(seed: number) {
    this.#random = randomOf(seed);
    // Home Assistant writes with a delay.
    this.home.writeDelayMs = 7000;
  }

  async boot(): Promise<void> {
    const life = { isAlive: true };
    const readings = whileAlive<MemoryReadingStore>(this.store, life);
    const homeAssistant = whileAlive<MemoryHome>(this.home, life);
    const recorder = new Recorder(
      {
        homeAssistant,
        readings,
        subscription: whileAlive(this.subscription, life),
        spool: whileAlive(new MemorySpool(this.disk), life),
        zone: () => 'Europe/Brussels',
        clock: testClock,
        log: quietLog,
      },
      limits,
    );
    const syncLog = whileAlive(this.syncLog, life);
    const events = new RecordingEvents(quietLog);
    const newId = () => {
      this.#ids += 1;
      return `run-${this.#ids}`;
    };
    const common = { homeAssistant, readings, recorder, events, clock: testClock, log: quietLog };
    const coverageVerifier = new CoverageVerifier({
      ...common,
      coverage: whileAlive(this.coverage, life),
      readable: () => Promise.resolve(),
    });
    const backfill = new Backfill({
      ...common,
      syncLog,
      coverageVerifier,
      newId,
      onBrought: () => keeper.check(),
    });
    const isBusy = () => backfill.status().isRunning;
    const keeper: CoverageScheduler = new CoverageScheduler({
      ...common,
      coverageVerifier,
      isBusy,
      syncLog,
      newId,
    });
    const heartbeat = new Heartbeat(common);
    this.#process = { recorder, backfill, heartbeat, keeper, life };
    backfill.start();
    await recorder.start();
    recorder.track(this.#tracked);
    heartbeat.start();
    keeper.start();
  }

  die(): void {
    if (this.#process === null) return;
    this.#process.life.isAlive = false;
    this.home.subscriptions.clear();
    this.home.isPaused = false;
    this.#process = null;
  }

  get recorder(): Recorder | null {
    return this.#process?.recorder ?? null;
  }

  async stop(): Promise<void> {
    const process = this.#process;
    if (process === null) return;
    const { recorder, backfill, heartbeat, keeper } = process;
    const stopping = Promise.all([heartbeat.stop(), keeper.stop(), backfill.stop()]).then(() =>
      recorder.stop(),
    );
    await vi.advanceTimersByTimeAsync(10_000);
    await stopping;
    this.#process = null;
  }

  states(count: number): void {
    for (let i = 0; i < count; i += 1) {
      const entity = entities[Math.floor(this.#random() * entities.length)];
      if (entity === undefined) return;
      this.#value += 1;
      const kind = this.#random();
      const text = kind < 0.03 ? 'unavailable' : String(this.#value);
      let atUs = testClock.nowUs();
      // A clock that was set back may come to the same microsecond; Home Assistant keeps one state of it.
      while (this.everSaid.has(`${entity.entityId} ${atUs}`)) atUs += 1;
      this.everSaid.add(`${entity.entityId} ${atUs}`);
      this.newestUs = Math.max(this.newestUs, atUs);
      this.home.change(state(entity.entityId, atUs, text));
    }
  }

  /** Home Assistant drops a client that does not read; until then its messages wait. */
  connection(isUp: boolean): void {
    if (isUp && !this.#isConnected) this.home.connect();
    if (!isUp && this.#isConnected) this.home.disconnect();
    this.#isConnected = isUp;
  }

  /** The store is as an earlier backup of it, or a part of it is gone. */
  loseRows(share: number): void {
    for (const [key, { atUs }] of [...this.store.rows])
      if (atUs < testClock.nowUs() - 60_000_000 && this.#random() < share) this.store.rows.delete(key);
  }

  /** Home Assistant forgets what is older, or, restored from a backup, what is newer than an instant. */
  forget(isNewer: boolean, atUs: number): void {
    const kept = this.home.past.filter(({ lastUpdatedUs }) => lastUpdatedUs > atUs !== isNewer);
    this.home.past.splice(0, this.home.past.length, ...kept);
  }

  /** What surrounds the process goes astray. */
  astray(): string {
    const which = this.#random();
    const pick = this.#random();
    if (which < 0.35) {
      this.home.isSilent = pick < 0.5;
      return `silent ${this.home.isSilent}`;
    }
    if (which < 0.6) {
      const ms = Math.round((pick - 0.5) * 3_600_000);
      vi.setSystemTime(Date.now() + ms);
      return `clock set by ${ms} ms`;
    }
    if (which < 0.8) {
      this.loseRows(pick * pick);
      return 'store lost rows';
    }
    this.forget(pick < 0.5, testClock.nowUs() - Math.floor(pick * 1_800_000_000));
    return 'Home Assistant forgot';
  }

  async act(): Promise<string> {
    const die = this.#random();
    const pick = this.#random();
    if (die < 0.06) return this.astray();
    if (die < 0.5) this.states(1 + Math.floor(pick * 30));
    else if (die < 0.6) this.connection(pick < 0.6);
    else if (die < 0.7) {
      const faults = ['none', 'none', 'before', 'after'] as const;
      const fault = faults[Math.floor(pick * faults.length)] ?? 'none';
      this.store.fault = () => fault;
      return `store ${fault}`;
    } else if (die < 0.75) this.subscription.isDown = pick < 0.3;
    else if (die < 0.79) this.disk.isBroken = pick < 0.4;
    else if (die < 0.83) this.home.failures = Math.floor(pick * 4);
    else if (die < 0.86) this.states(400);
    else if (die < 0.89) {
      this.#tracked = pick < 0.5 ? entities.slice() : entities.slice(0, 3);
      this.recorder?.track(this.#tracked);
      return 'track';
    } else if (die < 0.93) {
      this.die();
      if (pick < 0.4) this.disk.cutPower();
      return pick < 0.4 ? 'power cut' : 'killed';
    } else if (die < 0.95) await this.stop();
    else if (this.#process === null) {
      await this.boot();
      return 'boot';
    }
    return '';
  }

  async mend(): Promise<void> {
    this.store.fault = null;
    this.subscription.isDown = false;
    this.disk.isBroken = false;
    this.home.failures = 0;
    this.home.isSilent = false;
    this.#tracked = entities;
    // A clock that was wrong is set right: nothing said lies in the future any more.
    vi.setSystemTime(Math.max(Date.now(), this.newestUs / 1000 + 1000));
    if (this.#process === null) await this.boot();
    this.recorder?.track(this.#tracked);
    this.connection(true);
  }
}

/** SIMULATION_SEEDS=500 tries more of them. */
const seedCount = Number(process.env.SIMULATION_SEEDS ?? 20);
const seeds = [...Array.from({ length: seedCount }, (_, i) => i + 1), Date.now() % 1_000_000_000];

describe('recording under random faults', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: baseUs / 1000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(seeds)(
    'has everything in the end (seed %d)',
    async (seed) => {
      const world = new World(seed);
      await world.boot();
      world.connection(true);
      const random = randomOf(seed + 1e6);
      for (let i = 0; i < 150; i += 1) {
        await world.act();
        await vi.advanceTimersByTimeAsync(Math.floor(random() ** 3 * 60_000));
        const status = world.recorder?.status();
        if (status !== undefined) {
          expect(status.readingsReceived).toBe(status.readingsStored + status.readingsWaiting);
          expect(status.readingsWaiting).toBeLessThanOrEqual(limits.limitReadings + world.disk.limit);
        }
      }
      await world.mend();
      for (let i = 0; i < 60; i += 1) {
        world.states(1);
        await vi.advanceTimersByTimeAsync(10_000);
      }
      // What only the verification of an hour finds is found when the hour is over.
      await vi.advanceTimersByTimeAsync(75 * 60_000);
      const stored = new Set(
        [...world.store.rows.values()].map(({ entityId, atUs }) => `${entityId} ${atUs}`),
      );
      const said = new Set(
        world.home.past.map(({ entityId, lastUpdatedUs }) => `${entityId} ${lastUpdatedUs}`),
      );
      expect([...said.difference(stored)]).toEqual([]);
      expect([...stored.difference(world.everSaid)]).toEqual([]);
      expect(world.recorder?.status()).toMatchObject({ isOk: true, readingsWaiting: 0, isPaused: false });
      await world.stop();
    },
    30_000,
  );
});
