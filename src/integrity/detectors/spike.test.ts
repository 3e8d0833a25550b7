/**
 * Goal: a register that comes back to its own path within its own pace was never away, however small it is and however
 * seldom it reports; one that begins anew, or climbs, or dips, has nothing left out.
 * Method: lives from public reports and by hand, at, just below and just above each bound; random lives of small registers
 * that report an old value now and then.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minuteUs } from '../../units/durations.ts';
import { fallFindings, fallUs, leastFallMicro, loweredFindings } from './register-fall.ts';
import { jumpFindings } from './register-jump.ts';
import { freshMicro, type PathRules, pathOf, type RegisterPoint } from './register-path.ts';
import {
  backParts,
  findSpikes,
  knownSteps,
  spikeFindings,
  spikeReadings,
  staleUs,
  withoutSpikes,
} from './spike.ts';

const rising: PathRules = { kind: 'rising', unit: 'kWh', highestUsualMicro: null };
const net: PathRules = { ...rising, kind: 'net' };
const startUs = Date.UTC(2026, 10, 21, 8) * 1000;
const range = (count: number, kwh: (place: number) => number) =>
  Array.from({ length: count }, (_, n) => kwh(n));

/** kWh so many minutes apart; a pair has its own wait. */
type Reported = number | readonly [waitMinutes: number, kwh: number];
function path(minutes: number, ...reported: readonly Reported[]): RegisterPoint[] {
  let atUs = startUs;
  return reported.map((one) => {
    const [wait, kwh] = typeof one === 'number' ? [minutes, one] : one;
    atUs += Math.round(wait * minuteUs);
    return { atUs, registerMicro: Math.round(kwh * 1e6) };
  });
}

function left(points: readonly RegisterPoint[], rules = rising): number[] {
  return withoutSpikes(points, findSpikes(rules, points)).map(({ registerMicro }) => registerMicro / 1e6);
}

function kinds(points: readonly RegisterPoint[], rules = rising): string[] {
  const reported = pathOf(rules.kind, points);
  const spikes = findSpikes(rules, reported);
  const plain = withoutSpikes(reported, spikes);
  return [
    ...spikeFindings('sensor.meter', rules, reported, spikes),
    ...jumpFindings('sensor.meter', rules, plain),
    ...fallFindings('sensor.meter', rules, plain),
    ...loweredFindings('sensor.meter', rules, points),
  ].map(({ kind }) => kind);
}

const young = [1.95, 1.98, 2, 2.02, 2.04, 2.06, 2.08];
const up = range(8, (n) => 1000 + n / 10);

describe('a register that was away for a moment', () => {
  it.each<[string, RegisterPoint[], number[]]>([
    [
      'an old value of a young plug',
      path(5, ...young, 2.1, 1.75, 2.12, 1.75, 2.15),
      [...young, 2.1, 2.12, 2.15],
    ],
    ['the same, hardly known', path(5, 2.08, 2.1, 1.75, 2.12), [2.08, 2.1, 2.12]],
    [
      '0 of a counter of the day, each hour',
      path(60, 0, 0.3, 0.6, 0.9, 0, 1.5, 1.8),
      [0, 0.3, 0.6, 0.9, 1.5, 1.8],
    ],
    ['0 of a counter, each day', path(1440, 5000, 5010, 5020, 0, 5041, 5052), [5000, 5010, 5020, 5041, 5052]],
    ['0 for two hours of an hourly one', path(60, 4, 4.3, 4.6, 0, 0, 5.5), [4, 4.3, 4.6, 5.5]],
    ['0 of a coarse one', path(30, 100, 101, 102, 0, 103, 104), [100, 101, 102, 103, 104]],
    ['0 of one that stands', path(10, 2.1, 0, 2.1, 2.2), [2.1, 2.1, 2.2]],
    [
      '0, just when a load begins',
      path(1 / 6, ...range(20, (n) => 4 + n / 1000), 0, 4.03, 4.038),
      [...range(20, (n) => 4 + n / 1000), ...[4.03, 4.038]],
    ],
    ['the value of another meter', path(5, ...up, 1050, 1000.8, 1000.9), [...up, 1000.8, 1000.9]],
    ['the same, twice', path(5, ...up, 1050, 1050.1, 1000.9, 1050.2, 1001), [...up, 1000.9, 1001]],
    ['some of a group, for minutes', path(10, 40, 40.1, 40.2, 12.1, 12.2, 40.5), [40, 40.1, 40.2, 40.5]],
    [
      '0, tenths, an old value',
      path(10, 1599.8, 1600, 0, 0.1, 0.2, 1470, 1600.6),
      [1599.8, 1600, 1470, 1600.6],
    ],
    ['0, then far above', path(5, 50, 50.01, 50.02, 50.03, 0, 9999, 50.05), [50, 50.01, 50.02, 50.03, 50.05]],
    [
      'an old value before it begins anew',
      path(60, 11.98, 12.02, [7200, 10.42], [0.05, 0], 0.05),
      [...[11.98, 12.02, 0, 0.05]],
    ],
    [
      'a small old value before that',
      path(60, 11.98, 12.02, [7200, 2.1], [0.05, 0], 0.05),
      [11.98, 12.02, 0, 0.05],
    ],
    ['an old value, and nothing more is known', path(60, 12.02, [7200, 10.42], [0.05, 0]), [12.02, 0]],
  ])('has left out %s', (_, points, expected) => {
    expect(left(points)).toEqual(expected);
  });

  it.each<[string, RegisterPoint[]]>([
    ['begins anew', path(5, 10.1, 10.12, 10.14, 0, 0.02, 0.04, 0.06)],
    [
      'begins anew while it is small, and passes where it was',
      path(5, 0.05, 0.07, 0.09, 0, 0.02, 0.04, 0.06, 0.08, 0.1),
    ],
    ['begins anew each day', path(60, ...range(24, (n) => n / 2), ...range(24, (n) => n * 0.45))],
    ['begins anew each day, reported once a day', path(1440, 6, 5, 4.2, 5.5, 7, 6.1)],
    ['begins anew each minute', path(1, 0.02, 0, 0.02, 0, 0.02, 0)],
    ['dips', path(10, 114.71, 116.7, 114.71, 117.4, 114.71, 118.1)],
    ['jitters', path(5, 100, 100.3, 100.1, 100.4, 100.2, 100.5)],
    ['slides down', path(30, 16.2, 16.5, 16.76, ...range(11, (n) => 16.46 - n * 0.3), 0, 0.4)],
    ['goes on lower', path(30, ...range(5, (n) => 17_268 + n / 2), ...range(9, (n) => 16_070 + n / 2))],
    ['is away by less than matters', path(5, 0.05, 0.055, 0.06, 0.05, 0.061)],
  ])('has nothing left out when it %s', (_, points) => {
    expect(left(points)).toEqual(points.map(({ registerMicro }) => registerMicro / 1e6));
  });

  it('of a net register is the same, either way', () => {
    const before = range(6, (n) => 4 + n / 50);
    expect(left(path(5, ...before, 0, 4.12, 4.14), net)).toEqual([...before, 4.12, 4.14]);
    expect(left(path(5, ...before, 8, 4.12, 4.14), net)).toEqual([...before, 4.12, 4.14]);
    const water: PathRules = { ...net, unit: 'm³' };
    const night = (hours: number) =>
      left(path(60, 299.98, 300, 1, [hours * 60, 1.002], [300, 300.01]), water);
    expect(night(12)).toEqual([299.98, 300, 300.01]);
    expect(night(12.001)).toHaveLength(5);
    const back = [...before, 4.05, 4.1];
    expect(left(path(5, ...back), net)).toEqual(back);
  });

  it('upwards is only known by enough steps of its own', () => {
    const few = path(5, ...up.slice(-knownSteps + 1), 1004, 1000.8);
    expect(left(few)).toHaveLength(few.length);
    expect(left(path(5, ...up.slice(-knownSteps - 1), 1004, 1000.8))).toHaveLength(knownSteps + 2);
  });

  it('is back a hundredth below at most, and as far above as it may have counted', () => {
    const before = [38, 39, 40];
    const back = (kwh: number) => left(path(60, ...before, 0, kwh)).includes(0);
    const lowest = 40 - 40 / backParts - 0.01;
    expect(back(lowest)).toBe(false);
    expect(back(lowest - 0.000_001)).toBe(true);
    // Ten an hour are presumed of any home, and a coarse digit.
    expect(back(61)).toBe(false);
    expect(back(61.000_001)).toBe(true);
  });

  it('is back after fifty readings at most', () => {
    const away = (count: number) =>
      left(path(0.5, 100, 100.01, 100.02, ...range(count, () => 0), 100.5)).length;
    expect(away(spikeReadings)).toBe(4);
    expect(away(spikeReadings + 1)).toBe(4 + spikeReadings + 1);
  });

  it('is no old value when it stays longer, or begins anew with more', () => {
    const stale = (minutes: number, after: number) =>
      left(path(60, 11.98, 12.02, [7200, 2.1], [minutes, after])).includes(2.1);
    expect(stale(staleUs / minuteUs, 0)).toBe(false);
    expect(stale(staleUs / minuteUs + 0.001, 0)).toBe(true);
    expect(stale(1, 0.01)).toBe(false);
    expect(stale(1, 0.010_001)).toBe(true);
  });

  it('is a finding with a code of its own', () => {
    const points = path(60, 11.98, 12.02, [7200, 10.42], [0.05, 0], 0.05);
    const [finding] = spikeFindings('sensor.meter', rising, points, findSpikes(rising, points));
    expect(finding?.statement).toMatchObject({
      code: 'spike_before_reset',
      values: { beforeMicro: 12_020_000, farthestMicro: 10_420_000, afterMicro: 0, readings: 1 },
    });
    expect(finding).toMatchObject({ startUs: points[2]?.atUs, endUs: points[2]?.atUs });
  });
});

describe('a fall that stays', () => {
  it.each<[string, RegisterPoint[], string[]]>([
    ['lands where no meter begins', path(10, 40, 40.1, 40.2, 12.1, 12.2, 12.3), ['register_fell']],
    ['lands high after days', path(60, 11.98, 12.02, [7200, 10.42], 10.47, 10.5), ['register_fell']],
    ['lands on what it counts in a day', path(60, 11, 11.1, 11.2, [7200, 3], 3.1), []],
    ['is one of many', path(1440, 6, 5, 4.2, 5.5, 7, 6.1, 5), []],
    [
      'goes on lower',
      path(30, ...range(5, (n) => 17_268 + n / 2), ...range(9, (n) => 16_070 + n / 2)),
      ['register_fell'],
    ],
    [
      'runs over',
      path(30, ...range(4, (n) => 2_147_480 + n), ...range(9, (n) => -2_147_483 + n)),
      ['register_fell'],
    ],
    ['comes back from a dip', path(10, 1599.8, 1600, 1470, 1600.6), []],
  ])('that %s', (_, points, expected) => {
    expect(kinds(points)).toEqual(expected);
  });

  it('may have counted for a day at most', () => {
    const fell = (days: number, kwh: number) =>
      kinds(path(60, 1000, 1001, [days * 1440, kwh], kwh + 1)).includes('register_fell');
    const most = (freshMicro + ((3_000_000 + 10_000) * fallUs) / 3_600_000_000) / 1e6;
    expect(fell(1, most)).toBe(false);
    expect(fell(1, most + 0.000_001)).toBe(true);
    expect(fell(9, most)).toBe(false);
    expect(fell(9, most + 0.000_001)).toBe(true);
  });

  it('of a net register is a finding without a new last_reset', () => {
    // Of one that also ran backwards the ledger can't know that it began anew.
    const day = path(60, 7.6, 7.8, 8, 8.4, 8.3, 0, 0.2, 0.3);
    expect(kinds(day, net)).toEqual(['register_fell']);
    const reported = day.map((point, place) => ({ ...point, lastResetAtUs: place < 5 ? 1 : 2 }));
    expect(kinds(reported, net)).toEqual([]);
    expect(
      kinds(
        day.map((point) => ({ ...point, lastResetAtUs: 1 })),
        net,
      ),
    ).toEqual(['register_fell']);
    expect(kinds(path(60, 8, 7, 6, 7, 8, 7), net)).toEqual([]);
    // One that only ever rose began anew, which is counted right.
    expect(kinds(path(60, 7.6, 7.8, 8, 8.2, 8.4, 0, 0.2, 0.3), net)).toEqual([]);
    expect(kinds(path(60, 17.6, 17.8, 18, 18.2, 18.4, 2, 2.2, 2.3), net)).toEqual(['register_fell']);
  });

  it('reports one that goes on lower, from where and to where, above the least fall', () => {
    const lower = (fell: number) =>
      loweredFindings('sensor.meter', rising, path(60, 99.9, 100, ...range(5, (n) => 100 - fell + n / 1000)));
    const [finding] = lower(7);
    expect(finding).toMatchObject({ startUs: startUs + 120 * minuteUs, endUs: startUs + 180 * minuteUs });
    expect(finding?.evidence).toEqual([
      { name: 'register_before', value: 100, unit: 'kWh' },
      { name: 'register_after', value: 93, unit: 'kWh' },
    ]);
    expect(lower(leastFallMicro / 1e6)).toHaveLength(1);
    expect(lower(leastFallMicro / 1e6 - 0.000_001)).toEqual([]);
    expect(loweredFindings('sensor.meter', net, path(60, 100, 93, 93.1, 93.2, 93.3, 93.4))).toEqual([]);
  });
});

describe('any small register that reports an old value now and then', () => {
  it('has these left out, and nothing else', () => {
    const life = fc.array(
      fc.record({
        use: fc.integer({ min: 10_000, max: 30_000 }),
        old: fc.nat(9),
        minutes: fc.integer({ min: 3, max: 7 }),
      }),
      { minLength: 12, maxLength: 60 },
    );
    fc.assert(
      fc.property(life, fc.double({ min: 0, max: 0.8, noNaN: true }), (steps, part) => {
        let [atUs, registerMicro] = [startUs, 2_000_000];
        const true_: RegisterPoint[] = [];
        const reported: RegisterPoint[] = [];
        for (const [place, { use, old, minutes }] of steps.entries()) {
          atUs += minutes * minuteUs;
          registerMicro += use;
          // The first ones show how it counts; two old ones in a row are one.
          if (old === 0 && place > 5 && place < steps.length - 1 && reported.at(-1) === true_.at(-1))
            reported.push({ atUs, registerMicro: Math.round(2_000_000 * part) });
          else {
            true_.push({ atUs, registerMicro });
            reported.push(true_.at(-1) as RegisterPoint);
          }
        }
        expect(withoutSpikes(reported, findSpikes(rising, reported))).toEqual(true_);
      }),
    );
  });
});
