import { describe, expect, it } from 'vitest';
import { quarterHourUs } from '../../units/quarter-hour.ts';
import type { LedgerPage } from '../entries/ledger-store.ts';
import type { PostedEntry } from '../entries/revision.ts';
import { MemoryLedger } from '../testing/memory-ledger.ts';
import { RunningLedger } from './running-ledger.ts';

const q = 2000 * quarterHourUs;
const meter = 'sensor.meter';

function entry(
  quarterHourStartUs: number,
  amountMicro: number,
  given: Partial<PostedEntry> = {},
): PostedEntry {
  return {
    kind: 'quantity',
    quarterHourStartUs,
    amountMicro,
    quality: 'measured',
    coveredUs: quarterHourUs,
    reason: 'counted',
    firstEvidenceUs: quarterHourStartUs,
    lastEvidenceUs: quarterHourStartUs + quarterHourUs,
    isProvisional: false,
    onTimeUs: null,
    revision: 1,
    postedAtUs: quarterHourStartUs,
    cause: 'first',
    ...given,
  };
}
const running = (quarterHourStartUs: number, amountMicro: number) =>
  entry(quarterHourStartUs, amountMicro, { revision: 0, isProvisional: true, coveredUs: 60_000_000 });

function page(entries: PostedEntry[], entityId = meter): LedgerPage {
  const quarters = [...new Set(entries.map((one) => one.quarterHourStartUs))];
  return {
    entityId,
    entries,
    openings: quarters.map((quarterHourStartUs) => ({ quarterHourStartUs, state: null })),
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
  entries.map((one) => [(one.quarterHourStartUs - q) / quarterHourUs, one.amountMicro]);

describe('the quarter-hour that is not over', () => {
  it('is read with the rest, and is not in the store', async () => {
    const { made, store, writes } = ledger();
    await made.write([page([entry(q - quarterHourUs, 5), running(q, 1)])]);
    await made.write([page([running(q, 3)])]);
    expect(amounts(await made.current(meter, q - quarterHourUs, q + quarterHourUs))).toEqual([
      [-1, 5],
      [0, 3],
    ]);
    expect(amounts(store.all())).toEqual([[-1, 5]]);
    expect(writes.length).toBe(1);
    expect((await made.openingBefore(meter, q))?.quarterHourStartUs).toBe(q);
    expect((await made.openings(meter, q - quarterHourUs, q + 1)).length).toBe(2);
    expect(await store.openings(meter, q, q + 1)).toEqual([]);
  });

  it('is written once with all that was posted of it, when it is over', async () => {
    const { made, store, writes, clock } = ledger();
    await made.write([page([running(q, 3)]), page([running(q, 7)], 'home:use')]);
    expect(made.over().size).toBe(0);
    clock.nowUs = q + quarterHourUs + 1;
    expect(made.over().get(meter)).toEqual({ startUs: q, endUs: q + quarterHourUs - 1 });
    await made.write([page([entry(q, 4), running(q + quarterHourUs, 1)])]);
    await made.write([page([entry(q, 8)], 'home:use')]);
    expect(writes.length).toBe(0);
    expect(amounts(await made.journal(meter, q, q + 2 * quarterHourUs))).toEqual([[0, 4]]);
    expect(made.runningUs()).toBe(q);
    await made.commit(q + quarterHourUs);
    expect(writes.length).toBe(1);
    expect(store.all().map((one) => [one.entityId, one.amountMicro, one.revision])).toEqual([
      [meter, 4, 1],
      ['home:use', 8, 1],
    ]);
    expect(store.revisions.map(({ revision, cause }) => [revision, cause])).toEqual([
      [1, 'first'],
      [1, 'first'],
    ]);
    expect(amounts(await made.current(meter, q, q + 2 * quarterHourUs))).toEqual([
      [0, 4],
      [1, 1],
    ]);
    expect(made.over().size).toBe(0);
    expect(made.runningUs()).toBe(q + quarterHourUs);
  });

  it('has one first revision, however often it was settled in memory', async () => {
    const { made, store, clock } = ledger();
    await made.write([page([entry(q, 3)])]);
    await made.write([page([entry(q, 4, { revision: 2, cause: 'late' })])]);
    clock.nowUs = q + quarterHourUs + 1;
    await made.commit(q + quarterHourUs);
    await made.write([page([entry(q, 5, { revision: 2, cause: 'late' })])]);
    expect(store.revisions.map(({ amountMicro, revision, cause }) => [amountMicro, revision, cause])).toEqual(
      [
        [4, 1, 'first'],
        [5, 2, 'late'],
      ],
    );
  });

  it('is in the sums once while it is written, however long the views take', async () => {
    const { made, store, clock, sumSlowly } = ledger();
    await made.write([page([running(q, 3)])]);
    clock.nowUs = q + quarterHourUs + 1;
    const resolve = sumSlowly();
    /** What an answer adds up: the store's sums, and what is in memory. */
    const sum = () =>
      made.steady(async () => {
        const stored = store.all().reduce((total, one) => total + one.amountMicro, 0);
        await Promise.resolve();
        return (
          stored +
          made
            .running([meter], 0, q + quarterHourUs)
            .reduce((all, { entry: one }) => all + one.amountMicro, 0)
        );
      });
    await made.write([page([entry(q, 4)])]);
    const begun = sum();
    const writing = made.commit(q + quarterHourUs);
    const meanwhile = sum();
    await new Promise((done) => setTimeout(done, 5));
    resolve();
    await writing;
    expect(await begun).toBe(4);
    expect(await meanwhile).toBe(4);
    expect(await sum()).toBe(4);
  });

  it('is written as it goes where an earlier process has begun to', async () => {
    const { made, store } = ledger();
    await store.write([page([running(q, 1)])]);
    const posting = made;
    await posting.current(meter, q, q + quarterHourUs);
    await posting.write([page([running(q, 2)])]);
    expect(amounts(store.all())).toEqual([[0, 2]]);
    expect(made.running([meter], 0, Number.MAX_SAFE_INTEGER)).toEqual([]);
    await posting.write([page([running(q + quarterHourUs, 1)])]);
    expect(amounts(store.all())).toEqual([[0, 2]]);
  });

  it('leaves nothing behind that the evidence no longer supports', async () => {
    const { made } = ledger();
    await made.write([page([running(q, 3)])]);
    await made.write([page([entry(q, 0, { reason: 'withdrawn', quality: 'none' })])]);
    expect(await made.current(meter, q, q + quarterHourUs)).toEqual([]);
  });

  it('stays what it was when its meter is no longer followed', async () => {
    const { made, store } = ledger();
    await made.write([page([running(q, 3)]), page([running(q, 7)], 'sensor.other')]);
    await made.release([meter]);
    expect(amounts(store.all())).toEqual([[0, 3]]);
    expect(amounts(await made.current('sensor.other', q, q + 1))).toEqual([[0, 7]]);
  });

  it('follows on what the store has when it was not sure that it was written', async () => {
    const { made, store, clock } = ledger();
    await made.write([page([entry(q, 3)])]);
    clock.nowUs = q + quarterHourUs + 1;
    store.isDown = true;
    await expect(made.commit(q + quarterHourUs)).rejects.toThrow('away');
    store.isDown = false;
    expect(await made.current(meter, q, q + quarterHourUs)).toEqual([]);
    await made.write([page([entry(q, 4)])]);
    expect(amounts(store.all())).toEqual([[0, 4]]);
  });

  it('runs again when the clock was put back', async () => {
    const { made, store, clock } = ledger();
    clock.nowUs = q - quarterHourUs;
    await made.commit(q - quarterHourUs);
    await made.write([page([running(q - quarterHourUs, 1)])]);
    expect(store.all()).toEqual([]);
    clock.nowUs = q + 1;
    await made.commit(q);
    expect(amounts(store.all())).toEqual([[-1, 1]]);
  });

  it('writes no opening again that the store has', async () => {
    const { made, writes } = ledger();
    await made.write([page([entry(q - quarterHourUs, 5)])]);
    await made.write([{ ...page([entry(q - quarterHourUs, 5)]), entries: [] }]);
    expect(writes.length).toBe(1);
  });
});
