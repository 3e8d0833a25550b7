/**
 * Goal: a banner appears only when the user has to act, the most important first, and not during a restart.
 * Method: a hand-made status, changed one field at a time.
 */
import { describe, expect, it } from 'vitest';
import type { Status } from '../../src/schemas/status.ts';
import { minuteMs } from '../../src/units/durations.ts';
import { urgencyOf } from './urgency.ts';

const nowMs = Date.parse('2026-11-25T10:00:00Z');
const iso = (agoMs: number) => new Date(nowMs - agoMs).toISOString();
const well = { ok: true, detail: null, problems: [] as Status['questdb']['problems'] };

interface Condition {
  readonly isFull?: boolean;
  readonly isPaused?: boolean;
  readonly isRefused?: boolean;
  readonly isAway?: boolean;
  readonly readingAgoMs?: number;
  readonly tickets?: number | null;
  readonly tracked?: number;
}

function status(condition: Condition): Status {
  return {
    status: 'ok',
    version: '0.1.0',
    uptime_seconds: 3600,
    home_assistant: {
      ...well,
      ok: condition.isAway !== true && condition.isRefused !== true,
      version: null,
      connected_since: null,
      reconnect_count: 0,
      token_refused: condition.isRefused === true,
    },
    disk: { ...well, ok: condition.isFull !== true, free_bytes: null, total_bytes: null },
    spool: { ...well, bytes: 0, limit_bytes: 1, readings: 0, is_paused: condition.isPaused === true },
    recorder: {
      ...well,
      entities_tracked: condition.tracked ?? 3,
      last_reading_at: iso(condition.readingAgoMs ?? 5000),
    },
    reconciliation: { ...well, open_tickets: condition.tickets ?? 0 },
  } as Status;
}
const kindOf = (condition: Condition, storeAwayMs: number | null = null, isConfigured = true) =>
  urgencyOf({
    status: status(condition),
    isConfigured,
    nowMs,
    storeAwaySinceMs: storeAwayMs === null ? null : nowMs - storeAwayMs,
  })?.kind ?? null;

describe('urgency', () => {
  it('returns null while all is well, and while no address is set', () => {
    expect(kindOf({})).toBeNull();
    expect(kindOf({ isAway: true, readingAgoMs: 60 * minuteMs }, null, false)).toBeNull();
    expect(kindOf({ tickets: null })).toBeNull();
  });

  it('reports a part that is away only after the time of a restart', () => {
    expect(kindOf({ isAway: true, readingAgoMs: minuteMs })).toBeNull();
    expect(kindOf({ isAway: true, readingAgoMs: 3 * minuteMs })).toBe('homeAssistant');
    expect(kindOf({}, minuteMs)).toBeNull();
    expect(kindOf({}, 3 * minuteMs)).toBe('questdb');
  });

  it('reports silence only after twelve hours', () => {
    expect(kindOf({ readingAgoMs: 8 * 60 * minuteMs })).toBeNull();
    expect(kindOf({ readingAgoMs: 13 * 60 * minuteMs })).toBe('silent');
    expect(kindOf({ readingAgoMs: 13 * 60 * minuteMs, tracked: 0 })).toBeNull();
  });

  it('returns only the most important one', () => {
    const everything = {
      isFull: true,
      isPaused: true,
      isRefused: true,
      readingAgoMs: 60 * minuteMs,
      tickets: 2,
    };
    expect(kindOf(everything, 60 * minuteMs)).toBe('disk');
    expect(kindOf({ ...everything, isFull: false }, 60 * minuteMs)).toBe('paused');
    expect(kindOf({ ...everything, isFull: false, isPaused: false }, 60 * minuteMs)).toBe('refused');
    expect(kindOf({ tickets: 2 }, 60 * minuteMs)).toBe('questdb');
    expect(kindOf({ tickets: 2 })).toBe('decisions');
  });
});
