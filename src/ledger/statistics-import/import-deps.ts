/** The dependencies of the statistics import. */
import type { HomeAssistant } from '../../home/home-assistant.ts';
import type { Settings } from '../../home/settings.ts';
import type { SyncLog, SyncRun } from '../../recording/sync-log.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Interval } from '../../units/interval.ts';
import type { CanonicalUnit } from '../../units/quantity.ts';
import type { StatisticsStore } from '../evidence/statistics-store.ts';

/** A tracked entity as the import sees it. */
export interface ImportEntity {
  readonly entityId: string;
  readonly unit: CanonicalUnit;
  /** How the ledger posts its rows: with all others of the home's balance, or alone; null: they are only stored. */
  readonly posting: 'together' | 'alone' | null;
}

export interface HistoryImportDeps {
  readonly homeAssistant: Pick<HomeAssistant, 'statistics' | 'firstStatistics' | 'status' | 'onStatus'>;
  readonly statistics: Pick<StatisticsStore, 'append' | 'ends' | 'count'>;
  readonly syncLog: SyncLog;
  readonly settings: Settings;
  /** All tracked entities. */
  readonly entities: () => readonly ImportEntity[];
  /** Resolves when the ledger has posted the rows in these spans; rejects when it could not. */
  readonly post: (spans: ReadonlyMap<string, Interval>) => Promise<void>;
  /** Whether something goes first: the raw history is still arriving, or readings wait to be written. */
  readonly isBusy: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** A new id, unique for ever. */
  readonly newId: () => string;
}

export interface ImportRunLimits {
  readonly breathMs: number;
  readonly retryFirstMs: number;
  readonly retryLimitMs: number;
}

export interface ImportRunEnvironment {
  /** The process stops. */
  readonly signal: AbortSignal;
  /** Aborted when Home Assistant is connected again. */
  readonly wake: () => AbortSignal;
  readonly onProgress: (run: SyncRun, isMilestone: boolean) => void;
  /** Why it waits; null when it goes on. */
  readonly onTrouble: (trouble: string | null) => void;
}
