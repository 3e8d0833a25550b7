/**
 * Goal: a register's pace is that of its own steps, whatever went wrong around them.
 * Method: steps by hand, with each kind of reading that must not count.
 */

import { describe, expect, it } from 'vitest';
import { minuteUs } from '../../units/durations.ts';
import { isCyclic, paceOf, paceReadings, paceTimes, smallestMicro } from './own-pace.ts';
import type { PathRules, RegisterPoint } from './register-path.ts';

const rising: PathRules = { kind: 'rising', unit: 'kWh', highestUsualMicro: null };
/** Readings a minute apart, in thousandths of a unit. */
const path = (...values: readonly number[]): RegisterPoint[] =>
  values.map((value, place) => ({ atUs: place * minuteUs, registerMicro: value * 1000 }));
const most = (micro: number) => paceTimes * micro + smallestMicro;

describe('paceOf', () => {
  it('scales the largest step up to longer times, and never down', () => {
    const pace = paceOf(rising, path(100, 120, 150, 160), []);
    expect(pace.steps).toBe(3);
    expect(pace.usualUs).toBe(minuteUs);
    expect(pace.mostMicro(minuteUs)).toBe(most(30_000));
    expect(pace.mostMicro(1)).toBe(most(30_000));
    expect(pace.mostMicro(2 * minuteUs)).toBe(most(60_000));
  });

  it('has the middle one of its durations as its usual one', () => {
    const at = (minutes: number, value: number) => ({ atUs: minutes * minuteUs, registerMicro: value });
    expect(paceOf(rising, [at(0, 0), at(60, 1), at(70, 2), at(100, 3)], [])).toMatchObject({
      ...{ steps: 3, usualUs: 30 * minuteUs },
    });
    expect(paceOf(rising, [], path(5, 7, 9)).usualUs).toBe(minuteUs);
    expect(paceOf(rising, [], path(100, 110, 110, 110)).usualUs).toBe(minuteUs);
    expect(paceOf(rising, [], path(100, 900, 100, 100)).steps).toBe(0);
  });

  it('takes two readings in a moment for a digit', () => {
    const points = path(100, 110, 120, 130);
    const twice = [...points, { atUs: 3 * minuteUs + 1000, registerMicro: 140_000 }];
    expect(paceOf(rising, twice, []).mostMicro(minuteUs)).toBe(most(10_000));
  });

  it('is presumed where no step is known', () => {
    const pace = paceOf(rising, path(100), path(100));
    expect(pace).toMatchObject({ steps: 0, usualUs: 0 });
    expect(pace.mostMicro(6 * minuteUs)).toBe(1_000_000 + smallestMicro);
    expect(paceOf({ ...rising, unit: 'm³' }, [], []).mostMicro(60 * minuteUs)).toBe(
      5_000_000 + smallestMicro,
    );
  });

  it('knows steps of both sides, as far as they are near', () => {
    const many = Array.from({ length: paceReadings + 1 }, (_, n) => (n === 0 ? 0 : 1000 + n));
    expect(paceOf(rising, path(...many), []).mostMicro(1)).toBe(most(1000));
    expect(paceOf(rising, path(...many.slice(0, -1)), []).mostMicro(1)).toBe(most(1_001_000));
    const after = Array.from({ length: paceReadings + 1 }, (_, n) => (n === paceReadings ? 9000 : n));
    expect(paceOf(rising, [], path(...after)).mostMicro(1)).toBe(most(1000));
    expect(paceOf(rising, path(1, 2), path(5, 7)).steps).toBe(2);
  });

  it.each<[string, number[], number]>([
    ['a fall', [100, 110, 0, 10, 20], 10],
    ['another value for one reading', [100, 110, 900, 120, 130], 10],
    ['another value for two readings', [100, 110, 900, 900, 120, 130], 10],
    ['an old value', [100, 110, 70, 120, 130], 10],
  ])('after a place passes over %s', (_, values, step) => {
    expect(paceOf(rising, [], path(...values)).mostMicro(minuteUs)).toBeLessThanOrEqual(most(2000 * step));
  });

  it('before a place takes no fall for a step', () => {
    expect(paceOf(rising, path(100, 110, 0, 5), []).mostMicro(1)).toBe(most(10_000));
    expect(paceOf(rising, path(100, 100, 90), []).steps).toBe(0);
  });

  it('of a net register has the steps both ways', () => {
    const net: PathRules = { ...rising, kind: 'net' };
    expect(paceOf(net, path(100, 90, 110), []).mostMicro(1)).toBe(most(20_000));
    expect(paceOf(net, path(100, 100), []).steps).toBe(0);
    expect(paceOf(net, [], path(100, 90, 95)).mostMicro(1)).toBe(most(10_000));
    expect(paceOf(net, [], path(100, 0, 101, 102)).mostMicro(1)).toBe(most(1000));
    expect(paceOf(net, [], path(100, 0, 101, 30)).mostMicro(1)).toBe(most(71_000));
  });
});

describe('isCyclic', () => {
  it('is a register that began anew three times around a place', () => {
    expect(isCyclic(rising, path(9, 1, 9, 1, 9, 1), 1)).toBe(true);
    expect(isCyclic(rising, path(9, 1, 9, 1, 9), 1)).toBe(false);
    expect(isCyclic({ ...rising, kind: 'net' }, path(9, 1, 9, 1, 9, 1), 1)).toBe(true);
    const first = [9, 1, 9, 1, 9, 1, ...Array.from({ length: 70 }, (_, n) => 100 + n)];
    expect(isCyclic(rising, path(...first), 2)).toBe(true);
    const far = [...Array.from({ length: 60 }, (_, n) => 100 + n), 1, 9, 1, 9, 1];
    expect(isCyclic(rising, path(...far), 5)).toBe(false);
    expect(isCyclic(rising, path(...far), 61)).toBe(true);
  });
});
