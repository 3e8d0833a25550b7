/** The most important thing that the user has to know or do, on any page. Pure. */
import type { Status } from '../../src/schemas/status.ts';
import { hourMs, minuteMs } from '../../src/units/durations.ts';

export type Urgency =
  | { readonly kind: 'disk' | 'paused' | 'refused' | 'homeAssistant' | 'questdb' }
  | { readonly kind: 'silent'; readonly forMs: number }
  | { readonly kind: 'decisions'; readonly count: number };

interface UrgencyFacts {
  readonly status: Status;
  /** Without an address, the pages themselves ask for it. */
  readonly isConfigured: boolean;
  readonly nowMs: number;
  /** Since when this page has seen the store of readings not answer; null when it answers. */
  readonly storeAwaySinceMs: number | null;
}

/** Shorter outages, such as a restart, are not shown. */
const restartMs = 2 * minuteMs;
/** A home without readings for this long is not just quiet. */
const silentMs = 12 * hourMs;

export function urgencyOf({ status, isConfigured, nowMs, storeAwaySinceMs }: UrgencyFacts): Urgency | null {
  const { disk, spool, home_assistant: home, recorder, reconciliation } = status;
  if (!disk.ok) return { kind: 'disk' };
  if (spool.is_paused) return { kind: 'paused' };
  if (!isConfigured) return null;
  if (home.token_refused) return { kind: 'refused' };
  const lastReadingMs = recorder.last_reading_at === null ? null : Date.parse(recorder.last_reading_at);
  const silenceMs = nowMs - (lastReadingMs ?? nowMs - status.uptime_seconds * 1000);
  if (!home.ok && silenceMs >= restartMs) return { kind: 'homeAssistant' };
  if (storeAwaySinceMs !== null && nowMs - storeAwaySinceMs >= restartMs) return { kind: 'questdb' };
  if (home.ok && recorder.entities_tracked > 0 && silenceMs >= silentMs)
    return { kind: 'silent', forMs: silenceMs };
  const count = reconciliation.open_tickets ?? 0;
  return count > 0 ? { kind: 'decisions', count } : null;
}
