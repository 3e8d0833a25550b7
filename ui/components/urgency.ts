/** The one thing that somebody has to know or to do, wherever they are in the panel: the most important first. Pure. */
import type { Status } from '../../src/schemas/status.ts';

export type Urgency =
  | { readonly kind: 'disk' | 'paused' | 'refused' | 'homeAssistant' | 'questdb' }
  | { readonly kind: 'silent'; readonly forMs: number }
  | { readonly kind: 'decisions'; readonly count: number };

export interface UrgencyFacts {
  readonly status: Status;
  /** Where no address is set, the pages themselves ask for it. */
  readonly isConfigured: boolean;
  readonly nowMs: number;
  /** Since when the store of readings does not answer, as far as this page has seen; null when it does. */
  readonly storeAwaySinceMs: number | null;
}

/** A restart is over sooner, and is no news. */
const passingMs = 2 * 60_000;
/** A home of which nothing is heard for so long is not just quiet. */
const silentMs = 12 * 3_600_000;

export function urgencyOf({ status, isConfigured, nowMs, storeAwaySinceMs }: UrgencyFacts): Urgency | null {
  const { disk, spool, home_assistant: home, recorder, reconciliation } = status;
  if (!disk.ok) return { kind: 'disk' };
  if (spool.is_paused) return { kind: 'paused' };
  if (!isConfigured) return null;
  if (home.token_refused) return { kind: 'refused' };
  const heardMs = recorder.last_reading_at === null ? null : Date.parse(recorder.last_reading_at);
  const silenceMs = nowMs - (heardMs ?? nowMs - status.uptime_seconds * 1000);
  if (!home.ok && silenceMs >= passingMs) return { kind: 'homeAssistant' };
  if (storeAwaySinceMs !== null && nowMs - storeAwaySinceMs >= passingMs) return { kind: 'questdb' };
  if (home.ok && recorder.entities_tracked > 0 && silenceMs >= silentMs)
    return { kind: 'silent', forMs: silenceMs };
  const count = reconciliation.open_tickets ?? 0;
  return count > 0 ? { kind: 'decisions', count } : null;
}
