/**
 * Goal: when a device was on, to the microsecond.
 * Method: vectors by hand.
 */
import { describe, expect, it } from 'vitest';
import { quarterHourUs } from '../../units/durations.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { SwitchReading } from '../evidence.ts';
import { OnTime, quarterHoursOf, switchSpans } from './switch-state.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const switched = (atUs: number, isOn: boolean | null): SwitchReading => ({ atUs, isOn, origin: 'stream' });
const spans = (readings: readonly SwitchReading[], startUs: number, endUs: number, nowUs: number) =>
  [...switchSpans(readings, startUs, endUs, nowUs)].map((span) => [
    span.startUs,
    span.endUs,
    span.reading.isOn,
  ]);

describe('the state of a switch', () => {
  it('lasts until the next one, or until now, and not during an absence', () => {
    const readings = [switched(10, true), switched(20, null), switched(30, false), switched(40, true)];
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

  it('is cut to the requested interval', () => {
    expect(spans([switched(10, true), switched(20, false)], 15, 25, 60)).toEqual([
      [15, 20, true],
      [20, 25, false],
    ]);
    expect(spans([switched(10, true), switched(20, false), switched(30, true)], 20, 30, 60)).toEqual([
      [20, 30, false],
    ]);
  });
});

describe('an interval in quarter-hours', () => {
  it('is cut at each of their boundaries, and at one instant more', () => {
    const cut = (from: number, to: number, at?: number) =>
      [
        ...quarterHoursOf(
          { startUs: start + from, endUs: start + to },
          at === undefined ? undefined : start + at,
        ),
      ].map(({ startUs, endUs }) => [startUs - start, endUs - start]);
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

  it('has how long a device was on, and null where that is not known', () => {
    const onTime = new OnTime();
    onTime.add({ startUs: start + 5, endUs: start + quarterHourUs + 7 }, true);
    onTime.add({ startUs: start + quarterHourUs + 7, endUs: start + 2 * quarterHourUs + 1 }, false);
    onTime.add({ startUs: start + quarterHourUs + 9, endUs: start + quarterHourUs + 19 }, true);
    expect([0, 1, 2, 3].map((quarterHours) => onTime.of(start + quarterHours * quarterHourUs))).toEqual([
      quarterHourUs - 5,
      17,
      0,
      null,
    ]);
  });
});
