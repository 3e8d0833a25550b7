import type { CanonicalUnit } from '../units/quantity.ts';
import type { Reading } from './reading.ts';

/** The values of one hour of the wall clock. */
export interface HourlyReadings {
  readonly startUs: number;
  /** Of the values in force during the hour, including the one carried in from before it. */
  readonly min: number | null;
  readonly max: number | null;
  /**
   * Time-weighted: each value is in force until the next reading or the end of the hour; intervals without a value do
   * not count. Null when nothing was measured. Always between `min` and `max`.
   */
  readonly mean: number | null;
  /** Readings that arrived in the hour, including absences. */
  readonly count: number;
  /** The value at the hour's end, or where the requested range ends; null when none was in force then. */
  readonly last: number | null;
  /** How long some value was in force, in microseconds. */
  readonly heldUs: number;
}

/** A down-sampled picture of one entity, as columns of equal length, ascending. A null is a gap and not a zero. */
export interface Curve {
  /** Of the newest reading that has one. */
  readonly unit: CanonicalUnit | null;
  readonly readingCount: number;
  /** Null when every point is a reading of its own. Buckets lie on multiples of this since the epoch. */
  readonly bucketUs: number | null;
  /**
   * Instants of each bucket's last reading. Buckets without a reading are absent: nothing is known to have changed.
   */
  readonly atUs: readonly number[];
  /** The value of the bucket's last reading; null when that one was an absence: there the line breaks. */
  readonly last: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}

/**
 * Stores readings permanently. Calls reject when the store is down; `append` may be repeated with the same readings.
 */
export interface ReadingStore {
  /** Resolves when the readings are durable. Has its own deadline. Rejects when it is not known whether they are. */
  append(readings: readonly Reading[]): Promise<void>;
  /** Oldest first, from `sinceUs` (inclusive) to `endUs` (exclusive), at most `limit`. */
  range(entityId: string, sinceUs: number, endUs: number, limit: number): Promise<Reading[]>;
  /** The newest reading strictly before an instant, with a value when `withValue`; null when there is none. */
  before(entityId: string, atUs: number, withValue?: boolean): Promise<Reading | null>;
  /** The newest reading of each entity; entities without one are absent. */
  newest(entityIds: readonly string[]): Promise<Map<string, Reading>>;
  /**
   * Every hour of the wall clock in `zone` that touches [startUs, endUs), ascending. The last one counts up to
   * `endUs`, which must not lie in the future: a value is in force to the end of the range.
   */
  hourly(entityId: string, startUs: number, endUs: number, zone: string): Promise<HourlyReadings[]>;
  /**
   * One entity's readings in [sinceUs, endUs): at most `points` readings, or as many buckets, built in the
   * database.
   */
  curve(entityId: string, sinceUs: number, endUs: number, points: number): Promise<Curve>;
  /** How many readings of each entity lie in [startUs, endUs). */
  count(startUs: number, endUs: number): Promise<Map<string, number>>;
}
