/**
 * Goal: a draft reads as if it were written, and the ledger below stays as it is; a batch writes a round at once, and
 * no more than memory holds.
 * Method: entries and openings by hand over a ledger in memory.
 */
import { describe, expect, it } from 'vitest';
import { quarterHourUs } from '../../units/durations.ts';
import { quantityIn } from '../corrections/quantity-in.ts';
import { MemoryLedger } from '../testing/memory-ledger.ts';
import { postedEntry } from '../testing/posted-entry.ts';
import { LedgerBatch } from './ledger-batch.ts';
import { LedgerDraft } from './ledger-draft.ts';
import type { LedgerPage, Opening } from './ledger-store.ts';
import type { PostedEntry } from './revision.ts';

const at = (quarterHours: number) => (2000 + quarterHours) * quarterHourUs;
const meter = 'sensor.meter';
const restart = { kind: 'restart' } as const;

const page = (
  entries: readonly PostedEntry[],
  openings: readonly Opening[] = [],
  entityId = meter,
): LedgerPage => ({ entityId, entries, openings });
const opening = (quarterHours: number, isKnown = false): Opening => ({
  quarterHourStartUs: at(quarterHours),
  state: isKnown ? ({ baselineMicro: 5 } as Opening['state']) : null,
});
const amounts = (entries: readonly PostedEntry[]) =>
  entries.map((one) => [(one.quarterHourStartUs - at(0)) / quarterHourUs, one.kind, one.amountMicro]);
const places = (openings: readonly Opening[]) =>
  openings.map((one) => [(one.quarterHourStartUs - at(0)) / quarterHourUs, one.state !== null]);

async function drafted() {
  const store = new MemoryLedger();
  await store.write([page([postedEntry(at(0), 1), postedEntry(at(1), 2)], [opening(0), opening(2)])]);
  return { store, draft: new LedgerDraft(store) };
}

describe('a draft', () => {
  it('is the ledger below it while nothing is drafted', async () => {
    const { draft } = await drafted();
    expect(amounts(await draft.current(meter, at(0), at(1)))).toEqual([[0, 'quantity', 1]]);
    expect(amounts(await draft.journal(meter, at(0), at(2)))).toHaveLength(2);
    expect(await draft.openingBefore(meter, at(1))).toMatchObject(opening(0));
    expect(await draft.openingBefore(meter, at(-1))).toBeNull();
    expect(places(await draft.openings(meter, at(0), at(2)))).toEqual([[0, false]]);
    expect(draft.written(meter)).toEqual([]);
  });

  it('replaces stored entries by drafted ones, in order, and writes nothing below', async () => {
    const { store, draft } = await drafted();
    const revised = postedEntry(at(1), 7, { revision: 2 });
    const later = postedEntry(at(2), 3, { revision: 0, isProvisional: true });
    await draft.write([
      page([later, revised]),
      page([postedEntry(at(1), -4, restart), postedEntry(at(3), 5, restart)]),
    ]);
    await draft.write([page([postedEntry(at(3), 6)])]);
    expect(amounts(await draft.current(meter, at(0), at(2)))).toEqual([
      [0, 'quantity', 1],
      [1, 'quantity', 7],
      [1, 'restart', -4],
    ]);
    expect(amounts(await draft.current(meter, at(1), at(3)))).toEqual([
      [1, 'quantity', 7],
      [1, 'restart', -4],
      [2, 'quantity', 3],
    ]);
    expect(amounts(draft.written(meter))).toEqual([
      [1, 'quantity', 7],
      [1, 'restart', -4],
      [2, 'quantity', 3],
      [3, 'quantity', 6],
      [3, 'restart', 5],
    ]);
    expect(amounts(store.all())).toEqual([
      [0, 'quantity', 1],
      [1, 'quantity', 2],
    ]);
    expect(draft.written('sensor.other')).toEqual([]);
    expect(await draft.current('sensor.other', at(0), at(9))).toEqual([]);
  });

  it('has every revision from the first on in its journal, by quarter-hour and revision', async () => {
    const { draft } = await drafted();
    await draft.write([page([postedEntry(at(1), 8, { revision: 3 }), postedEntry(at(1), -4, restart)])]);
    await draft.write([
      page([postedEntry(at(0), 9, { revision: 2 }), postedEntry(at(2), 1, { revision: 0 })]),
    ]);
    await draft.write([page([postedEntry(at(4), 6)])]);
    const journal = await draft.journal(meter, at(0), at(4));
    expect(
      journal.map((one) => [(one.quarterHourStartUs - at(0)) / quarterHourUs, one.kind, one.revision]),
    ).toEqual([
      [0, 'quantity', 1],
      [0, 'quantity', 2],
      [1, 'quantity', 1],
      [1, 'quantity', 3],
      [1, 'restart', 1],
    ]);
  });

  it('returns the newest opening, drafted or stored', async () => {
    const { draft } = await drafted();
    await draft.write([page([], [opening(3, true), opening(0, true), opening(1, true)])]);
    const opened = async (quarterHours: number) =>
      places([(await draft.openingBefore(meter, at(quarterHours))) ?? opening(9)]);
    expect(await opened(0)).toEqual([[0, true]]);
    expect(await opened(1)).toEqual([[1, true]]);
    expect(await opened(2)).toEqual([[2, false]]);
    expect(await opened(3)).toEqual([[3, true]]);
    expect(places(await draft.openings(meter, at(0), at(3)))).toEqual([
      [0, true],
      [1, true],
      [2, false],
    ]);
    await draft.write([page([], [opening(2, true)], 'sensor.new')]);
    expect(await draft.openingBefore('sensor.new', at(2))).toEqual(opening(2, true));
  });

  it('refuses more rows than it may hold', async () => {
    const { draft } = await drafted();
    const half = Array.from({ length: 250_000 }, () => postedEntry(at(0), 1, { revision: 0 }));
    await draft.write([page(half, [])]);
    await draft.write([page(half.slice(1), [opening(0)])]);
    await expect(draft.write([page([], [opening(0)])])).rejects.toThrow('More than 500000 rows');
  });
});

describe('a batch', () => {
  function batched() {
    const writes: number[] = [];
    const store = new MemoryLedger();
    store.write = async (pages) => void writes.push(pages.length);
    return { batch: new LedgerBatch(store), writes };
  }

  it('writes everything collected at once, and nothing twice', async () => {
    const { batch, writes } = batched();
    await batch.write([page([postedEntry(at(0), 1)]), page([])]);
    await batch.write([page([])]);
    expect(writes).toEqual([]);
    await batch.flush();
    await batch.flush();
    expect(writes).toEqual([3]);
    await batch.write([page([])]);
    await batch.flush();
    expect(writes).toEqual([3, 1]);
  });

  it('writes sooner when it holds more than twenty thousand rows', async () => {
    const { batch, writes } = batched();
    const openings = Array.from({ length: 19_999 }, (_, index) => opening(index));
    for (let rounds = 1; rounds <= 2; rounds++) {
      await batch.write([page([postedEntry(at(0), 1)], openings)]);
      expect(writes).toHaveLength(rounds - 1);
      await batch.write([page([postedEntry(at(0), 1)])]);
      expect(writes).toHaveLength(rounds);
    }
  });
});

describe('a quantity', () => {
  it('is the sum of an interval, without restarts and withdrawn entries; null where there is none', async () => {
    const ledger = new MemoryLedger();
    const withdrawn = postedEntry(at(1), 50, { reason: 'withdrawn' });
    await ledger.write([
      page([postedEntry(at(-1), 100), postedEntry(at(0), 1), withdrawn, postedEntry(at(0), 9, restart)]),
      page([postedEntry(at(2), 4), postedEntry(at(3), 1000)]),
    ]);
    const sum = (from: number, until: number) =>
      quantityIn(ledger, meter, { startUs: at(from), endUs: at(until) });
    expect(await sum(0, 3)).toBe(5);
    expect(await sum(1, 2)).toBeNull();
    expect(await sum(0, 0)).toBeNull();
    await ledger.write([page([postedEntry(at(1), 0)])]);
    expect(await sum(1, 2)).toBe(0);
  });

  it('is read a week at a time', async () => {
    const asked: [number, number][] = [];
    const current = async (_: string, ...span: [number, number]) => {
      asked.push(span);
      return [];
    };
    const week = 7 * 96;
    await quantityIn({ current }, meter, { startUs: at(0), endUs: at(2 * week) });
    await quantityIn({ current }, meter, { startUs: at(0), endUs: at(week + 1) });
    expect(
      asked.map(([from, until]) => [from - at(0), until - at(0)].map((us) => us / quarterHourUs)),
    ).toEqual([
      [0, week],
      [week, 2 * week],
      [0, week],
      [week, week + 1],
    ]);
  });
});
