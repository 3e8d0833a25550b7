/**
 * Goal: a register that falls a little and comes back counts nothing for it, one that goes on lower is counted from
 * there, and a missing amount that comes back is not use.
 * Method: vectors worked by hand at, just below and just above each bound; random lives that fall for good, compared
 * with what was used. Order and pages are tested in reposting.test.ts, whose meters fall too.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quarterHourUs } from '../../units/durations.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { CounterEvidence } from '../evidence.ts';
import { postCounter } from '../posting/counter-posting.ts';
import { usualRules } from '../posting/reposting.ts';
import { stepCounter } from './counter.ts';
import {
  type CounterDip,
  isSameDip,
  lastingPieces,
  lastingRises,
  lastingUs,
  stepDip,
} from './counter-dip.ts';
import { reachesBackUs } from './counter-state.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const minute = 60_000_000;
const halfHour = 30 * minute;
const { registerGapUs: maxGapUs, quarterHourGapUs, certainMicro } = usualRules;

function reading(atUs: number, kwh: number): CounterEvidence {
  const registerMicro = Math.round(kwh * 1_000_000);
  return { kind: 'reading', atUs, registerMicro, lastResetAtUs: null, origin: 'stream' };
}

/** Readings half an hour apart, in kWh. */
const halfHourly = (...kwh: readonly number[]) =>
  kwh.map((value, place) => reading(start + place * halfHour, value));

function post(evidence: readonly CounterEvidence[]) {
  const rules = { kind: 'rising', maxGapUs, quarterHourGapUs, certainMicro } as const;
  const posting = postCounter(rules, null, evidence, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const total = (kind: 'quantity' | 'restart') =>
    posting.entries
      .filter((entry) => entry.kind === kind)
      .reduce((sum, { amountMicro }) => sum + amountMicro, 0) / 1e6;
  return { ...posting, quantity: total('quantity'), restart: total('restart') };
}

describe('stepDip', () => {
  const begun: CounterDip = {
    firstMicro: 900,
    lowestMicro: 900,
    sinceUs: 1000,
    highestMicro: 900,
    rises: 0,
    pieces: 0,
  };
  const old = { ...begun, highestMicro: 940, rises: lastingRises - 1, pieces: 7 };
  const step = (dip: CounterDip | null, registerMicro: number, atUs: number) =>
    stepDip({ baselineMicro: 1000, dip }, { registerMicro, atUs });

  it('begins at the lowest, and again whenever that is shown again', () => {
    expect(step(null, 900, 1000)).toEqual({ dip: begun, isLasting: false });
    expect(step(old, 900, 5000).dip).toEqual({ ...begun, sinceUs: 5000 });
    // A repeat right after leaves it unchanged.
    expect(step(begun, 900, 5000)).toEqual({ dip: begun, isLasting: false });
    expect(step({ ...begun, pieces: 1 }, 900, 5000).dip).toEqual({ ...begun, sinceUs: 5000 });
    expect(step(old, 899, 5000).dip).toEqual({
      ...begun,
      firstMicro: 900,
      lowestMicro: 899,
      sinceUs: 5000,
      highestMicro: 899,
    });
    expect(step({ ...old, sinceUs: null }, 899, 5000).dip.sinceUs).toBe(5000);
  });

  it('counts new highest registers only', () => {
    expect(step(old, 940, 1001)).toEqual({ dip: { ...old, pieces: 8 }, isLasting: false });
    expect(step(old, 910, 1001).dip).toMatchObject({ highestMicro: 940, rises: 2 });
    expect(step(old, 941, 1001).dip).toMatchObject({ highestMicro: 941, rises: 3 });
  });

  it('is lasting after its time and its rises, and earlier only when it is reported very often', () => {
    expect(step(old, 941, 1000 + lastingUs - 1).isLasting).toBe(false);
    expect(step(old, 941, 1000 + lastingUs).isLasting).toBe(true);
    expect(step(old, 940, 1000 + lastingUs).isLasting).toBe(false);
    expect(step({ ...old, pieces: lastingPieces - 2 }, 910, 1001).isLasting).toBe(false);
    expect(step({ ...old, pieces: lastingPieces - 1 }, 910, 1001).isLasting).toBe(true);
  });

  it('waits for a register that slid down and came half the way back', () => {
    const slid = { ...old, firstMicro: 951 };
    expect(step(slid, 949, 1000 + lastingUs).isLasting).toBe(true);
    const waiting = step(slid, 950, 1000 + lastingUs);
    expect(waiting).toMatchObject({ isLasting: false, dip: { sinceUs: null } });
    expect(step(waiting.dip, 951, 1000 + 9 * lastingUs)).toEqual({ dip: waiting.dip, isLasting: false });
    // Half of it or more at once is a fall.
    expect(step({ ...old, firstMicro: 950 }, 990, 1000 + lastingUs).isLasting).toBe(true);
  });

  it('is compared by every field', () => {
    expect(isSameDip(old, { ...old })).toBe(true);
    expect(isSameDip(null, null)).toBe(true);
    expect(isSameDip(old, null)).toBe(false);
    for (const key of ['firstMicro', 'lowestMicro', 'sinceUs', 'highestMicro', 'rises', 'pieces'] as const)
      expect(isSameDip(old, { ...old, [key]: 17 })).toBe(false);
  });
});

describe('a register that goes on lower', () => {
  const lower = halfHourly(
    17_269.5,
    17_270,
    16_070,
    16_070.5,
    16_071,
    16_071.5,
    16_072,
    16_072.5,
    16_073,
    16_073.5,
  );

  it('counts from there, spread over the time since, and a restart explains the rest', () => {
    const { quantity, restart, entries, state } = post(lower);
    expect(quantity).toBe(4);
    expect(restart).toBe(1200);
    expect(quantity - restart).toBeCloseTo(16_073.5 - 17_269.5, 6);
    expect(state).toMatchObject({ baselineMicro: 16_073_500_000, dip: null, formerMicro: 17_273_500_000 });
    const spread = entries.filter(({ kind, reason }) => kind === 'quantity' && reason === 'reset');
    expect(spread[0]?.quarterHourStartUs).toBe(start + 2 * halfHour);
    expect(spread).toHaveLength(12);
    expect(
      spread.every(({ amountMicro, quality }) => amountMicro === 250_000 && quality === 'estimated'),
    ).toBe(true);
    expect(entries.filter(({ kind }) => kind === 'restart')).toMatchObject([
      { quarterHourStartUs: start + 8 * halfHour, reason: 'reset', amountMicro: 1_200_000_000 },
    ]);
  });

  it('counts nothing until then', () => {
    const before = post(lower.slice(0, -2));
    expect(before.quantity).toBe(0.5);
    expect(before.state).toMatchObject({ baselineMicro: 17_270_000_000, dip: { rises: 5 } });
    expect(before.state && reachesBackUs(before.state)).toBe(start + 2 * halfHour);
  });

  it('counts nothing for the return of the missing amount, and only for that', () => {
    const back = (kwh: number) => post([...lower, reading(start + 10 * halfHour, kwh)]);
    // 16,074 of the sensor is 17,274 here.
    expect(back(17_274)).toMatchObject({ quantity: 4.5, restart: 0, state: { formerMicro: null } });
    expect(back(17_273.5)).toMatchObject({ quantity: 4, restart: 0 });
    expect(back(17_273.5 + 300)).toMatchObject({ quantity: 304, restart: 0 });
    expect(back(17_273.499_999)).toMatchObject({ quantity: 4 + 1199.999_999, restart: 1200 });
    expect(back(17_273.5 + 300.000_001)).toMatchObject({ restart: 1200 });
  });

  it('comes back before it is known: counts only what lies beyond', () => {
    const group = halfHourly(100, 93, 93.1, 93.2, 100.5, 100.6);
    expect(post(group)).toMatchObject({ quantity: 0.6, restart: 0, state: { dip: null } });
  });

  it('climbs back by itself over a night: counts only what lies beyond', () => {
    const slide = [16.5, 16.76, 16.2, 15.6, 15.0, 14.4, 13.8, 13.46];
    const climb = Array.from({ length: 14 }, (_, n) => 13.46 + (n + 1) * 0.3);
    const { quantity, restart } = post(halfHourly(...slide, ...climb));
    expect(quantity).toBeCloseTo(13.46 + 14 * 0.3 - 16.5, 6);
    expect(restart).toBe(0);
  });
});

describe('a register below 0', () => {
  it('is skipped while it may be a fault', () => {
    expect(post(halfHourly(5, -1, 6))).toMatchObject({ quantity: 1, restart: 0 });
    expect(post(halfHourly(5, -1, 0.2))).toMatchObject({ quantity: 0.2, restart: 5 });
    expect(post(halfHourly(-3, -2, 0, 1))).toMatchObject({ quantity: 1 });
  });

  it('goes on there after an overflow, and is reset above 0', () => {
    const over = halfHourly(2_147_483, ...Array.from({ length: 10 }, (_, n) => -2_147_483 + n * 0.5));
    expect(post(over)).toMatchObject({ quantity: 4.5, restart: 4_294_966 });
    const again = post([...over, reading(start + 11 * halfHour, 0.25)]);
    expect(again).toMatchObject({ quantity: 4.75, state: { baselineMicro: 250_000 } });
  });

  it('is skipped in rows as well', () => {
    const row = { kind: 'row' as const, startUs: start, atUs: start + halfHour, period: 'hour' as const };
    expect(stepCounter('rising', null, { ...row, registerMicro: -5, changeMicro: 3 })).toEqual({
      state: null,
      deltas: [],
    });
    expect(stepCounter('net', null, { ...row, registerMicro: -5, changeMicro: null }).state).not.toBeNull();
  });
});

describe('any meter that loses a part for good', () => {
  it('counts what was used, whatever it fell by', () => {
    const uses = fc.array(fc.integer({ min: 1000, max: 100_000 }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(
        uses,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 7, max: 90 }),
        (steps, place, parts) => {
          // A fall of more than twice what is used in the hours until it is known, and of less than a tenth.
          const first = 1_000_000_000;
          const fell = Math.trunc((first * parts) / 1000);
          let used = 0;
          const evidence = steps.map((step, n) => {
            if (n > 0) used += step;
            return reading(start + n * halfHour, (first + used - (n >= place ? fell : 0)) / 1e6);
          });
          const { quantity, restart, entries } = post(evidence);
          // What was used between the last reading before and the first after the fall is not known.
          expect(quantity).toBeCloseTo((used - (steps[place] ?? 0)) / 1e6, 6);
          expect(restart).toBeCloseTo((fell - (steps[place] ?? 0)) / 1e6, 6);
          for (const { coveredUs, amountMicro, kind } of entries) {
            expect(coveredUs).toBeLessThanOrEqual(quarterHourUs);
            if (kind === 'quantity') expect(amountMicro).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
  });
});
