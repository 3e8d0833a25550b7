/**
 * Goal: a fall is asked about when the register can't have counted what it shows, and the finding says what was counted.
 * Method: by hand, at each bound and just beside it; amounts in kWh, times in minutes.
 */

import { describe, expect, it } from 'vitest';
import { minuteUs } from '../../units/durations.ts';
import { fallFindings, loweredFindings } from './register-fall.ts';
import { jumpFindings } from './register-jump.ts';
import type { PathRules, RegisterPoint } from './register-path.ts';

const rising: PathRules = { kind: 'rising', unit: 'kWh', highestUsualMicro: null };
const net: PathRules = { ...rising, kind: 'net' };

/** An hour apart; a pair has its own wait. */
type Reported = number | readonly [waitMinutes: number, kwh: number];
function path(...reported: readonly Reported[]): RegisterPoint[] {
  let atUs = Date.UTC(2026, 10, 21, 8) * 1000;
  return reported.map((one) => {
    const [wait, kwh] = typeof one === 'number' ? [60, one] : one;
    atUs += Math.round(wait * minuteUs);
    return { atUs, registerMicro: Math.round(kwh * 1e6) };
  });
}
const falls = (points: readonly RegisterPoint[], rules = rising) =>
  fallFindings('sensor.meter', rules, points).length;
const names = (finding: { readonly evidence: readonly { readonly name: string }[] } | undefined) =>
  finding?.evidence.map(({ name }) => name);

describe('a rising register that began anew', () => {
  const day = 24 * 60;

  it('may have counted by its own pace, which is that of all steps around', () => {
    const most = 1 + 24 * (3 * 3 + 0.01);
    expect(falls(path(1000, 1003, [day, most], most + 0.1))).toBe(0);
    expect(falls(path(1000, 1003, [day, most + 0.000_001], most + 0.1))).toBe(1);
    expect(falls(path(1000, 1003, [day, most + 0.000_001]))).toBe(1);
  });

  it('may have counted by its highest hour, or by what is presumed where nothing is known', () => {
    const known = { ...rising, highestUsualMicro: 20_000_000 };
    expect(falls(path(1000, 1001, [day, 481], 482), known)).toBe(0);
    expect(falls(path(1000, 1001, [day, 481.000_001], 482), known)).toBe(1);
    expect(falls(path(1000, [day, 481]), known)).toBe(0);
    expect(falls(path(1000, [day, 481.000_001]), known)).toBe(1);
    expect(falls(path(1000, [day, 241]))).toBe(0);
    expect(falls(path(1000, [day, 241.000_001]))).toBe(1);
  });

  it('is reported from the reading before to the first after, with what was counted', () => {
    const points = path(1000, 1001, 800, 801);
    const [finding] = fallFindings('sensor.meter', rising, points);
    expect(finding).toMatchObject({ startUs: points[1]?.atUs, endUs: points[2]?.atUs });
    expect(finding?.evidence).toEqual([
      { name: 'register_before', value: 1001, unit: 'kWh' },
      { name: 'register_after', value: 800, unit: 'kWh' },
      { name: 'counted', value: 800, unit: 'kWh' },
    ]);
    expect(finding?.statement).toEqual({
      code: 'register_fell',
      values: { beforeMicro: 1_001_000_000, afterMicro: 800_000_000, unit: 'kWh' },
    });
  });
});

describe('a net register that fell', () => {
  it('is asked about below nine tenths of what was above 0', () => {
    expect(falls(path(999.8, 1000, 900, 900.2), net)).toBe(0);
    expect(falls(path(999.8, 1000, 899.999, 900.2), net)).toBe(1);
    expect(falls(path(-0.2, 0, -20), net)).toBe(0);
    expect(falls(path(-0.2, 0.000_001, -20), net)).toBe(1);
  });

  it('is asked about beyond its own pace', () => {
    expect(falls(path(20, 23, 12.99), net)).toBe(0);
    expect(falls(path(20, 23, 12.989_999), net)).toBe(1);
  });

  it('began anew where it only ever rose, with no more than it may have counted since', () => {
    const began = (kwh: number) => falls(path(17.6, 17.8, 18, 18.2, 18.4, kwh, kwh + 0.2), net);
    expect(began(1.61)).toBe(0);
    expect(began(1.610_001)).toBe(1);
  });

  it('is explained by a last_reset that is another one, however high it begins', () => {
    const points = path(17.6, 17.8, 18, 18.2, 18.4, 8, 8.2);
    const reset = points.map((point, place) => ({ ...point, lastResetAtUs: place < 5 ? 1 : 2 }));
    expect(falls(reset, net)).toBe(0);
    expect(falls(points, net)).toBe(1);
  });

  it('is reported without an amount that was counted', () => {
    const [finding] = fallFindings('sensor.meter', net, path(17.6, 17.8, 18, 18.2, 18.4, 8, 8.2));
    expect(names(finding)).toEqual(['register_before', 'register_after']);
    expect(finding?.statement).toEqual({
      code: 'register_fell_without_reset',
      values: { beforeMicro: 18_400_000, afterMicro: 8_000_000, unit: 'kWh' },
    });
  });
});

describe('a register that goes on lower', () => {
  const lowered = (...reported: readonly Reported[]) =>
    loweredFindings('sensor.meter', rising, path(...reported));

  it('is reported once, also when it dips again', () => {
    const life = [99.9, 100, 90, 90.001, 90.002, 90.003, 90.004];
    expect(lowered(...life).map(names)).toEqual([['register_before', 'register_after']]);
    expect(lowered(...life, 89.5, 89.6, 89.7)).toHaveLength(1);
  });

  it('is none when it began anew out of a dip', () => {
    expect(lowered(99.9, 100, 95, 50, 50.1, 50.2, 50.3)).toEqual([]);
  });
});

describe('a register that jumped', () => {
  const jumps = (rules: PathRules, ...reported: readonly Reported[]) =>
    jumpFindings('sensor.meter', rules, path(...reported));

  it('after it began anew has counted from there', () => {
    const [finding] = jumps(rising, 453.26, 0.5, [0.1, 300]);
    expect(finding?.evidence).toContainEqual({ name: 'counted', value: 299.5, unit: 'kWh' });
    expect(jumps(rising, 453.26, 450, [0.1, 454])).toEqual([]);
  });

  it('is reported beside its highest hour where that is known', () => {
    const [plain] = jumps(rising, 100, [0.1, 200]);
    const counted = { countedMicro: 100_000_000, lastedUs: 6_000_000, unit: 'kWh' };
    expect(plain?.statement).toEqual({
      code: 'register_jumped',
      values: { ...counted, highestHourMicro: null },
    });
    expect(names(plain)).toEqual(['register_before', 'register_after', 'counted']);
    const [known] = jumps({ ...rising, highestUsualMicro: 2_000_000 }, 100, [0.1, 200]);
    expect(known?.statement.values).toEqual({ ...counted, highestHourMicro: 2_000_000 });
    expect(known?.evidence.at(-1)).toEqual({ name: 'highest_usual', value: 2, unit: 'kWh' });
  });
});
