/**
 * Goal: each piece of evidence counts its amount over the time that it proves, and leaves the state that the next one
 * needs.
 * Method: one step at a time, by hand, each delta with every field.
 */
import { describe, expect, it } from 'vitest';
import type { CounterEvidence } from '../evidence.ts';
import { type CounterStep, stepCounter } from './counter.ts';
import type { CounterDelta } from './counter-delta.ts';
import type { CounterKind, CounterState } from './counter-state.ts';

const second = 1_000_000;
const minute = 60 * second;

/** Registers are micro-units; times are minutes. */
function reading(
  minutes: number,
  registerMicro: number | null,
  resetMinutes: number | null = null,
): CounterEvidence {
  const lastResetAtUs = resetMinutes === null ? null : resetMinutes * minute;
  return { kind: 'reading', atUs: minutes * minute, registerMicro, lastResetAtUs, origin: 'stream' };
}
function row(from: number, until: number, registerMicro: number, changeMicro: number | null = null) {
  return {
    ...{ kind: 'row' as const, startUs: from * minute, atUs: until * minute, registerMicro, changeMicro },
    period: '5minute' as const,
  };
}
const exchange = (minutes: number, newRegisterMicro: number, oldRegisterMicro: number | null) => ({
  ...{ kind: 'exchange' as const, atUs: minutes * minute, newRegisterMicro, oldRegisterMicro },
});

/** The last step of a sequence. */
function last(kind: CounterKind, ...evidence: readonly CounterEvidence[]): CounterStep {
  let step: CounterStep = { state: null, deltas: [] };
  for (const one of evidence) step = stepCounter(kind, step.state, one);
  return step;
}
const delta = (from: number, until: number, extra: Partial<CounterDelta>): CounterDelta => ({
  ...{ startUs: from * minute, endUs: until * minute, restsFromUs: from * minute, amountMicro: 0 },
  ...{ restartMicro: 0, cause: 'counted', isCorrected: false, isInterrupted: false, isDoubtful: false },
  ...{ isRough: false, isAfterRow: false, ...extra },
});

/** A register that reports each so many minutes, nine times from 0 on, by turns this much and a thousand more. */
const rhythmic = (everyMinutes: number, amountMicro: number): CounterEvidence[] =>
  Array.from({ length: 9 }, (_, n) =>
    reading(n * everyMinutes, 1_000_000 + n * amountMicro + Math.floor(n / 2) * 1000),
  );
const registerOf = (evidence: CounterEvidence | undefined): number =>
  (evidence?.kind === 'reading' ? evidence.registerMicro : null) ?? Number.NaN;

describe('a rising register', () => {
  it('counts its moves', () => {
    expect(last('rising', reading(0, 100), reading(5, 170)).deltas).toEqual([
      delta(0, 5, { amountMicro: 70 }),
    ]);
    expect(last('rising', reading(0, 100)).deltas).toEqual([]);
  });

  it('of 0 is not below 0, and stays the baseline while negative values follow', () => {
    const below = last('rising', reading(0, 0), reading(5, -1));
    expect(below.deltas).toEqual([]);
    expect(below.state).toMatchObject({ baselineMicro: 0, registerMicro: 0, atUs: 0 });
    expect(last('rising', reading(0, -1)).state).toBeNull();
    expect(last('rising', reading(0, 0)).state).not.toBeNull();
  });

  it('that dips counts nothing, and goes on where it was when it is back', () => {
    const dip = last('rising', reading(0, 8000), reading(5, 7990));
    expect(dip.deltas).toEqual([delta(0, 5, {})]);
    expect(dip.state).toMatchObject({ baselineMicro: 8000, registerMicro: 7990 });
    expect(dip.state?.dip).not.toBeNull();
    const back = last('rising', reading(0, 8000), reading(5, 7990), reading(9, 8000));
    expect(back.deltas).toEqual([delta(5, 9, {})]);
    expect(back.state).toMatchObject({ baselineMicro: 8000, dip: null, movedAtUs: 0 });
  });

  it('that goes on lower is counted from its lowest on, as a guess', () => {
    const lower = [100_000, 95_000, 95_010, 95_020, 95_030].map((micro, n) => reading(n * 70, micro));
    expect(last('rising', ...lower).deltas).toEqual([
      delta(70, 280, {
        ...{ amountMicro: 30, restartMicro: 5000, cause: 'reset', isInterrupted: true },
      }),
    ]);
  });

  it('that is reset counts from 0, since its last_reset where that lies in between', () => {
    const begun = (resetMinutes: number | null, before: number | null = null) =>
      last('rising', reading(0, 500, before), reading(10, 600, before), reading(20, 50, resetMinutes)).deltas;
    const whole = delta(10, 20, { amountMicro: 50, restartMicro: 600, cause: 'reset' });
    expect(begun(null)).toEqual([whole]);
    expect(begun(15)).toEqual([{ ...whole, startUs: 15 * minute }]);
    expect(begun(20)).toEqual([whole]);
    expect(begun(10)).toEqual([whole]);
    expect(begun(5)).toEqual([whole]);
    // A last_reset from before is not that of this cycle.
    expect(begun(15, 15)).toEqual([whole]);
  });
});

describe('a register that repeats', () => {
  it('proves at once that it did not move when it is fast and repeats come without a pause', () => {
    const fast = rhythmic(0.25, 5000);
    const micro = registerOf(fast.at(-1));
    const again = last('rising', ...fast, reading(2.25, micro));
    expect(again.deltas).toEqual([delta(2, 2.25, {})]);
    expect(again.state).toMatchObject({ sinceUs: 2.25 * minute, atUs: 2.25 * minute });
    const paused = last('rising', ...fast, reading(2.5, micro));
    expect(paused.deltas).toEqual([]);
    expect(paused.state).toMatchObject({ sinceUs: 2 * minute, repeats: { lastUs: 2.5 * minute } });
    const returned = last('rising', ...fast, reading(2.1, null), reading(2.25, micro));
    expect(returned.deltas).toEqual([]);
    expect(returned.state).toMatchObject({ repeats: { lastUs: 2.25 * minute }, absentSinceUs: null });
  });

  it('did not move until shortly before its next move, as its rows prove', () => {
    const quarterly = rhythmic(15, 50_000);
    const micro = registerOf(quarterly.at(-1));
    const rows = Array.from({ length: 36 }, (_, n) => row(120 + 5 * n, 125 + 5 * n, micro));
    const { deltas } = last('rising', ...quarterly, ...rows, reading(310, micro + 40_000));
    expect(deltas).toEqual([delta(120, 295, {}), delta(295, 310, { amountMicro: 40_000 })]);
    const absent = last(
      'rising',
      ...quarterly,
      ...rows,
      reading(301, null),
      reading(310, micro + 40_000),
    ).deltas;
    expect(absent.map(({ isInterrupted }) => isInterrupted)).toEqual([false, true]);
    // The same holds for a reset.
    expect(last('rising', ...quarterly, ...rows, reading(310, 40_000)).deltas).toEqual([
      delta(120, 295, {}),
      delta(295, 310, { amountMicro: 40_000, restartMicro: micro, cause: 'reset' }),
    ]);
  });

  it('moved in the hour in which its hourly row counts', () => {
    const quarterly = rhythmic(15, 50_000);
    const micro = registerOf(quarterly.at(-1));
    const hour = (from: number, registerMicro: number) => ({
      ...row(from, from + 60, registerMicro),
      period: 'hour' as const,
    });
    expect(
      last('rising', ...quarterly, hour(120, micro), hour(180, micro), hour(240, micro + 90_000)).deltas,
    ).toEqual([delta(120, 240, {}), delta(240, 300, { amountMicro: 90_000, isRough: true })]);
    // Where an hour is missing it may have counted in that one as well.
    expect(last('rising', ...quarterly, hour(120, micro), hour(240, micro + 90_000)).deltas).toEqual([
      delta(120, 180, {}),
      delta(180, 300, { amountMicro: 90_000, isRough: true }),
    ]);
    expect(last('rising', ...quarterly, hour(120, micro + 90_000)).deltas).toEqual([
      delta(120, 180, { amountMicro: 90_000 }),
    ]);
  });

  it('that is slow moved at the start of its row, unless by a negligible amount', () => {
    const quarterly = rhythmic(15, 50_000);
    const micro = registerOf(quarterly.at(-1));
    const movedAt = (amountMicro: number) => {
      const rows = [row(120, 125, micro), row(125, 130, micro), row(130, 135, micro + amountMicro)];
      return (last('rising', ...quarterly, ...rows).state?.movedAtUs ?? 0) / minute;
    };
    expect([movedAt(10_000), movedAt(10_001)]).toEqual([135, 130]);
  });

  it('is rough in the row in which it moves, unless it is prompt or no row repeats it', () => {
    const moves = (everyMinutes: number, repeats: number) => {
      const known = rhythmic(everyMinutes, 50_000);
      const micro = registerOf(known.at(-1));
      const from = 8 * everyMinutes;
      const rows = Array.from({ length: repeats }, (_, n) => row(from + 5 * n, from + 5 * n + 5, micro));
      const at = from + 5 * repeats;
      return last('rising', ...known, ...rows, row(at, at + 5, micro + 40_000));
    };
    const slow = moves(15, 24);
    expect(slow.deltas.map(({ isRough }) => isRough)).toEqual([false, true]);
    // Slow meters report soon after the quarter-hour: the row's start is nearer.
    expect(slow.state).toMatchObject({ movedAtUs: (120 + 120) * minute, sinceUs: 240 * minute });
    expect(slow.state?.atUs).toBe(245 * minute);
    expect(moves(15, 0).deltas.map(({ isRough }) => isRough)).toEqual([false]);
    expect(moves(15, 0).state).toMatchObject({ movedAtUs: 125 * minute });
    const prompt = moves(1, 24);
    expect(prompt.deltas.map(({ isRough }) => isRough)).toEqual([false, false]);
    expect(prompt.state).toMatchObject({ movedAtUs: (8 + 125) * minute });
  });

  it('is as rough after a row, unless each of its moves is small', () => {
    const unmoved = (amountMicro: number) => {
      const known = rhythmic(15, amountMicro);
      const micro = registerOf(known.at(-1));
      const rows = [row(120, 125, micro + amountMicro), row(125, 130, micro + amountMicro)];
      const more = Array.from({ length: 30 }, (_, n) => row(130 + 5 * n, 135 + 5 * n, micro + amountMicro));
      return last('rising', ...known, ...rows, ...more, reading(290, micro + 1.7 * amountMicro)).deltas;
    };
    expect(unmoved(5000).map(({ isRough }) => isRough)).toEqual([false, true]);
    expect(unmoved(50_000).map(({ isRough }) => isRough)).toEqual([true, true]);
    expect(unmoved(50_000).every(({ isAfterRow }) => isAfterRow)).toBe(true);
  });

  it('moves at the end of a row that does not follow directly', () => {
    const known = rhythmic(60, 50_000);
    const micro = registerOf(known.at(-1));
    const beside = last('rising', ...known, row(480, 485, micro), row(490, 495, micro + 40_000));
    expect(beside.state?.movedAtUs).toBe(495 * minute);
    const following = last('rising', ...known, row(480, 485, micro), row(485, 490, micro + 40_000));
    expect(following.state?.movedAtUs).toBe(485 * minute);
    expect(last('rising', ...known, row(480, 485, micro + 40_000)).state?.movedAtUs).toBe(485 * minute);
  });
});

describe('a row with a change of its own', () => {
  it('counts that, and a restart explains the register', () => {
    const counted = { ...delta(60, 65, {}), amountMicro: 700 };
    expect(last('rising', reading(60, 10_000), row(60, 65, 200, 700)).deltas).toEqual([
      { ...counted, restartMicro: 10_500, cause: 'reset' },
    ]);
    expect(last('rising', reading(60, 10_000), row(60, 65, 10_700, 700)).deltas).toEqual([counted]);
    // The first evidence of all begins at the start of its own change.
    expect(last('rising', row(60, 65, 10_000, 700)).deltas).toEqual([counted]);
    expect(last('rising', row(60, 65, 0, 700)).deltas).toEqual([counted]);
    expect(last('rising', row(60, 65, -1, 700))).toEqual({ state: null, deltas: [] });
    expect(last('net', row(60, 65, -1, 700)).deltas).toEqual([counted]);
  });

  it('is a register at its end where it does not follow the evidence directly, and counts nothing before', () => {
    expect(last('rising', reading(50, 10_000), row(60, 65, 200, 700)).deltas).toEqual([
      delta(50, 65, { amountMicro: 200, restartMicro: 10_000, cause: 'reset' }),
    ]);
    const before = last('rising', reading(62, 10_000), row(60, 65, 20_000, 700));
    expect(before.deltas).toEqual([]);
    expect(before.state).toMatchObject({ registerMicro: 10_000, atUs: 62 * minute });
  });

  it('keeps when the cycle began', () => {
    const reset = 30;
    expect(last('net', reading(60, 100, reset), row(60, 65, 200, 100)).state?.lastResetAtUs).toBe(
      reset * minute,
    );
    expect(last('net', reading(60, 100, reset), row(60, 65, 200)).state?.lastResetAtUs).toBe(reset * minute);
    expect(last('net', row(60, 65, 200)).state?.lastResetAtUs).toBeNull();
  });
});

describe('an exchange', () => {
  it('counts until the old register, and begins with the new one', () => {
    const { deltas, state } = last('rising', reading(0, 500, 0), exchange(10, 20, 560));
    expect(deltas).toEqual([delta(0, 10, { amountMicro: 60, restartMicro: 540, cause: 'exchange' })]);
    expect(state).toMatchObject({ baselineMicro: 20, lastResetAtUs: 0, rhythm: [] });
  });

  it('is a guess when the old register is not known, or the meter was unavailable', () => {
    const guess = (...evidence: CounterEvidence[]) => last('rising', ...evidence).deltas[0]?.isInterrupted;
    expect(guess(reading(0, 500), exchange(10, 20, 560))).toBe(false);
    expect(guess(reading(0, 500), exchange(10, 20, null))).toBe(true);
    expect(guess(reading(0, 500), reading(5, null), exchange(10, 20, 560))).toBe(true);
    const state: CounterState | null = last('rising', exchange(10, 20, null)).state;
    expect(state).toMatchObject({ baselineMicro: 20, lastResetAtUs: null, foreseenMoves: 0 });
  });
});

describe('the moves that a rhythm began with', () => {
  const begun = last('rising', reading(0, 500)).state;
  const leftOf = (foreseenMoves: number, ...evidence: CounterEvidence[]) => {
    let state: CounterState | null = begun && { ...begun, foreseenMoves };
    for (const one of evidence) state = stepCounter('rising', state, one).state;
    return state?.foreseenMoves;
  };

  it('decrease by each move, down to none', () => {
    expect(begun?.foreseenMoves).toBe(0);
    expect(leftOf(4, reading(5, 510))).toBe(3);
    expect(leftOf(4, reading(5, 510), reading(6, 511), reading(7, 512), reading(8, 513))).toBe(0);
    expect(leftOf(0, reading(5, 510))).toBe(0);
  });

  it('stay the same after evidence that is no move', () => {
    expect(leftOf(4, reading(5, 500))).toBe(4);
    expect(leftOf(4, reading(5, 490))).toBe(4);
    expect(leftOf(4, reading(5, 7))).toBe(4);
    expect(leftOf(4, exchange(5, 20, 560))).toBe(4);
    expect(leftOf(4, row(0, 5, 510, 10))).toBe(4);
  });
});
