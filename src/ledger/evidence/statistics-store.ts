import type { Interval } from '../../units/interval.ts';
import type { RecordedStatistics } from './statistics-evidence.ts';

/** A statistics row with all that Home Assistant keeps of it, in canonical units. */
export interface StatisticsRecord extends RecordedStatistics {
  readonly entityId: string;
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly unit: string | null;
}

/** Stores Home Assistant's rows as evidence. Calls reject when the store is down; `append` may be repeated. */
export interface StatisticsStore {
  append(rows: readonly StatisticsRecord[]): Promise<void>;
  /** Rows that start in [startUs, endUs), ascending, at most `limit`. */
  range(
    entityId: string,
    period: '5minute' | 'hour',
    startUs: number,
    endUs: number,
    limit: number,
  ): Promise<StatisticsRecord[]>;
  /** The last row that ends before an instant; null when there is none. */
  endingBefore(entityId: string, atUs: number): Promise<RecordedStatistics | null>;
  /** The start of the first row of an entity; null when there is none. */
  first(entityId: string, period: '5minute' | 'hour'): Promise<number | null>;
  /** The end of the last row of each entity that has any. */
  ends(period: '5minute' | 'hour'): Promise<Map<string, number>>;
  /** How many rows of each entity start in [startUs, endUs). */
  count(startUs: number, endUs: number): Promise<Map<string, number>>;
  /** By entity, the interval of the rows received since an instant; null means all rows. */
  receivedSince(receivedUs: number | null): Promise<Map<string, Interval>>;
}
