/** Stand-ins for Home Assistant and the document store as the home sees them; each can be away. */
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Entity, KnownEntity } from '../entity.ts';
import type { EntityStore } from '../entity-store.ts';
import type { GridConnection } from '../grid-connection.ts';
import type { GridConnectionStore } from '../grid-connection-store.ts';
import {
  type ConnectionStatus,
  type EntityState,
  type HomeAssistant,
  HomeAssistantUnavailable,
  type HomeConfig,
  type HomeStatistic,
  type HomeStatisticsRow,
  type Registries,
} from '../home-assistant.ts';
import { Settings } from '../settings.ts';
import type { SettingsStore } from '../settings-store.ts';
import { preferences2026 } from './sample-preferences.ts';
import { areas2026, devices2026, sensors2026 } from './samples.ts';

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

export const fakeNowUs = Date.UTC(2026, 10, 21, 8) * 1000;

/** Follows Date.now, so that a test's fake timers move it. */
export const testClock: Clock = {
  nowUs: () => Date.now() * 1000,
  monotonicMs: () => performance.now(),
};

export function sensorState(
  entityId: string,
  unit: string | null,
  deviceClass: string | null,
  stateClass: string | null = null,
  state = '1',
): EntityState {
  const attributes: Record<string, unknown> = {};
  if (unit !== null) attributes.unit_of_measurement = unit;
  if (deviceClass !== null) attributes.device_class = deviceClass;
  if (stateClass !== null) attributes.state_class = stateClass;
  return { entityId, state, attributes, lastUpdatedUs: fakeNowUs };
}

/** The states of the sampled home. */
export function sampledStates(): EntityState[] {
  return sensors2026.map(([entityId, state, unit, deviceClass, stateClass, name]) => {
    const base = sensorState(entityId, unit, deviceClass, stateClass, state);
    return { ...base, attributes: { ...base.attributes, friendly_name: name } };
  });
}

export function sampledRegistries(): Registries {
  return {
    entities: sensors2026.flatMap(([entityId, , , , , , registryId, deviceId, category]) =>
      registryId === null
        ? []
        : [
            {
              registryId,
              entityId,
              name: null,
              deviceId,
              areaId: null,
              isHidden: false,
              category: category === null ? null : ('diagnostic' as const),
            },
          ],
    ),
    devices: devices2026.map(([deviceId, name, areaId]) => ({ deviceId, name, areaId })),
    areas: areas2026.map(([areaId, name]) => ({ areaId, name })),
  };
}

/** The sampled home; what it reports can be changed, and it can be away. */
export class FakeHomeAssistant implements HomeAssistant {
  currentStates = sampledStates();
  currentRegistries = sampledRegistries();
  preferences: unknown = preferences2026;
  administrators: ReadonlySet<string> = new Set(['admin']);
  homeConfig: HomeConfig = {
    timeZone: 'Europe/Brussels',
    currency: 'EUR',
    language: 'nl',
    country: 'BE',
    version: '2026.11.0',
  };
  /** How often states were asked for. */
  asked = 0;
  #status: ConnectionStatus = { kind: 'connecting', attempts: 0, error: null };
  readonly #listeners = new Set<(status: ConnectionStatus) => void>();
  readonly #registryListeners = new Set<() => void>();

  connect(): void {
    this.#setStatus({ kind: 'connected', version: this.homeConfig.version, sinceUs: fakeNowUs });
  }
  disconnect(): void {
    this.#setStatus({ kind: 'connecting', attempts: 1, error: 'gone' });
  }
  refuse(error: string): void {
    this.#setStatus({ kind: 'refused', error });
  }
  changeRegistry(): void {
    for (const listener of this.#registryListeners) listener();
  }
  #setStatus(status: ConnectionStatus): void {
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
  }
  #answer<T>(value: T): Promise<T> {
    if (this.#status.kind !== 'connected') return Promise.reject(new HomeAssistantUnavailable('away'));
    return Promise.resolve(value);
  }

  status(): ConnectionStatus {
    return this.#status;
  }
  reconnectCount(): number {
    return 0;
  }
  onStatus(listener: (status: ConnectionStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  onRegistryChange(listener: () => void): () => void {
    this.#registryListeners.add(listener);
    return () => this.#registryListeners.delete(listener);
  }
  config(): Promise<HomeConfig> {
    return this.#answer(this.homeConfig);
  }
  states(): Promise<EntityState[]> {
    this.asked += 1;
    return this.#answer([...this.currentStates]);
  }
  registries(): Promise<Registries> {
    return this.#answer(this.currentRegistries);
  }
  energyPreferences(): Promise<unknown> {
    return this.#answer(this.preferences);
  }
  administratorIds(): Promise<ReadonlySet<string>> {
    return this.#answer(this.administrators);
  }
  subscribeStates(): Promise<{ stop(): Promise<void> }> {
    return this.#answer({ stop: () => Promise.resolve() });
  }
  history(): Promise<EntityState[]> {
    return this.#answer([]);
  }
  statistics(): Promise<HomeStatisticsRow[]> {
    return this.#answer([]);
  }
  hasHistoryAt(): Promise<boolean> {
    return this.#answer(false);
  }
  /** External statistics that it has. */
  externals: readonly HomeStatistic[] = [];
  statisticsMetadata(ids: readonly string[]): Promise<HomeStatistic[]> {
    return this.#answer(this.externals.filter(({ statisticId }) => ids.includes(statisticId)));
  }
  firstStatistics(): Promise<ReadonlyMap<string, number>> {
    return this.#answer(new Map());
  }
  pause(): void {}
}

export class MemoryEntityStore implements EntityStore {
  documents = new Map<string, KnownEntity>();
  isDown = false;

  #check(): void {
    if (this.isDown) throw new Error('mongodb://user:secret@store is down');
  }
  async all(): Promise<KnownEntity[]> {
    this.#check();
    return [...this.documents.values()];
  }
  async saveDiscovered(
    found: readonly Entity[],
    trackNew: (entity: Entity) => boolean,
    atUs: number,
  ): Promise<void> {
    this.#check();
    for (const document of this.documents.values())
      this.documents.set(document.entityId, { ...document, isActive: false });
    for (const entity of found) {
      const before = this.documents.get(entity.entityId);
      this.documents.set(entity.entityId, {
        ...entity,
        isTracked: before?.isTracked ?? trackNew(entity),
        isActive: true,
        discoveredAtUs: before?.discoveredAtUs ?? atUs,
        updatedAtUs: atUs,
      });
    }
  }
  async setTracked(entityIds: readonly string[], atUs: number): Promise<void> {
    this.#check();
    const wanted = new Set(entityIds);
    for (const document of this.documents.values())
      this.documents.set(document.entityId, {
        ...document,
        isTracked: wanted.has(document.entityId),
        updatedAtUs: atUs,
      });
  }
}

class MemorySettingsStore implements SettingsStore {
  readonly values = new Map<string, unknown>();
  isDown = false;

  async get(key: string): Promise<unknown> {
    if (this.isDown) throw new Error('down');
    return this.values.get(key) ?? null;
  }
  async set(key: string, value: unknown): Promise<void> {
    if (this.isDown) throw new Error('down');
    this.values.set(key, value);
  }
}

export class MemorySettings extends Settings {
  readonly #store: MemorySettingsStore;

  constructor(log: Log = silentLog) {
    const store = new MemorySettingsStore();
    super(store, log);
    this.#store = store;
  }
  /** As they are stored, by key. */
  get values(): Map<string, unknown> {
    return this.#store.values;
  }
  set isDown(isDown: boolean) {
    this.#store.isDown = isDown;
  }
}

export class MemoryGridConnectionStore implements GridConnectionStore {
  kept: GridConnection[] = [];
  isDown = false;

  async all(): Promise<GridConnection[]> {
    if (this.isDown) throw new Error('mongodb://user:secret@store is down');
    return [...this.kept];
  }
  async add(connection: GridConnection): Promise<void> {
    await this.remove(connection.connectionId);
    this.kept.push(connection);
  }
  async remove(connectionId: string): Promise<boolean> {
    if (this.isDown) throw new Error('mongodb://user:secret@store is down');
    const before = this.kept.length;
    this.kept = this.kept.filter((one) => one.connectionId !== connectionId);
    return this.kept.length < before;
  }
}
