/** What reconciliation works with. */
import type { HomeAssistant } from '../../home/home-assistant.ts';
import type { Settings } from '../../home/settings.ts';
import type { ChangeCause } from '../../ledger/entries/cause.ts';
import type { LedgerStore } from '../../ledger/entries/ledger-store.ts';
import type { Corrections } from '../../ledger/evidence/corrections.ts';
import type { StatisticsStore } from '../../ledger/evidence/statistics-store.ts';
import type { HoursToVerify, VerificationEnvironment } from '../../recording/coverage-store.ts';
import type { ReadingStore } from '../../recording/reading-store.ts';
import type { SyncLog } from '../../recording/sync-log.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { LedgerViews } from '../../statistics/ledger-views.ts';
import type { Interval } from '../../units/interval.ts';
import type { Tickets } from '../tickets/tickets.ts';
import type { ReconciledEntity } from './reconciled-entity.ts';

/** Compares what is stored with Home Assistant's history, reading by reading, and fetches what is missing. */
export interface HourVerifier {
  /** How many hours of these entities in [startUs, endUs) were not compared yet. Rejects when a store is down. */
  unverifiedCount(entityIds: readonly string[], startUs: number, endUs: number): Promise<number>;
  /** Verified hours are not compared again. Rejects when Home Assistant or a store is away; may be repeated. */
  verify(asked: HoursToVerify, environment: VerificationEnvironment): Promise<void>;
}

/** The ledger's own pace. */
interface Posting {
  markDirty(entityId: string, span: Interval, cause: ChangeCause): void;
  /** Resolves when everything marked dirty is posted; rejects when it could not be. */
  settle(): Promise<void>;
}

export interface ReconciliationDeps {
  readonly homeAssistant: Pick<HomeAssistant, 'statistics' | 'onStatus' | 'status'>;
  readonly readings: Pick<ReadingStore, 'range' | 'before' | 'hourly'>;
  readonly statistics: Pick<StatisticsStore, 'range' | 'append' | 'endingBefore'>;
  readonly ledger: Pick<LedgerStore, 'current' | 'journal'>;
  readonly views: Pick<LedgerViews, 'buckets'>;
  readonly corrections: Pick<Corrections, 'of'>;
  readonly posting: Posting;
  readonly coverageVerifier: HourVerifier;
  readonly tickets: Pick<Tickets, 'report' | 'count'>;
  readonly syncLog: SyncLog;
  readonly settings: Settings;
  /** All that are tracked now. */
  readonly entities: () => readonly ReconciledEntity[];
  /** The home's zone; null while it is not known. */
  readonly zone: () => string | null;
  /** What goes first: readings come in from the past, or wait to be written. */
  readonly isBusy: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  /** Called when a run has ended. */
  readonly onDone?: () => void;
}
