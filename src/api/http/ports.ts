/** What the API needs from the rest of the process, beside the ports that home and recording declare. */

import type { Reconciler } from '../../integrity/reconciliation/reconciler.ts';
import type { TicketStore } from '../../integrity/ticket.ts';
import type { Tickets } from '../../integrity/tickets/tickets.ts';
import type { LedgerStore } from '../../ledger/entries/ledger-store.ts';
import type { Corrections } from '../../ledger/evidence/corrections.ts';
import type { StatisticsStore } from '../../ledger/evidence/statistics-store.ts';
import type { PostingHealth } from '../../ledger/posting/posting-health.ts';
import type { PostingWorker } from '../../ledger/posting/posting-worker.ts';
import type { HistoryImport } from '../../ledger/statistics-import/history-import.ts';
import type { CoverageStatus } from '../../recording/coverage/coverage-scheduler.ts';
import type { Absence, Reading } from '../../recording/reading.ts';
import type { HeartbeatStatus } from '../../recording/stream/heartbeat.ts';
import type { SubscriptionState, SyncRun } from '../../recording/sync-log.ts';
import type { DiskStatus } from '../../recording/write/disk-watch.ts';
import type { PartHealth, PartProblem } from '../../runtime/health.ts';
import type { LedgerViews } from '../../statistics/ledger-views.ts';
import type { CostVersionStore } from '../../tariffs/cost-version-store.ts';

export interface RecorderHealth extends PartHealth {
  readonly lastReadingAtUs: number | null;
  readonly received: number;
  readonly stored: number;
  /** Received again from Home Assistant and already stored. */
  readonly duplicates: number;
  /** Came after a newer one of their entity, and were taken in their place. */
  readonly outOfOrder: number;
  /** How far our clock is ahead of Home Assistant's; null before enough was received. */
  readonly clockDriftUs: number | null;
  readonly writeErrors: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly lastRejection: {
    readonly entityId: string;
    readonly reason: string;
    readonly state: string;
    readonly atUs: number;
  } | null;
  readonly queueLength: number;
  readonly queueLimit: number;
  /** Whether a reading that arrives now would be kept, in QuestDB or in the spool. */
  readonly canKeep: boolean;
}

interface SpoolHealth extends PartHealth {
  readonly bytes: number;
  readonly limitBytes: number;
  readonly readings: number;
  readonly isPaused: boolean;
}

export interface NewestValue {
  readonly atUs: number;
  readonly value: number | null;
  readonly absence: Absence | null;
  readonly unit: string | null;
}

/** The recorder's memory, which answers while every store is away. */
export interface Recording {
  health(): { readonly recorder: RecorderHealth; readonly spool: SpoolHealth };
  /** What watches over recording. */
  watch(): { readonly heartbeat: HeartbeatStatus; readonly disk: DiskStatus; readonly proof: CoverageStatus };
  subscription(): SubscriptionState;
  newest(entityId: string): NewestValue | null;
  /** What a meter counted since the home's midnight, in its canonical unit; null when not known. */
  countedToday(entityId: string): number | null;
  readingsToday(entityId: string): number;
  midnightUs(): number | null;
  /** Called with readings some times a second as they are taken in; returns the way to stop listening. */
  onReadings(
    listener: (fed: { readonly readings: readonly Reading[]; readonly missed: number }) => void,
  ): () => void;
  /** Called with entities whose day changed by something else than a reading just received. */
  onTodayChange(listener: (entityIds: readonly string[]) => void): () => void;
}

/** Fetches readings that Home Assistant recorded and that are missing here. */
export interface BackfillRuns {
  /** Starts a run for these, or for all that are tracked; answers its id at once. */
  request(entityIds?: readonly string[]): string;
  /** A run of this process that waits or is at work, which may not be in the log yet. */
  running(syncId: string): SyncRun | null;
  status(): {
    readonly isOk: boolean;
    readonly problem: PartProblem | null;
    readonly isRunning: boolean;
    readonly lastFinishedAtUs: number | null;
  };
}

export interface Stores {
  questdb(): PartHealth;
  mongodb(): PartHealth;
}

/** Makes received readings readable before a request is answered. Resolves after a limited time. */
export interface Present {
  /** Readings received until now can be read. */
  readings(): Promise<void>;
  /** And they are in the ledger, the running quarter-hour included. */
  ledger(): Promise<void>;
}

/** The ledger, its sums and what they cost. */
export interface LedgerParts {
  readonly views: LedgerViews;
  readonly store: LedgerStore;
  readonly statistics: StatisticsStore;
  readonly corrections: Corrections;
  readonly costVersions: CostVersionStore;
  readonly postingWorker: Pick<PostingWorker, 'markDirty' | 'status'>;
  /** How far posting, the flows included, is behind the stored readings. */
  readonly posting: () => PostingHealth;
  readonly history: StatisticsRuns;
}

/** Brings in what Home Assistant's own statistics know of the past. */
type StatisticsRuns = Pick<HistoryImport, 'request' | 'running' | 'status' | 'entitySyncs'>;

/** Tickets, decisions about them, and the reconciliation that finds them. */
export interface IntegrityParts {
  readonly tickets: Pick<Tickets, 'resolve' | 'undo' | 'open'>;
  readonly ticketStore: Pick<TicketStore, 'find' | 'list' | 'openCount'>;
  readonly reconciler: Pick<Reconciler, 'request' | 'running' | 'status' | 'plan'>;
}
