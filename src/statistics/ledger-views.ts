import type { Period } from '../units/calendar.ts';
import type { Interval } from '../units/interval.ts';
import type { Bucket } from './bucket.ts';
import type { QualityCount } from './coverage.ts';
import type { SideBySide } from './side-by-side.ts';

/** `registerMicro` is null before the first register ever. */
export interface RegisterBefore {
  readonly atUs: number;
  readonly registerMicro: number | null;
}

/** Sums of current entries, from materialized views where there are any. Calls reject when the store is down. */
export interface LedgerViews {
  /** The home's IANA zone now, that days are cut by; UTC while it is not known. */
  zone(): string;
  /**
   * Buckets of the period that touch [startUs, endUs), whole ones, in ascending order by meter; those without an entry
   * are absent.
   */
  buckets(entityIds: readonly string[], period: Period, startUs: number, endUs: number): Promise<Bucket[]>;
  /** The quarter-hours of one meter in each of the spans, ascending, asked for together. */
  quarterHoursWithin(entityId: string, spans: readonly Interval[]): Promise<Bucket[][]>;
  /**
   * Buckets with the meters of each group added up, one row for each bucket, ascending; those without an entry are
   * absent. A year of a home is a few hundred rows and not some thousand.
   */
  sideBySide(
    groups: readonly (readonly string[])[],
    period: Period,
    startUs: number,
    endUs: number,
  ): Promise<SideBySide[]>;
  /** Amounts of meters of one unit together, by the start of the bucket; buckets without an entry are absent. */
  sums(
    entityIds: readonly string[],
    period: Period,
    startUs: number,
    endUs: number,
  ): Promise<ReadonlyMap<number, number>>;
  /**
   * The register of a meter as it was before the first evidence of each bucket that has any, ascending; the last one
   * may lie past the range, which must not be empty. A bucket's end is answered by the first of these at or after it.
   */
  registers(entityId: string, period: Period, startUs: number, endUs: number): Promise<RegisterBefore[]>;
  /** The registers reported at exactly these instants (ascending), as imports and Home Assistant's rows do. */
  registersExactly(entityId: string, atUs: readonly number[]): Promise<Map<number, number>>;
  /** The quarter-hours of each quarter-hour or day, counted by data quality; in no order. */
  qualityCounts(
    entityIds: readonly string[],
    period: 'quarter' | 'day',
    startUs: number,
    endUs: number,
  ): Promise<QualityCount[]>;
  /** The first quarter-hour of each meter that has an entry. */
  firsts(entityIds: readonly string[]): Promise<Map<string, number>>;
  /** The first and last quarter-hour in which any of the meters has an entry; null when none has. */
  extent(entityIds: readonly string[]): Promise<{ firstUs: number; lastUs: number } | null>;
}

/** Views that a database keeps up by itself. */
export interface MaterializedViews extends LedgerViews {
  /** Resolves with the zone when the views are made for it; every question waits for that by itself. */
  prepare(): Promise<string>;
  /** Resolves when the views say what the table says. Rejects after a deadline. */
  refreshed(): Promise<void>;
}
