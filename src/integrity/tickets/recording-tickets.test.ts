/**
 * Goal: each event of recording becomes one ticket, whatever is away at that moment.
 * Method: each event through the real tickets in memory, on a clock of the test.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RecordingEvent } from '../../recording/recording-events.ts';
import { quietLog, testClock } from '../../recording/testing/doubles.ts';
import { MemoryCorrections, MemoryTicketStore } from '../testing/doubles.ts';
import { RecordingTickets } from './recording-tickets.ts';
import { type CheckedScope, type Detected, Tickets } from './tickets.ts';

const atUs = Date.UTC(2026, 10, 24, 12) * 1000;
let store: MemoryTicketStore;
let isReconciling = false;
let recording: RecordingTickets;

beforeEach(() => {
  vi.useFakeTimers({ now: atUs / 1000 });
  store = new MemoryTicketStore();
  isReconciling = false;
  const deps = {
    store,
    corrections: new MemoryCorrections(),
    counted: async () => null,
    clock: testClock,
    log: quietLog,
  };
  recording = new RecordingTickets(
    { tickets: new Tickets(deps), isReconciling: () => isReconciling, clock: testClock, log: quietLog },
    1000,
  );
  recording.start();
});
afterEach(async () => {
  await recording.stop();
  vi.useRealTimers();
});

const tickets = () => [...store.tickets.values()];
const drift = (seconds: number) =>
  ({ kind: 'clock_drift', driftUs: seconds * 1_000_000, sinceUs: atUs, atUs: atUs + 9 }) as const;
const full: RecordingEvent = { kind: 'disk_full', freeBytes: 40_000_000, atUs };

describe('an event of recording', () => {
  it('of the first fetch of a past is no finding', async () => {
    const found = { entityId: 'sensor.a', firstUs: atUs - 9, lastUs: atUs, added: 3 };
    recording.take({ kind: 'found', found: { ...found, isFirst: true } });
    recording.take({ kind: 'found', found: { ...found, entityId: 'sensor.b' } });
    await vi.advanceTimersByTimeAsync(1100);
    expect(tickets().map(({ entityId }) => entityId)).toEqual(['sensor.b']);
  });

  it.each<[RecordingEvent, object]>([
    [
      { kind: 'silent', entityIds: ['sensor.a', 'sensor.b'], sinceUs: atUs - 360_000_000, atUs },
      { kind: 'subscription_silent', entityId: null, status: 'mended', startUs: atUs - 360_000_000 },
    ],
    [
      { kind: 'silent', entityIds: ['sensor.a'], sinceUs: atUs - 360_000_000, atUs },
      { kind: 'subscription_silent', entityId: 'sensor.a' },
    ],
    [
      { kind: 'found', found: { entityId: 'sensor.a', firstUs: atUs - 9, lastUs: atUs, added: 3 } },
      { kind: 'readings_missing', status: 'mended', choices: [] },
    ],
    [
      { kind: 'lost', entityId: 'sensor.a', hourUs: atUs, heldBefore: 9, held: 2 },
      { kind: 'readings_missing', status: 'open', choices: ['accept'] },
    ],
    [
      { kind: 'unit_changed', entityId: 'sensor.a', unitBefore: 'kWh', unit: 'Wh', atUs },
      { kind: 'unit_changed', status: 'mended' },
    ],
    [
      { kind: 'renamed', entityId: 'sensor.a', newEntityId: 'sensor.b', atUs },
      { kind: 'renamed', entityId: 'sensor.b', relatedEntityId: 'sensor.a', status: 'mended' },
    ],
    [
      { kind: 'removed', entityId: 'sensor.a', atUs },
      { kind: 'removed', status: 'open' },
    ],
    [
      { kind: 'replaced', entityId: 'sensor.a', newEntityId: 'sensor.b', atUs },
      { kind: 'replaced', relatedEntityId: 'sensor.b', status: 'open' },
    ],
    [full, { kind: 'disk_full', entityId: null, status: 'open' }],
    [
      { kind: 'out_of_order', entityIds: ['sensor.a'], count: 3, firstUs: atUs - 9, lastUs: atUs },
      {
        kind: 'out_of_order',
        entityId: 'sensor.a',
        status: 'mended',
        evidence: [{ name: 'count', value: 3 }],
      },
    ],
    [
      drift(-42),
      {
        ...{ kind: 'clock_drift', entityId: null, status: 'open', startUs: atUs, choices: ['accept'] },
        evidence: [{ name: 'drift_seconds', value: 42, unit: 's' }],
        statement: { code: 'clock_behind', values: { driftUs: 42_000_000 } },
      },
    ],
  ])('%j is a ticket', async (event, expected) => {
    recording.take(event);
    recording.take(event);
    await vi.advanceTimersByTimeAsync(1500);
    expect(tickets()).toMatchObject([expected]);
  });

  it('passes when there is room again', async () => {
    recording.take(full);
    await vi.advanceTimersByTimeAsync(1500);
    recording.take({ kind: 'disk_free', freeBytes: 9e9, atUs: atUs + 5 });
    await vi.advanceTimersByTimeAsync(1500);
    expect(tickets()).toMatchObject([{ kind: 'disk_full', status: 'passed' }]);
  });

  it('is one ticket of a clock that goes on being wrong, until it is right', async () => {
    const take = async (...events: RecordingEvent[]) => {
      for (const event of events) recording.take(event);
      await vi.advanceTimersByTimeAsync(1500);
      return tickets().map(({ status, evidence }) => [status, evidence[0]?.value]);
    };
    expect(await take(drift(40))).toEqual([['open', 40]]);
    expect(await take(drift(90))).toEqual([['open', 90]]);
    // Another process begins to count anew.
    expect(await take({ ...drift(95), sinceUs: atUs + 60_000_000 })).toEqual([
      ['passed', 90],
      ['open', 95],
    ]);
    expect(await take(full, { kind: 'clock_right', driftUs: 0, atUs })).toEqual([
      ['passed', 90],
      ['passed', 95],
      ['open', undefined],
    ]);
    expect(await take(drift(40), { kind: 'clock_right', driftUs: 0, atUs })).toContainEqual(['passed', 40]);
  });

  it('waits for the store, and for a run that finds the same', async () => {
    store.isDown = true;
    recording.take(full);
    await vi.advanceTimersByTimeAsync(5000);
    isReconciling = true;
    store.isDown = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(tickets()).toEqual([]);
    isReconciling = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(tickets()).toHaveLength(1);
  });
});

describe('a waiting event', () => {
  const second = 1000;
  const minute = 60 * second;
  const away = (atSecond: number): RecordingEvent => ({
    ...{ kind: 'removed', entityId: 'sensor.a', atUs: atUs + atSecond },
  });
  /** A recording of which each report is seen, and which may fail. */
  function seen() {
    const reports: { detected: readonly Detected[]; scope: CheckedScope | null }[] = [];
    const warned: unknown[] = [];
    const state = { isDown: false };
    const report = async (detected: readonly Detected[], scope: CheckedScope | null) => {
      if (state.isDown) throw new Error('down');
      reports.push({ detected, scope });
      return { opened: 0, passed: 0 };
    };
    const log = { ...quietLog, warn: (fields: unknown) => warned.push(fields) };
    const deps = { tickets: { report }, isReconciling: () => isReconciling, clock: testClock, log };
    const reported = new RecordingTickets(deps, second);
    reported.start();
    return { reported, reports, warned, state };
  }
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  it('waits a quarter-hour for a run at most, counted from the first', async () => {
    await pass(10 * second);
    const { reported, reports } = seen();
    isReconciling = true;
    reported.take(away(0));
    await pass(10 * minute);
    reported.take(away(1));
    await pass(5 * minute - 1);
    expect(reports).toEqual([]);
    await pass(1);
    expect(reports.map(({ detected }) => detected.length)).toEqual([2]);
    // What comes after waits as long again.
    reported.take(away(2));
    await pass(14 * minute);
    expect(reports).toHaveLength(1);
    await pass(minute);
    expect(reports).toHaveLength(2);
    await reported.stop();
  });

  it('has waited since the first also after a report that failed', async () => {
    const { reported, reports, state } = seen();
    state.isDown = true;
    reported.take(away(0));
    await pass(5 * minute);
    isReconciling = true;
    state.isDown = false;
    reported.take(away(1));
    await pass(9 * minute);
    expect(reports).toEqual([]);
    await pass(2 * minute);
    expect(reports.map(({ detected }) => detected.map(({ finding }) => finding.startUs - atUs))).toEqual([
      [0, 1],
    ]);
    await reported.stop();
  });

  it('is one of a thousand at most; the oldest is dropped', async () => {
    const { reported, reports, warned } = seen();
    for (let n = 0; n < 1000; n += 1) reported.take(away(n));
    expect(warned).toEqual([]);
    reported.take(away(1000));
    expect(warned).toEqual([{ limit: 1000 }]);
    await pass(second);
    const [all] = reports;
    expect([all?.detected.length, all?.detected[0]?.finding.startUs]).toEqual([1000, atUs + 1]);
    await reported.stop();
  });

  it('is reported only where there is something to report, and passes wherever it began', async () => {
    const { reported, reports } = seen();
    const found = { entityId: 'sensor.a', firstUs: atUs - 9, lastUs: atUs, added: 3, isFirst: true };
    reported.take({ kind: 'found', found });
    await pass(2 * second);
    expect(reports).toEqual([]);
    reported.take({ kind: 'disk_free', freeBytes: 9e9, atUs });
    await pass(2 * second);
    expect(reports).toEqual([
      {
        detected: [],
        scope: {
          ...{ kinds: ['disk_full'], entityIds: new Set(), home: true },
          ...{ startUs: Number.NEGATIVE_INFINITY, endUs: Number.POSITIVE_INFINITY },
        },
      },
    ]);
    await reported.stop();
  });
});
