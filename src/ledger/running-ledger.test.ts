import { describe, expect, it } from 'vitest';
import { quarterUs } from '../units/quarter.ts';
import type { LedgerPage } from './ledger-store.ts';
import type { PostedEntry } from './revision.ts';
import { RunningLedger } from './running-ledger.ts';
import { MemoryLedger } from './testing/memory-ledger.ts';

const q = 2000 * quarterUs;
const meter = 'sensor.meter';

function entry(quarterStartUs: number, amountMicro: number, given: Partial<PostedEntry> = {}): PostedEntry {
  return {
    kind: 'quantity',
    quarterStartUs,
    amountMicro,
    quality: 'measured',
    coveredUs: quarterUs,
    reason: 'counted',
    firstEvidenceUs: quarterStartUs,
    lastEvidenceUs: quarterStartUs + quarterUs,
    isProvisional: false,
    onTimeUs: null,
    revision: 1,
    postedAtUs: quarterStartUs,
    cause: 'first',
    ...given,
  };
}
const running = (quarterStartUs: number, amountMicro: number) =>
  entry(quarterStartUs, amountMicro, { revision: 0, isProvisional: true, coveredUs: 60_000_000 });

function page(entries: PostedEntry[], entityId = meter): LedgerPage {
  const quarters = [...new Set(entries.map((one) => one.quarterStartUs))];
  return {
    entityId,
    entries,
    openings: quarters.map((quarterStartUs) => ({ quarterStartUs, state: null })),
  };
}

function ledger() {
  const store = new MemoryLedger();
  const writes: LedgerPage[][] = [];
  const clock = { nowUs: q + 300_000_000 };
  let summed = () => Promise.resolve();
  const made = new RunningLedger({
    store: Object.assign(Object.create(store) as MemoryLedger, {
      write: async (pages: readonly LedgerPage[]) => {
        writes.push([...pages]);
        await store.write(pages);
      },
    }),
    summed: () => summed(),
    clock: { nowUs: () => clock.nowUs },
  });
  return {
    made,
    store,
    writes,
    clock,
    sumSlowly: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      summed = () => promise;
      return resolve;
    },
  };
}
const amounts = (entries: readonly PostedEntry[]) =>
  entries.map((one) => [(one.quarterStartUs - q) / quarterUs, one.amountMicro]);

describe('the quarter-hour that is not over', () => {
  it('is read with the rest, and is not in the store', async () => {
    const { made, store, writes } = ledger();
    await made.posting().write([page([entry(q - quarterUs, 5), running(q, 1)])]);
    await made.posting().write([page([running(q, 3)])]);
    expect(amounts(await made.current(meter, q - quarterUs, q + quarterUs))).toEqual([
      [-1, 5],
      [0, 3],
    ]);
    expect(amounts(store.all())).toEqual([[-1, 5]]);
    expect(writes.length).toBe(1);
    expect((await made.openingBefore(meter, q))?.quarterStartUs).toBe(q);
    expect((await made.openings(meter, q - quarterUs, q + 1)).length).toBe(2);
    expect(await store.openings(meter, q, q + 1)).toEqual([]);
  });

  it('is there for who reads when it is over, and not for who posts, until it is written', async () => {
    const { made, store, clock } = ledger();
    await made.posting().write([page([running(q, 3)])]);
    expect(made.over().size).toBe(0);
    clock.nowUs = q + quarterUs + 1;
    expect([...made.over()]).toEqual([[meter, { fromUs: q, untilUs: q + quarterUs - 1 }]]);
    expect(amounts(await made.current(meter, q, q + quarterUs))).toEqual([[0, 3]]);
    expect(await made.posting().current(meter, q, q + quarterUs)).toEqual([]);
    expect(await made.posting().openingBefore(meter, q)).toBe(null);
    await made.posting().write([page([entry(q, 4)])]);
    expect(amounts(await made.current(meter, q, q + quarterUs))).toEqual([[0, 4]]);
    expect(amounts(store.all())).toEqual([[0, 4]]);
    expect(made.running([meter], 0, Number.MAX_SAFE_INTEGER)).toEqual([]);
    expect(made.over().size).toBe(0);
  });

  it('is in the sums once while it is written, however long the views take', async () => {
    const { made, store, clock, sumSlowly } = ledger();
    await made.posting().write([page([running(q, 3)])]);
    clock.nowUs = q + quarterUs + 1;
    const resolve = sumSlowly();
    /** What an answer adds up: the store's sums, and what is in memory. */
    const sum = () =>
      made.steady(async () => {
        const stored = store.all().reduce((total, one) => total + one.amountMicro, 0);
        await Promise.resolve();
        return (
          stored +
          made.running([meter], 0, q + quarterUs).reduce((all, { entry: one }) => all + one.amountMicro, 0)
        );
      });
    const begun = sum();
    const writing = made.posting().write([page([entry(q, 4)])]);
    const meanwhile = sum();
    await new Promise((done) => setTimeout(done, 5));
    resolve();
    await writing;
    expect([3, 4]).toContain(await begun);
    expect(await meanwhile).toBe(4);
    expect(await sum()).toBe(4);
  });

  it('is written as it goes where an earlier process has begun to', async () => {
    const { made, store } = ledger();
    await store.write([page([running(q, 1)])]);
    const posting = made.posting();
    await posting.current(meter, q, q + quarterUs);
    await posting.write([page([running(q, 2)])]);
    expect(amounts(store.all())).toEqual([[0, 2]]);
    expect(made.running([meter], 0, Number.MAX_SAFE_INTEGER)).toEqual([]);
    await posting.write([page([running(q + quarterUs, 1)])]);
    expect(amounts(store.all())).toEqual([[0, 2]]);
  });

  it('leaves nothing behind that the evidence no longer supports', async () => {
    const { made, clock } = ledger();
    await made.posting().write([page([running(q, 3)])]);
    await made.posting().write([page([entry(q, 0, { reason: 'withdrawn', quality: 'none' })])]);
    expect(await made.current(meter, q, q + quarterUs)).toEqual([]);
    await made.posting().write([page([running(q, 3)])]);
    clock.nowUs = q + 4 * quarterUs;
    expect(made.over().size).toBe(1);
    expect(made.over().size).toBe(0);
    expect(await made.current(meter, q, q + quarterUs)).toEqual([]);
  });

  it('stays what it was when its meter is no longer followed', async () => {
    const { made, store } = ledger();
    await made.posting().write([page([running(q, 3)]), page([running(q, 7)], 'sensor.other')]);
    await made.settle([meter]);
    expect(amounts(store.all())).toEqual([[0, 3]]);
    expect(amounts(await made.current('sensor.other', q, q + 1))).toEqual([[0, 7]]);
  });

  it('is kept when it can not be written', async () => {
    const { made, store, clock } = ledger();
    await made.posting().write([page([running(q, 3)])]);
    clock.nowUs = q + quarterUs + 1;
    store.isDown = true;
    await expect(made.posting().write([page([entry(q, 4)])])).rejects.toThrow('away');
    expect(amounts(await made.current(meter, q, q + quarterUs))).toEqual([[0, 3]]);
    store.isDown = false;
    await made.posting().write([page([entry(q, 4)])]);
    expect(amounts(store.all())).toEqual([[0, 4]]);
  });

  it('writes no opening again that the store has', async () => {
    const { made, writes } = ledger();
    await made.posting().write([page([entry(q - quarterUs, 5)])]);
    await made.posting().write([{ ...page([entry(q - quarterUs, 5)]), entries: [] }]);
    expect(writes.length).toBe(1);
  });
});
