/** `statistics`: rows of Home Assistant's statistics; the others: readings from its history. */
export type SyncKind = 'first' | 'reconnect' | 'manual' | 'start' | 'statistics';
export type SyncStatus = 'running' | 'success' | 'partial' | 'failed';

/** One run that brought readings in from the past. */
export interface SyncRun {
  readonly syncId: string;
  readonly kind: SyncKind;
  readonly startUs: number;
  readonly endUs: number;
  readonly status: SyncStatus;
  readonly entitiesTotal: number;
  readonly entitiesDone: number;
  /** Readings, or rows of statistics, that were not in the store before. */
  readonly readingsAdded: number;
  readonly error: string | null;
  readonly startedAtUs: number;
  readonly finishedAtUs: number | null;
}

/** Keeps the runs, the newest 500. Calls reject when the store is down. */
export interface SyncLog {
  save(run: SyncRun): Promise<void>;
  find(syncId: string): Promise<SyncRun | null>;
  recent(limit: number): Promise<SyncRun[]>;
}

/** What is had of Home Assistant's past: of these entities everything until an instant. */
export interface Completeness {
  readonly untilUs: number;
  readonly entityIds: readonly string[];
}

/** The subscription as the panel and the API tell it; one document. */
export interface SubscriptionState {
  readonly status: 'active' | 'disconnected' | 'error';
  readonly subscribedAtUs: number | null;
  readonly lastEventAtUs: number | null;
  readonly reconnectCount: number;
  readonly errorMessage: string | null;
  /** Where the next process has to go on; absent or null: nowhere. Written and read back as it is. */
  readonly complete?: Completeness | null;
}

export interface SubscriptionStore {
  load(): Promise<SubscriptionState | null>;
  save(state: SubscriptionState): Promise<void>;
}
