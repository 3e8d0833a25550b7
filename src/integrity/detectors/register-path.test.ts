/**
 * Goal: what no meter can have counted is found as what it is, and what a home really does is not.
 * Method: lives of registers by hand; random plausible lives, with and without one thing gone wrong in them.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secondUs } from '../../units/durations.ts';
import { fallFindings } from './register-fall.ts';
import { jumpFindings } from './register-jump.ts';
import { isFall, isJump, isTooFast, type PathRules, pathOf, type RegisterPoint } from './register-path.ts';
import { findSpikes, spikeFindings, withoutSpikes } from './spike.ts';

const rising: PathRules = { kind: 'rising', unit: 'kWh', highestUsualMicro: null };
const startUs = Date.UTC(2026, 10, 21, 8) * 1000;

/** Readings ten seconds apart, in kWh. */
function path(...kwh: readonly number[]): RegisterPoint[] {
  return kwh.map((value, place) => ({
    atUs: startUs + place * 10 * secondUs,
    registerMicro: Math.round(value * 1e6),
  }));
}

function found(points: readonly RegisterPoint[], rules = rising) {
  const spikes = findSpikes(rules, points);
  const plain = withoutSpikes(points, spikes);
  return [
    ...spikeFindings('sensor.meter', rules, points, spikes),
    ...jumpFindings('sensor.meter', rules, plain),
    ...fallFindings('sensor.meter', rules, plain),
  ];
}

const kinds = (points: readonly RegisterPoint[], rules = rising) =>
  found(points, rules).map(({ kind }) => kind);

describe('a register', () => {
  it.each([
    ['counts', [100, 100.01, 100.02, 100.05], []],
    ['dips and recovers', [8, 7.99, 8.01], []],
    ['goes down to 0 and comes back', [5000, 0, 5000.01], ['spike']],
    ['goes down to 0 for three readings', [5000, 0, 0, 0, 5000.01], ['spike']],
    ['of one kWh goes to 0 and comes back', [1, 0, 1.01], ['spike']],
    ['goes up and comes back', [5000, 9000, 5000.01], ['spike']],
    ['goes up by one digit and comes back below a tenth', [5000, 5100, 5000.02], ['spike']],
    ['goes away twice', [50, 0, 50.01, 9999, 50.02], ['spike', 'spike']],
    ['jumps and stays', [453.26, 458.26, 458.27], ['register_jumped']],
    ['ticks twice in a moment, of whole kWh', [100, 101, 102], []],
    ['begins anew', [453.26, 0.01, 0.02, 0.03], []],
    ['begins anew where no meter begins', [453.26, 200, 200.01], ['register_fell']],
    ['is exchanged for one that shows more', [453.26, 12_000, 12_000.01], ['register_jumped']],
    ['ends away', [5000, 0], []],
  ])('that %s', (_, kwh, expected) => {
    expect(kinds(path(...kwh))).toEqual(expected);
  });

  it('climbs back after it began anew: no spike, for it came back slowly', () => {
    const points = [
      path(10)[0],
      ...Array.from({ length: 40 }, (_, n) => ({
        atUs: startUs + (n + 1) * 60 * secondUs,
        registerMicro: n * 250_000,
      })),
    ].filter((point) => point !== undefined);
    expect(kinds(points)).toEqual([]);
  });

  it('that stays away for hours is no spike', () => {
    const [before, away, ...rest] = path(50, 4000, 4000.01, 50);
    const late = rest.map((point) => ({ ...point, atUs: point.atUs + 2 * 3600 * secondUs }));
    const points = [before, away, ...late].filter((point) => point !== undefined);
    expect(kinds(points)).toEqual(['register_jumped', 'register_fell']);
  });

  it('is compared with its own past within a quarter-hour only', () => {
    const fridge: PathRules = { ...rising, highestUsualMicro: 150_000 };
    const [one, other] = path(20, 27);
    if (one === undefined || other === undefined) throw new Error('two');
    const minutesApart = (minutes: number) => [one, { ...other, atUs: one.atUs + minutes * 60 * secondUs }];
    expect(kinds(minutesApart(10), fridge)).toEqual(['register_jumped']);
    expect(kinds(minutesApart(10))).toEqual([]);
    expect(kinds(minutesApart(60), fridge)).toEqual([]);
  });

  it('that was silent for a week has counted a week', () => {
    const points = path(100, 400).map((point, place) => ({
      ...point,
      atUs: startUs + place * 7 * 86_400 * secondUs,
    }));
    expect(kinds(points)).toEqual([]);
  });

  it('of a net counter may fall, and not by more than it may rise', () => {
    const net: PathRules = { ...rising, kind: 'net' };
    expect(kinds(path(100, 99.9, 99.8, 100), net)).toEqual([]);
    expect(kinds(path(100, 10, 10.1), net)).toEqual(['register_jumped']);
    expect(kinds(path(100, 10, 100.1), net)).toEqual(['spike']);
  });

  it('skips what the ledger skips', () => {
    expect(
      pathOf('rising', [
        { atUs: 1, registerMicro: null },
        { atUs: 2, registerMicro: -5 },
      ]),
    ).toEqual([]);
    expect(pathOf('net', [{ atUs: 2, registerMicro: -5 }])).toHaveLength(1);
  });

  it('reports what was counted, from where to where', () => {
    const [jump] = found(path(453.26, 458.26));
    expect(jump).toMatchObject({ startUs, endUs: startUs + 10 * secondUs });
    expect(jump?.evidence).toContainEqual({ name: 'counted', value: 5, unit: 'kWh' });
    expect(jump?.statement.values).toMatchObject({ countedMicro: 5_000_000, lastedUs: 10_000_000 });
  });
});

describe('bounds', () => {
  const hour = 3600 * secondUs;
  const step = (micro: number, us: number): [RegisterPoint, RegisterPoint] => [
    { atUs: startUs, registerMicro: 50_000_000 },
    { atUs: startUs + us, registerMicro: 50_000_000 + micro },
  ];
  const net: PathRules = { ...rising, kind: 'net' };
  const gas: PathRules = { ...rising, unit: 'm³' };

  it('are what the connection delivers', () => {
    expect(isTooFast(rising, ...step(100_000_000, hour))).toBe(false);
    expect(isTooFast(rising, ...step(100_000_001, hour))).toBe(true);
    expect(isTooFast(rising, ...step(50_000_001, hour / 2))).toBe(true);
    expect(isTooFast(gas, ...step(25_000_000, hour))).toBe(false);
    expect(isTooFast(gas, ...step(25_000_001, hour))).toBe(true);
    expect(isTooFast(rising, ...step(-200_000_000, hour))).toBe(false);
    expect(isTooFast(net, ...step(-100_000_001, hour))).toBe(true);
  });

  it('of a jump are that and a coarse digit, or ten times its own highest hour and five more, soon', () => {
    expect(isJump(rising, ...step(102_000_000, hour))).toBe(false);
    expect(isJump(rising, ...step(102_000_001, hour))).toBe(true);
    const known = { ...rising, highestUsualMicro: 400_000 };
    expect(isJump(known, ...step(6_000_000, hour / 4))).toBe(false);
    expect(isJump(known, ...step(6_000_001, hour / 4))).toBe(true);
    expect(isJump(known, ...step(9_000_000, hour / 4 + 1))).toBe(false);
    expect(isJump(rising, ...step(6_000_001, hour / 4))).toBe(false);
    expect(isJump({ ...net, highestUsualMicro: 0 }, ...step(-5_000_001, 1))).toBe(true);
  });

  it('of a fall are nine tenths', () => {
    expect(isFall(rising, ...step(-5_000_000, hour))).toBe(false);
    expect(isFall(rising, ...step(-5_000_001, hour))).toBe(true);
    expect(isFall(net, ...step(-50_000_000, hour))).toBe(false);
  });

  it('of what the ledger takes are 0', () => {
    expect(pathOf('rising', [{ registerMicro: 0 }, { registerMicro: -1 }])).toEqual([{ registerMicro: 0 }]);
  });
});

describe('any plausible life', () => {
  /** Steps of at most 3 kWh an hour, ten seconds to an hour apart. */
  const life = fc
    .array(
      fc.record({
        seconds: fc.integer({ min: 10, max: 3600 }),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      {
        minLength: 4,
        maxLength: 60,
      },
    )
    .map((steps) => {
      let [atUs, registerMicro] = [startUs, 1_000_000_000];
      return [
        { atUs, registerMicro },
        ...steps.map(({ seconds, part }) => {
          atUs += seconds * secondUs;
          registerMicro += Math.round((part * 3_000_000 * seconds) / 3600);
          return { atUs, registerMicro };
        }),
      ];
    });

  it('has nothing to find', () => {
    fc.assert(
      fc.property(life, (points) => {
        expect(found(points)).toEqual([]);
      }),
    );
  });

  it('with a spike in it has that spike, and without it nothing', () => {
    fc.assert(
      fc.property(
        life,
        fc.nat(),
        fc.constantFrom(0, 3_000_000, 400_000_000, 900_000_000_000),
        (points, seed, value) => {
          const place = 1 + (seed % (points.length - 2));
          const [before, after] = [points[place - 1], points[place]];
          if (before === undefined || after === undefined) throw new Error('inside');
          const away = { atUs: Math.round((before.atUs + after.atUs) / 2), registerMicro: value };
          const with_ = [...points.slice(0, place), away, ...points.slice(place)];
          const spikes = findSpikes(rising, with_);
          expect(spikes).toHaveLength(1);
          expect(withoutSpikes(with_, spikes)).toEqual(points);
        },
      ),
    );
  });
});
