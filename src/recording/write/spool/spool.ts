import type { Reading } from '../../reading.ts';

/** The result of an append: all readings of the batch are kept, or none. */
export type Spooled =
  | { readonly kind: 'kept'; readonly position: number; readonly nextPosition: number }
  /** Its own limit is reached: offer again once something was acknowledged. */
  | { readonly kind: 'full' }
  /** The disk refused (no room, read-only, broken): offer again later. */
  | { readonly kind: 'refused'; readonly error: Error };

export interface SpoolRead {
  readonly readings: readonly Reading[];
  /** Where the next read continues; more than position + readings.length where damaged records were skipped. */
  readonly nextPosition: number;
}

export interface SpoolOpened {
  /** The first position not acknowledged, and the first one free. */
  readonly position: number;
  readonly nextPosition: number;
  /** Bytes of a torn tail or of damaged records that could not be read back. */
  readonly damagedBytes: number;
}

export interface SpoolStatus {
  readonly bytes: number;
  readonly limitBytes: number;
  /** Kept and not yet acknowledged. */
  readonly readings: number;
  readonly damagedBytes: number;
  /** The error of the last append; null when it succeeded. */
  readonly error: string | null;
}

/**
 * Keeps readings in order between their receipt and a durable store. Every reading has a position, one more than the
 * one before. A kept reading survives a crash of the process at once and a power cut after `sync`. At least once:
 * after a crash, readings that were acknowledged may be read again.
 */
export interface Spool {
  /** Reads what an earlier process left, oldest first, and prepares to append after it. */
  open(onReading: (reading: Reading) => void): Promise<SpoolOpened>;
  append(readings: readonly Reading[]): Promise<Spooled>;
  /** From `position` on, at most `limit`; nothing when there is nothing more. */
  read(position: number, limit: number): Promise<SpoolRead>;
  /** Everything below `position` is durable elsewhere and may be removed. */
  acknowledge(position: number): Promise<void>;
  /** Resolves when all that was kept survives a power cut. */
  sync(): Promise<void>;
  status(): SpoolStatus;
  close(): Promise<void>;
}
