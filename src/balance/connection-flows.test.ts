/**
 * Goal: a named connection's registers are added up quarter-hour by quarter-hour, its past too, and what was missed
 * while it was removed is posted when it is added again.
 * Method: the flows over a ledger in memory into which the test posts two meters.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GridConnection } from '../home/grid-connection.ts';
import { silentLog } from '../home/testing/doubles.ts';
import type { Entry } from '../ledger/entries/entry.ts';
import { revise } from '../ledger/entries/revision.ts';
import { MemoryLedger } from '../ledger/testing/memory-ledger.ts';
import { quarterHourUs } from '../units/durations.ts';
import { quarterHourStartUs } from '../units/quarter-hour.ts';
import { ConnectionFlows } from './connection-flows.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const nowUs = start + 96 * quarterHourUs;
const clock = { nowUs: () => nowUs, monotonicMs: () => 0 };

let ledger: MemoryLedger;
let kept: Map<string, string>;
let starts: number;

function annex(extra: Partial<GridConnection> = {}): GridConnection {
  return {
    ...{ connectionId: 'annex', name: 'Annex', offtake: ['sensor.low', 'sensor.high'], injection: [] },
    ...{ powerEntityId: null, meterPeakEntityId: null, createdAtUs: 1 },
    ...extra,
  };
}

/** One quarter-hour of a meter, in Wh. */
async function post(entityId: string, place: number, wattHours: number) {
  const at = start + place * quarterHourUs;
  const entry: Entry = {
    ...{ kind: 'quantity', quarterHourStartUs: at, amountMicro: wattHours * 1000, quality: 'measured' },
    ...{
      coveredUs: quarterHourUs,
      reason: 'counted',
      firstEvidenceUs: at,
      lastEvidenceUs: at + quarterHourUs,
    },
    ...{ isProvisional: false, onTimeUs: null },
  } as Entry;
  const entries = revise([entry], await ledger.current(entityId, at, at + quarterHourUs), nowUs, 'readings');
  await ledger.write([{ entityId, entries, openings: [] }]);
  return { startUs: at, endUs: at + quarterHourUs, cause: 'readings' } as const;
}

function flows(): ConnectionFlows {
  return new ConnectionFlows({
    ledger,
    firstQuarterHourUs: async (ids) => {
      starts += 1;
      const quarters = ledger.all().filter((entry) => ids.includes(entry.entityId));
      return quarters.length === 0 ? null : Math.min(...quarters.map((entry) => entry.quarterHourStartUs));
    },
    remembered: {
      load: async ({ key }) => kept.get(key) ?? null,
      save: async ({ key }, text) => {
        kept.set(key, text);
      },
    },
    clock,
    log: silentLog,
  });
}

async function totals(id = 'annex:grid_in') {
  const entries = await ledger.current(id, 0, Number.MAX_SAFE_INTEGER);
  return entries
    .filter((entry) => entry.reason !== 'withdrawn')
    .map((entry) => [(entry.quarterHourStartUs - start) / quarterHourUs, entry.amountMicro / 1000]);
}

beforeEach(async () => {
  ledger = new MemoryLedger();
  kept = new Map();
  starts = 0;
  await post('sensor.low', 0, 100);
  await post('sensor.high', 0, 20);
  await post('sensor.low', 1, 300);
  await post('sensor.low', 2, 40);
  await post('sensor.high', 2, 5);
  await post('sensor.back', 2, 7);
});

describe('what the registers of a connection count together', () => {
  it('is posted for the past: the sum where every register is known, and nothing elsewhere', async () => {
    const running = flows();
    running.setConnections([annex({ injection: ['sensor.back'] })]);
    await running.settle();
    expect(await totals()).toEqual([
      [0, 120],
      [2, 45],
    ]);
    expect(await totals('annex:grid_out')).toEqual([[2, 7]]);
  });

  it('posts changes, also those reported before the connections are known', async () => {
    const running = flows();
    running.setConnections([annex()]);
    await running.settle();
    const again = flows();
    again.posted('sensor.high', await post('sensor.high', 1, 6));
    again.setConnections([annex()]);
    starts = 0;
    await again.settle();
    expect(await totals()).toEqual([
      [0, 120],
      [1, 306],
      [2, 45],
    ]);
    again.posted('sensor.low', await post('sensor.low', 3, 1));
    again.posted('sensor.high', await post('sensor.high', 3, 2));
    await again.settle();
    expect((await totals()).at(-1)).toEqual([3, 3]);
    expect(starts).toBe(2);
  });

  it('does not post a past again that an earlier process posted', async () => {
    const running = flows();
    running.setConnections([annex()]);
    await running.settle();
    const again = flows();
    again.setConnections([annex()]);
    starts = 0;
    await again.settle();
    expect(starts).toBe(0);
  });

  it('is mended when the connection comes again, with what was posted meanwhile or with other registers', async () => {
    const running = flows();
    running.setConnections([annex()]);
    await running.settle();
    running.setConnections([]);
    running.posted('sensor.high', await post('sensor.high', 1, 9));
    await running.settle();
    expect(await totals()).toHaveLength(2);
    running.setConnections([annex({ createdAtUs: 2 })]);
    await running.settle();
    expect(await totals()).toContainEqual([1, 309]);
    running.setConnections([annex({ createdAtUs: 3, offtake: ['sensor.back'] })]);
    await running.settle();
    expect(await totals()).toEqual([[2, 7]]);
  });

  it('keeps two connections apart', async () => {
    const running = flows();
    running.setConnections([annex(), annex({ connectionId: 'barn', offtake: ['sensor.back'] })]);
    await running.settle();
    expect(await totals('barn:grid_in')).toEqual([[2, 7]]);
    expect(await totals()).toHaveLength(2);
  });
});

describe('a connection that is taken away', () => {
  it('is followed no longer, whoever came at the same time stays', async () => {
    const running = flows();
    const barn = annex({ connectionId: 'barn', offtake: ['sensor.back'] });
    running.setConnections([annex(), barn]);
    await running.settle();
    running.setConnections([barn]);
    running.posted('sensor.high', await post('sensor.high', 1, 9));
    running.posted('sensor.back', await post('sensor.back', 3, 8));
    await running.settle();
    expect(await totals()).toHaveLength(2);
    expect(await totals('barn:grid_in')).toEqual([
      [2, 7],
      [3, 8],
    ]);
  });

  it('does not take with it what waits for those that stay', async () => {
    const running = flows();
    running.setConnections([annex()]);
    await running.settle();
    running.posted('sensor.high', await post('sensor.high', 1, 9));
    running.setConnections([annex(), annex({ connectionId: 'barn', offtake: ['sensor.back'] })]);
    await running.settle();
    expect(await totals()).toContainEqual([1, 309]);
  });

  it('posts its past when a connection with its id is created again in its place', async () => {
    const running = flows();
    running.setConnections([annex()]);
    await running.settle();
    // Posted without a report to the running flows.
    await post('sensor.high', 1, 9);
    running.setConnections([annex({ createdAtUs: 2 })]);
    await running.settle();
    expect(await totals()).toContainEqual([1, 309]);
  });

  it('finishes its round before one of its name begins', async () => {
    const gate = Promise.withResolvers<void>();
    const write = ledger.write.bind(ledger);
    ledger.write = async (pages) => {
      await gate.promise;
      await write(pages);
    };
    const running = flows();
    running.setConnections([annex()]);
    const first = running.settle();
    await vi.waitFor(() => expect(starts).toBe(1));
    running.setConnections([annex({ createdAtUs: 2 })]);
    const second = running.settle();
    await new Promise((resolve) => setImmediate(resolve));
    expect(starts).toBe(1);
    gate.resolve();
    await Promise.all([first, second]);
    expect(starts).toBe(2);
    expect(ledger.revisions.filter((entry) => entry.amountMicro === 120_000)).toHaveLength(1);
  });
});

describe('the past of a connection', () => {
  it('is being posted while that of any is, and never of none', async () => {
    const running = flows();
    expect(running.isPostingPast()).toBe(false);
    running.setConnections([annex()]);
    await running.settle();
    expect(running.isPostingPast()).toBe(false);
    const long = { startUs: start - 7 * 96 * quarterHourUs, endUs: nowUs, cause: 'rules' } as const;
    running.setConnections([annex(), annex({ connectionId: 'barn', offtake: ['sensor.back'] })]);
    await running.settle();
    running.posted('sensor.back', long);
    expect(running.isPostingPast()).toBe(true);
    await running.settle();
    expect(running.isPostingPast()).toBe(false);
  });
});

describe('connections that are followed by the clock', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const barn = annex({ connectionId: 'barn', offtake: ['sensor.back'] });

  it('are posted from the start on, those that come later too, and no more after the end', async () => {
    const running = flows();
    running.setConnections([annex()]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await totals()).toEqual([]);
    running.start();
    running.setConnections([annex(), barn]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await totals()).toHaveLength(2);
    expect(await totals('barn:grid_in')).toEqual([[2, 7]]);
    await running.stop();
    running.posted('sensor.back', await post('sensor.back', 3, 8));
    running.setConnections([annex({ connectionId: 'shed', offtake: ['sensor.low'] })]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await totals('barn:grid_in')).toEqual([[2, 7]]);
    expect(await totals('shed:grid_in')).toEqual([]);
  });

  it('begin anew in the place of one of their name', async () => {
    const running = flows();
    running.start();
    running.setConnections([annex()]);
    await vi.advanceTimersByTimeAsync(5000);
    await post('sensor.high', 1, 9);
    running.setConnections([annex({ createdAtUs: 2 })]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await totals()).toContainEqual([1, 309]);
    await running.stop();
  });
});
