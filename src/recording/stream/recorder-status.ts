import type { PartProblem } from '../../runtime/health.ts';
import type { Rejection, RejectionReason } from '../reading.ts';
import type { ReadingWriterStatus } from '../write/reading-writer.ts';
import type { SpoolStatus } from '../write/spool/spool.ts';

/** The state of recording; counts are since the process started. */
export interface RecorderStatus {
  readonly isOk: boolean;
  /** Null when all is well. */
  readonly problem: PartProblem | null;
  readonly entitiesTracked: number;
  /** Home Assistant delivers the states of the tracked entities. */
  readonly isSubscribed: boolean;
  /** The newest instant of all readings; null before the first. */
  readonly lastReadingAtUs: number | null;
  /** received = stored + waiting (+ lost in a damaged spool): each reading once, however it came. */
  readonly readingsReceived: number;
  readonly readingsStored: number;
  readonly readingsWaiting: number;
  readonly readingsLost: number;
  /** States delivered again that are known already: not counted among the received. */
  readonly duplicates: number;
  /** Readings that came after a newer one of their entity; each was stored at its own instant. */
  readonly outOfOrder: number;
  /** Median of receipt minus `last_updated` over the last hundred events; null before there are enough. */
  readonly clockDriftUs: number | null;
  /** Came while even memory was full; the back-fill brings them. */
  readonly overflowed: number;
  readonly writeErrors: number;
  readonly rejected: Readonly<Partial<Record<RejectionReason, number>>>;
  readonly lastRejection: Rejection | null;
  /** About as many readings as can wait. */
  readonly queueLimit: number;
  readonly spool: SpoolStatus;
  /** Nothing is read from Home Assistant, because there is no room for it. */
  readonly isPaused: boolean;
}

/** What is wrong with recording, the worst first; null when all is well. */
export function recorderProblem(
  { spoolError, storeError }: Pick<ReadingWriterStatus, 'spoolError' | 'storeError'>,
  subscribeError: string | null,
): PartProblem | null {
  if (spoolError !== null) return { code: 'spool_failed', values: { reason: spoolError } };
  if (storeError !== null) return { code: 'readings_waiting', values: { reason: storeError } };
  return subscribeError === null ? null : { code: 'subscription_failed', values: { reason: subscribeError } };
}
