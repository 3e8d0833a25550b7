import type { Reading } from './reading.ts';

export interface HourlyReadings {
  readonly startUs: number;
  readonly min: number | null;
  readonly max: number | null;
  /** Time-weighted, each value held until the next reading or the end of the hour; null when nothing was measured. */
  readonly mean: number | null;
  readonly count: number;
}

/** One bucket of a down-sampled curve; buckets without a reading are absent. */
export interface CurvePoint {
  /** The bucket's start. */
  readonly atUs: number;
  /** The value of the bucket's last reading; null when that one was an absence. */
  readonly last: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly count: number;
}

/** Keeps readings for ever. Calls reject when the store is down; `append` may be repeated with the same readings. */
export interface ReadingStore {
  /** Resolves when the readings are durable. Its own deadline; rejects when it can't tell that they are. */
  append(readings: readonly Reading[]): Promise<void>;
  /** Oldest first, from `sinceUs` (inclusive) to `untilUs` (exclusive), at most `limit`. */
  range(entityId: string, sinceUs: number, untilUs: number, limit: number): Promise<Reading[]>;
  /** The newest reading strictly before an instant, with a value when `withValue`; null when there is none. */
  before(entityId: string, atUs: number, withValue?: boolean): Promise<Reading | null>;
  /** The newest reading of each entity; entities without one are absent. */
  newest(entityIds: readonly string[]): Promise<Map<string, Reading>>;
  hourly(entityId: string, startUs: number, endUs: number): Promise<HourlyReadings[]>;
  /** One entity's readings in [startUs, endUs) by buckets of `bucketUs` counted from `startUs`, made in the database. */
  curve(entityId: string, startUs: number, endUs: number, bucketUs: number): Promise<CurvePoint[]>;
  /** How many readings of each entity lie in [startUs, endUs). */
  count(startUs: number, endUs: number): Promise<Map<string, number>>;
}
