/** The adapters to the outside, made from the options. */

import { diskSpace } from '../adapters/disk/disk-space.ts';
import { type Endpoint, endpointFromUrl, supervisorEndpoint } from '../adapters/homeassistant/endpoint.ts';
import { createHomeAssistant } from '../adapters/homeassistant/home-assistant.ts';
import { tryEndpoint } from '../adapters/homeassistant/trial.ts';
import { MongoCorrectionStore } from '../adapters/mongodb/correction-store.ts';
import { MongoCostVersionStore } from '../adapters/mongodb/cost-version-store.ts';
import { Documents } from '../adapters/mongodb/documents.ts';
import { MongoEntityStore } from '../adapters/mongodb/entity-store.ts';
import { MongoGridConnectionStore } from '../adapters/mongodb/grid-connection-store.ts';
import { MongoSettingsStore } from '../adapters/mongodb/settings-store.ts';
import { MongoSubscriptionStore } from '../adapters/mongodb/subscription-store.ts';
import { MongoSyncLog } from '../adapters/mongodb/sync-log.ts';
import { MongoTicketStore } from '../adapters/mongodb/ticket-store.ts';
import { QuestDbCoverageStore } from '../adapters/questdb/coverage-store.ts';
import { QuestDbLedgerStore } from '../adapters/questdb/ledger-store.ts';
import { QuestDbLedgerViews } from '../adapters/questdb/ledger-views.ts';
import { QuestDb } from '../adapters/questdb/questdb.ts';
import { readingsTable } from '../adapters/questdb/reading-rows.ts';
import { QuestDbReadingStore } from '../adapters/questdb/reading-store.ts';
import { QuestDbStatisticsStore } from '../adapters/questdb/statistics-store.ts';
import { applied } from '../adapters/questdb/wal.ts';
import { resumeSuspended } from '../adapters/questdb/wal-resume.ts';
import type { HomeAssistantTarget, Trial } from '../home/connection-settings.ts';
import type { EntityStore } from '../home/entity-store.ts';
import type { GridConnectionStore } from '../home/grid-connection-store.ts';
import type { HomeAssistant } from '../home/home-assistant.ts';
import { Settings } from '../home/settings.ts';
import type { CoverageStore } from '../recording/coverage-store.ts';
import type { ReadingStore } from '../recording/reading-store.ts';
import type { SubscriptionStore, SyncLog } from '../recording/sync-log.ts';
import type { DiskSpace } from '../recording/write/disk-watch.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { CostVersionStore } from '../tariffs/cost-version-store.ts';
import { hull, type Interval } from '../units/interval.ts';
import type { IntegrityAdapters } from './integrity-services.ts';
import type { LedgerAdapters } from './ledger-services.ts';
import type { Options } from './options.ts';

/**
 * Everything outside the process. `start` begins to connect and returns; the process runs while any of it is away.
 */
export interface Adapters extends LedgerAdapters, IntegrityAdapters {
  readonly homeAssistant: HomeAssistant & {
    start(): void;
    stop(): Promise<void>;
    /** Connects to this Home Assistant from now on. */
    use(target: HomeAssistantTarget): void;
    reconnect(reason: string): void;
    lastPingAtUs(): number | null;
  };
  readonly tryHomeAssistant: (target: HomeAssistantTarget) => Promise<Trial>;
  readonly readingStore: ReadingStore;
  readonly coverageStore: CoverageStore;
  /** Refuses writes to QuestDB while `held` returns a reason. */
  readonly holdStoreWrites: (held: () => string | null) => void;
  /** QuestDB resumes what it gave up on a full disk. Rejects when it does not answer. */
  readonly mendStore: () => Promise<void>;
  /** Of the disk that DATA_DIR is on. */
  readonly diskSpace: () => Promise<DiskSpace>;
  readonly costVersionStore: CostVersionStore;
  readonly gridConnectionStore: GridConnectionStore;
  readonly pingQuestdb: () => Promise<unknown>;
  readonly entityStore: EntityStore;
  readonly settings: Settings;
  readonly subscriptionStore: SubscriptionStore;
  readonly syncLog: SyncLog;
  readonly pingDocuments: () => Promise<unknown>;
  /** Begins to connect to the stores. */
  readonly startStores: () => void;
  /** Closes the stores' connections. */
  readonly closeStores: () => Promise<void>;
}

function endpointOf(target: HomeAssistantTarget, source: Endpoint['source']): Endpoint | { error: string } {
  const parsed = endpointFromUrl(target.url);
  if (parsed.kind === 'invalid') return { error: parsed.error };
  return { websocketUrl: parsed.websocketUrl, token: target.token, source };
}

export function createAdapters(options: Options, clock: Clock, log: Log): Adapters {
  const { homeAssistant: source } = options;
  const homeAssistantLog = log.child({ part: 'home-assistant' });
  const homeAssistant = createHomeAssistant({
    endpoint: source.kind === 'supervisor' ? supervisorEndpoint(source.token) : null,
    clock,
    log: homeAssistantLog,
  });
  const questdbLog = log.child({ part: 'questdb' });
  const questdb = new QuestDb({
    url: options.questdbUrl,
    pgUrl: options.questdbPgUrl,
    clock,
    log: questdbLog,
  });
  const documents = new Documents({ url: options.mongodbUrl, log: log.child({ part: 'documents' }) });
  const settings = new Settings(new MongoSettingsStore(documents), log.child({ part: 'settings' }));
  const readingStore = new QuestDbReadingStore(questdb, clock);
  const statisticsStore = new QuestDbStatisticsStore(questdb, clock);
  return {
    homeAssistant: Object.assign(homeAssistant, {
      use: (target: HomeAssistantTarget) => {
        const endpoint = endpointOf(target, source.kind === 'environment' ? 'environment' : 'saved');
        if ('error' in endpoint) homeAssistantLog.error({}, endpoint.error);
        else homeAssistant.reconfigure(endpoint);
      },
    }),
    tryHomeAssistant: async (target) => {
      const endpoint = endpointOf(target, 'saved');
      if ('error' in endpoint) return { kind: 'failed', error: endpoint.error };
      return await tryEndpoint(endpoint, { clock, log: homeAssistantLog });
    },
    readingStore,
    holdStoreWrites: (held) => questdb.holdWrites(held),
    mendStore: () => resumeSuspended(questdb, questdbLog),
    diskSpace: () => diskSpace(options.dataDir),
    coverageStore: new QuestDbCoverageStore(questdb),
    receivedSince: async (receivedUs) => {
      const spans: Map<string, Interval> = await readingStore.receivedSince(receivedUs);
      for (const [entityId, span] of await statisticsStore.receivedSince(receivedUs))
        spans.set(entityId, hull(spans.get(entityId), span));
      return spans;
    },
    readingsReadable: () => applied(questdb, readingsTable),
    ledgerStore: new QuestDbLedgerStore(questdb),
    createLedgerViews: (zone) => new QuestDbLedgerViews(questdb, zone),
    statisticsStore,
    correctionStore: new MongoCorrectionStore(documents),
    costVersionStore: new MongoCostVersionStore(documents),
    gridConnectionStore: new MongoGridConnectionStore(documents),
    pingQuestdb: () => questdb.check(),
    entityStore: new MongoEntityStore(documents, settings),
    settings,
    subscriptionStore: new MongoSubscriptionStore(documents),
    syncLog: new MongoSyncLog(documents),
    ticketStore: new MongoTicketStore(documents),
    pingDocuments: () => documents.check(),
    startStores: () => questdb.start(),
    closeStores: async () => {
      await Promise.all([questdb.stop(), documents.stop()]);
    },
  };
}
