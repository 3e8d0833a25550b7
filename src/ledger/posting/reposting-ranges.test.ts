/**
 * Goal: a posting begins where its evidence can change something, ends where nothing changes any more, and reads and
 * writes no more than that.
 * Method: meters by hand, posted and posted again with late evidence; the quarter-hours that are read and returned.
 */
import { describe, expect, it } from 'vitest';
import { quarterHourUs } from '../../units/durations.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { CounterState } from '../counter/counter-state.ts';
import type { Meter } from '../entries/meter.ts';
import type { DeclaredAmount, EvidenceSource } from '../evidence/evidence-source.ts';
import type { CounterEvidence, PowerReading, SwitchReading } from '../evidence.ts';
import { MemoryLedger } from '../testing/memory-ledger.ts';
import { isSameState, repost, usualRules } from './reposting.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const minute = 60_000_000;
const day = 96;
const at = (minutes: number) => start + minutes * minute;
const inQuarterHours = (us: number) => (us - start) / quarterHourUs;

interface Stored {
  registers?: CounterEvidence[];
  powers?: PowerReading[];
  switches?: SwitchReading[];
  amounts?: DeclaredAmount[];
}

/** Stored evidence, a ledger over it, and the calls of both. */
function books(
  meter: Meter,
  { registers = [], powers = [], switches = [], amounts = [] }: Stored,
  nowMinutes: number,
) {
  const asked = { registers: [] as number[], current: [] as number[][], opened: [] as number[] };
  const byTime = <T extends { readonly atUs: number }>(list: readonly T[]) =>
    [...list].sort((a, b) => a.atUs - b.atUs);
  const evidence: EvidenceSource = {
    registers: async (_, startUs, limit) => {
      asked.registers.push(startUs);
      const items = byTime(registers).filter(({ atUs }) => atUs >= startUs);
      return { items: items.slice(0, limit), isLast: items.length <= limit };
    },
    registerBefore: async (_, us) => byTime(registers).findLast(({ atUs }) => atUs < us)?.atUs ?? null,
    powers: async (_, startUs, endUs) => byTime(powers).filter(({ atUs }) => atUs >= startUs && atUs < endUs),
    amounts: async () => amounts,
    switches: async (_, startUs, endUs) => {
      const list = byTime(switches);
      const before = list.findLast(({ atUs }) => atUs < startUs);
      const inside = list.filter(({ atUs }) => atUs >= startUs && atUs < endUs);
      return before ? [before, ...inside] : inside;
    },
    around: async (id, startUs, endUs) => {
      const list: readonly { readonly atUs: number }[] = byTime<{ readonly atUs: number }>(
        id.startsWith('switch') ? switches : powers,
      );
      return {
        beforeUs: list.findLast(({ atUs }) => atUs < startUs)?.atUs ?? null,
        afterUs: list.find(({ atUs }) => atUs >= endUs)?.atUs ?? null,
      };
    },
  };
  const ledger = new MemoryLedger();
  const current = ledger.current.bind(ledger);
  ledger.current = (entityId, startUs, endUs) => {
    asked.current.push([inQuarterHours(startUs), inQuarterHours(endUs)]);
    return current(entityId, startUs, endUs);
  };
  const write = ledger.write.bind(ledger);
  ledger.write = (pages) => {
    for (const { openings } of pages)
      asked.opened.push(...openings.map((one) => inQuarterHours(one.quarterHourStartUs)));
    return write(pages);
  };
  const given = { nowUs: at(nowMinutes) };
  const deps = {
    ...{ evidence, ledger, heldUntil: () => null },
    clock: { nowUs: () => given.nowUs, monotonicMs: () => 0 },
  };
  /** Returns the first and the end quarter-hour that were posted, and how many entries were written. */
  const post = async (
    fromMinutes: number | null,
    untilMinutes: number,
    cause: 'readings' | 'corrected' = 'readings',
    rules = usualRules,
  ) => {
    asked.registers.length = 0;
    asked.current.length = 0;
    asked.opened.length = 0;
    const startUs = fromMinutes === null ? 0 : at(fromMinutes);
    const result = await repost(deps, rules, meter, { startUs, endUs: at(untilMinutes) + 1, cause });
    return [
      ...[result.startUs === Number.MIN_SAFE_INTEGER ? null : inQuarterHours(result.startUs)],
      ...[inQuarterHours(result.endUs), result.entriesWritten],
    ];
  };
  const total = () =>
    ledger
      .all()
      .filter(({ kind }) => kind === 'quantity')
      .reduce((sum, { amountMicro }) => sum + amountMicro, 0);
  return { asked, ledger, given, post, total };
}

const register: Meter = { entityId: 'sensor.meter', posts: 'register', kind: 'rising' };
const reading = (minutes: number, registerMicro: number | null): CounterEvidence => ({
  ...{ kind: 'reading', atUs: at(minutes), registerMicro, lastResetAtUs: null, origin: 'stream' },
});

describe('a register', () => {
  /** Ten hours of a reading each five minutes, two past the fives. */
  const steady = () => Array.from({ length: 120 }, (_, n) => reading(5 * n + 2, 20_000 * n + (n % 2) * 1000));

  it('is posted completely at first, to the end of its evidence', async () => {
    const { post, asked, total } = books(register, { registers: steady() }, 700);
    expect(await post(null, 700)).toEqual([null, 40, 40]);
    expect(asked.registers).toEqual([Number.MIN_SAFE_INTEGER]);
    expect(total()).toBe(119 * 20_000 + 1000);
    expect(
      await books(register, { registers: [reading(3, 5), reading(4, null)] }, 60).post(null, 60),
    ).toEqual([null, 1, 0]);
    expect(await books(register, { registers: [reading(33, null)] }, 60).post(null, 60)).toEqual([
      null,
      3,
      0,
    ]);
    expect(await books(register, {}, 60).post(null, 60)).toEqual([...[null, expect.any(Number), 0]]);
  });

  it('is posted again from the difference that spans the late evidence, to where it opens as before', async () => {
    const registers = steady();
    const { post, asked } = books(register, { registers }, 700);
    await post(null, 700);
    // In the eighth quarter-hour, into which a difference reaches from the seventh; its rhythm is as before eight moves
    // later.
    registers.push(reading(124, 482_000));
    expect(await post(124, 124)).toEqual([7, 12, 0]);
    expect(asked.registers).toEqual([at(105)]);
    expect(asked.current).toEqual([[7, 12]]);
    expect(asked.opened).toEqual([7, 8, 9, 10, 11]);
    // The first reading of a quarter-hour changes the one before as well.
    registers.push(reading(151, 590_000));
    expect(await post(151, 151)).toEqual([8, 13, 2]);
    expect(await post(151, 151)).toEqual([8, 11, 0]);
    // Its rhythm is as before in the last quarter-hour that has evidence.
    registers.push(reading(529, 2_110_000));
    expect((await post(529, 529)).slice(0, 2)).toEqual([34, 39]);
  });

  it('is posted again for late evidence at the very edge of a quarter-hour', async () => {
    const registers = steady();
    const { post, ledger } = books(register, { registers }, 700);
    await post(null, 700);
    registers.push(reading(135, 530_000));
    expect(await post(135, 135)).toEqual([7, 12, 2]);
    const whole = books(register, { registers }, 700);
    await whole.post(null, 700);
    const plain = (one: MemoryLedger) =>
      one.all().map(({ quarterHourStartUs, amountMicro }) => [quarterHourStartUs, amountMicro]);
    expect(plain(ledger)).toEqual(plain(whole.ledger));
  });

  it('is posted to the end where nothing opens as before', async () => {
    const registers = steady().slice(0, 60);
    const { post, asked } = books(register, { registers }, 700);
    await post(null, 700);
    registers.push(...steady().slice(60));
    expect(await post(302, 597)).toEqual([18, 40, 21]);
    expect(asked.current).toEqual([[18, inQuarterHours(Number.MAX_SAFE_INTEGER)]]);
  });

  it('is posted page by page, and no further than where it opens as before', async () => {
    const registers = steady();
    const { post, asked, total } = books(register, { registers }, 700);
    const rules = { ...usualRules, pageSize: 30 };
    expect(await post(null, 700, 'readings', rules)).toEqual([null, 40, 40]);
    expect(asked.registers.slice(1).map(inQuarterHours)).toEqual([9, 18, 27, 36]);
    expect(total()).toBe(119 * 20_000 + 1000);
    registers.push(reading(124, 482_000));
    expect(await post(124, 124, 'readings', rules)).toEqual([7, 12, 0]);
    expect(asked.registers).toEqual([at(105)]);
    // A changed range over several pages ends on the last of them.
    expect(await post(124, 320, 'readings', rules)).toEqual([7, 22, 0]);
    expect(asked.registers.map(inQuarterHours)).toEqual([7, 16]);
  });

  it('is posted completely when its rhythm becomes known', async () => {
    const registers = [reading(2, 0), reading(130, 20_000), reading(135, 41_000), reading(140, 60_000)];
    const { post, asked } = books(register, { registers }, 700);
    await post(null, 700);
    registers.push(reading(145, 81_000));
    await post(145, 145);
    expect(asked.registers).toEqual([at(120), Number.MIN_SAFE_INTEGER]);
    registers.push(reading(151, 100_000));
    await post(151, 151);
    expect(asked.registers).toHaveLength(1);
  });

  it('is posted completely for late evidence among the first moves, which make its rhythm', async () => {
    const registers = steady();
    const { post, asked } = books(register, { registers }, 700);
    await post(null, 700);
    registers.push(reading(16, 58_000));
    await post(16, 16);
    expect(asked.registers).toEqual([start, Number.MIN_SAFE_INTEGER]);
    await post(24, 24);
    expect(asked.registers).toEqual([Number.MIN_SAFE_INTEGER]);
    await post(34, 34);
    expect(asked.registers).toEqual([at(15)]);
    // The last of the four is the first of its quarter-hour.
    const early = Array.from({ length: 40 }, (_, n) => reading(3 + 3 * n, 20_000 * n));
    const other = books(register, { registers: early }, 700);
    await other.post(null, 700);
    await other.post(16, 16);
    expect(other.asked.registers).toEqual([Number.MIN_SAFE_INTEGER]);
  });

  it('is posted again from the silence that its last difference spans', async () => {
    const silence = Array.from({ length: 12 }, (_, n) => reading(600 + 20 * n, null));
    const registers = [...steady(), ...silence];
    const { post, asked } = books(register, { registers }, 900);
    await post(null, 900);
    registers.push(reading(850, 2_600_000));
    expect((await post(850, 850)).slice(0, 2)).toEqual([39, 57]);
    expect(asked.registers).toEqual([at(585)]);
  });

  it('has the same entries in small pages, also for late evidence in a silence of several pages', async () => {
    const silence = Array.from({ length: 30 }, (_, n) => reading(610 + 20 * n, n % 3 ? null : 2_381_000));
    const reported = [...steady(), ...silence, reading(1215, 2_500_000), reading(1230, 2_550_000)];
    const rules = { ...usualRules, pageSize: 10 };
    const small = books(register, { registers: reported }, 1300);
    await small.post(null, 1300, 'readings', rules);
    for (const late of [null, reading(901, 2_420_000), reading(1102, 2_440_000)]) {
      if (late !== null) {
        reported.push(late);
        await small.post((late.atUs - start) / minute, (late.atUs - start) / minute, 'readings', rules);
      }
      const whole = books(register, { registers: reported }, 1300);
      await whole.post(null, 1300);
      const entries = ({ ledger }: typeof whole) =>
        ledger.all().map(({ revision: _revision, cause: _cause, ...entry }) => entry);
      expect(entries(small)).toEqual(entries(whole));
      expect(small.total()).toBe(2_550_000);
    }
  });
});

describe('power', () => {
  const meter: Meter = { entityId: 'sensor.power', posts: 'power' };
  const switched: Meter = { ...meter, switchId: 'switch.device' };
  const power = (minutes: number, watts = 600): PowerReading => ({
    ...{ atUs: at(minutes), powerMw: watts * 1000, origin: 'stream' },
  });
  const switchState = (minutes: number, isOn: boolean): SwitchReading => ({
    atUs: at(minutes),
    isOn,
    origin: 'stream',
  });
  const amount = (from: number, until: number): DeclaredAmount => ({
    ...{ startUs: at(from), endUs: at(until), amountMicro: 8000 },
  });

  it('is posted from its first evidence, to now, a day at a time', async () => {
    const { post, asked } = books(meter, { powers: [power(50), power(60)] }, (2 * day + 10) * 15);
    expect((await post(null, (2 * day + 10) * 15)).slice(0, 2)).toEqual([3, 2 * day + 11]);
    expect(asked.current).toEqual([
      [3, day + 3],
      [day + 3, 2 * day + 3],
      [2 * day + 3, 2 * day + 11],
    ]);
    const short = books(meter, { powers: [power(50)] }, (day + 2) * 15);
    await short.post(null, (day + 2) * 15);
    expect(short.asked.current).toEqual([[3, day + 3]]);
    const declared = books(meter, { powers: [power(50)], amounts: [amount(20, 30)] }, 100);
    expect((await declared.post(null, 100)).slice(0, 2)).toEqual([1, 7]);
    const gated = books(switched, { powers: [power(50)], switches: [switchState(10, true)] }, 100);
    expect((await gated.post(null, 100)).slice(0, 2)).toEqual([0, 7]);
    expect((await books(meter, {}, 100).post(null, 100)).slice(0, 2)).toEqual([6, 7]);
  });

  it('is posted again from the value before the late one to the next one, or as far as it is carried', async () => {
    const powers = [power(0), power(40), power(130), power(140)];
    const { post } = books(meter, { powers }, 1000);
    // The one before lies at 40 minutes, the next at 130.
    expect((await post(75, 75)).slice(0, 2)).toEqual([2, 9]);
    expect((await post(65, 65)).slice(0, 2)).toEqual([2, 9]);
    // An hour past the last of them, in the sixteenth quarter-hour.
    expect((await post(140, 185)).slice(0, 2)).toEqual([8, 17]);
    const early = books(meter, { powers }, 160);
    expect((await early.post(140, 140)).slice(0, 2)).toEqual([8, 11]);
    expect((await early.post(140, 170)).slice(0, 2)).toEqual([8, 12]);
    // No value lies before the first of all.
    expect((await post(0, 0)).slice(0, 2)).toEqual([0, 3]);
  });

  it('is posted from the end of the declared amount before, where no value lies between', async () => {
    const { post } = books(meter, { powers: [power(100)], amounts: [amount(0, 20), amount(30, 50)] }, 130);
    expect((await post(100, 100)).slice(0, 2)).toEqual([3, 9]);
    expect((await post(50, 50)).slice(0, 2)).toEqual([1, 7]);
    const after = books(meter, { powers: [power(70), power(100)], amounts: [amount(30, 50)] }, 130);
    expect((await after.post(100, 100)).slice(0, 2)).toEqual([3, 9]);
  });

  it('goes on where it is posted while nothing is reported, and searches two hours back for that', async () => {
    const { post, given } = books(switched, { powers: [power(0)], switches: [switchState(10, false)] }, 100);
    expect(await post(null, 100)).toEqual([0, 7, 7]);
    given.nowUs = at(160);
    expect(await post(160, 160)).toEqual([6, 11, 5]);
    // The search reaches the eighth quarter-hour before the running one, and none that is earlier.
    given.nowUs = at(284);
    expect((await post(284, 284)).slice(0, 2)).toEqual([10, 19]);
    given.nowUs = at(405);
    expect((await post(405, 405))[0]).toBe(0);
  });

  it('begins with its evidence where something is corrected, though nothing was reported since', async () => {
    const { post, given } = books(meter, { powers: [power(0), power(5)] }, 60);
    await post(null, 60);
    given.nowUs = at(90);
    expect((await post(90, 90, 'corrected'))[0]).toBe(0);
    expect((await post(90, 90))[0]).toBe(4);
  });

  it('begins with the power before a change of the switch, because later power can still settle that', async () => {
    const { post } = books(
      switched,
      { powers: [power(20)], switches: [switchState(50, true), switchState(80, false)] },
      100,
    );
    expect((await post(80, 80)).slice(0, 2)).toEqual([1, 7]);
    const { post: alone } = books(
      switched,
      { switches: [switchState(50, true), switchState(80, false)] },
      100,
    );
    expect((await alone(80, 80)).slice(0, 2)).toEqual([3, 7]);
  });
});

describe('a quarter-hour opens as before', () => {
  const state: CounterState = {
    ...{ baselineMicro: 5, registerMicro: 4, atUs: 30, sinceUs: 20, movedAtUs: 10 },
    ...{ rhythm: [{ intervalS: 3, amountMicro: 7 }], foreseenMoves: 2, reportedBy: 'reading' },
    ...{ repeats: { count: 2, everyUs: 5, lastUs: 30 }, lastResetAtUs: 1, absentSinceUs: 31 },
    ...{ correction: { deliveredMicro: 9 }, formerMicro: 6 },
    dip: {
      fromMicro: 5,
      lowestMicro: 3,
      sinceUs: 21,
      moves: 1,
      turnUs: null,
    } as unknown as CounterState['dip'],
  };

  it('when every field of its state is the same', () => {
    expect(isSameState(state, structuredClone(state))).toBe(true);
    expect(isSameState(null, null)).toBe(true);
    expect(isSameState(undefined, undefined)).toBe(true);
    expect(isSameState(null, undefined)).toBe(false);
    expect(isSameState(state, null)).toBe(false);
    expect(isSameState(null, state)).toBe(false);
    const bare = { ...state, repeats: null, correction: null, dip: null, rhythm: [] };
    expect(isSameState(bare, structuredClone(bare))).toBe(true);
  });

  it('and not when any field differs', () => {
    const others: Partial<CounterState>[] = [
      ...[{ baselineMicro: 6 }, { registerMicro: 5 }, { atUs: 29 }, { sinceUs: 19 }, { movedAtUs: 9 }],
      ...[{ foreseenMoves: 1 }, { lastResetAtUs: null }, { absentSinceUs: null }, { formerMicro: null }],
      ...[{ reportedBy: 'row' } as const, { dip: null }, { correction: null }, { repeats: null }],
      ...[{ correction: { deliveredMicro: 8 } }, { correction: { deliveredMicro: null } }],
      { repeats: { count: 1, everyUs: 5, lastUs: 30 } },
      { repeats: { count: 2, everyUs: 6, lastUs: 30 } },
      { repeats: { count: 2, everyUs: 5, lastUs: 31 } },
      ...[{ rhythm: [] }, { rhythm: [{ intervalS: 4, amountMicro: 7 }] }],
      { rhythm: [{ intervalS: 3, amountMicro: 8 }] },
      { rhythm: [...state.rhythm, { intervalS: 3, amountMicro: 7 }] },
    ];
    for (const other of others) {
      expect(isSameState(state, { ...state, ...other }), JSON.stringify(other)).toBe(false);
      expect(isSameState({ ...state, ...other }, state), JSON.stringify(other)).toBe(false);
    }
    const two = [
      { intervalS: 3, amountMicro: 7 },
      { intervalS: 5, amountMicro: 7 },
    ];
    const otherTwo = { rhythm: [two[0], { intervalS: 6, amountMicro: 7 }] } as Partial<CounterState>;
    expect(isSameState({ ...state, rhythm: two }, { ...state, ...otherTwo })).toBe(false);
    const declared = { ...state, correction: { deliveredMicro: null } };
    expect(isSameState(declared, { ...state, correction: null })).toBe(false);
  });
});
