/**
 * A home with Home Assistant's websocket protocol, for people without one at hand and for tests.
 * `startDemoHome({ port: 0, token: 'secret' })` → a DemoHome with its url and the controls below.
 */
import { systemClock } from '../../src/runtime/clock.ts';
import { type Controls, controlRoute } from './control.ts';
import { groupOf } from './entities/cadence.ts';
import type { EntityDefinition } from './entities/catalogue.ts';
import { bare } from './home/by-hand.ts';
import { Home } from './home/home.ts';
import { House } from './model/house.ts';
import { type DemoHomeOptions, type FloodOptions, type FloodResult, installedBefore } from './options.ts';
import { commandTable } from './protocol/commands.ts';
import { noFaults } from './protocol/faults.ts';
import { owner, type User, viewer } from './protocol/people.ts';
import type { PreferencesForm } from './protocol/preferences.ts';
import { ProtocolServer } from './protocol/server.ts';
import type { ExternalStatistic } from './recorder/external.ts';
import { type FloodRun, FloodStates, floodInstantUs } from './recorder/flood.ts';
import { History, type Recorded } from './recorder/history.ts';
import { Statistics } from './recorder/statistics.ts';

const floodPaceMs = 5;

export type { DemoHomeOptions } from './options.ts';

export async function startDemoHome(options: DemoHomeOptions): Promise<DemoHome> {
  const home = new DemoHome(options);
  await home.start();
  return home;
}

export class DemoHome implements Controls {
  readonly token: string;
  readonly home: Home;
  readonly history: History;
  readonly statistics: Statistics;
  readonly faults = noFaults();
  readonly #options: DemoHomeOptions;
  readonly #clock: { nowUs(): number };
  readonly #server: ProtocolServer;
  readonly #floodRuns: FloodRun[] = [];
  #floodSensors = 0;
  #preferences: PreferencesForm | Record<string, unknown>;
  #pace: NodeJS.Timeout | null = null;
  #flooding: { readonly endUs: number; readonly done: () => void } | null = null;
  #lastStatisticsUs = 0;
  #url = '';

  constructor(options: DemoHomeOptions) {
    this.#options = options;
    this.token = options.token;
    this.#clock = options.clock ?? systemClock;
    this.#preferences = options.preferences ?? 'new';
    const timeZone = options.timeZone ?? 'Europe/Brussels';
    const installedOn = options.installedOn ?? installedBefore(this.#clock.nowUs());
    const house = new House({ seed: options.seed ?? 2711, timeZone, installedOn });
    const p1Seconds = Math.min(10, Math.max(1, options.p1Seconds ?? 5));
    this.home = new Home({ house, nowUs: () => this.#clock.nowUs(), p1Seconds });
    this.history = new History(this.home, 10);
    this.statistics = new Statistics(this.home, 10, 30);
    const { home, history, statistics } = this;
    this.#server = new ProtocolServer({
      home,
      timeZone,
      commands: commandTable({ home, history, statistics, timeZone, preferences: () => this.#preferences }),
      faults: this.faults,
      userOf: (token) => this.#userOf(token),
      maxPending: options.maxPending ?? 4096,
      extra: controlRoute(this),
    });
  }

  async start(): Promise<void> {
    this.home.start();
    this.#lastStatisticsUs = this.home.cursorUs();
    this.home.listen((event) => this.#server.publish(event));
    const host = this.#options.host ?? '127.0.0.1';
    const port = await this.#server.start(host, this.#options.port ?? 0);
    this.#url = `http://${host}:${port}`;
    this.#setPace(this.#options.paceMs ?? 50);
  }

  async stop(): Promise<void> {
    this.#setPace(0);
    this.#flooding?.done();
    await this.#server.stop();
  }

  /** http://host:port, what HA_URL would be. */
  get url(): string {
    return this.#url;
  }

  /** Lets time pass until the clock's now. */
  advance(): void {
    const nowUs = this.home.advance();
    this.#announceStatistics(nowUs);
    if (this.#flooding !== null && nowUs >= this.#flooding.endUs) this.#flooding.done();
  }

  /** A state by hand; an entity that does not exist yet is created. See Home.put. */
  emit(entityId: string, state: string, attributes?: Readonly<Record<string, unknown>>, atUs?: number): void {
    this.home.put(entityId, state, attributes, atUs);
  }

  /** n states of one entity, each different, one microsecond after the other when the clock stands still. */
  burst(n: number, entityId = 'sensor.burst'): void {
    for (let i = 1; i <= n; i++) this.emit(entityId, String(i), burstAttributes);
  }

  /** A new entity in the registry that reports only what is put in by hand. */
  addEntity(entityId: string, state: string, more: Partial<EntityDefinition> = {}): void {
    this.home.add(bare(entityId, more), true);
    this.emit(entityId, state);
  }
  /** What an integration wrote into the statistics; one of the same id is replaced. */
  setExternalStatistic(statistic: ExternalStatistic): void {
    this.statistics.externals.set(statistic.statisticId, statistic);
  }
  removeEntity(entityId: string): void {
    this.home.remove(entityId);
  }
  renameEntity(entityId: string, newEntityId: string): void {
    this.home.rename(entityId, newEntityId);
  }
  setAvailable(entityId: string, isAvailable: boolean): void {
    this.home.setAvailable(entityId, isAvailable);
  }
  restartMeter(entityId: string): void {
    this.home.restartMeter(entityId);
  }
  /** True: nothing reports by itself any more, for tests that count. */
  standStill(isStill: boolean): void {
    this.home.standStill(isStill);
  }

  /** Sensors for a benchmark, in the registry and in the states, at 0. */
  addFloodSensors(count: number): string[] {
    this.home.advance();
    const bornUs = this.home.cursorUs();
    for (; this.#floodSensors < count; this.#floodSensors++) {
      const place = this.#floodSensors;
      const definition = bare(floodId(place), floodDefinition);
      this.home.add(
        definition,
        true,
        (attributes) => new FloodStates(place, this.#floodRuns, attributes, bornUs),
      );
    }
    return Array.from({ length: count }, (_, place) => floodId(place));
  }

  /** Sends events at a steady rate, each with its own instant; resolves when the last one was fired. */
  async flood({ sensors, eventsPerSecond, events }: FloodOptions): Promise<FloodResult> {
    if (this.#flooding !== null) throw new Error('a flood is running already');
    this.addFloodSensors(sensors);
    this.home.advance();
    const run = { startUs: this.home.cursorUs() + 1000, ratePerSecond: eventsPerSecond, events, sensors };
    this.#floodRuns.push(run);
    const lastUs = floodInstantUs(run, events - 1);
    const paceMs = this.#options.paceMs ?? 50;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#flooding = null;
        resolve();
      };
      this.#flooding = { endUs: lastUs, done };
      if (paceMs > 0) this.#setPace(floodPaceMs);
    });
    if (paceMs > 0 && this.#pace !== null) this.#setPace(paceMs);
    return { events, firstUs: run.startUs, lastUs };
  }

  /** Cuts every websocket; returns how many. */
  dropConnections(): number {
    return this.#server.dropConnections();
  }
  connectionCount(): number {
    return this.#server.connectionCount();
  }
  silence(isSilent: boolean): void {
    this.faults.isSilent = isSilent;
  }
  halfOpen(isHalfOpen: boolean): void {
    this.faults.isHalfOpen = isHalfOpen;
    this.#server.hold(isHalfOpen);
  }
  refuseConnections(how: 'no' | 'reset' | '502'): void {
    this.faults.refusing = how;
  }
  delayAnswers(ms: number): void {
    this.faults.answerDelayMs = ms;
  }
  /** Commands that begin so are unknown: ['recorder/', 'energy/'] is Core while it warms up; [] ends it. */
  notReady(prefixes: readonly string[]): void {
    this.faults.notReady = prefixes;
  }
  /** Nobody can sign in with the token any more, and present connections are cut. */
  revokeToken(isRevoked: boolean): void {
    this.faults.isTokenRevoked = isRevoked;
    if (isRevoked) this.dropConnections();
  }
  /** Any other event, such as area_registry_updated. */
  fire(type: string, data: object): void {
    this.advance();
    this.home.fire(type, data);
  }
  setPreferences(preferences: PreferencesForm | Record<string, unknown>): void {
    this.#preferences = preferences;
  }

  /** Present texts by entity id. */
  states(): ReadonlyMap<string, string> {
    this.home.advance();
    return new Map(
      [...this.home.entities.values()].flatMap(({ entityId, current }) =>
        current?.text == null ? [] : [[entityId, current.text]],
      ),
    );
  }

  /** state_changed messages that went to clients; of all entities when none is named. */
  eventsSent(entityId?: string): number {
    return this.#count(entityId, 'sent');
  }
  /** state_changed events that happened, whether anybody listened or not. */
  eventsFired(entityId?: string): number {
    return this.#count(entityId, 'fired');
  }

  /** What its recorder holds of [startUs, endUs): the truth that a test compares with. */
  recorded(entityId: string, startUs: number, endUs: number): Recorded[] {
    this.home.advance();
    return this.history.recorded(entityId, startUs, endUs);
  }

  #count(entityId: string | undefined, what: 'sent' | 'fired'): number {
    const { entities, gone } = this.home;
    const counted = entityId === undefined ? [...entities.values(), ...gone] : this.history.find(entityId);
    return counted.reduce((sum, entity) => sum + entity[what], 0);
  }

  #userOf(token: unknown): User | null {
    if (typeof token !== 'string' || token === '' || this.faults.isTokenRevoked) return null;
    if (token === this.token) return owner;
    return token === this.#options.viewerToken ? viewer : null;
  }

  #setPace(paceMs: number): void {
    if (this.#pace !== null) clearInterval(this.#pace);
    this.#pace = paceMs > 0 ? setInterval(() => this.advance(), paceMs) : null;
  }

  /** Core fires an event when it has compiled its rows, ten and a half seconds past each five minutes. */
  #announceStatistics(nowUs: number): void {
    const periodOf = (us: number) => Math.floor((us - 10_500_000) / 300_000_000);
    const period = periodOf(nowUs);
    if (period === periodOf(this.#lastStatisticsUs)) return;
    this.#lastStatisticsUs = nowUs;
    this.home.fire('recorder_5min_statistics_generated', {});
    if (period % 12 === 0) this.home.fire('recorder_hourly_statistics_generated', {});
  }
}

const burstAttributes = {
  state_class: 'measurement',
  unit_of_measurement: 'W',
  device_class: 'power',
  friendly_name: 'Burst',
};

const floodDefinition: Partial<EntityDefinition> = {
  unit: 'W',
  deviceClass: 'power',
  stateClass: 'measurement',
  group: groupOf('slow'),
};

function floodId(place: number): string {
  return `sensor.bench_${String(place).padStart(4, '0')}_power`;
}
