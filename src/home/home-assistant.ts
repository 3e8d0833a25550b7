/**
 * What the product needs from Home Assistant, in the product's terms. The adapter in adapters/homeassistant
 * implements it. Every call has its own deadline and rejects with HomeAssistantUnavailable when there is no
 * connection.
 */
import { hourUs, minuteUs } from '../units/durations.ts';
import type { Interval } from '../units/interval.ts';
import type { CanonicalUnit } from '../units/quantity.ts';

/** A state as Home Assistant reported it, instants in microseconds. */
export interface EntityState {
  readonly entityId: string;
  /** The text of the state: a number, 'unavailable', 'unknown', or anything. Null: the entity was removed. */
  readonly state: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** `last_updated`: the instant of a reading. For a removal, when it was reported. */
  readonly lastUpdatedUs: number;
}

export type ConnectionStatus =
  | { readonly kind: 'not_configured' }
  | { readonly kind: 'connecting'; readonly attempts: number; readonly error: string | null }
  | { readonly kind: 'connected'; readonly version: string; readonly sinceUs: number }
  | { readonly kind: 'refused'; readonly error: string };

export interface HomeConfig {
  readonly timeZone: string;
  readonly currency: string;
  readonly language: string;
  readonly country: string | null;
  readonly version: string;
}

export interface EntityRegistryEntry {
  readonly registryId: string;
  readonly entityId: string;
  readonly name: string | null;
  readonly deviceId: string | null;
  readonly areaId: string | null;
  readonly isHidden: boolean;
  /** The integration's own id of it, which no renaming changes. Absent: not known. */
  readonly uniqueId?: string | null;
  /** Home Assistant's entity category: settings and diagnostics are not offered by discovery. Absent: not known. */
  readonly category?: 'config' | 'diagnostic' | null;
}
export interface DeviceRegistryEntry {
  readonly deviceId: string;
  readonly name: string | null;
  readonly areaId: string | null;
}
export interface Area {
  readonly areaId: string;
  readonly name: string;
}
export interface Registries {
  readonly entities: readonly EntityRegistryEntry[];
  readonly devices: readonly DeviceRegistryEntry[];
  readonly areas: readonly Area[];
}

export interface StateSubscription {
  /** Ends it: no batch comes once this was called. Safe to call when the connection is gone. */
  stop(): Promise<void>;
}

/** Whether states come from the snapshot that opens a subscription, or from a change after it. */
export interface StateBatch {
  readonly kind: 'snapshot' | 'change';
  readonly states: readonly EntityState[];
}

export type StatisticsPeriod = '5minute' | 'hour';

/** How long a row of statistics is. */
export const statisticsPeriodUs = { '5minute': 5 * minuteUs, hour: hourUs } as const;

/** A row of Home Assistant's statistics. A column that the statistic does not have is null. */
export interface HomeStatisticsRow extends Interval {
  readonly entityId: string;
  readonly period: StatisticsPeriod;
  /** The canonical unit of all values; null: their unit is not one of ours. */
  readonly unit: CanonicalUnit | null;
  /** The register at the row's end. */
  readonly state: number | null;
  /** Home Assistant's own running total. */
  readonly sum: number | null;
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** Home Assistant's metadata of a statistic. */
export interface HomeStatistic {
  readonly statisticId: string;
  readonly name: string | null;
  /** As Home Assistant shows it; null for one without a unit. */
  readonly unit: string | null;
}

export interface HomeAssistant {
  status(): ConnectionStatus;
  /** How many times the connection was made again since the process started. */
  reconnectCount(): number;
  /** Called on every change of status; returns the way to stop listening. */
  onStatus(listener: (status: ConnectionStatus) => void): () => void;
  /** Called when a registry (entities, devices, areas) changed; at most once a second. */
  onRegistryChange(listener: () => void): () => void;
  config(): Promise<HomeConfig>;
  states(): Promise<EntityState[]>;
  registries(): Promise<Registries>;
  /** The energy preferences as they are on the wire, any form; null when none are set. */
  energyPreferences(): Promise<unknown>;
  /** User ids of administrators: who may change settings. */
  administratorIds(): Promise<ReadonlySet<string>>;
  /**
   * Follows the states of these entities: first a snapshot, then every change, each state once and in order.
   * Lives as long as one connection; after a reconnect the caller subscribes again.
   */
  subscribeStates(
    entityIds: readonly string[],
    onBatch: (batch: StateBatch) => void,
  ): Promise<StateSubscription>;
  /** Every state that Home Assistant's recorder holds in [startUs, endUs), oldest first, attributes included. */
  history(entityIds: readonly string[], startUs: number, endUs: number): Promise<EntityState[]>;
  /** Whether Home Assistant's recorder still has a state of any of these at that instant or before it. */
  hasHistoryAt(entityIds: readonly string[], atUs: number): Promise<boolean>;
  /**
   * Home Assistant's own statistics that start in [startUs, endUs), ascending for each entity. All rows come at once: ask
   * for a span that fits in memory. An entity without statistics has no rows.
   */
  statistics(
    entityIds: readonly string[],
    startUs: number,
    endUs: number,
    period: StatisticsPeriod,
  ): Promise<HomeStatisticsRow[]>;
  /** Metadata of these statistics; one that Home Assistant does not have is absent. */
  statisticsMetadata(statisticIds: readonly string[]): Promise<HomeStatistic[]>;
  /** Since when each has hourly statistics, rounded down to a month; one that has none is absent. */
  firstStatistics(entityIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** While true, nothing is read from the socket: back-pressure, the last resort before a disconnect. */
  pause(paused: boolean): void;
}

export class HomeAssistantUnavailable extends Error {
  override name = 'HomeAssistantUnavailable';
}
