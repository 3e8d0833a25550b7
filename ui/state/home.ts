/** What all pages share: the home now, the settings, the state of every part. Fetched once, then followed by websocket. */
import { computed, effect, signal } from '@preact/signals';
import type { EntityRow } from '../../src/schemas/entities.ts';
import type { LiveMessage } from '../../src/schemas/live.ts';
import type { Now } from '../../src/schemas/now.ts';
import type { Settings } from '../../src/schemas/settings.ts';
import type { Status } from '../../src/schemas/status.ts';
import { ApiProblem, api, Live, type LiveState } from '../api.ts';
import type { Locale } from '../format/instants.ts';
import { newestAtMs, withReadings } from './live-now.ts';
import { Resource } from './resource.ts';
import { ticketChanges, tickets } from './tickets.ts';

/** Without the websocket, and for what it does not tell, everything is asked for at this pace. */
const slowRefreshMs = 60_000;

/** As Home Assistant shows them now, or, while it is away, as they are remembered. */
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
  noteClock(data);
  return data;
});
export const settings = new Resource<Settings>((signal) => api.settings(signal));
export const status = new Resource<Status>((signal) => api.status(signal));
export const entities = new Resource<readonly ListedEntity[]>(fetchEntities);

export const liveState = signal<LiveState>('connecting');
/** Entities of the newest message, for pages that show their past. */
export const arrived = signal<ReadonlySet<string>>(new Set());
/** Counts up when readings of the past came in. */
export const pastChanges = signal(0);
/** This machine's clock, once a second while the page is seen. */
export const clientMs = signal(Date.now());
/** How far this machine's clock is ahead of the app's. */
const skewMs = signal(0);
/** The app's clock. */
export const nowMs = computed(() => clientMs.value - skewMs.value);
export const newestMs = computed(() => (now.data === null ? null : newestAtMs(now.data)));

function parentLanguage(): string | null {
  try {
    return window.parent === window ? null : window.parent.document.documentElement.lang || null;
  } catch {
    // Another origin's page; the home's own language will do.
    return null;
  }
}

/** The browser knows the region ("en-GB") where Home Assistant tells only the language ("en"). */
export function withRegion(language: string, preferred: readonly string[]): string {
  if (language.includes('-')) return language;
  return preferred.find((one) => one.toLowerCase().startsWith(`${language.toLowerCase()}-`)) ?? language;
}

export const locale = computed<Locale>(() => {
  const told = settings.data?.settings;
  const language = parentLanguage() ?? told?.language ?? navigator.language;
  let zone = told?.time_zone ?? now.data?.time_zone ?? null;
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

function noteClock({ at }: Now): void {
  skewMs.value = Date.now() - Date.parse(at);
}

function onMessage(message: LiveMessage): void {
  switch (message.type) {
    case 'snapshot':
      noteClock(message.now);
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
        // The status counts those that wait for somebody.
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

/** Whether the past is still being fetched: what is not known may yet be. */
export function isImporting(): boolean {
  return status.data?.statistics.running === true || status.data?.backfill.running === true;
}

/** Starts to follow the home; returns the way to stop. */
export function followHome(): () => void {
  const live = new Live({
    onMessage,
    onState: (state) => {
      const before = liveState.peek();
      liveState.value = state;
      // What changed while the way was cut is told again only in part.
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
  // A part that is not well is looked at more often, so that the page heals when the part does.
  const stopWatching = effect(() => {
    if (status.data?.status === 'ok' || status.data === null) return;
    const timer = setInterval(() => void status.refresh(), 3000);
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
