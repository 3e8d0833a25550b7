/** The adapters that speak to the outside, made from the options. */

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
import { QuestDbLedgerStore } from '../adapters/questdb/ledger-store.ts';
import { QuestDbLedgerViews } from '../adapters/questdb/ledger-views.ts';
import { QuestDbCoverageStore } from '../adapters/questdb/proof-store.ts';
import { QuestDb } from '../adapters/questdb/questdb.ts';
import { readingsTable } from '../adapters/questdb/reading-rows.ts';
import { QuestDbReadingStore } from '../adapters/questdb/reading-store.ts';
import { QuestDbStatisticsStore } from '../adapters/questdb/statistics-store.ts';
import { applied } from '../adapters/questdb/wal.ts';
import { resumeSuspended } from '../adapters/questdb/wal-resume.ts';
import type { HomeAssistantTarget } from '../home/connection.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { hull, type Interval } from '../units/interval.ts';
import type { Adapters } from './energy-ledger.ts';
import type { Options } from './options.ts';

function endpointOf(target: HomeAssistantTarget, source: Endpoint['source']): Endpoint | { error: string } {
  const parsed = endpointFromUrl(target.url);
  if (parsed.kind === 'invalid') return { error: parsed.error };
  return { websocketUrl: parsed.websocketUrl, token: target.token, source };
}

export function createAdapters(options: Options, clock: Clock, log: Log): Adapters {
  const { homeAssistant: told } = options;
  const homeAssistantLog = log.child({ part: 'home-assistant' });
  const homeAssistant = createHomeAssistant({
    endpoint: told.kind === 'supervisor' ? supervisorEndpoint(told.token) : null,
    clock,
    log: homeAssistantLog,
  });
  const questdbLog = log.child({ part: 'questdb' });
  const questdb = new QuestDb({
    url: options.questdbUrl,
    pgUrl: options.questdbPgUrl,
    log: questdbLog,
  });
  const documents = new Documents({ url: options.mongodbUrl, log: log.child({ part: 'documents' }) });
  const readingStore = new QuestDbReadingStore(questdb, clock);
  const statisticsStore = new QuestDbStatisticsStore(questdb, clock);
  const ledgerViews = new QuestDbLedgerViews(questdb);
  return {
    homeAssistant: Object.assign(homeAssistant, {
      use: (target: HomeAssistantTarget) => {
        const endpoint = endpointOf(target, told.kind === 'environment' ? 'environment' : 'saved');
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
    ledgerViews,
    viewsRefreshed: () => ledgerViews.refreshed(),
    statisticsStore,
    correctionStore: new MongoCorrectionStore(documents),
    costVersionStore: new MongoCostVersionStore(documents),
    gridConnectionStore: new MongoGridConnectionStore(documents),
    pingQuestdb: () => questdb.check(),
    entityStore: new MongoEntityStore(documents),
    settingsStore: new MongoSettingsStore(documents),
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
