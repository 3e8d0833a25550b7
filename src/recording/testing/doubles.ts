/** Stand-ins for what lies outside the process, with the faults that the real ones can't produce on request. */
import type {
  ConnectionStatus,
  EntityState,
  HomeAssistant,
  StateBatch,
  StateSubscription,
} from '../../home/home-assistant.ts';
import { HomeAssistantUnavailable } from '../../home/home-assistant.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { type CoverageStore, coverageHourUs, type VerifiedHour } from '../coverage-store.ts';
import type { Reading } from '../reading.ts';
import type { ReadingStore } from '../reading-store.ts';
import type { SubscriptionState, SubscriptionStore, SyncLog, SyncRun } from '../sync-log.ts';

export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => quietLog,
};

export const baseUs = Date.UTC(2026, 10, 21, 8) * 1000;

/** Follows Date.now and performance.now, so that a test's fake timers move it. */
export const testClock: Clock = {
  nowUs: () => Date.now() * 1000,
  monotonicMs: () => performance.now(),
};

export function reading(entityId: string, atUs: number, value: number | null = 1): Reading {
  return {
    entityId,
    atUs,
    value,
    absence: value === null ? 'unavailable' : null,
    unit: 'kWh',
    sourceUnit: 'kWh',
    lastResetAtUs: null,
    origin: 'stream',
  };
}

export function state(
  entityId: string,
  lastUpdatedUs: number,
  text: string | null,
  unit = 'kWh',
): EntityState {
  return { entityId, state: text, attributes: { unit_of_measurement: unit }, lastUpdatedUs };
}

function unused(): never {
  throw new Error('not part of this double');
}

/** Keeps readings by (entityId, atUs); `fault` makes a call fail, before or after it did its work. */
export class MemoryReadingStore implements ReadingStore {
  readonly rows = new Map<string, Reading>();
  appends = 0;
  /** Readings appended, repeated ones counted each time. */
  appended = 0;
  fault: (() => 'none' | 'before' | 'after') | null = null;

  async append(readings: readonly Reading[]): Promise<void> {
    this.appends += 1;
    const fault = this.fault?.() ?? 'none';
    if (fault === 'before') throw new Error('store is down');
    for (const item of readings) this.rows.set(`${item.entityId} ${item.atUs}`, item);
    this.appended += readings.length;
    if (fault === 'after') throw new Error('store went down before it answered');
  }

  async range(entityId: string, sinceUs: number, endUs: number, limit: number): Promise<Reading[]> {
    return this.#of(entityId)
      .filter(({ atUs }) => atUs >= sinceUs && atUs < endUs)
      .slice(0, limit);
  }

  async before(entityId: string, atUs: number, withValue = false): Promise<Reading | null> {
    const found = this.#of(entityId).filter((row) => row.atUs < atUs && (!withValue || row.value !== null));
    return found.at(-1) ?? null;
  }

  async newest(entityIds: readonly string[]): Promise<Map<string, Reading>> {
    if (this.fault?.() === 'before') throw new Error('store is down');
    const found = new Map<string, Reading>();
    for (const entityId of entityIds) {
      const last = this.#of(entityId).at(-1);
      if (last !== undefined) found.set(entityId, last);
    }
    return found;
  }

  async hourly(): Promise<never[]> {
    return unused();
  }

  async curve(): Promise<never> {
    return unused();
  }

  async count(startUs: number, endUs: number): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const { entityId } of this.#all().filter(({ atUs }) => atUs >= startUs && atUs < endUs))
      counts.set(entityId, (counts.get(entityId) ?? 0) + 1);
    return counts;
  }

  #of(entityId: string): Reading[] {
    return this.#all()
      .filter((row) => row.entityId === entityId)
      .sort((a, b) => a.atUs - b.atUs);
  }

  #all(): Reading[] {
    if (this.fault?.() === 'before') throw new Error('store is down');
    return [...this.rows.values()];
  }
}

/** Verified hours beside such a store; readings that it lost are not counted any more. */
export class MemoryCoverageStore implements CoverageStore {
  readonly hours = new Map<string, VerifiedHour>();
  readonly #readings: MemoryReadingStore;

  constructor(readings: MemoryReadingStore) {
    this.#readings = readings;
  }

  async verified(
    entityIds: readonly string[] | null,
    startUs: number,
    endUs: number,
  ): Promise<VerifiedHour[]> {
    return [...this.hours.values()].filter(
      (hour) => (entityIds?.includes(hour.entityId) ?? true) && hour.hourUs >= startUs && hour.hourUs < endUs,
    );
  }

  async held(entityIds: readonly string[], startUs: number, endUs: number) {
    const held = new Map<string, Map<number, number>>();
    for (const entityId of entityIds) {
      const hours = new Map<number, number>();
      for (const { atUs } of await this.#readings.range(entityId, startUs, endUs, Number.MAX_SAFE_INTEGER)) {
        const hourUs = Math.floor(atUs / coverageHourUs) * coverageHourUs;
        hours.set(hourUs, (hours.get(hourUs) ?? 0) + 1);
      }
      held.set(entityId, hours);
    }
    return held;
  }

  async note(hours: readonly VerifiedHour[]): Promise<void> {
    if (this.#readings.fault?.() === 'before') throw new Error('store is down');
    for (const hour of hours) this.hours.set(`${hour.entityId} ${hour.hourUs}`, hour);
  }
}

export class MemorySubscriptionStore implements SubscriptionStore {
  state: SubscriptionState | null = null;
  saves = 0;
  isDown = false;

  async load(): Promise<SubscriptionState | null> {
    if (this.isDown) throw new Error('document store is down');
    return this.state;
  }

  async save(state: SubscriptionState): Promise<void> {
    if (this.isDown) throw new Error('document store is down');
    this.state = state;
    this.saves += 1;
  }
}

export class MemorySyncLog implements SyncLog {
  readonly runs = new Map<string, SyncRun>();

  async save(run: SyncRun): Promise<void> {
    this.runs.set(run.syncId, run);
  }

  async find(syncId: string): Promise<SyncRun | null> {
    return this.runs.get(syncId) ?? null;
  }

  async recent(limit: number): Promise<SyncRun[]> {
    return [...this.runs.values()].slice(-limit).reverse();
  }
}

/** A Home Assistant with a recorder: every state is in its history and is delivered to each subscription. */
export class MemoryHome implements HomeAssistant {
  readonly #status = new Set<(status: ConnectionStatus) => void>();
  readonly #current = new Map<string, EntityState>();
  readonly past: EntityState[] = [];
  readonly subscriptions = new Set<{ ids: ReadonlySet<string>; deliver: (batch: StateBatch) => void }>();
  isPaused = false;
  pauses = 0;
  /** Answers, and delivers no changes. */
  isSilent = false;
  #connection: ConnectionStatus = { kind: 'connecting', attempts: 0, error: null };
  #reconnects = -1;
  /** Makes the next calls fail so many times. */
  failures = 0;
  /** Its recorder has written what is older than this instant. */
  writtenUntilUs: () => number = () => Number.POSITIVE_INFINITY;
  /** Its recorder writes so long after, by the clock that is never set. */
  writeDelayMs = 0;
  readonly #recordedMs = new Map<EntityState, number>();

  connect(): void {
    this.#reconnects += 1;
    this.#set({ kind: 'connected', version: '2026.11.0', sinceUs: baseUs + this.#reconnects });
  }

  disconnect(): void {
    this.subscriptions.clear();
    this.#set({ kind: 'connecting', attempts: 1, error: 'gone' });
  }

  /** A new state: into history, and to every subscription that has the entity. */
  change(next: EntityState): void {
    this.#current.set(next.entityId, next);
    this.past.push(next);
    this.#recordedMs.set(next, performance.now());
    this.#report(next);
  }

  /** As a subscription delivers it: at our instant, and without a state. */
  remove(entityId: string): void {
    this.#current.delete(entityId);
    this.#report({ entityId, state: null, attributes: {}, lastUpdatedUs: testClock.nowUs() });
  }

  /** The past is carried over, as Home Assistant does it; subscriptions to the old id receive its removal. */
  rename(entityId: string, newId: string): void {
    for (const [place, said] of this.past.entries()) {
      if (said.entityId !== entityId) continue;
      const renamed = { ...said, entityId: newId };
      this.#recordedMs.set(renamed, this.#recordedMs.get(said) ?? 0);
      this.past[place] = renamed;
    }
    this.remove(entityId);
  }

  lastPingAtUs(): number | null {
    return null;
  }

  reconnect(_reason: string): void {
    this.disconnect();
    this.connect();
  }

  #isWritten(said: EntityState): boolean {
    return performance.now() - (this.#recordedMs.get(said) ?? 0) >= this.writeDelayMs;
  }

  #report(next: EntityState): void {
    if (this.isSilent) return;
    for (const { ids, deliver } of this.subscriptions)
      if (ids.has(next.entityId)) deliver({ kind: 'change', states: [next] });
  }

  status(): ConnectionStatus {
    return this.#connection;
  }

  reconnectCount(): number {
    return Math.max(0, this.#reconnects);
  }

  onStatus(listener: (status: ConnectionStatus) => void): () => void {
    this.#status.add(listener);
    return () => this.#status.delete(listener);
  }

  async subscribeStates(
    entityIds: readonly string[],
    onBatch: (batch: StateBatch) => void,
  ): Promise<StateSubscription> {
    this.#check();
    const subscription = { ids: new Set(entityIds), deliver: onBatch };
    this.subscriptions.add(subscription);
    const states = entityIds.map((id) => this.#current.get(id)).filter((found) => found !== undefined);
    onBatch({ kind: 'snapshot', states });
    return {
      stop: async () => {
        this.subscriptions.delete(subscription);
      },
    };
  }

  async history(entityIds: readonly string[], startUs: number, endUs: number): Promise<EntityState[]> {
    this.#check();
    const writtenUntilUs = this.writtenUntilUs();
    return this.past
      .filter((said) => said.lastUpdatedUs <= writtenUntilUs && this.#isWritten(said))
      .filter(
        ({ entityId, lastUpdatedUs }) =>
          entityIds.includes(entityId) && lastUpdatedUs >= startUs && lastUpdatedUs < endUs,
      )
      .sort((a, b) => a.lastUpdatedUs - b.lastUpdatedUs);
  }

  async hasHistoryAt(entityIds: readonly string[], atUs: number): Promise<boolean> {
    this.#check();
    return this.past.some((said) => entityIds.includes(said.entityId) && said.lastUpdatedUs <= atUs);
  }

  async statistics(): Promise<never> {
    return unused();
  }
  async firstStatistics(): Promise<never> {
    return unused();
  }
  async statisticsMetadata(): Promise<never> {
    return unused();
  }

  pause(isPaused: boolean): void {
    if (isPaused && !this.isPaused) this.pauses += 1;
    this.isPaused = isPaused;
  }

  onRegistryChange(): () => void {
    return () => undefined;
  }
  async config(): Promise<never> {
    return unused();
  }
  async states(): Promise<EntityState[]> {
    return [...this.#current.values()];
  }
  async registries(): Promise<never> {
    return unused();
  }
  async energyPreferences(): Promise<unknown> {
    return null;
  }
  async administratorIds(): Promise<ReadonlySet<string>> {
    return new Set();
  }

  #check(): void {
    if (this.#connection.kind !== 'connected') throw new HomeAssistantUnavailable('not connected');
    if (this.failures > 0) {
      this.failures -= 1;
      throw new HomeAssistantUnavailable('warming up');
    }
  }

  #set(status: ConnectionStatus): void {
    this.#connection = status;
    for (const listener of this.#status) listener(status);
  }
}
