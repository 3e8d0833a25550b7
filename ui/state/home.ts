/** State that all pages share: the home now, settings, status. Fetched once, then kept current by the websocket. */
import { computed, effect, signal } from '@preact/signals';
import type { EntityRow } from '../../src/schemas/entities.ts';
import type { LiveMessage } from '../../src/schemas/live.ts';
import type { Now } from '../../src/schemas/now.ts';
import type { Settings } from '../../src/schemas/settings.ts';
import type { Status } from '../../src/schemas/status.ts';
import { minuteMs } from '../../src/units/durations.ts';
import { ApiProblem, api } from '../api.ts';
import type { Locale } from '../format/instants.ts';
import { LiveSocket, type LiveState } from '../live.ts';
import { newestAtMs, withReadings } from './live-now.ts';
import { Resource } from './resource.ts';
import { ticketChanges, tickets } from './tickets.ts';

/** Refresh interval for what the websocket does not report, and for all while it is away. */
const slowRefreshMs = minuteMs;
/** Refresh interval while a part is down, so that the page recovers soon after the part does. */
const fastRefreshMs = 3000;

/** The entities of Home Assistant; the last known ones while it is away. */
async function fetchEntities(signal: AbortSignal): Promise<readonly ListedEntity[]> {
  try {
    return (await api.entities(signal)).entities.map((entity) => ({ ...entity, is_active: true }));
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 503) throw error;
    const { entities } = await api.cachedEntities(signal);
    return entities.map((entity) => ({ ...entity, state: null, last_updated: null }));
  }
}

export type ListedEntity = EntityRow & { readonly is_active: boolean };

export const now = new Resource<Now>(async (signal) => {
  const data = await api.now(signal);
  syncClock(data);
  return data;
});
export const settings = new Resource<Settings>((signal) => api.settings(signal));
export const status = new Resource<Status>((signal) => api.status(signal));
export const entities = new Resource<readonly ListedEntity[]>(fetchEntities);

export const liveState = signal<LiveState>('connecting');
/** Entity ids in the newest readings message, for pages that show their past. */
export const arrived = signal<ReadonlySet<string>>(new Set());
/** Increments when readings of the past arrive. */
export const pastChanges = signal(0);
/** The browser's clock, updated every second while the page is visible. */
export const clientMs = signal(Date.now());
/** How far the browser's clock is ahead of the app's. */
const skewMs = signal(0);
/** The app's clock. */
export const nowMs = computed(() => clientMs.value - skewMs.value);
export const newestMs = computed(() => (now.data === null ? null : newestAtMs(now.data)));

function parentLanguage(): string | null {
  try {
    return window.parent === window ? null : window.parent.document.documentElement.lang || null;
  } catch {
    // A page of another origin: the language of the settings is used.
    return null;
  }
}

/** Adds the browser's region ("en-GB") where Home Assistant reports only a language ("en"). */
function withRegion(language: string, preferred: readonly string[]): string {
  if (language.includes('-')) return language;
  return preferred.find((one) => one.toLowerCase().startsWith(`${language.toLowerCase()}-`)) ?? language;
}

export const locale = computed<Locale>(() => {
  const saved = settings.data?.settings;
  const language = parentLanguage() ?? saved?.language ?? navigator.language;
  let zone = saved?.time_zone ?? now.data?.time_zone ?? null;
  try {
    Intl.getCanonicalLocales(language);
    new Intl.DateTimeFormat('en', { timeZone: zone ?? 'UTC' });
  } catch {
    zone = null;
  }
  return {
    language: withRegion(language, navigator.languages),
    zone: zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
});

function syncClock({ at }: Now): void {
  skewMs.value = Date.now() - Date.parse(at);
}

function onMessage(message: LiveMessage): void {
  switch (message.type) {
    case 'snapshot':
      syncClock(message.now);
      now.set(message.now);
      break;
    case 'readings': {
      const data = now.state.peek().data;
      if (data !== null) now.set(withReadings(data, message));
      arrived.value = new Set(message.readings.map((reading) => reading.entity_id));
      break;
    }
    case 'changed':
      if (message.what.includes('status')) void status.refresh();
      if (message.what.includes('readings')) pastChanges.value += 1;
      if (message.what.includes('tickets')) {
        ticketChanges.value += 1;
        // The status counts the open decisions.
        void status.refresh();
        if (tickets.state.peek().data !== null) void tickets.refresh();
      }
      if (message.what.includes('settings')) void settings.refresh();
      if (message.what.includes('entities')) {
        void now.refresh();
        if (entities.state.peek().data !== null) void entities.refresh();
      }
      break;
  }
}

/** Whether the past is still being fetched, so that unknown values may still arrive. */
export function isImporting(): boolean {
  return status.data?.statistics.running === true || status.data?.backfill.running === true;
}

/** Starts to follow the home; returns a function that stops it. */
export function followHome(): () => void {
  const live = new LiveSocket({
    onMessage,
    onState: (state) => {
      const before = liveState.peek();
      liveState.value = state;
      // The websocket repeats only a part of what changed while it was away.
      if (state === 'live' && before === 'lost') void Promise.all([status.refresh(), settings.refresh()]);
    },
  });
  live.start();
  void Promise.all([now.refresh(), settings.refresh(), status.refresh()]);
  const clock = setInterval(() => {
    if (document.visibilityState === 'visible') clientMs.value = Date.now();
  }, 1000);
  const slow = setInterval(() => {
    if (document.visibilityState !== 'visible') return;
    void status.refresh();
    if (liveState.peek() !== 'live') void now.refresh();
  }, slowRefreshMs);
  const stopWatching = effect(() => {
    if (status.data?.status === 'ok' || status.data === null) return;
    const timer = setInterval(() => void status.refresh(), fastRefreshMs);
    return () => clearInterval(timer);
  });
  return () => {
    live.stop();
    clearInterval(clock);
    clearInterval(slow);
    stopWatching();
    for (const resource of [now, settings, status, entities, tickets]) resource.stop();
  };
}
