/**
 * What the product asks of Home Assistant, in the product's words. The adapter in adapters/homeassistant implements it.
 * Every call has a deadline of its own and rejects with HomeAssistantUnavailable when there is no connection.
 */
import { hourUs, minuteUs } from '../units/durations.ts';
import type { Interval } from '../units/interval.ts';
import type { CanonicalUnit } from '../units/quantity.ts';

/** A state as Home Assistant told it, instants already in microseconds. */
export interface EntityState {
  readonly entityId: string;
  /** The text of the state: a number, 'unavailable', 'unknown', or anything. Null: the entity was removed. */
  readonly state: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** `last_updated`: the instant of a reading. For a removal, when it was told. */
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
  /** Ends it; safe to call when the connection is gone. */
  stop(): Promise<void>;
}

/** How deep a state came from: the snapshot that opens a subscription, or a change after it. */
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
  /** The register at the row's end. */
  readonly state: number | null;
  /** Home Assistant's own running total. */
  readonly sum: number | null;
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** The canonical unit of all values; null: they are in a unit that is none of ours. */
  readonly unit: CanonicalUnit | null;
}

/** What Home Assistant says of a statistic. */
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
  /** Called when a registry (entities, devices, areas) changed; told at most once a second. */
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
  /** Whether Home Assistant's recorder still holds what any of these said at that instant or before it. */
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
  /** What is known of these statistics; one that Home Assistant does not have is absent. */
  statisticsMetadata(statisticIds: readonly string[]): Promise<HomeStatistic[]>;
  /** From when on each has hourly statistics, cut down to a month; one that has none is absent. */
  firstStatistics(entityIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** While true, nothing is read from the socket: back-pressure, the last resort before a disconnect. */
  pause(paused: boolean): void;
}

export class HomeAssistantUnavailable extends Error {
  override name = 'HomeAssistantUnavailable';
}
