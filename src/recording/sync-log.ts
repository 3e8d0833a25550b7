import type { Interval } from '../units/interval.ts';

/**
 * `statistics`: rows of Home Assistant's statistics; `hourly`, `nightly`, `reconciliation` (requested): readings and
 * ledger compared with Home Assistant; `proof`: readings alone, where there was a reason to doubt; the others:
 * readings from its history.
 */
export type SyncKind =
  | 'first'
  | 'reconnect'
  | 'manual'
  | 'start'
  | 'silent'
  | 'statistics'
  | 'hourly'
  | 'nightly'
  | 'reconciliation'
  | 'proof';
type SyncStatus = 'running' | 'success' | 'partial' | 'failed';

/** What a run compared and changed, beside the readings that it added. */
export interface SyncOutcome {
  /** Hours of entities that were compared with Home Assistant. */
  readonly hoursChecked: number;
  readonly hoursDiffering: number;
  /** Intervals in which readings were missing. */
  readonly holesFound: number;
  readonly entriesRevised: number;
  readonly ticketsOpened: number;
}

/** One run that fetched readings from the past or compared the records with Home Assistant. */
export interface SyncRun extends Interval {
  readonly syncId: string;
  readonly kind: SyncKind;
  readonly status: SyncStatus;
  readonly entitiesTotal: number;
  readonly entitiesDone: number;
  /** Readings, or rows of statistics, that were not in the store before. */
  readonly readingsAdded: number;
  readonly error: string | null;
  readonly startedAtUs: number;
  readonly finishedAtUs: number | null;
  /** Absent for runs that only fetch. */
  readonly outcome?: SyncOutcome;
}

/** Keeps the runs, the newest 500. Calls reject when the store is down. */
export interface SyncLog {
  save(run: SyncRun): Promise<void>;
  find(syncId: string): Promise<SyncRun | null>;
  recent(limit: number): Promise<SyncRun[]>;
}

/** Until when everything of these entities is stored. */
export interface Completeness {
  readonly endUs: number;
  readonly entityIds: readonly string[];
}

/** The subscription as the panel and the API show it; one document. */
export interface SubscriptionState {
  readonly status: 'active' | 'disconnected' | 'error';
  readonly subscribedAtUs: number | null;
  readonly lastEventAtUs: number | null;
  readonly reconnectCount: number;
  readonly errorMessage: string | null;
  /** Where the next process has to continue; absent or null: nowhere. Written and read back unchanged. */
  readonly complete?: Completeness | null;
}

export interface SubscriptionStore {
  load(): Promise<SubscriptionState | null>;
  save(state: SubscriptionState): Promise<void>;
}
