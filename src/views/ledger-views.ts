import type { Period } from '../units/calendar.ts';
import type { Bucket } from './bucket.ts';

/** Sums of current entries, from materialized views where there are any. Calls reject when the store is down. */
export interface LedgerViews {
  /** The zone that days are cut by. */
  zone(): string;
  /** Another zone rebuilds the views; resolves when they answer for it. */
  setZone(zone: string): Promise<void>;
  /**
   * Buckets of the period that touch [startUs, endUs), whole ones, in ascending order by meter; those without an entry
   * are absent.
   */
  buckets(entityIds: readonly string[], period: Period, startUs: number, endUs: number): Promise<Bucket[]>;
  /** The first and last quarter in which any of the meters has an entry; null when none has. */
  extent(entityIds: readonly string[]): Promise<{ firstUs: number; lastUs: number } | null>;
}
