import { describe, expect, it } from 'vitest';
import { quarterHourUs } from '../../units/durations.ts';
import { opened } from '../counter/counter-state.ts';
import type { LedgerPage, Opening } from '../entries/ledger-store.ts';
import type { PostedEntry } from '../entries/revision.ts';
import { MemoryLedger } from '../testing/memory-ledger.ts';
import { postedEntry as entry } from '../testing/posted-entry.ts';
import { RunningLedger } from './running-ledger.ts';

const q = 2000 * quarterHourUs;
const meter = 'sensor.meter';

const running = (quarterHourStartUs: number, amountMicro: number) =>
  entry(quarterHourStartUs, amountMicro, { revision: 0, isProvisional: true, coveredUs: 60_000_000 });

function page(entries: PostedEntry[], entityId = meter): LedgerPage {
  const quarterHours = [...new Set(entries.map((one) => one.quarterHourStartUs))];
  return {
    entityId,
    entries,
    openings: quarterHours.map((quarterHourStartUs) => ({ quarterHourStartUs, state: null })),
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
  it('is read with the rest, and is not in the store yet', async () => {
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

  it('is written once with all of its entries, when it is over', async () => {
    const { made, store, writes, clock } = ledger();
    await made.write([page([running(q, 3)]), page([running(q, 7)], 'home:use')]);
    expect(made.over().size).toBe(0);
    clock.nowUs = q + quarterHourUs + 1;
    expect(made.over().get(meter)).toEqual({ startUs: q, endUs: q + quarterHourUs });
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

  it('counts once in sums while it is written, however long the views take', async () => {
    const { made, store, clock, sumSlowly } = ledger();
    await made.write([page([running(q, 3)])]);
    clock.nowUs = q + quarterHourUs + 1;
    const resolve = sumSlowly();
    /** The sum of an answer: the store's sums, and what is in memory. */
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

  it('is written with each change where an earlier process has written some of it', async () => {
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

  it('keeps no entry that the evidence no longer supports', async () => {
    const { made } = ledger();
    await made.write([page([running(q, 3)])]);
    await made.write([page([entry(q, 0, { reason: 'withdrawn', quality: 'none' })])]);
    expect(await made.current(meter, q, q + quarterHourUs)).toEqual([]);
  });

  it('stays the same when its meter is no longer followed', async () => {
    const { made, store } = ledger();
    await made.write([page([running(q, 3)]), page([running(q, 7)], 'sensor.other')]);
    await made.release([meter]);
    expect(amounts(store.all())).toEqual([[0, 3]]);
    expect(amounts(await made.current('sensor.other', q, q + 1))).toEqual([[0, 7]]);
  });

  it('continues from the stored revision when its write was not sure', async () => {
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

  it('runs again after the clock was set back', async () => {
    const { made, store, clock } = ledger();
    clock.nowUs = q - quarterHourUs;
    await made.commit(q - quarterHourUs);
    await made.write([page([running(q - quarterHourUs, 1)])]);
    expect(store.all()).toEqual([]);
    clock.nowUs = q + 1;
    await made.commit(q);
    expect(amounts(store.all())).toEqual([[-1, 1]]);
  });

  it('does not write openings that the store has', async () => {
    const { made, writes } = ledger();
    await made.write([page([entry(q - quarterHourUs, 5)])]);
    await made.write([{ ...page([entry(q - quarterHourUs, 5)]), entries: [] }]);
    expect(writes.length).toBe(1);
  });
});

const at = (quarterHours: number) => q + quarterHours * quarterHourUs;
const restart = { kind: 'restart' } as const;
const opening = (quarterHours: number, baselineMicro: number | null = null): Opening => ({
  quarterHourStartUs: at(quarterHours),
  state: baselineMicro === null ? null : opened(at(quarterHours), baselineMicro, null, 'reading', null),
});
const openedAt = (openings: readonly (Opening | null)[]) =>
  openings.map(
    (one) => one && [(one.quarterHourStartUs - q) / quarterHourUs, one.state?.baselineMicro ?? null],
  );
const kinds = (entries: readonly PostedEntry[]) =>
  entries.map((one) => [(one.quarterHourStartUs - q) / quarterHourUs, one.kind, one.amountMicro]);
const ever = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] as const;

describe('what is in memory', () => {
  it('is read by range, by quarter-hour and kind', async () => {
    const { made } = ledger();
    const pages = [page([running(at(2), 3), entry(at(1), 9, restart), running(at(1), 2), running(q, 1)])];
    await made.write([
      { ...pages[0], openings: [opening(2, 5), opening(0, 7), opening(1, 6)] } as LedgerPage,
    ]);
    const amountsIn = (from: number, until: number) =>
      made
        .running([meter, 'sensor.other'], at(from), at(until))
        .map(({ entityId, entry: one }) => [entityId, one.amountMicro]);
    expect(amountsIn(0, 1)).toEqual([[meter, 1]]);
    expect(amountsIn(0, 3)).toEqual([1, 9, 2, 3].map((micro) => [meter, micro]));
    expect(openedAt(made.runningOpenings(meter, at(1)))).toEqual([
      [1, 6],
      [2, 5],
    ]);
    expect(made.runningOpenings('sensor.other', q)).toEqual([]);
    expect(kinds(await made.current(meter, q, at(2)))).toEqual([
      [0, 'quantity', 1],
      [1, 'quantity', 2],
      [1, 'restart', 9],
    ]);
    expect(openedAt(await made.openings(meter, at(1), at(2)))).toEqual([[1, 6]]);
  });

  it('takes precedence over the stored entries and openings', async () => {
    const { made, store } = ledger();
    await store.write([
      { ...page([entry(at(-1), 4), entry(q, 8)]), openings: [opening(-1, 1), opening(0, 2)] },
    ]);
    await made.write([{ ...page([running(q, 3)]), openings: [opening(0, 5), opening(1, 6)] }]);
    expect(amounts(await made.current(meter, at(-1), at(1)))).toEqual([
      [-1, 4],
      [0, 3],
    ]);
    expect(openedAt(await made.openings(meter, at(-1), at(1)))).toEqual([
      [-1, 1],
      [0, 5],
    ]);
    const openingAt = async (quarterHours: number) =>
      openedAt([await made.openingBefore(meter, at(quarterHours))])[0];
    expect(await openingAt(-2)).toBeNull();
    expect(await openingAt(-1)).toEqual([-1, 1]);
    expect(await openingAt(0)).toEqual([0, 5]);
    expect(await openingAt(1)).toEqual([1, 6]);
    expect(openedAt([await made.openingBefore('sensor.none', at(9))])).toEqual([null]);
    await store.write([{ ...page([]), openings: [opening(3, 8)] }]);
    expect(openedAt(await made.openings(meter, at(-1), at(4)))).toEqual([
      [-1, 1],
      [0, 5],
      [1, 6],
      [3, 8],
    ]);
    await made.write([{ ...page([]), entityId: 'sensor.new', openings: [opening(1, 6)] }]);
    expect(openedAt([await made.openingBefore('sensor.new', at(1))])).toEqual([[1, 6]]);
  });

  it('is in the journal once when it is final', async () => {
    const { made, store } = ledger();
    await store.write([page([entry(at(-1), 4), entry(at(1), 8)])]);
    await made.write([page([entry(q, 2, restart), entry(q, 3), running(at(2), 1), entry(at(1), 8)])]);
    expect(kinds(await made.journal(meter, at(-1), at(3)))).toEqual([
      [-1, 'quantity', 4],
      [0, 'quantity', 3],
      [0, 'restart', 2],
      [1, 'quantity', 8],
    ]);
  });

  it('has its first revision and keeps its cause, unless readings settled it', async () => {
    const { made } = ledger();
    for (const [cause, kept] of [
      ...[['settled', 'first'] as const, ['late', 'first'] as const, ['first', 'first'] as const],
      ...[['corrected', 'corrected'] as const, ['rules', 'rules'] as const],
    ]) {
      await made.write([page([entry(q, 3, { revision: 7, cause })])]);
      expect(await made.current(meter, q, at(1))).toMatchObject([{ revision: 1, cause: kept }]);
    }
    await made.write([page([entry(q, 3, { revision: 7, isProvisional: true })])]);
    expect(await made.current(meter, q, at(1))).toMatchObject([{ revision: 0 }]);
  });

  it('is over with its quarter-hour, whether it is an entry or an opening', async () => {
    const { made, clock } = ledger();
    await made.write([
      { ...page([running(at(1), 1), running(q, 1), running(at(2), 1)]), openings: [opening(0)] },
      { ...page([], 'sensor.silent'), openings: [opening(1)] },
    ]);
    clock.nowUs = at(1) - 1;
    expect(made.over().size).toBe(0);
    clock.nowUs = at(1);
    expect([...made.over()]).toEqual([[meter, { startUs: q, endUs: at(1) }]]);
    clock.nowUs = at(2);
    expect([...made.over()]).toEqual([
      [meter, { startUs: q, endUs: at(2) }],
      ['sensor.silent', { startUs: at(1), endUs: at(2) }],
    ]);
  });
});

describe('a write to the store', () => {
  it('has the older entries, and is none where there are none', async () => {
    const { made, writes } = ledger();
    await made.write([page([]), { ...page([], 'sensor.other'), openings: [opening(0)] }]);
    expect(writes).toEqual([]);
    await made.write([page([entry(at(-1), 5), running(q, 1)]), page([running(q, 1)], 'sensor.other')]);
    expect(writes.map((pages) => pages.map(({ entityId, entries }) => [entityId, entries.length]))).toEqual([
      [[meter, 1]],
    ]);
    await made.write([{ ...page([]), openings: [opening(-2, 4)] }]);
    expect(writes).toHaveLength(2);
  });

  it('has each opening that is not stored, or differs', async () => {
    const { made, store, writes } = ledger();
    await store.write([{ ...page([]), openings: [opening(-5, 1), opening(-4), opening(-3, 3)] }]);
    const write = async (...openings: Opening[]) => {
      writes.length = 0;
      await made.write([{ ...page([]), openings }]);
      return openedAt(writes.flatMap((pages) => pages.flatMap((one) => one.openings)));
    };
    expect(await write(opening(-5, 1), opening(-4), opening(-3, 3))).toEqual([]);
    expect(await write(opening(-3, 4), opening(-5, 1), opening(-4, 2))).toEqual([
      [-3, 4],
      [-4, 2],
    ]);
    expect(await write(opening(-6), opening(-2))).toEqual([
      [-6, null],
      [-2, null],
    ]);
  });

  it('compares up to a hundred openings with the stored ones', async () => {
    const { made, writes } = ledger();
    const many = (count: number) => Array.from({ length: count }, (_, n) => opening(-200 + n));
    await made.write([{ ...page([]), openings: many(101) }]);
    await made.write([{ ...page([]), openings: many(100) }]);
    expect(writes).toHaveLength(1);
    await made.write([{ ...page([]), openings: many(101) }]);
    expect(writes).toHaveLength(2);
  });

  it('waits while quarter-hours move there', async () => {
    const { made, writes, clock, sumSlowly } = ledger();
    await made.write([page([running(q, 3)])]);
    clock.nowUs = at(1) + 1;
    const resolve = sumSlowly();
    const moving = made.commit(at(1));
    const writing = made.write([page([entry(at(-1), 5)])]);
    for (let turns = 0; turns < 50; turns++) await Promise.resolve();
    expect(writes).toHaveLength(1);
    resolve();
    await Promise.all([moving, writing]);
    expect(writes.map((pages) => pages.map((one) => amounts(one.entries)))).toEqual([
      [[[0, 3]]],
      [[[-1, 5]]],
    ]);
  });

  it('has only what is over', async () => {
    const { made, writes, clock } = ledger();
    await made.write([
      { ...page([running(q, 3), running(at(1), 4)]), openings: [opening(0), opening(1)] },
      { ...page([], 'sensor.silent'), openings: [opening(1)] },
    ]);
    clock.nowUs = at(1);
    await made.commit(at(1));
    expect(
      writes.map((pages) => pages.map((one) => [one.entityId, amounts(one.entries), openedAt(one.openings)])),
    ).toEqual([[[meter, [[0, 3]], [[0, null]]]]]);
    expect(made.runningUs()).toBe(at(1));
    expect(amounts(made.running([meter], ...ever).map(({ entry: one }) => one))).toEqual([[1, 4]]);
    expect(openedAt(made.runningOpenings(meter, q))).toEqual([[1, null]]);
    const bare = ledger();
    await bare.made.write([{ ...page([running(q, 3)]), openings: [] }]);
    bare.clock.nowUs = at(1);
    await bare.made.commit(at(1));
    expect(amounts(bare.store.all())).toEqual([[0, 3]]);
    // A repetition writes nothing, and an empty write is none.
    await made.commit(at(1));
    clock.nowUs = at(5);
    await made.release(['sensor.none', 'sensor.silent']);
    expect(writes).toHaveLength(2);
    await made.release(['sensor.silent']);
    await made.release([]);
    expect(writes).toHaveLength(2);
    expect(writes[1]?.map((one) => [one.entityId, openedAt(one.openings)])).toEqual([
      ['sensor.silent', [[1, null]]],
    ]);
  });

  it('has each change of a quarter-hour that an earlier process began, and of none after it', async () => {
    const { made, store, writes } = ledger();
    await store.write([page([entry(at(-1), 1), running(q, 1)])]);
    await made.current(meter, at(-1), at(1));
    await made.write([page([running(q, 2), running(at(1), 5)])]);
    expect(writes.map((pages) => pages.map((one) => amounts(one.entries)))).toEqual([[[[0, 2]]]]);
    await made.current(meter, at(-1), at(2));
    await made.write([page([running(q, 3), running(at(1), 6)])]);
    expect(writes).toHaveLength(2);
    // The quarter-hour in memory is not of an earlier process.
    for (const held of [[running(q, 1)], [running(q, 1), running(at(1), 1)]]) {
      const other = ledger();
      await other.made.write([page(held)]);
      await other.store.write([page([running(q, 1)])]);
      await other.made.current(meter, q, at(1));
      await other.made.write([page([running(q, 2)])]);
      expect(other.writes).toHaveLength(0);
    }
    // Of several that it began the last one counts, and all before it.
    const later = ledger();
    await later.store.write([page([running(q, 1), running(at(1), 1)])]);
    await later.made.current(meter, q, at(2));
    await later.made.current(meter, q, at(1));
    await later.made.write([page([running(q, 2), running(at(1), 2), running(at(2), 2)])]);
    expect(amounts(later.store.all())).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });

  it('has nothing of a quarter-hour that runs again after the clock was set back', async () => {
    const { made, writes, clock } = ledger();
    clock.nowUs = at(-1) + 1;
    await made.write([page([running(at(-1), 1)])]);
    await made.commit(q);
    expect(writes).toEqual([]);
    expect(made.runningUs()).toBe(at(-1));
  });
});

describe('a question', () => {
  it('is asked once while nothing moves, and again after a move meanwhile, three times at most', async () => {
    const { made, clock } = ledger();
    let asked = 0;
    expect(await made.steady(async () => ++asked)).toBe(1);
    const movingEach = async (most: number) => {
      asked = 0;
      return await made.steady(async () => {
        asked += 1;
        if (asked <= most) {
          const quarterHours = Math.round((clock.nowUs - q) / quarterHourUs);
          await made.write([page([running(at(quarterHours), 1)])]);
          clock.nowUs = at(quarterHours + 1);
          await made.commit(clock.nowUs);
        }
        return asked;
      });
    };
    clock.nowUs = q;
    expect(await movingEach(1)).toBe(2);
    expect(await movingEach(2)).toBe(3);
    expect(await movingEach(9)).toBe(3);
  });
});
