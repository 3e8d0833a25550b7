/** The port `HomeAssistant` over Home Assistant's websocket. */
import type { HomeAssistant } from '../../home/home-assistant.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Emitter } from '../../runtime/emitter.ts';
import type { Log } from '../../runtime/log.ts';
import { pause } from '../../runtime/pause.ts';
import {
  administratorsOf,
  areasOf,
  configOf,
  devicesOf,
  entityEntriesOf,
  isRunning,
  statesOf,
} from './answers.ts';
import { CommandRefused } from './command-error.ts';
import { Connection } from './connection.ts';
import type { Endpoint } from './endpoint.ts';
import { hasHistoryAt, history } from './history.ts';
import type { Session } from './session.ts';
import { subscribeStates } from './state-subscription.ts';
import { firstStatistics, statistics, statisticsMetadata } from './statistics.ts';
import { Throttle } from './throttle.ts';
import { defaultTimings, type Timings } from './timings.ts';
import { throughWarmUp } from './warm-up.ts';

interface HomeAssistantDeps {
  /** Null: not configured yet; `reconfigure` sets it. */
  readonly endpoint: Endpoint | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly timings?: Partial<Timings>;
  readonly random?: () => number;
}

export interface HomeAssistantConnection extends HomeAssistant {
  start(): void;
  stop(): Promise<void>;
  /** Takes effect at once: the present connection is left. Null: none. */
  reconfigure(endpoint: Endpoint | null): void;
  /** Drops the present connection, which can't be trusted, and makes another. */
  reconnect(reason: string): void;
  /** When a ping was last answered; null when never. */
  lastPingAtUs(): number | null;
}

const registryEvents = [
  'entity_registry_updated',
  'device_registry_updated',
  'area_registry_updated',
] as const;

async function followRegistries(session: Session, onChange: () => void, log: Log): Promise<void> {
  try {
    for (const eventType of registryEvents)
      await session.subscribe({ type: 'subscribe_events', event_type: eventType }, onChange);
  } catch (cause) {
    // A later refresh still finds what is new.
    if (session.isOpen()) log.warn({ err: cause }, 'changes of the registries are not received');
  }
}

export function createHomeAssistant(deps: HomeAssistantDeps): HomeAssistantConnection {
  const { clock, log } = deps;
  const timings: Timings = { ...defaultTimings, ...deps.timings };
  const registryChanges = new Emitter(log, 'A listener to changes of the registries failed');
  const registryChange = new Throttle(() => registryChanges.emit(), timings.registryThrottleMs);
  const connection = new Connection(deps.endpoint, {
    clock,
    log,
    timings,
    random: deps.random ?? Math.random,
    onSession: (session) => void followRegistries(session, () => registryChange.call(), log),
  });

  /** A command of an integration that Core may not have set up yet; all tries use one connection. */
  function ask(message: { readonly type: string }, deadlineMs = timings.commandMs): Promise<unknown> {
    const session = connection.session();
    return throughWarmUp(() => session.command(message, deadlineMs), {
      withinMs: timings.warmUpMs,
      firstMs: timings.warmUpFirstMs,
      isRunning: async () => isRunning(await session.command({ type: 'get_config' })),
      pause,
      monotonicMs: () => clock.monotonicMs(),
    });
  }

  const read = (message: { readonly type: string }) => ask(message, timings.historyMs);

  return {
    start: () => connection.start(),
    stop: async () => {
      registryChange.stop();
      await connection.stop();
    },
    reconfigure: (endpoint) => connection.reconfigure(endpoint),
    reconnect: (reason) => connection.reconnect(reason),
    lastPingAtUs: () => connection.lastPingAtUs(),
    status: () => connection.status(),
    reconnectCount: () => connection.reconnectCount(),
    onStatus: (listener) => connection.onStatus(listener),
    onRegistryChange: (listener) => registryChanges.on(listener),
    config: async () =>
      configOf(await connection.session().command({ type: 'get_config' }), (zone) =>
        log.error(
          { zone: zone.slice(0, 100) },
          'The home’s time zone is not known here: days are those of UTC',
        ),
      ),
    states: async () => statesOf(await connection.session().command({ type: 'get_states' })),
    registries: async () => {
      const [entities, devices, areas] = await Promise.all([
        ask({ type: 'config/entity_registry/list' }),
        ask({ type: 'config/device_registry/list' }),
        ask({ type: 'config/area_registry/list' }),
      ]);
      return { entities: entityEntriesOf(entities), devices: devicesOf(devices), areas: areasOf(areas) };
    },
    energyPreferences: () => energyPreferences(ask),
    administratorIds: async () => administratorsOf(await ask({ type: 'config/auth/list' })),
    subscribeStates: async (entityIds, onBatch) =>
      await subscribeStates(connection.session(), entityIds, onBatch, { clock, log }),
    history: async (entityIds, startUs, endUs) => await history(read, entityIds, startUs, endUs),
    hasHistoryAt: async (entityIds, atUs) => await hasHistoryAt(read, entityIds, atUs),
    statistics: async (entityIds, startUs, endUs, period) =>
      await statistics(read, entityIds, startUs, endUs, period),
    statisticsMetadata: async (statisticIds) => await statisticsMetadata(read, statisticIds),
    firstStatistics: async (entityIds) => await firstStatistics(read, entityIds),
    pause: (isPaused) => connection.pause(isPaused),
  };
}

/** Null when none are set, or when there is no energy integration that could have any. */
export async function energyPreferences(
  ask: (message: { readonly type: string }) => Promise<unknown>,
): Promise<unknown> {
  try {
    return await ask({ type: 'energy/get_prefs' });
  } catch (cause) {
    if (cause instanceof CommandRefused && (cause.code === 'not_found' || cause.code === 'unknown_command'))
      return null;
    throw cause;
  }
}
