/**
 * Goal: what a meter counted since an instant is what the ledger says of it, posted already or not.
 * Method: the examples of docs and issues; random lives, posted up to any point, held against one posting of
 * everything.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StateClass } from '../home/entity.ts';
import { registerKind } from '../ledger/entries/meter.ts';
import { registerReading } from '../ledger/evidence/stored-evidence.ts';
import type { CounterEvidence, RegisterReading } from '../ledger/evidence.ts';
import { postCounter } from '../ledger/posting/counter-posting.ts';
import { MemoryLedger } from '../ledger/testing/memory-ledger.ts';
import { quarterHourUs } from '../units/durations.ts';
import { quarterHourStartUs } from '../units/quarter-hour.ts';
import { type DayCount, readDay, stepDay } from './day-count.ts';

const begun = (stateClass: StateClass | null): DayCount => ({
  kind: registerKind(stateClass),
  sinceUs: 0,
  state: null,
  countedMicro: 0,
});

function counted(stateClass: StateClass | null, registers: readonly (number | null | [number, number])[]) {
  let count = begun(stateClass);
  for (const [atUs, register] of registers.entries()) {
    const [value, lastResetAtUs] = Array.isArray(register) ? register : [register, null];
    count = stepDay(count, registerReading({ atUs, value, lastResetAtUs, origin: 'stream' }));
  }
  return count.state === null ? null : count.countedMicro / 1e6;
}

describe('meter count', () => {
  it.each<[string, StateClass | null, (number | null | [number, number])[], number | null]>([
    ['nothing read', 'total_increasing', [null], null],
    ['the first is the zero point', 'total_increasing', [8], 0],
    ['plain counting over an absence', 'total_increasing', [8, null, 8.5], 0.5],
    ['a dip that recovers', 'total_increasing', [8, 7.99, 8.01], 0.01],
    ['dips that creep down never reset', 'total_increasing', [100, 95, 91, 88, 101], 1],
    ['a reset counts the new register', 'total_increasing', [453.26, 458.26, 1.5], 6.5],
    ['a reset to zero', 'total_increasing', [10, 0, 0.25], 0.25],
    ['negative registers are skipped', 'total_increasing', [1, -5, 1.5], 0.5],
    ['exactly nine tenths is a dip', 'total_increasing', [1, 0.9, 1], 0],
    ['a total may fall', 'total', [5, 3, 4], -1],
    [
      'a total that reports its reset',
      'total',
      [
        [5, 1],
        [6, 1],
        [0.5, 2],
        [0.75, 2],
      ],
      1.75,
    ],
    ['a lost attribute is no reset', 'total', [[5, 1], 6, [7, 1]], 2],
    ['no state class counts as rising', null, [1, 2, 0.5], 1.5],
  ])('%s', (_, stateClass, registers, expected) => {
    expect(counted(stateClass, registers)).toBe(expected);
  });

  it('is the difference of the ends for a meter that only rises, to the last millionth', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2_000_000_000 }), { minLength: 1 }), (micros) => {
        const rising = [...micros].sort((a, b) => a - b);
        const difference = ((rising.at(-1) ?? 0) - (rising[0] ?? 0)) / 1e6;
        expect(
          counted(
            'total_increasing',
            rising.map((micro) => micro / 1e6),
          ),
        ).toBe(difference);
      }),
    );
  });

  it('is what the ledger will say of a day, however much of it is posted', async () => {
    const start = quarterHourStartUs(1_780_000_000_000_000);
    const steps = fc.array(
      fc.record({
        waitUs: fc.integer({ min: 1, max: 3_600_000_000 }),
        byMicro: fc.option(fc.integer({ min: -20_000, max: 900_000 }), { freq: 8 }),
        isReset: fc.nat(12).map((pick) => pick === 0),
      }),
      { minLength: 2, maxLength: 40 },
    );
    const day = fc.integer({ min: 0, max: 60 }).map((quarters) => start + quarters * quarterHourUs);
    await fc.assert(
      fc.asyncProperty(steps, day, fc.nat(40), async (drawn, sinceUs, posted) => {
        let atUs = start;
        let register = 5_000_000;
        const life = drawn.map(({ waitUs, byMicro, isReset }): RegisterReading => {
          atUs += waitUs;
          if (byMicro !== null) register = isReset ? Math.abs(byMicro) : Math.max(0, register + byMicro);
          const registerMicro = byMicro === null ? null : register;
          return { kind: 'reading', atUs, registerMicro, lastResetAtUs: null, origin: 'stream' };
        });
        const rules = {
          kind: 'rising',
          maxGapUs: quarterHourUs,
          quarterHourGapUs: quarterHourUs,
          certainMicro: 0,
        } as const;
        const always = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] as const;
        const early = postCounter(rules, null, life.slice(0, 1 + posted), ...always);
        const ledger = new MemoryLedger();
        const entityId = 'sensor.meter';
        const meta = { revision: 1, postedAtUs: 0, cause: 'first' } as const;
        const entries = early.entries.map((entry) => ({ ...entry, ...meta }));
        const openings = [...early.openings].map(([quarter, state]) => ({
          quarterHourStartUs: quarter,
          state,
        }));
        await ledger.write([{ entityId, entries, openings }]);
        const evidence = {
          registers: async (_: string, startUs: number) => ({
            items: life.filter((one) => one.atUs >= startUs),
            isLast: true,
          }),
        };
        const meter = { entityId, kind: 'rising' } as const;
        const read = await readDay(ledger, evidence, meter, sinceUs, atUs + 1);
        const whole = postCounter(rules, null, life, ...always);
        const expected = whole.entries
          .filter((entry) => entry.kind === 'quantity' && entry.quarterHourStartUs >= sinceUs)
          .reduce((sum, entry) => sum + entry.amountMicro, 0);
        expect(read?.countedMicro).toBe(expected);
      }),
    );
  });

  const midnightUs = quarterHourStartUs(1_780_000_000_000_000);
  const minuteUs = 60_000_000;
  const reading = (minute: number, registerWh: number): RegisterReading => ({
    ...{ kind: 'reading', atUs: midnightUs + minute * minuteUs, registerMicro: registerWh * 1000 },
    ...{ lastResetAtUs: null, origin: 'stream' },
  });

  it('has of what was counted over midnight the part that lies after it', () => {
    const counted = (from: number, to: number) => {
      const count: DayCount = { ...begun('total_increasing'), sinceUs: midnightUs };
      const whole = [reading(from, 100), reading(to, 160)].reduce(stepDay, count);
      return whole.countedMicro / 1000;
    };
    expect(counted(-20, -10)).toBe(0);
    expect(counted(-10, 0)).toBe(0);
    expect(counted(-10, 20)).toBe(40);
    expect(counted(0, 10)).toBe(60);
    expect(counted(10, 20)).toBe(60);
  });

  it('has what an old meter still counted when it was exchanged at midnight', () => {
    const registers = { oldRegisterMicro: 103_000, newRegisterMicro: 0 };
    const exchange: CounterEvidence = { kind: 'exchange', atUs: midnightUs, ...registers };
    const life: CounterEvidence[] = [reading(0, 100), exchange, reading(10, 2)];
    const count = life.reduce(stepDay, { ...begun('total_increasing'), sinceUs: midnightUs });
    const rules = {
      kind: 'rising',
      maxGapUs: quarterHourUs,
      quarterHourGapUs: quarterHourUs,
      certainMicro: 0,
    } as const;
    const { entries } = postCounter(rules, null, life, midnightUs, Number.MAX_SAFE_INTEGER);
    const quantities = entries.filter(({ kind }) => kind === 'quantity');
    expect(quantities.reduce((sum, { amountMicro }) => sum + amountMicro, 0)).toBe(5000);
    expect(count.countedMicro).toBe(5000);
  });

  it('takes the evidence up to its end and no further, page by page, none twice', async () => {
    const life = [
      reading(0, 100),
      reading(5, 105),
      reading(10, 110),
      reading(15, 120),
      reading(20, 140),
      reading(25, 180),
    ];
    const ledger = new MemoryLedger();
    await ledger.write([
      { entityId: 'sensor.meter', entries: [], openings: [{ quarterHourStartUs: midnightUs, state: null }] },
    ]);
    const asked: number[] = [];
    const paged = (size: number) => ({
      registers: async (_: string, startUs: number) => {
        asked.push((startUs - midnightUs) / minuteUs);
        if (asked.length > 9) throw new Error('It asks for ever');
        const left = life.filter((one) => one.atUs >= startUs);
        return { items: left.slice(0, size), isLast: left.length <= size };
      },
    });
    const meter = { entityId: 'sensor.meter', kind: 'rising' } as const;
    const countedUntil = async (minute: number, size: number) => {
      asked.length = 0;
      const read = await readDay(ledger, paged(size), meter, midnightUs, midnightUs + minute * minuteUs);
      return (read?.countedMicro ?? 0) / 1000;
    };
    const next = (minute: number) => minute + 1 / minuteUs;
    expect(await countedUntil(60, 2)).toBe(80);
    expect(asked).toEqual([0, next(5), next(15)]);
    // A reading at the end is the next question's; with it the page that holds it is the last.
    expect(await countedUntil(15, 2)).toBe(10);
    expect(asked).toEqual([0, next(5)]);
    expect(await countedUntil(15.001, 2)).toBe(20);
    expect(await countedUntil(60, 1)).toBe(80);
    expect(await countedUntil(60, 100)).toBe(80);
    expect(asked).toEqual([0]);
    // A page that is empty is the last, whatever it says.
    const empty = { registers: async () => ({ items: [], isLast: false }) };
    expect(await readDay(ledger, empty, meter, midnightUs, midnightUs + minuteUs)).toMatchObject({
      ...{ state: null, countedMicro: 0 },
    });
  });

  it('is null for a meter without postings', async () => {
    const evidence = { registers: async () => ({ items: [], isLast: true }) };
    const meter = { entityId: 'sensor.new', kind: 'rising' } as const;
    expect(await readDay(new MemoryLedger(), evidence, meter, 0, 1)).toBeNull();
  });

  it('never counts down for a rising meter', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -10, max: 1000, noNaN: true })), (values) => {
        let before = 0;
        let count = begun('total_increasing');
        for (const [atUs, value] of values.entries()) {
          const reading = { atUs, value, lastResetAtUs: null, origin: 'stream' as const };
          count = stepDay(count, registerReading(reading));
          expect(count.countedMicro).toBeGreaterThanOrEqual(before);
          before = count.countedMicro;
        }
      }),
    );
  });
});
