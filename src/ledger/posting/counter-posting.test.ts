/**
 * Goal: the amount of a meter is posted to quarter-hours exactly, whatever happens to the meter.
 * Method: vectors worked by hand, then random lives of a meter (counting, resets, dips, absences, exchanges) whose sums
 * are compared with the registers, and with the same posting begun anywhere in between.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quarterHourUs } from '../../units/durations.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { CounterKind } from '../counter/counter-state.ts';
import type { CounterEvidence, RegisterReading } from '../evidence.ts';
import { type CounterPosting, postCounter } from './counter-posting.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const minute = 60_000_000;
const rules = {
  kind: 'rising' as CounterKind,
  maxGapUs: 60 * minute,
  quarterHourGapUs: 20 * minute,
  certainMicro: 10_000,
};

function reading(minutes: number, register: number | null, lastReset: number | null = null): RegisterReading {
  return {
    kind: 'reading',
    atUs: start + minutes * minute,
    registerMicro: register === null ? null : Math.round(register * 1_000_000),
    lastResetAtUs: lastReset,
    origin: 'stream',
  };
}

function post(evidence: readonly CounterEvidence[], kind: CounterKind = 'rising'): CounterPosting {
  return postCounter({ ...rules, kind }, null, evidence, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
}

function amounts(posting: CounterPosting): number[] {
  return posting.entries.filter((entry) => entry.kind === 'quantity').map((entry) => entry.amountMicro);
}

function total(posting: CounterPosting, kind: 'quantity' | 'restart'): number {
  return posting.entries
    .filter((entry) => entry.kind === kind)
    .reduce((sum, entry) => sum + entry.amountMicro, 0);
}

describe('postCounter, by hand', () => {
  it('splits a difference at the boundary in proportion to time', () => {
    const posting = post([reading(10, 100), reading(20, 100.001)]);
    expect(amounts(posting)).toEqual([500, 500]);
    expect(posting.entries.map((entry) => entry.isProvisional)).toEqual([false, true]);
    expect(posting.entries.map((entry) => entry.coveredUs / minute)).toEqual([5, 5]);
  });

  it('takes the first register as the zero point', () => {
    expect(post([reading(0, 4321.5)]).entries).toEqual([]);
  });

  it('counts a dip that recovers once: 8.00, 7.99, 8.01 is 0.01', () => {
    expect(total(post([reading(0, 8), reading(1, 7.99), reading(2, 8.01)]), 'quantity')).toBe(10_000);
  });

  it('counts a reset from 0, with a restart entry', () => {
    const posting = post([reading(0, 453.26), reading(1, 458.26), reading(2, 1.5)]);
    expect(total(posting, 'quantity')).toBe(6_500_000);
    expect(posting.entries.filter((entry) => entry.kind === 'restart')).toMatchObject([
      { amountMicro: 458_260_000, reason: 'reset' },
    ]);
  });

  it('has its limit at nine tenths: below is a reset, at it a dip', () => {
    expect(total(post([reading(0, 10), reading(1, 9)]), 'quantity')).toBe(0);
    expect(total(post([reading(0, 10), reading(1, 8.999_999)]), 'quantity')).toBe(8_999_999);
  });

  it('counts a fall of a net register, and resets it only by last_reset', () => {
    expect(total(post([reading(0, 5), reading(1, 3), reading(2, 4)], 'net'), 'quantity')).toBe(-1_000_000);
    const reset = post([reading(0, 5, 1), reading(1, 6, 1), reading(2, 0.5, 2)], 'net');
    expect(total(reset, 'quantity')).toBe(1_500_000);
    const blinked = post([reading(0, 5, 1), reading(1, 6), reading(2, 7, 1)], 'net');
    expect(total(blinked, 'quantity')).toBe(2_000_000);
  });

  it('skips a negative register of a rising counter', () => {
    expect(total(post([reading(0, 5), reading(1, -1), reading(2, 6)]), 'quantity')).toBe(1_000_000);
  });

  it('spreads the amount of three days of absence and marks it estimated', () => {
    const posting = post([reading(0, 100), reading(1, null), reading(3 * 24 * 60, 172)]);
    expect(posting.entries).toHaveLength(288);
    expect(total(posting, 'quantity')).toBe(72_000_000);
    expect(new Set(posting.entries.map((entry) => entry.amountMicro))).toEqual(new Set([250_000]));
    expect(posting.entries.every((entry) => entry.quality === 'estimated' && entry.coveredUs === 0)).toBe(
      true,
    );
  });

  it('counts an absence once that the stream and the history both report', () => {
    const removed = [reading(0, 100), reading(5, 101), reading(6, null)];
    const back = [reading(70, 102), reading(75, 103)];
    const again = { ...reading(6, null), atUs: start + 6 * minute + 3000, origin: 'history' } as const;
    expect(post([...removed, again, ...back]).entries).toEqual(post([...removed, ...back]).entries);
    const next = post([...removed, again]);
    expect(next.state?.absentSinceUs).toBe(start + 6 * minute);
    expect(next.entries).toEqual(post(removed).entries);
  });

  it('measures a register that did not move, however long it was silent', () => {
    const posting = post([reading(0, 100), reading(1440, 100)]);
    expect(posting.entries).toHaveLength(96);
    expect(
      posting.entries.every((entry) => entry.quality === 'measured' && entry.coveredUs === quarterHourUs),
    ).toBe(true);
  });

  it('has the registers around a difference as evidence, and without one each quarter-hour by itself', () => {
    const restsOn = (...evidence: CounterEvidence[]) =>
      post(evidence).entries.map((entry) =>
        [entry.firstEvidenceUs, entry.lastEvidenceUs].map((us) => (us - start) / minute),
      );
    expect(restsOn(reading(5, 100), reading(40, 101))).toEqual([
      [5, 40],
      [5, 40],
      [5, 40],
    ]);
    expect(restsOn(reading(5, 100), reading(40, 100))).toEqual([
      [5, 15],
      [15, 30],
      [30, 40],
    ]);
    expect(restsOn(reading(5, 100), reading(40, 99.999))).toEqual([
      [5, 15],
      [15, 30],
      [30, 40],
    ]);
    // A cycle that begins at 0 is more than a silence: it has a restart entry as well.
    expect(restsOn(reading(5, 100), reading(20, 0))).toEqual([
      [5, 20],
      [5, 20],
      [5, 20],
    ]);
  });

  it('has its bounds at the certain amount, and at the gap that measures no quarter-hour', () => {
    const qualities = (posting: CounterPosting) => [
      ...new Set(posting.entries.map(({ quality }) => quality)),
    ];
    expect(qualities(post([reading(0, 100), reading(600, 100.01)]))).toEqual(['measured']);
    expect(qualities(post([reading(0, 100), reading(600, 100.010_001)]))).toEqual(['estimated']);
    expect(qualities(post([reading(5, 100), reading(25, 101)]))).toEqual(['measured']);
    expect(qualities(post([reading(5, 100), reading(25.001, 101)]))).toEqual(['hourly']);
    expect(qualities(post([reading(5, 100), reading(65, 101)]))).toEqual(['hourly']);
    expect(qualities(post([reading(5, 100), reading(65.001, 101)]))).toEqual(['estimated']);
  });

  it('has the quality of its source', () => {
    const quality = (...evidence: CounterEvidence[]) => post(evidence).entries.at(-1)?.quality;
    const next = (origin: RegisterReading['origin']) => ({ ...reading(5, 101), origin });
    expect(quality(reading(0, 100), next('stream'))).toBe('measured');
    expect(quality(reading(0, 100), next('mqtt'))).toBe('measured');
    expect(quality(reading(0, 100), next('history'))).toBe('recovered');
    expect(quality(reading(0, 100), next('import'))).toBe('imported');
    const row = (from: number, until: number, register: number, period: '5minute' | 'hour') => ({
      ...{ kind: 'row' as const, startUs: start + from * minute, atUs: start + until * minute, period },
      ...{ registerMicro: register * 1e6, changeMicro: null },
    });
    const prompt = [0, 1, 2, 3, 4, 5].map((n) => reading(n, 100 + n / 8));
    expect(quality(...prompt, row(5, 10, 102, '5minute'))).toBe('recovered');
    expect(quality(...prompt, row(5, 10, 102, 'hour'))).toBe('hourly');
    // After a row of a register whose rhythm is not known.
    const first = row(0, 60, 100, 'hour');
    expect(quality(first, reading(70, 101))).toBe('hourly');
    expect(quality(first, reading(70, 100.005))).toBe('recovered');
    // No move is no small amount.
    expect(quality(first, reading(70, 99.99))).toBe('hourly');
  });

  it('has a restart for a declared amount only where the register differs', () => {
    const delivered = (amountMicro: number) =>
      post([
        ...[reading(0, 100), { kind: 'excluded' as const, atUs: start + 5 * minute }],
        ...[{ kind: 'delivered' as const, atUs: start + 10 * minute, amountMicro }, reading(10.5, 101)],
      ]).entries.map(({ kind, amountMicro: micro, quality, coveredUs, reason }) => [
        ...[kind, micro, quality, coveredUs, reason],
      ]);
    expect(delivered(1_000_000)).toEqual([['quantity', 1_000_000, 'estimated', 0, 'corrected']]);
    expect(delivered(3_000_000)).toEqual([
      ...[
        ['quantity', 3_000_000, 'estimated', 0, 'corrected'],
        ['restart', 2_000_000, 'estimated', 0, 'corrected'],
      ],
    ]);
  });

  it('holds a register only as far as it is known not to move', () => {
    const held = (evidence: CounterEvidence[], minutes: number) =>
      postCounter(rules, null, evidence, 0, Number.MAX_SAFE_INTEGER, start + minutes * minute).entries.map(
        ({ amountMicro, quality, coveredUs }) => [amountMicro, quality, coveredUs],
      );
    // One that never moved is an estimate.
    expect(held([reading(0, 100)], 20)).toEqual([
      ...[
        [0, 'estimated', 0],
        [0, 'estimated', 0],
      ],
    ]);
    // One that moved once may have counted since.
    expect(held([reading(0, 100), reading(10, 101)], 20)).toEqual([[1_000_000, 'measured', 10 * minute]]);
    expect(held([reading(0, 100), reading(5, 101)], 14)).toEqual([[1_000_000, 'measured', 6.5 * minute]]);
  });

  it('marks a catch-up after a silence with repeats as a guess', () => {
    const quarterly = Array.from({ length: 9 }, (_, n) => reading(15 * n, 100 + n * 0.05 + (n % 2) / 1000));
    const repeats = Array.from({ length: 40 }, (_, n) => ({
      ...{ kind: 'row' as const, period: '5minute' as const, changeMicro: null },
      ...{ startUs: start + (120 + 5 * n) * minute, atUs: start + (125 + 5 * n) * minute },
      registerMicro: 100_400_000,
    }));
    const late = post([...quarterly, ...repeats, reading(322, 100.6)]);
    const caught = late.entries.filter(
      ({ amountMicro, quarterHourStartUs: us }) => amountMicro > 0 && us > start + 120 * minute,
    );
    expect(new Set(caught.map(({ quality }) => quality))).toEqual(new Set(['estimated']));
    expect(total(late, 'quantity')).toBe(600_000);
  });

  it('opens each quarter-hour with the state before its evidence and the rhythm of the first four moves', () => {
    const life = [0, 5, 10, 16, 21, 26].map((minutes, n) => reading(minutes, 100 + n));
    const { openings } = post([...life, reading(46, 106)]);
    expect([...openings.keys()].map((us) => (us - start) / minute)).toEqual([0, 15, 45]);
    expect(openings.get(start)).toBeNull();
    expect(openings.get(start + quarterHourUs)).toMatchObject({
      ...{ registerMicro: 102_000_000, atUs: start + 10 * minute, foreseenMoves: 2 },
      rhythm: [300, 300, 360, 300, 300, 300].map((intervalS) => ({ intervalS, amountMicro: 1_000_000 })),
    });
    expect(openings.get(start + 3 * quarterHourUs)).toMatchObject({
      registerMicro: 105_000_000,
      foreseenMoves: 0,
    });
    // Three moves make no rhythm.
    expect(post(life.slice(0, 4)).openings.get(start + quarterHourUs)?.foreseenMoves).toBe(0);
  });

  it('measures an amount within one quarter-hour, even with an absence in it', () => {
    const quality = (minutes: number) =>
      post([reading(2, 100), reading(5, null), reading(minutes, 101)]).entries.map((one) => one.quality);
    expect(quality(15)).toEqual(['measured']);
    expect(quality(15.001)).toEqual(['estimated', 'estimated']);
  });

  it('measures a watt-hour that took all night: no quarter-hour can be wrong by more', () => {
    const posting = post([reading(0, 100), reading(600, 100.001)]);
    expect(total(posting, 'quantity')).toBe(1000);
    expect(posting.entries.every((entry) => entry.quality === 'measured')).toBe(true);
  });

  it('measures no quarter-hour between registers that are further apart: they are hourly', () => {
    const spaced = (each: number, count: number) =>
      post(Array.from({ length: count }, (_, index) => reading(index * each, 100 + index)));
    const dataQuality = (posting: CounterPosting) =>
      new Set(
        posting.entries.map(({ quality, coveredUs, reason }) => `${quality} ${coveredUs / minute} ${reason}`),
      );
    expect(dataQuality(spaced(5, 13))).toEqual(new Set(['measured 15 counted']));
    expect(dataQuality(spaced(15, 5))).toEqual(new Set(['measured 15 counted']));
    expect(dataQuality(spaced(30, 3))).toEqual(new Set(['hourly 0 spread']));
    expect(dataQuality(spaced(60, 3))).toEqual(new Set(['hourly 0 spread']));
    expect(dataQuality(spaced(120, 3))).toEqual(new Set(['estimated 0 spread']));
    // What is reported in time before and after is still measured.
    const late = post([reading(0, 100), reading(10, 101), reading(40, 102), reading(45, 103)]);
    expect(late.entries.map(({ quality, coveredUs }) => [quality, coveredUs / minute])).toEqual([
      ['hourly', 10],
      ['hourly', 0],
      ['hourly', 5],
    ]);
  });

  it('holds a silent register as far as its rhythm proves that it did not move, and no further', () => {
    const held = (evidence: CounterEvidence[], minutes: number) =>
      postCounter(rules, null, evidence, 0, Number.POSITIVE_INFINITY, start + minutes * minute).entries;
    // It moved once in five minutes: what it counted in the last seven and a half may not be reported yet.
    expect(held([reading(0, 100), reading(5, 101)], 40)).toMatchObject([
      { amountMicro: 1_000_000, coveredUs: quarterHourUs, isProvisional: true },
      { amountMicro: 0, coveredUs: quarterHourUs, isProvisional: true },
      { amountMicro: 0, coveredUs: 2.5 * minute, isProvisional: true },
    ]);
    expect(held([reading(0, 100), reading(5, null)], 40)).toEqual([]);
  });

  it('posts no zero for a silence of an hourly meter before the hour is over', () => {
    const hourly = Array.from({ length: 10 }, (_, n) => reading(n * 60, 100 + n));
    const held = (minutes: number) =>
      postCounter(rules, null, hourly, 0, Number.POSITIVE_INFINITY, start + (540 + minutes) * minute)
        .entries.filter(({ quarterHourStartUs: us }) => us >= start + 540 * minute)
        .map(({ amountMicro, quality }) => [amountMicro, quality]);
    expect(held(90)).toEqual([]);
    expect(held(120)).toEqual([
      [0, 'measured'],
      [0, 'measured'],
    ]);
  });

  it('posts zeros for an hourly row without a change, even where the rhythm does not prove them yet', () => {
    const each = (minutes: number) => Array.from({ length: 9 }, (_, n) => reading(n * minutes, 100 + n));
    const rest = (
      known: readonly CounterEvidence[],
      period: '5minute' | 'hour',
      held: number | null = null,
    ) => {
      const from = ((known.at(-1)?.atUs ?? start) - start) / minute;
      const long = period === 'hour' ? 60 : 5;
      const rows = Array.from({ length: 60 / long }, (_, n) => ({
        ...{ kind: 'row' as const, startUs: start + (from + long * n) * minute, changeMicro: null, period },
        ...{ atUs: start + (from + long * (n + 1)) * minute, registerMicro: 108_000_000 },
      }));
      const heldUs = held === null ? null : start + (from + held) * minute;
      return postCounter(rules, null, [...known, ...rows], 0, Number.POSITIVE_INFINITY, heldUs)
        .entries.filter(({ quarterHourStartUs: us }) => us >= start + from * minute)
        .map(({ amountMicro, quality, coveredUs }) => [amountMicro, quality, coveredUs / minute]);
    };
    // A quarter-hour and a half may not be reported yet.
    const certain = [
      [0, 'measured', 15],
      [0, 'measured', 15],
    ];
    expect(rest(each(15), '5minute')).toEqual([...certain, [0, 'measured', 7.5]]);
    expect(rest(each(15), 'hour')).toEqual([...certain, [0, 'hourly', 7.5], [0, 'hourly', 0]]);
    // The register is unknown past the row's end.
    expect(rest(each(15), 'hour', 82.5)).toEqual([...certain, [0, 'measured', 15], [0, 'measured', 15]]);
    expect(rest(each(1440), 'hour')).toEqual([]);
  });

  it('holds a register that never moved, as an estimate for a day', () => {
    const held = (hours: number) =>
      postCounter(rules, null, [reading(0, 100)], 0, Number.POSITIVE_INFINITY, start + hours * 60 * minute)
        .entries;
    const qualities = (hours: number) => new Set(held(hours).map(({ quality }) => quality));
    expect(qualities(23)).toEqual(new Set(['estimated']));
    expect(qualities(24)).toEqual(new Set(['measured']));
    expect(held(24)).toHaveLength(96);
  });

  it('bridges a declared exchange of the meter', () => {
    const exchange = {
      kind: 'exchange' as const,
      atUs: start + 5 * minute,
      oldRegisterMicro: 101_000_000,
      newRegisterMicro: 3_000_000,
    };
    const posting = post([reading(0, 100), exchange, reading(10, 3.5)]);
    expect(total(posting, 'quantity')).toBe(1_500_000);
    expect(total(posting, 'restart')).toBe(98_000_000);
  });

  it('spreads an hourly row over its four quarter-hours and marks them, never measured', () => {
    const row = {
      kind: 'row' as const,
      startUs: start,
      atUs: start + 60 * minute,
      registerMicro: 50_000_000,
      changeMicro: 4_000_000,
      period: 'hour' as const,
    };
    const posting = post([row, reading(70, 50.1)]);
    expect(amounts(posting)).toEqual([1_000_000, 1_000_000, 1_000_000, 1_000_000, 100_000]);
    expect(
      posting.entries.slice(0, 4).every((entry) => entry.quality === 'hourly' && entry.coveredUs === 0),
    ).toBe(true);
    // A register that moved in hourly rows alone reached its value at an unknown instant of the hour before.
    expect(posting.entries[4]?.quality).toBe('hourly');
  });
});

const kinds = fc.constantFrom<CounterKind>('rising', 'net');

/** A meter's life: the events from one reading to the next. */
const life = fc
  .array(
    fc.record({
      waitUs: fc.integer({ min: 1, max: 3 * 3_600_000_000 }),
      what: fc.oneof(
        { weight: 10, arbitrary: fc.constant('count') },
        { weight: 1, arbitrary: fc.constantFrom('reset', 'dip', 'absent', 'exchange', 'glitch', 'hour') },
      ),
      byMicro: fc.integer({ min: 0, max: 5_000_000 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((events) => {
    let atUs = start;
    let register = 1_000_000_000;
    const evidence: CounterEvidence[] = [];
    for (const { waitUs, what, byMicro } of events) {
      atUs += waitUs;
      const at = { kind: 'reading' as const, atUs, lastResetAtUs: null, origin: 'stream' as const };
      if (what === 'absent') evidence.push({ ...at, registerMicro: null });
      else if (what === 'glitch') evidence.push({ ...at, registerMicro: -byMicro - 1 });
      else if (what === 'dip')
        evidence.push({ ...at, registerMicro: register - Math.min(byMicro, register / 20) });
      else if (what === 'hour') {
        register += byMicro;
        const hour = { startUs: atUs, atUs: atUs + 60 * minute, period: 'hour' as const };
        evidence.push({
          kind: 'row',
          ...hour,
          registerMicro: register,
          changeMicro: byMicro % 3 ? byMicro : null,
        });
        atUs += 60 * minute;
      } else if (what === 'exchange') {
        evidence.push({
          kind: 'exchange',
          atUs,
          oldRegisterMicro: register + byMicro,
          newRegisterMicro: byMicro,
        });
        register = byMicro;
      } else {
        register = what === 'reset' ? byMicro : register + byMicro;
        evidence.push({ ...at, registerMicro: register });
      }
    }
    return evidence.map((item) =>
      item.kind === 'reading' && item.registerMicro !== null
        ? { ...item, registerMicro: Math.trunc(item.registerMicro) }
        : item,
    );
  });

describe('postCounter, any life of a meter', () => {
  it('conserves: quantities = last baseline - first register + restarts, to the last unit', () => {
    fc.assert(
      fc.property(life, kinds, (evidence, kind) => {
        const posting = post(evidence, kind);
        const first = evidence.find(
          (item) =>
            item.kind !== 'reading' ||
            (item.kind === 'reading' &&
              item.registerMicro !== null &&
              (kind === 'net' || item.registerMicro >= 0)),
        );
        if (first === undefined) {
          expect(posting.entries).toEqual([]);
          return;
        }
        const firstMicro =
          first.kind === 'exchange'
            ? first.newRegisterMicro
            : first.kind === 'row'
              ? first.registerMicro - (first.changeMicro ?? 0)
              : first.kind === 'reading'
                ? (first.registerMicro ?? 0)
                : Number.NaN;
        const own = (posting.state?.baselineMicro ?? 0) - firstMicro;
        expect(total(posting, 'quantity') - total(posting, 'restart')).toBe(own);
      }),
    );
  });

  it('never counts a rising meter backwards', () => {
    fc.assert(
      fc.property(life, (evidence) => {
        expect(amounts(post(evidence)).every((amount) => amount >= 0)).toBe(true);
      }),
    );
  });

  it('covers at most a whole quarter-hour', () => {
    fc.assert(
      fc.property(life, kinds, (evidence, kind) => {
        for (const entry of post(evidence, kind).entries) {
          expect(entry.coveredUs).toBeGreaterThanOrEqual(0);
          expect(entry.coveredUs).toBeLessThanOrEqual(quarterHourUs);
        }
      }),
    );
  });

  it('gives the same entries from any opening in between', () => {
    fc.assert(
      fc.property(life, kinds, fc.nat(), (evidence, kind, pick) => {
        const whole = post(evidence, kind);
        const quarterHours = [...whole.openings.keys()];
        const from = quarterHours[pick % quarterHours.length] ?? start;
        const opening = whole.openings.get(from) ?? null;
        const rest = evidence.filter((item) => item.atUs >= from);
        const again = postCounter({ ...rules, kind }, opening, rest, from, Number.POSITIVE_INFINITY);
        expect(again.entries).toEqual(whole.entries.filter((entry) => entry.quarterHourStartUs >= from));
      }),
    );
  });
});
