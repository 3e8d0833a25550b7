/**
 * Goal: a banner comes only when somebody has to act, one at a time, the most important first, and a restart is no news.
 * Method: a status by hand, changed one thing at a time.
 */
import { describe, expect, it } from 'vitest';
import type { Status } from '../../src/schemas/status.ts';
import { urgencyOf } from './urgency.ts';

const nowMs = Date.parse('2026-11-25T10:00:00Z');
const iso = (agoMs: number) => new Date(nowMs - agoMs).toISOString();
const minuteMs = 60_000;
const well = { ok: true, detail: null };

interface Told {
  readonly isFull?: boolean;
  readonly isPaused?: boolean;
  readonly isRefused?: boolean;
  readonly isAway?: boolean;
  readonly heardAgoMs?: number;
  readonly tickets?: number | null;
  readonly tracked?: number;
}

function status(told: Told): Status {
  return {
    status: 'ok',
    version: '0.1.0',
    uptime_seconds: 3600,
    home_assistant: {
      ...well,
      ok: told.isAway !== true && told.isRefused !== true,
      version: null,
      connected_since: null,
      reconnect_count: 0,
      token_refused: told.isRefused === true,
    },
    disk: { ...well, ok: told.isFull !== true, free_bytes: null, total_bytes: null },
    spool: { ...well, bytes: 0, limit_bytes: 1, readings: 0, is_paused: told.isPaused === true },
    recorder: {
      ...well,
      entities_tracked: told.tracked ?? 3,
      last_reading_at: iso(told.heardAgoMs ?? 5000),
    },
    reconciliation: { ...well, open_tickets: told.tickets ?? 0 },
  } as Status;
}
const kindOf = (told: Told, storeAwayMs: number | null = null, isConfigured = true) =>
  urgencyOf({
    status: status(told),
    isConfigured,
    nowMs,
    storeAwaySinceMs: storeAwayMs === null ? null : nowMs - storeAwayMs,
  })?.kind ?? null;

describe('urgency', () => {
  it('is none while all is well, and while no address is set', () => {
    expect(kindOf({})).toBeNull();
    expect(kindOf({ isAway: true, heardAgoMs: 60 * minuteMs }, null, false)).toBeNull();
    expect(kindOf({ tickets: null })).toBeNull();
  });

  it('waits until a part that is away has been so for longer than a restart takes', () => {
    expect(kindOf({ isAway: true, heardAgoMs: minuteMs })).toBeNull();
    expect(kindOf({ isAway: true, heardAgoMs: 3 * minuteMs })).toBe('homeAssistant');
    expect(kindOf({}, minuteMs)).toBeNull();
    expect(kindOf({}, 3 * minuteMs)).toBe('questdb');
  });

  it('does not take a quiet night for a fault', () => {
    expect(kindOf({ heardAgoMs: 8 * 60 * minuteMs })).toBeNull();
    expect(kindOf({ heardAgoMs: 13 * 60 * minuteMs })).toBe('silent');
    expect(kindOf({ heardAgoMs: 13 * 60 * minuteMs, tracked: 0 })).toBeNull();
  });

  it('tells the most important alone', () => {
    const everything = {
      isFull: true,
      isPaused: true,
      isRefused: true,
      heardAgoMs: 60 * minuteMs,
      tickets: 2,
    };
    expect(kindOf(everything, 60 * minuteMs)).toBe('disk');
    expect(kindOf({ ...everything, isFull: false }, 60 * minuteMs)).toBe('paused');
    expect(kindOf({ ...everything, isFull: false, isPaused: false }, 60 * minuteMs)).toBe('refused');
    expect(kindOf({ tickets: 2 }, 60 * minuteMs)).toBe('questdb');
    expect(kindOf({ tickets: 2 })).toBe('decisions');
  });
});
