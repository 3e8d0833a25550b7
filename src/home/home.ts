/**
 * The home in memory: its energy entities, which of them are tracked, its time zone. Recording continues from memory
 * while the document store is away; changes are saved whenever the store answers.
 */

import { Backoff } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import { Emitter } from '../runtime/emitter.ts';
import type { Log } from '../runtime/log.ts';
import { Mutex } from '../runtime/mutex.ts';
import { minuteMs } from '../units/durations.ts';
import { type Departure, findDepartures } from './departures.ts';
import { discover, type MissingStatistic } from './discovery.ts';
import { hasStates, isExternalStatistic, type KnownEntity } from './entity.ts';
import type { EntityStore } from './entity-store.ts';
import {
  type HomeAssistant,
  HomeAssistantUnavailable,
  type HomeConfig,
  type HomeStatistic,
} from './home-assistant.ts';
import { loadRecord, saveRecord } from './home-record.ts';
import {
  asEntities,
  mergeDiscovery,
  mergeStored,
  sameShape,
  trackedIds,
  trackedShape,
} from './known-entities.ts';
import { readPreferences } from './preferences.ts';
import type { Settings } from './settings.ts';
import { type UnknownSource, unknownSources } from './unknown-sources.ts';

interface HomeDeps {
  readonly homeAssistant: HomeAssistant;
  readonly entityStore: EntityStore;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  /** App option `tracked_entities`: an entity is tracked as soon as it is listed; later changes in the panel win. */
  readonly trackedOption: readonly string[];
}

export type HomeChange = 'entities' | 'tracked' | 'config';
type TrackingOutcome =
  | { readonly kind: 'tracked'; readonly entityIds: readonly string[] }
  | { readonly kind: 'unknown_entities'; readonly entityIds: readonly string[] };

const everyMs = 5 * minuteMs;
/** Home Assistant answers before its integrations have loaded all their states. */
const againAfterConnectMs = 30_000;
const storeRetryMs = 5000;
const firstRetryMs = 2000;
const longestRetryMs = minuteMs;
/** How long to wait for the user's saved choice before the preferences alone decide what is recorded. */
const storeGraceMs = 20_000;

export class Home {
  readonly #deps: HomeDeps;
  #known = new Map<string, KnownEntity>();
  #config: HomeConfig | null = null;
  /** Null until the preferences were read once. */
  #missing: readonly MissingStatistic[] | null = null;
  #renames: ReadonlyMap<string, string> = new Map();
  #sourceCount: number | null = null;
  #appliedOption: ReadonlySet<string> = new Set();
  #isLoaded = false;
  #isUnsaved = false;
  #startedMs = 0;
  readonly #retry = new Backoff(firstRetryMs, longestRetryMs);
  #discoveredAtUs: number | null = null;
  #isRunning = false;
  readonly #mutex = new Mutex();
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopListening: (() => void)[] = [];
  readonly #changes: Emitter<[change: HomeChange]>;
  readonly #departures: Emitter<[departure: Departure]>;

  constructor(deps: HomeDeps) {
    this.#deps = deps;
    this.#changes = new Emitter(deps.log, 'A listener to the home failed');
    this.#departures = new Emitter(deps.log, 'A listener to departed entities failed');
  }

  start(): void {
    const { homeAssistant } = this.#deps;
    this.#isRunning = true;
    this.#startedMs = this.#deps.clock.monotonicMs();
    let isConnected = false;
    const onStatus = () => {
      const was = isConnected;
      isConnected = homeAssistant.status().kind === 'connected';
      if (!isConnected || was) return;
      this.#retry.reset();
      this.#refreshIn(0);
      this.#refreshIn(againAfterConnectMs);
    };
    this.#stopListening = [
      homeAssistant.onStatus(onStatus),
      homeAssistant.onRegistryChange(() => this.#refreshIn(0)),
    ];
    this.#refreshIn(0);
    onStatus();
    const tick = () => {
      this.#refreshIn(0);
      this.#later(everyMs, tick);
    };
    this.#later(everyMs, tick);
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    for (const stop of this.#stopListening) stop();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    await this.#mutex.idle();
  }

  /** All known entities, also those that are gone (isActive false); sorted by id. */
  entities(): readonly KnownEntity[] {
    return [...this.#known.values()].sort((a, b) => (a.entityId < b.entityId ? -1 : 1));
  }

  entity(entityId: string): KnownEntity | null {
    return this.#known.get(entityId) ?? null;
  }

  tracked(): readonly KnownEntity[] {
    return this.entities().filter((entity) => entity.isTracked);
  }

  /** The tracked entities whose states are recorded; an external statistic has rows only. */
  recorded(): readonly KnownEntity[] {
    return this.tracked().filter(hasStates);
  }

  /** The home's own settings as last received; null until Home Assistant sent them once. */
  config(): HomeConfig | null {
    return this.#config;
  }

  /** Statistics that the energy preferences name and Home Assistant does not have. */
  missing(): readonly MissingStatistic[] {
    return this.#missing ?? [];
  }

  /** Sources in the energy preferences that are not counted, so that no balance is known. */
  unknownSources(): readonly UnknownSource[] {
    return unknownSources(this.entities(), this.missing());
  }

  /** Ids that now belong to another entity because the previous one was renamed, and since when. */
  takeovers(): ReadonlyMap<string, number> {
    return new Map(
      [...this.#known.values()].flatMap(({ entityId, takenOverAtUs }) =>
        takenOverAtUs == null ? [] : [[entityId, takenOverAtUs] as const],
      ),
    );
  }

  /** Earlier ids of entities → their present ids, as far back as is known. */
  renames(): ReadonlyMap<string, string> {
    return this.#renames;
  }

  /** Sources in the energy preferences; null until they were read. */
  sourceCount(): number | null {
    return this.#sourceCount;
  }

  discoveredAtUs(): number | null {
    return this.#discoveredAtUs;
  }

  onChange(listener: (change: HomeChange) => void): () => void {
    return this.#changes.on(listener);
  }

  /** Called for tracked entities that Home Assistant does not have any more as they were. */
  onDeparture(listener: (departure: Departure) => void): () => void {
    return this.#departures.on(listener);
  }

  /** Runs discovery now. Rejects with HomeAssistantUnavailable when Home Assistant can't be asked. */
  discover(): Promise<readonly KnownEntity[]> {
    return this.#mutex.run(async () => {
      await this.#load();
      await this.#discover();
      await this.#save();
      return this.entities().filter((entity) => entity.isActive);
    });
  }

  /** Exactly these are tracked afterwards, or nothing changes. Rejects when the document store is down. */
  setTracked(entityIds: readonly string[]): Promise<TrackingOutcome> {
    return this.#mutex.run(async () => {
      const wanted = new Set(entityIds);
      const unknown = [...wanted].filter((entityId) => !this.#known.has(entityId));
      if (unknown.length > 0) return { kind: 'unknown_entities', entityIds: unknown };
      if (!this.#isLoaded || this.#isUnsaved) {
        // The store must have an entity before it can mark it as tracked.
        await this.#loadOrThrow();
        await this.#saveOrThrow();
      }
      const atUs = this.#deps.clock.nowUs();
      await this.#deps.entityStore.setTracked([...wanted].sort(), atUs);
      const next = new Map(
        [...this.#known].map(([entityId, entity]) => [
          entityId,
          wanted.has(entityId) === entity.isTracked
            ? entity
            : { ...entity, isTracked: wanted.has(entityId), updatedAtUs: atUs },
        ]),
      );
      this.#replace(next);
      return { kind: 'tracked', entityIds: [...wanted].sort() };
    });
  }

  #later(delayMs: number, work: () => void): void {
    if (!this.#isRunning) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#isRunning) work();
    }, delayMs);
    this.#timers.add(timer);
  }

  #refreshIn(delayMs: number): void {
    this.#later(delayMs, () => {
      // A refresh that waits will see everything that happens until it starts.
      if (this.#isRefreshQueued) return;
      this.#isRefreshQueued = true;
      const refresh = () => {
        this.#isRefreshQueued = false;
        return this.#refresh();
      };
      this.#mutex.run(refresh).catch((error: unknown) => {
        this.#deps.log.error({ err: error }, 'The refresh of the home failed');
      });
    });
  }

  /** Does not reject for a reason that passes: it retries by itself. */
  async #refresh(): Promise<void> {
    await this.#load();
    if (this.#deps.homeAssistant.status().kind === 'connected') {
      const waitedMs = this.#deps.clock.monotonicMs() - this.#startedMs;
      if (!this.#isLoaded && waitedMs < storeGraceMs) {
        this.#refreshIn(1000);
        return;
      }
      try {
        await this.#discover();
        this.#retry.reset();
      } catch (error) {
        const retryMs = this.#retry.nextMs();
        this.#deps.log.warn({ err: error, retryMs }, 'Discovery failed');
        this.#refreshIn(retryMs);
      }
    }
    await this.#save();
    if (!this.#isLoaded || this.#isUnsaved) this.#retryStore();
  }

  #isRetryPlanned = false;
  #isRefreshQueued = false;
  #retryStore(): void {
    if (this.#isRetryPlanned) return;
    this.#isRetryPlanned = true;
    this.#later(storeRetryMs, () => {
      this.#isRetryPlanned = false;
      this.#mutex
        .run(async () => {
          await this.#load();
          await this.#save();
          if (!this.#isLoaded || this.#isUnsaved) this.#retryStore();
        })
        .catch((error: unknown) => this.#deps.log.error({ err: error }, 'The home could not be saved'));
    });
  }

  async #load(): Promise<void> {
    if (this.#isLoaded) return;
    try {
      await this.#loadOrThrow();
    } catch (error) {
      this.#deps.log.debug({ err: error }, 'The document store does not answer yet');
    }
  }

  async #loadOrThrow(): Promise<void> {
    if (this.#isLoaded) return;
    const record = await loadRecord(this.#deps.entityStore, this.#deps.settings);
    this.#isLoaded = true;
    this.#appliedOption = record.appliedOption;
    this.#missing ??= record.missing;
    if (this.#config === null && record.config !== null) {
      this.#config = record.config;
      this.#changes.emit('config');
    }
    if (this.#known.size > 0) this.#isUnsaved = true;
    this.#replace(mergeStored(this.#known, record.entities));
  }

  async #discover(): Promise<void> {
    const { homeAssistant, clock, trackedOption, log } = this.#deps;
    const [config, states, registries, preferences] = await Promise.all([
      homeAssistant.config(),
      homeAssistant.states(),
      homeAssistant.registries(),
      homeAssistant.energyPreferences(),
    ]);
    // While Home Assistant starts it has few states: the rest must not count as gone.
    if (states.length === 0) throw new HomeAssistantUnavailable('Home Assistant has no states yet');
    const option = new Set(trackedOption);
    const forced = option.difference(this.#appliedOption);
    const keep = new Set([...option, ...trackedIds(this.#known)]);
    const known = asEntities(this.#known);
    const externals = await this.#externals(preferences);
    const discovery = discover({ states, registries, preferences, known, keep, externals });
    const isOtherMissing = JSON.stringify(this.#missing ?? []) !== JSON.stringify(discovery.missing);
    this.#missing = discovery.missing;
    this.#renames = discovery.renames;
    this.#sourceCount = discovery.sourceCount;
    this.#discoveredAtUs = clock.nowUs();
    if (JSON.stringify(config) !== JSON.stringify(this.#config)) {
      this.#config = config;
      this.#changes.emit('config');
    }
    this.#isUnsaved = true;
    const before = this.#known;
    const departures = findDepartures(before, registries, discovery);
    this.#replace(mergeDiscovery(this.#known, discovery, forced, clock.nowUs()));
    if (isOtherMissing) this.#changes.emit('entities');
    // An id of the option that is not found yet is applied when it appears.
    const seen = [...option].filter((id) => this.#known.has(id));
    this.#appliedOption = new Set([...this.#appliedOption].filter((id) => option.has(id))).union(
      new Set(seen),
    );
    for (const departure of departures) {
      log.warn({ ...departure }, 'Home Assistant has an entity no more as it was');
      this.#departures.emit(departure);
    }
    const added = discovery.entities.filter((entity) => !before.has(entity.entityId)).length;
    if (added > 0 || discovery.renames.size > 0)
      log.info(
        { found: discovery.entities.length, added, tracked: trackedIds(this.#known).length },
        'Discovery found energy entities',
      );
  }

  async #externals(preferences: unknown): Promise<readonly HomeStatistic[]> {
    const ids = readPreferences(preferences).statistics.map(({ statisticId }) => statisticId);
    const external = ids.filter(isExternalStatistic);
    return external.length === 0 ? [] : this.#deps.homeAssistant.statisticsMetadata(external);
  }

  async #save(): Promise<void> {
    if (!this.#isLoaded || !this.#isUnsaved) return;
    try {
      await this.#saveOrThrow();
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'The home is not saved: the document store does not answer');
    }
  }

  async #saveOrThrow(): Promise<void> {
    if (!this.#isUnsaved) return;
    const { entityStore, settings, clock } = this.#deps;
    const home = {
      ...{ known: this.#known, config: this.#config },
      ...{ appliedOption: this.#appliedOption, missing: this.#missing },
    };
    await saveRecord(entityStore, settings, home, clock.nowUs());
    this.#isUnsaved = false;
  }

  #replace(next: Map<string, KnownEntity>): void {
    const before = this.#known;
    this.#known = next;
    if (!sameShape(before, next)) this.#changes.emit('entities');
    if (JSON.stringify(trackedShape(before)) !== JSON.stringify(trackedShape(next)))
      this.#changes.emit('tracked');
  }
}
