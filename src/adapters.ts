/** Until the real adapters stand: parts that are away. */
import type { Adapters } from './energy-ledger.ts';
import { HomeAssistantUnavailable } from './home/home-assistant.ts';
import type { Options } from './options.ts';
import type { Clock } from './units/clock.ts';
import type { Log } from './units/log.ts';

export function createAdapters(_options: Options, _clock: Clock, _log: Log): Adapters {
  const away = () => Promise.reject(new HomeAssistantUnavailable('There is no adapter yet'));
  const down = () => Promise.reject(new Error('There is no adapter yet'));
  return {
    homeAssistant: {
      status: () => ({ kind: 'not_configured' }),
      reconnectCount: () => 0,
      onStatus: () => () => undefined,
      onRegistryChange: () => () => undefined,
      config: away,
      states: away,
      registries: away,
      energyPreferences: away,
      administratorIds: away,
      subscribeStates: away,
      history: away,
      pause: () => undefined,
      start: () => undefined,
      stop: () => Promise.resolve(),
      use: () => undefined,
    },
    tryHomeAssistant: () => Promise.resolve({ kind: 'failed', error: 'There is no adapter yet' }),
    readingStore: {
      append: down,
      range: down,
      before: down,
      newest: down,
      hourly: down,
      curve: down,
      count: down,
    },
    pingQuestdb: down,
    entityStore: { all: down, saveDiscovered: down, setTracked: down },
    settingsStore: { get: down, set: down, all: down },
    subscriptionStore: { load: down, save: down },
    syncLog: { save: down, find: down, recent: down },
    pingDocuments: down,
    closeStores: () => Promise.resolve(),
  };
}
