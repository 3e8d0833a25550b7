/**
 * Goal: what recording tells of itself is a ticket that says it, once, whatever is away when it is told.
 * Method: each event through the real tickets in memory, on a clock that the test turns.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RecordingEvent } from '../../recording/recording-events.ts';
import { quietLog, testClock } from '../../recording/testing/doubles.ts';
import { MemoryCorrections, MemoryTicketStore } from '../testing/doubles.ts';
import { RecordingTickets } from './recording-tickets.ts';
import { Tickets } from './tickets.ts';

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

describe('what recording tells', () => {
  it('of the first fetch of a past is no finding', async () => {
    const found = { entityId: 'sensor.a', startUs: atUs - 9, endUs: atUs, added: 3 };
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
      { kind: 'found', found: { entityId: 'sensor.a', startUs: atUs - 9, endUs: atUs, added: 3 } },
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
      { kind: 'out_of_order', entityIds: ['sensor.a'], count: 3, startUs: atUs - 9, endUs: atUs },
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
        detail: expect.stringMatching(/42 s behind .*NTP/),
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
    const tell = async (...events: RecordingEvent[]) => {
      for (const event of events) recording.take(event);
      await vi.advanceTimersByTimeAsync(1500);
      return tickets().map(({ status, evidence }) => [status, evidence[0]?.value]);
    };
    expect(await tell(drift(40))).toEqual([['open', 40]]);
    expect(await tell(drift(90))).toEqual([['open', 90]]);
    // Another process begins to count anew.
    expect(await tell({ ...drift(95), sinceUs: atUs + 60_000_000 })).toEqual([
      ['passed', 90],
      ['open', 95],
    ]);
    expect(await tell(full, { kind: 'clock_right', driftUs: 0, atUs })).toEqual([
      ['passed', 90],
      ['passed', 95],
      ['open', undefined],
    ]);
    expect(await tell(drift(40), { kind: 'clock_right', driftUs: 0, atUs })).toContainEqual(['passed', 40]);
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
