/**
 * Goal: when a device was on, and what is left of a time outside of others, to the microsecond.
 * Method: vectors by hand; times of small whole numbers, held against a sum instant by instant.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quarterHourStartUs, quarterHourUs } from '../../units/quarter-hour.ts';
import type { SwitchReading } from '../evidence.ts';
import { type Hole, joinedGaps, OnTime, outside, quarterHoursOf, switchSpans } from './switch-state.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const told = (atUs: number, isOn: boolean | null): SwitchReading => ({ atUs, isOn, origin: 'stream' });
const spans = (readings: readonly SwitchReading[], startUs: number, endUs: number, nowUs: number) =>
  [...switchSpans(readings, startUs, endUs, nowUs)].map((span) => [
    span.startUs,
    span.endUs,
    span.reading.isOn,
  ]);

describe('what a switch said', () => {
  it('holds until its next word, or until now, and not where it was absent', () => {
    const readings = [told(10, true), told(20, null), told(30, false), told(40, true)];
    expect(spans(readings, 0, 100, 60)).toEqual([
      [10, 20, true],
      [30, 40, false],
      [40, 60, true],
    ]);
    expect(spans(readings, 0, 100, 40)).toEqual([
      [10, 20, true],
      [30, 40, false],
    ]);
  });

  it('is cut to the time that is asked for', () => {
    expect(spans([told(10, true), told(20, false)], 15, 25, 60)).toEqual([
      [15, 20, true],
      [20, 25, false],
    ]);
    expect(spans([told(10, true), told(20, false), told(30, true)], 20, 30, 60)).toEqual([[20, 30, false]]);
  });
});

const hole = fc.record({ from: fc.nat(40), long: fc.integer({ min: 1, max: 8 }) });
const holes = fc
  .array(hole, { maxLength: 8 })
  .map((list) => list.map(({ from, long }): Hole => ({ startUs: from, endUs: from + long })));
const isIn = (list: readonly Hole[], atUs: number) =>
  list.some(({ startUs, endUs }) => startUs <= atUs && atUs < endUs);
const instants = (startUs: number, endUs: number) =>
  Array.from({ length: endUs - startUs }, (_, index) => startUs + index);

describe('times', () => {
  it('that are joined are those of both, ascending and apart', () => {
    fc.assert(
      fc.property(holes, holes, (one, other) => {
        const joined = joinedGaps(one, other);
        for (const atUs of instants(0, 60))
          expect(isIn(joined, atUs)).toBe(isIn(one, atUs) || isIn(other, atUs));
        for (const [place, { startUs }] of joined.entries())
          expect(startUs).toBeGreaterThan(joined[place - 1]?.endUs ?? -1);
      }),
    );
  });

  it('are left outside of holes, span after span', () => {
    fc.assert(
      fc.property(holes, fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 10 }), (list, lengths) => {
        const apart = joinedGaps(list, []);
        const left = outside(apart);
        let atUs = 0;
        for (const long of lengths) {
          const parts = [...left(atUs, atUs + long)];
          expect(parts.every(([from, to]) => from < to)).toBe(true);
          expect(parts.flatMap(([from, to]) => instants(from, to))).toEqual(
            instants(atUs, atUs + long).filter((us) => !isIn(apart, us)),
          );
          // One part between two holes.
          expect(parts.length).toBeLessThanOrEqual(
            apart.filter(({ startUs, endUs }) => startUs < atUs + long && endUs > atUs).length + 1,
          );
          atUs += long;
        }
      }),
    );
  });
});

describe('a time in quarters', () => {
  it('is cut at each of their boundaries, and at one instant more', () => {
    const cut = (from: number, to: number, at?: number) =>
      [...quarterHoursOf(start + from, start + to, at === undefined ? undefined : start + at)].map(
        ([a, b]) => [a - start, b - start],
      );
    const q = quarterHourUs;
    expect(cut(5, 2 * q + 7)).toEqual([
      [5, q],
      [q, 2 * q],
      [2 * q, 2 * q + 7],
    ]);
    expect(cut(0, q)).toEqual([[0, q]]);
    expect(cut(5, 5)).toEqual([]);
    expect(cut(0, q, 9)).toEqual([
      [0, 9],
      [9, q],
    ]);
    for (const outsideIt of [0, q, -3, 5 * q]) expect(cut(0, q, outsideIt)).toEqual([[0, q]]);
  });

  it('knows how long a device was on, and null where that is not known', () => {
    const onTime = new OnTime();
    onTime.add(start + 5, start + quarterHourUs + 7, true);
    onTime.add(start + quarterHourUs + 7, start + 2 * quarterHourUs + 1, false);
    onTime.add(start + quarterHourUs + 9, start + quarterHourUs + 19, true);
    expect([0, 1, 2, 3].map((quarters) => onTime.of(start + quarters * quarterHourUs))).toEqual([
      quarterHourUs - 5,
      17,
      0,
      null,
    ]);
  });
});
