import type { CanonicalUnit } from '../units/quantity.ts';
import type { Reading } from './reading.ts';

/** What held during one hour of the wall clock. */
export interface HourlyReadings {
  readonly startUs: number;
  /** Of the values that held at any time in the hour, the one carried in from before it among them. */
  readonly min: number | null;
  readonly max: number | null;
  /**
   * Time-weighted: each value is held until the next reading or the end of the hour; unavailable spells do not count.
   * Null when nothing was measured. Always between `min` and `max`.
   */
  readonly mean: number | null;
  /** Readings that arrived in the hour, absences among them. */
  readonly count: number;
  /** The value at the hour's end, or where the question ends; null when none held then. */
  readonly last: number | null;
  /** How long some value held in the hour. */
  readonly heldUs: number;
}

/** A down-sampled picture of one entity, as columns of equal length, ascending. A null is a gap and not a zero. */
export interface Curve {
  /** Of the newest reading that has one. */
  readonly unit: CanonicalUnit | null;
  readonly readingCount: number;
  /** Null when every point is a reading of its own. Buckets lie on multiples of this since the epoch. */
  readonly bucketUs: number | null;
  /** When the bucket's last reading was. Buckets without a reading are absent: nothing is known to have changed. */
  readonly atUs: readonly number[];
  /** The value of the bucket's last reading; null when that one was an absence: there the line breaks. */
  readonly last: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}

/** Keeps readings for ever. Calls reject when the store is down; `append` may be repeated with the same readings. */
export interface ReadingStore {
  /** Resolves when the readings are durable. Its own deadline; rejects when it can't tell that they are. */
  append(readings: readonly Reading[]): Promise<void>;
  /** Oldest first, from `sinceUs` (inclusive) to `endUs` (exclusive), at most `limit`. */
  range(entityId: string, sinceUs: number, endUs: number, limit: number): Promise<Reading[]>;
  /** The newest reading strictly before an instant, with a value when `withValue`; null when there is none. */
  before(entityId: string, atUs: number, withValue?: boolean): Promise<Reading | null>;
  /** The newest reading of each entity; entities without one are absent. */
  newest(entityIds: readonly string[]): Promise<Map<string, Reading>>;
  /**
   * The hours of the wall clock in `zone` that touch [startUs, endUs), ascending, every one of them; the last one counts
   * up to `endUs`, which must not lie in the future (a value is held to the end of what was asked for).
   */
  hourly(entityId: string, startUs: number, endUs: number, zone: string): Promise<HourlyReadings[]>;
  /** One entity's readings in [sinceUs, endUs), at most `points` of them or so many buckets, made in the database. */
  curve(entityId: string, sinceUs: number, endUs: number, points: number): Promise<Curve>;
  /** How many readings of each entity lie in [startUs, endUs). */
  count(startUs: number, endUs: number): Promise<Map<string, number>>;
}
