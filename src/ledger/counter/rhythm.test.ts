/**
 * Goal: a register counts as unchanged only where its own rhythm proves it.
 * Method: rhythms by hand, at their bounds and just beside them.
 */
import { describe, expect, it } from 'vitest';
import {
  certainMicro,
  hoursAreTrue,
  isPrompt,
  isSlow,
  keptMoves,
  neverMovedUs,
  type Rhythm,
  reportsEachUs,
  slackUs,
  standsUntilUs,
  stepAfter,
  withMove,
} from './rhythm.ts';

const second = 1_000_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Moves of so many seconds each; amounts that share no unit but the watt-hour. */
function rhythm(...intervalsS: number[]): Rhythm {
  return intervalsS.map((intervalS, place) => ({ intervalS, amountMicro: 50_000 + place * 1000 }));
}
const quarterly = rhythm(900, 905, 895, 900, 910, 900, 890, 900);

describe('withMove', () => {
  it('keeps the last moves, in whole seconds rounded up, at least one', () => {
    expect(withMove([], 1, 5)).toEqual([{ intervalS: 1, amountMicro: 5 }]);
    expect(withMove([], 0, 5)).toEqual([{ intervalS: 1, amountMicro: 5 }]);
    expect(withMove([], 2 * second, -5)).toEqual([{ intervalS: 2, amountMicro: -5 }]);
    expect(withMove([], 2 * second + 1, 5)).toEqual([{ intervalS: 3, amountMicro: 5 }]);
    const full = withMove(quarterly, 60 * second, 7);
    expect(full).toHaveLength(keptMoves);
    expect(full[0]).toEqual(quarterly[1]);
    expect(full.at(-1)).toEqual({ intervalS: 60, amountMicro: 7 });
  });
});

describe('reportsEachUs', () => {
  it('is the third shortest interval of four moves or more', () => {
    expect(reportsEachUs([])).toBeNull();
    expect(reportsEachUs(rhythm(10, 20, 30))).toBeNull();
    expect(reportsEachUs(rhythm(40, 10, 30, 20))).toBe(30 * second);
    // Two states that were written twice, and a silence, are not its rhythm.
    expect(reportsEachUs(rhythm(3600, 13, 3600, 13, 3600, 54_000, 3600, 3600))).toBe(hour);
  });
});

describe('hoursAreTrue', () => {
  it('holds up to half a day between moves, and while nothing is known', () => {
    expect(hoursAreTrue([])).toBe(true);
    const dayS = 86_400;
    expect(hoursAreTrue(rhythm(dayS / 2, dayS / 2, dayS / 2, dayS))).toBe(true);
    expect(hoursAreTrue(rhythm(dayS, dayS / 2, dayS / 2 + 1, dayS))).toBe(false);
  });
});

describe('stepAfter', () => {
  const silence = { sinceUs: 0, repeatedAtUs: 5 * hour, resumedAtUs: null, isInterrupted: false };
  const at = 5 * hour + 10 * minute;

  it('begins one interval before the step: the longest that is no silence', () => {
    expect(stepAfter(quarterly, silence, at, 40_000)).toEqual({
      startUs: at - 910 * second,
      isDoubtful: false,
    });
    const oftenSilent = rhythm(900, 900, 900, 900, 1350, 1351, 50_000, 900);
    expect(stepAfter(oftenSilent, silence, at, 40_000).startUs).toBe(at - 1350 * second);
  });

  it('does not begin after the last repeat', () => {
    const late = { ...silence, repeatedAtUs: at - 2 * hour };
    expect(stepAfter(quarterly, late, at, 40_000).startUs).toBe(at - 2 * hour);
  });

  it('reaches back over the whole silence where nothing proves that the register did not move', () => {
    const whole = { startUs: 0, isDoubtful: false };
    expect(stepAfter(quarterly, { ...silence, repeatedAtUs: 0 }, at, 40_000)).toEqual(whole);
    expect(stepAfter(quarterly.slice(5), silence, at, 40_000)).toEqual(whole);
    expect(stepAfter(rhythm(3600, 3600, 3600, 3600), silence, 90 * minute, 40_000)).toEqual(whole);
    expect(stepAfter(rhythm(3600, 3600, 3600, 3600), silence, 90 * minute + 1, 40_000).startUs).toBe(
      30 * minute + 1,
    );
  });

  it('takes a single tick of a coarse register as one that built up all the time', () => {
    const coarse = quarterly.map((move, place) => ({ ...move, amountMicro: 1_000_000 * (1 + (place % 3)) }));
    expect(stepAfter(coarse, silence, at, 1_000_000).startUs).toBe(0);
    expect(stepAfter(coarse, silence, at, 2_000_000).startUs).toBeGreaterThan(4 * hour);
    // Half a kilowatt-hour each time is a steady use, not a digit.
    const steady = quarterly.map((move) => ({ ...move, amountMicro: 500_000 }));
    expect(stepAfter(steady, silence, at, 500_000).startUs).toBeGreaterThan(4 * hour);
    const tenths = quarterly.map((move, place) => ({ ...move, amountMicro: 100_000 * (1 + (place % 3)) }));
    expect(stepAfter(tenths, silence, at, 100_000).startUs).toBe(0);
    const fine = quarterly.map((move) => ({ ...move, amountMicro: certainMicro }));
    expect(stepAfter(fine, silence, at, certainMicro).startUs).toBeGreaterThan(4 * hour);
    expect(stepAfter(fine, silence, at, certainMicro).isDoubtful).toBe(false);
  });

  it('reaches back as far as its highest rate needs, and is catching up past its rhythm and the slack', () => {
    // At most 57 Wh in 900 s, 54 in 910: by the second.
    const perSecond = Math.max(...quarterly.map((move) => move.amountMicro / move.intervalS));
    const amountFor = (us: number) => Math.floor((us / second) * perSecond);
    const justUs = 910 * second + slackUs;
    expect(stepAfter(quarterly, silence, at, amountFor(justUs))).toEqual({
      startUs: at - justUs,
      isDoubtful: false,
    });
    expect(stepAfter(quarterly, silence, at, amountFor(justUs + 2 * second))).toEqual({
      startUs: at - justUs - 2 * second,
      isDoubtful: true,
    });
    expect(stepAfter(quarterly, silence, at, 1e12)).toEqual({ startUs: 0, isDoubtful: false });
    expect(stepAfter(quarterly, silence, at, -amountFor(justUs + 2 * second)).isDoubtful).toBe(true);
    const none = quarterly.map((move) => ({ ...move, amountMicro: 0 }));
    expect(stepAfter(none, silence, at, certainMicro + 1)).toEqual({ startUs: 0, isDoubtful: false });
  });

  it('begins with the silence where it needs all of it, and is not doubtful then', () => {
    const perSecond = Math.max(...quarterly.map((move) => move.amountMicro / move.intervalS));
    const amountFor = (us: number) => Math.floor((us / second) * perSecond);
    expect(stepAfter(quarterly, silence, at, amountFor(at))).toEqual({ startUs: 0, isDoubtful: false });
    expect(stepAfter(quarterly, silence, at, amountFor(at - second))).toEqual({
      startUs: second,
      isDoubtful: true,
    });
    const slowest = quarterly.map((move) => ({ ...move, amountMicro: 10 * move.intervalS }));
    expect(stepAfter(slowest, silence, at, 20_000).startUs).toBe(at - 2000 * second);
    const drip = quarterly.map((move) => ({ ...move, amountMicro: move.intervalS }));
    const long = { ...silence, sinceUs: -24 * hour };
    expect(stepAfter(drip, long, at, 20_000).startUs).toBe(at - 20_000 * second);
  });

  it('has a last digit only where all moves share it', () => {
    const tenths = quarterly.map((move) => ({ ...move, amountMicro: 100_000 }));
    expect(stepAfter(tenths, silence, at, 100_000).startUs).toBe(0);
    const odd = tenths.map((move, place) => ({ ...move, amountMicro: 100_000 + (place === 3 ? 1 : 0) }));
    expect(stepAfter(odd, silence, at, 100_000).startUs).toBeGreaterThan(4 * hour);
  });

  it('begins a negligible amount at the last repeat', () => {
    const late = { ...silence, repeatedAtUs: at - minute };
    expect(stepAfter(quarterly, late, at, certainMicro).startUs).toBe(at - minute);
    expect(stepAfter(quarterly, late, at, certainMicro + 1).startUs).toBe(at - 910 * second);
    expect(stepAfter([], { ...late, repeatedAtUs: at + 5 }, at, 0).startUs).toBe(at);
    expect(stepAfter(quarterly, { ...late, isInterrupted: true }, at, 0).startUs).toBe(
      at - minute - 910 * second,
    );
    // Moves of 0 give no rate.
    const none = quarterly.map((move) => ({ ...move, amountMicro: 0 }));
    expect(stepAfter(none, { ...late, isInterrupted: true }, at, 0)).toEqual({
      startUs: 0,
      isDoubtful: false,
    });
  });

  it('reaches back over the whole shortly after a state that was written for another reason', () => {
    const resumed = (agoUs: number) =>
      stepAfter(quarterly, { ...silence, resumedAtUs: at - agoUs }, at, 40_000).startUs;
    expect(resumed(1350 * second)).toBe(0);
    expect(resumed(1350 * second + 1)).toBe(at - 910 * second);
  });

  it('proves nothing about the last interval before the entity was unavailable', () => {
    const away = { ...silence, repeatedAtUs: 3 * hour, isInterrupted: true };
    expect(stepAfter(quarterly, away, at, 40_000).startUs).toBe(3 * hour - 910 * second);
    const fine = quarterly.map((move) => ({ ...move, amountMicro: certainMicro }));
    expect(stepAfter(fine, away, at, certainMicro).startUs).toBe(3 * hour - 910 * second);
  });
});

describe('a register beside rows', () => {
  it('is prompt when it reports as often as rows are made, slow when less often, else unknown', () => {
    const each = rhythm(900, 900, 900, 900);
    expect([isPrompt(each, 900 * second), isSlow(each, 900 * second)]).toEqual([true, false]);
    expect([isPrompt(each, 900 * second - 1), isSlow(each, 900 * second - 1)]).toEqual([false, true]);
    expect([isPrompt([], hour), isSlow([], hour)]).toEqual([false, false]);
  });
});

describe('standsUntilUs', () => {
  const still = { sinceUs: 0, resumedAtUs: null };

  it('proves nothing while a report from before a restart of Home Assistant may be lost', () => {
    const stoodUntil = (repeatedAtUs: number) =>
      standsUntilUs(quarterly, { sinceUs: 0, resumedAtUs: hour }, repeatedAtUs);
    expect(stoodUntil(hour + 1350 * second)).toBe(0);
    expect(stoodUntil(hour + 1350 * second + 1)).toBe(hour + 1);
  });

  it('excludes the time that may not be reported yet: one and a half intervals', () => {
    expect(standsUntilUs(quarterly, still, 2 * hour)).toBe(2 * hour - 1350 * second);
    expect(standsUntilUs(quarterly, still, 1350 * second)).toBe(0);
    expect(standsUntilUs(rhythm(60, 300), still, hour)).toBe(hour - 450 * second);
  });

  it('is the last repeat where each move is small', () => {
    const small = quarterly.map((move) => ({ ...move, amountMicro: -certainMicro }));
    expect(standsUntilUs(small, still, hour)).toBe(hour);
    expect(
      standsUntilUs([...small.slice(1), { intervalS: 900, amountMicro: certainMicro + 1 }], still, hour),
    ).toBe(hour - 1350 * second);
  });

  it('needs a day for a register that never moved', () => {
    expect(standsUntilUs([], still, neverMovedUs)).toBe(neverMovedUs);
    expect(standsUntilUs([], still, neverMovedUs - 1)).toBe(0);
  });
});
