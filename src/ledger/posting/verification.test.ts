/**
 * Goal: each disagreement is found, with its quarter-hour and both figures; what agrees, or may be a round behind, is
 * not.
 * Method: a ledger in memory is posted from evidence by hand, then one thing in it is changed.
 */
import { describe, expect, it } from 'vitest';
import { quarterHourUs } from '../../units/durations.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { CounterKind } from '../counter/counter-state.ts';
import type { Meter } from '../entries/meter.ts';
import type { PostedEntry } from '../entries/revision.ts';
import type { CounterEvidence, PowerReading } from '../evidence.ts';
import { noEvidence } from '../testing/memory-corrections.ts';
import { MemoryLedgers } from '../testing/memory-ledgers.ts';
import { postedEntry } from '../testing/posted-entry.ts';
import { repost, usualRules } from './reposting.ts';
import { type Finding, verifyJournal, verifyMeter } from './verification.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const at = (quarterHours: number) => start + quarterHours * quarterHourUs;
const entityId = 'sensor.meter';
const endUs = at(4000);
const clock = { nowUs: () => endUs, monotonicMs: () => 0 };

const reading = (quarterHours: number, registerMicro: number | null): CounterEvidence => ({
  ...{ kind: 'reading', atUs: at(quarterHours), registerMicro, lastResetAtUs: null, origin: 'stream' },
});

async function book(
  registers: readonly CounterEvidence[],
  kind: CounterKind | 'power' = 'rising',
  powers: readonly PowerReading[] = [],
) {
  const ledger = new MemoryLedgers();
  const meter: Meter =
    kind === 'power' ? { entityId, posts: 'power' } : { entityId, posts: 'register', kind };
  const instants = powers.map(({ atUs }) => atUs);
  const evidence = {
    ...noEvidence,
    registers: async (_: string, startUs: number, limit: number) => {
      const items = registers.filter(({ atUs }) => atUs >= startUs);
      return { items: items.slice(0, limit), isLast: items.length <= limit };
    },
    powers: async (_: string, askedStartUs: number, askedEndUs: number) =>
      powers.filter(({ atUs }) => atUs >= askedStartUs && atUs < askedEndUs),
    around: async (_: string, beforeUs: number, afterUs: number) => ({
      beforeUs: instants.findLast((us) => us < beforeUs) ?? null,
      afterUs: instants.find((us) => us > afterUs) ?? null,
    }),
  };
  await repost({ evidence, ledger, clock, heldUntil: () => null }, usualRules, meter, {
    ...{ startUs: 0, endUs, cause: 'readings' },
  });
  const { entries, revisions } = ledger.of(entityId);
  /** Changes the current entry of a quarter-hour, and the journal as well unless `isJournaled` is false. */
  const change = (quarterHours: number, given: Partial<PostedEntry>, isJournaled = true) => {
    const key = `${entityId} ${at(quarterHours)} quantity`;
    const entry = { ...postedEntry(at(quarterHours), 0), ...entries.get(key), ...given };
    entries.set(key, { ...entry, entityId });
    if (!isJournaled) return;
    const place = revisions.findIndex(
      (one) => one.quarterHourStartUs === at(quarterHours) && one.kind === 'quantity',
    );
    revisions.splice(place < 0 ? revisions.length : place, 1, entry);
  };
  const remove = (quarterHours: number) => entries.delete(`${entityId} ${at(quarterHours)} quantity`);
  const verify = (startUs = start) => verifyMeter({ evidence, ledger }, usualRules, meter, startUs, endUs);
  return { ledger, change, remove, verify };
}
const found = ({ findings }: { readonly findings: readonly Finding[] }) =>
  findings.map(({ check, quarterHourStartUs: us, detail }) => [
    check,
    us && (us - start) / quarterHourUs,
    detail,
  ]);

/** Five quarter-hours of 1, 2, 3, 4 and 5 Wh; the last may still grow. */
const steps = [0, 1000, 3000, 6000, 10_000].map((micro, n) => reading(n, 70_000_000 + micro));
const plain = [...steps, reading(4.5, 70_015_000)];

describe('a register', () => {
  it('that agrees has no findings, and is counted', async () => {
    const { verify } = await book(plain);
    expect(await verify()).toEqual({ entityId, entries: 5, revisions: 4, findings: [] });
  });

  it('has a finding for each quarter-hour that differs from its evidence', async () => {
    const { change, verify } = await book(plain);
    change(1, { amountMicro: 2500, quality: 'estimated' });
    expect(found(await verify())).toEqual([
      [
        'evidence',
        1,
        'quantity should follow its evidence: amountMicro 2000, not 2500, quality measured, not estimated',
      ],
      ['conservation', null, 'entries add up to 15500 less restarts of 0, the register moved by 15000'],
    ]);
  });

  it('has one for a quarter-hour without an entry', async () => {
    const { remove, verify } = await book(plain);
    remove(2);
    expect(found(await verify())).toEqual([
      ['evidence', 2, 'quantity should follow its evidence: no entry'],
      ['conservation', null, 'entries add up to 12000 less restarts of 0, the register moved by 15000'],
    ]);
  });

  it('has one for a quarter-hour without evidence, unless it was withdrawn or may be behind', async () => {
    const { change, verify } = await book(plain);
    change(9, { amountMicro: 70 });
    expect(found(await verify())).toEqual([
      ['evidence', 9, 'quantity of 70 has no evidence'],
      ['conservation', null, 'entries add up to 15070 less restarts of 0, the register moved by 15000'],
    ]);
    change(9, { amountMicro: 0, reason: 'withdrawn' });
    expect(found(await verify())).toEqual([]);
    change(9, { amountMicro: 70, reason: 'counted', isProvisional: true });
    expect(found(await verify())).toEqual([]);
  });

  it('may be a round behind in the running quarter-hour', async () => {
    const { change, verify } = await book(plain);
    change(4, { amountMicro: 1, revision: 0 }, false);
    expect(found(await verify())).toEqual([]);
  });

  it('adds up with its restarts', async () => {
    const { verify, ledger } = await book([...steps, reading(5, 2000), reading(6, 3000), reading(6.5, 3500)]);
    expect(found(await verify())).toEqual([]);
    const restart = ledger
      .of(entityId)
      .all()
      .find(({ kind }) => kind === 'restart');
    expect(restart?.amountMicro).toBe(70_010_000);
  });

  it('counts from the first register of its evidence', async () => {
    const row = (changeMicro: number | null): CounterEvidence => ({
      ...{ kind: 'row', startUs: at(0), atUs: at(4), registerMicro: 5000, changeMicro, period: 'hour' },
    });
    const exchange: CounterEvidence = {
      ...{ kind: 'exchange', atUs: at(0), oldRegisterMicro: 9000, newRegisterMicro: 100 },
    };
    const later = [reading(5, 6000), reading(6.5, 7000)];
    const absent = [reading(0, null), { kind: 'excluded', atUs: at(1) } as const];
    for (const first of [
      [row(400)],
      [row(null)],
      [exchange],
      [...absent, reading(2, 50)],
      [reading(0, 0)],
      [reading(0, -700), reading(1, 40)],
    ]) {
      const { verify, ledger } = await book([...first, ...later]);
      expect(found(await verify())).toEqual([]);
      expect(ledger.of(entityId).all().length).toBeGreaterThan(0);
    }
    const net = await book([reading(0, -700), ...later], 'net');
    expect(found(await net.verify())).toEqual([]);
    expect(found(await (await book([reading(0, null)])).verify())).toEqual([]);
  });

  it('has a hundred findings at most', async () => {
    const { change, verify } = await book(plain);
    for (let n = 100; n < 220; n++) change(n, { amountMicro: 1 });
    expect((await verify()).findings).toHaveLength(100);
  });
});

describe('power', () => {
  const powers = [0, 5, 200, 203].map(
    (quarterHours): PowerReading => ({
      ...{ atUs: at(quarterHours) + 60_000_000, powerMw: 600_000, origin: 'stream' },
    }),
  );

  it('is compared with its evidence over all days, also from within a quarter-hour', async () => {
    const { verify, change } = await book([], 'power', powers);
    expect(found(await verify(at(0) + 5))).toEqual([]);
    change(0, { amountMicro: 5 });
    change(201, { amountMicro: 7 });
    change(150, { amountMicro: 9 });
    expect(found(await verify(at(0) + 5)).map((one) => one.slice(0, 2))).toEqual([
      ['evidence', 0],
      ['evidence', 150],
      ['evidence', 201],
    ]);
  });

  it('is not verified past the end', async () => {
    const { change, verify } = await book([], 'power', powers);
    change(4000, { amountMicro: 7 });
    expect(found(await verify())).toEqual([]);
  });
});

describe('the journal', () => {
  const weeks = 7 * 96;
  async function journaled(
    current: readonly PostedEntry[],
    journal: readonly PostedEntry[],
    untilQuarterHour = 2 * weeks + 3,
  ) {
    const asked: number[][] = [];
    const isIn = (askedStartUs: number, askedEndUs: number) => (one: PostedEntry) =>
      one.quarterHourStartUs >= askedStartUs && one.quarterHourStartUs < askedEndUs;
    const findings: Finding[] = [];
    const ledger = {
      ...new MemoryLedgers(),
      current: async (_: string, askedStartUs: number, askedEndUs: number) => {
        asked.push([(askedStartUs - start) / quarterHourUs, (askedEndUs - start) / quarterHourUs]);
        return current.filter(isIn(askedStartUs, askedEndUs));
      },
      journal: async (_: string, askedStartUs: number, askedEndUs: number) =>
        journal.filter(isIn(askedStartUs, askedEndUs)),
    };
    const store = ledger as unknown as MemoryLedgers;
    const counts = await verifyJournal(
      { ledger: store },
      entityId,
      start,
      at(untilQuarterHour),
      (one) => void findings.push(one),
    );
    return { asked, counts, found: found({ findings }) };
  }
  const first = postedEntry(at(1), 5);
  const second = postedEntry(at(1), 6, { revision: 2 });

  it('has the current state as its newest revision, read a week at a time', async () => {
    const last = postedEntry(at(2 * weeks + 2), 7);
    const running = postedEntry(at(weeks), 9, { revision: 0 });
    const { asked, counts, found } = await journaled([second, running, last], [first, second, last]);
    expect(found).toEqual([]);
    expect(counts).toEqual({ entries: 3, revisions: 3 });
    expect(asked).toEqual([
      [0, weeks],
      [weeks, 2 * weeks],
      [2 * weeks, 2 * weeks + 3],
    ]);
    expect((await journaled([], [], weeks)).asked).toEqual([[0, weeks]]);
  });

  it('has a finding for a missing, a wrong or a differing revision', async () => {
    const found = async (current: PostedEntry, journal: readonly PostedEntry[]) =>
      (await journaled([current], journal)).found.map(([, , detail]) => detail);
    expect(await found(second, [first, second])).toEqual([]);
    expect(await found(second, [second])).toEqual(['revision 2 is current, the journal has 2']);
    expect(await found(second, [first])).toEqual(['revision 2 is current, the journal has 1']);
    expect(await found(first, [first, second])).toEqual(['revision 1 is current, the journal has 1, 2']);
    const third = postedEntry(at(1), 7, { revision: 3 });
    expect(await found(third, [first, third])).toEqual(['revision 3 is current, the journal has 1, 3']);
    expect(await found(first, [])).toEqual(['revision 1 is current, the journal has none']);
    expect(await found({ ...second, amountMicro: 8 }, [first, second])).toEqual([
      'revision 2 is current, the journal has 1, 2',
    ]);
    const restart = postedEntry(at(1), 9, { kind: 'restart' });
    expect((await journaled([first, restart], [first, restart])).found).toEqual([]);
  });
});
