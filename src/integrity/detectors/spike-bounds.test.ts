/**
 * Goal: each condition of a spike holds at its bound and fails just beside it.
 * Method: by hand, one register for each bound; amounts in kWh, times in minutes.
 */

import { describe, expect, it } from 'vitest';
import { minuteUs } from '../../units/durations.ts';
import type { PathRules, RegisterPoint } from './register-path.ts';
import { findSpikes, spikeFindings, spikeReadings, staleUs, withoutSpikes } from './spike.ts';

const rising: PathRules = { kind: 'rising', unit: 'kWh', highestUsualMicro: null };
const net: PathRules = { ...rising, kind: 'net' };
const startUs = Date.UTC(2026, 10, 21, 8) * 1000;

/** So many minutes apart; a pair has its own wait. */
type Reported = number | readonly [waitMinutes: number, kwh: number];
function path(minutes: number, ...reported: readonly Reported[]): RegisterPoint[] {
  let atUs = startUs;
  return reported.map((one) => {
    const [wait, kwh] = typeof one === 'number' ? [minutes, one] : one;
    atUs += Math.round(wait * minuteUs);
    return { atUs, registerMicro: Math.round(kwh * 1e6) };
  });
}
const range = (count: number, kwh: (place: number) => number) =>
  Array.from({ length: count }, (_, place) => kwh(place));

/** What is left out, in kWh. */
function out(points: readonly RegisterPoint[], rules = rising): number[] {
  const kept = new Set(withoutSpikes(points, findSpikes(rules, points)));
  return points.filter((point) => !kept.has(point)).map(({ registerMicro }) => registerMicro / 1e6);
}

describe('a spike', () => {
  it('is found at the first place of a long path, in its middle, and when it lasts as long as it may', () => {
    const steady = (count: number, from: number) => range(count, (n) => from + n / 100);
    expect(out(path(5, 5000, 0, ...steady(80, 5000.01)))).toEqual([0]);
    expect(out(path(5, ...steady(80, 5000), 9000, 9000.1, ...steady(80, 5000.81)))).toEqual([9000, 9000.1]);
    const away = (count: number) => range(count, () => 9000);
    const long = (count: number) => out(path(0.5, 100, 100.01, 100.02, ...away(count), ...steady(80, 100.5)));
    expect(long(spikeReadings)).toHaveLength(spikeReadings);
    expect(long(spikeReadings + 1)).toEqual([]);
  });

  it('is nothing that matters up to ten watt-hours', () => {
    // Back within a third of a second, which is faster than any connection delivers.
    const small = (away: number) => out(path(5, 0.02, away, [0.005, 0.0205]));
    expect(small(0.011)).toEqual([]);
    expect(small(0.01)).toEqual([]);
    expect(small(0.009_999)).toEqual([0.009_999]);
  });

  it('upwards is known by steps after it, too', () => {
    const after = [1000.01, 1000.02, 1000.03, 1000.04];
    expect(out(path(5, 1000, 1000.5, ...after))).toEqual([1000.5]);
    // Three times the step, and ten watt-hours: no further away, nor back, than it may count.
    expect(out(path(5, 1000, 1000.05, ...after))).toEqual([]);
    expect(out(path(5, 1000, 1000.050_001, ...after))).toEqual([1000.050_001]);
    const lower = [999.99, 1000, 1000.01, 1000.02];
    expect(out(path(5, 1000, 1000.04, ...lower))).toEqual([]);
    expect(out(path(5, 1000, 1000.040_001, ...lower))).toEqual([1000.040_001]);
  });

  it('is no dip, no sudden load and no jump that stays', () => {
    expect(out(path(5, ...range(8, (n) => 1000 + n / 10), 999, 1000.8, 1000.9))).toEqual([]);
    expect(out(path(5, 1000, 1000.01, 1000.02, 1000.03, 1000.5, 1001, 1001.01, 1001.02))).toEqual([]);
    expect(out(path(5, 5000, [0.1, 5110], [90, 5110], 5110.1))).toEqual([]);
  });

  it('of a small register is back a tenth above what may be used, and no more', () => {
    const young = [1.96, 1.98, 2];
    const most = 2 + 10 / 6 + 0.2;
    expect(out(path(5, ...young, 0, most - 0.000_001))).toEqual([0]);
    expect(out(path(5, ...young, 0, most + 0.000_001))).toEqual([]);
  });

  it('of a net register has left and come back by more than it may have counted', () => {
    const before = range(6, (n) => 4 + n / 50);
    // In twelve minutes ten an hour make two, and a tenth of where it was.
    const most = 2 + 0.41;
    expect(out(path(6, ...before, 10, 4.1 + most), net)).toEqual([10]);
    expect(out(path(6, ...before, 10, 4.1 + most + 0.000_001), net)).toEqual([]);
    expect(out(path(6, ...before, 4.1 + most, 3.9), net)).toEqual([]);
    expect(out(path(6, ...before, 4.1 + most + 0.000_001, 3.9), net)).toEqual([4.1 + most + 0.000_001]);
    expect(out(path(6, ...before, 6.3, 3.7), net)).toEqual([]);
  });
});

describe('an old value before a register begins anew', () => {
  /** A register of 40 Wh an hour, which counts 130 at most. */
  const known = (...reported: readonly Reported[]) => out(path(60, 11.98, 12.02, ...reported));
  const days = 7200;

  it('is more than twice what it begins with', () => {
    expect(known([days, 10.42], [0.05, 5.21])).toEqual([10.42]);
    expect(known([days, 10.42], [0.05, 5.210_001])).toEqual([]);
  });

  it('stands, but for what it may count', () => {
    expect(known([days, 10.42], [0.05, 10.55], [0.05, 0])).toEqual([10.42, 10.55]);
    expect(known([days, 10.42], [0.05, 10.550_001], [0.05, 0])).toEqual([]);
  });

  it('is more than it may have counted', () => {
    expect(known([days, 0.13], [0.05, 0])).toEqual([]);
    expect(known([days, 0.130_001], [0.05, 0])).toEqual([0.130_001]);
  });

  it('is the first value after an hour, or far above what it has counted since, or half of what was', () => {
    expect(known([60, 0.5], [0.05, 0])).toEqual([]);
    expect(known([60.001, 0.5], [0.05, 0])).toEqual([0.5]);
    expect(known([5, 1.1], [0.05, 0])).toEqual([]);
    expect(known([5, 1.13], [0.05, 0])).toEqual([]);
    expect(known([5, 1.130_001], [0.05, 0])).toEqual([1.130_001]);
    expect(known([5, 2], [0.05, 0])).toEqual([2]);
    expect(out(path(60, 2.16, 2.2, [5, 1.1], [0.05, 0]))).toEqual([1.1]);
    expect(out(path(60, 2.16, 2.2, [5, 1.099_999], [0.05, 0]))).toEqual([]);
    expect(staleUs).toBe(15 * minuteUs);
  });

  it('is half of what was, and a tenth of a unit, where nothing more is known', () => {
    const unknown = (before: number, old: number, after = 0) =>
      out(path(60, before, [days, old], [0.05, after]));
    expect(unknown(12.02, 6.01)).toEqual([6.01]);
    expect(unknown(12.02, 6.009_999)).toEqual([]);
    expect(unknown(12.02, 10.42, 0.01)).toEqual([10.42]);
    expect(unknown(12.02, 10.42, 0.010_001)).toEqual([]);
    expect(unknown(0.15, 0.1)).toEqual([]);
    expect(unknown(0.15, 0.100_001)).toEqual([0.100_001]);
  });
});

describe('the finding', () => {
  const found = (...kwh: number[]) => {
    const points = path(60, 38, 39, 40, ...kwh, 41);
    return { points, finding: spikeFindings('sensor.meter', rising, points, findSpikes(rising, points))[0] };
  };

  it('names the first and last reading that were away, and the farthest', () => {
    for (const away of [
      [1, 0],
      [0, 1],
    ]) {
      const { points, finding } = found(...away);
      expect(finding).toMatchObject({ startUs: points[3]?.atUs, endUs: points[4]?.atUs });
      expect(finding?.statement).toEqual({
        code: 'spike',
        values: {
          ...{ beforeMicro: 40_000_000, farthestMicro: 0, afterMicro: 41_000_000 },
          ...{ readings: 2, unit: 'kWh' },
        },
      });
      expect(finding?.evidence).toContainEqual({ name: 'counted', value: -40, unit: 'kWh' });
    }
    expect(found(0).finding?.statement.values).toMatchObject({ readings: 1 });
  });
});
