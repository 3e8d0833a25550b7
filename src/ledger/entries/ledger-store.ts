import type { CounterState } from '../counter/counter-state.ts';
import type { PostedEntry } from './revision.ts';

/** A counter's state before the first evidence of a quarter-hour: posting can start here. */
export interface Opening {
  readonly quarterHourStartUs: number;
  /** Null before the first register ever. */
  readonly state: CounterState | null;
}

/** What one meter's posting writes. */
export interface LedgerPage {
  readonly entityId: string;
  readonly entries: readonly PostedEntry[];
  readonly openings: readonly Opening[];
}

/**
 * Stores the ledger: the journal, append-only, and the current state. Calls reject when the store is down.
 * What `write` has acknowledged, the reading calls see.
 */
export interface LedgerStore {
  /** Current entries of quarter-hours that start in [startUs, endUs), ascending. */
  current(entityId: string, startUs: number, endUs: number): Promise<PostedEntry[]>;
  /** Every revision from 1 on of quarter-hours in the range, by quarter-hour and revision. */
  journal(entityId: string, startUs: number, endUs: number): Promise<PostedEntry[]>;
  /** Journal first, then current state, then openings; repeating it with the same values changes nothing. */
  write(pages: readonly LedgerPage[]): Promise<void>;
  /** The newest opening at or before a quarter-hour; null when there is none. */
  openingBefore(entityId: string, quarterHourStartUs: number): Promise<Opening | null>;
  /** Openings of quarter-hours in [startUs, endUs), ascending. */
  openings(entityId: string, startUs: number, endUs: number): Promise<Opening[]>;
}
