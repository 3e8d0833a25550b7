/**
 * Goal: a counter or a sensor that hangs is found, and one that has nothing to report is not.
 * Method: by hand, hours of both and readings of one.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hourUs } from '../../units/durations.ts';
import { frozenCounterFindings, type HourOfBoth } from './frozen-counter.ts';
import { Stillness } from './frozen-power.ts';

const hours = (...both: readonly (readonly [number | null, number | null])[]): HourOfBoth[] =>
  both.map(([countedMicro, meanW], place) => ({ startUs: place * hourUs, countedMicro, meanW }));

describe('frozenCounterFindings', () => {
  const find = (list: readonly HourOfBoth[]) => frozenCounterFindings('sensor.meter', 'sensor.power', list);

  it('finds a counter that stands while power flows', () => {
    const [finding, ...others] = find(hours([5, 400], [0, 500], [0, 500], [0, 500], [9, 500]));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ startUs: hourUs, endUs: 4 * hourUs, relatedEntityId: 'sensor.power' });
    expect(finding?.evidence).toContainEqual({ name: 'theirs', value: 1.5, unit: 'kWh' });
  });

  it.each([
    ['two hours', hours([0, 800], [0, 800], [1, 800])],
    ['standby', hours([0, 20], [0, 20], [0, 20], [0, 20])],
    ['less than a coarse digit', hours([0, 60], [0, 60], [0, 60])],
    ['an hour that is not known', hours([0, 900], [0, null], [0, 900], [null, 900], [0, 900])],
  ])('finds nothing in %s', (_, list) => {
    expect(find(list)).toEqual([]);
  });
});

describe('Stillness', () => {
  const still = (
    reported: readonly (readonly [hour: number, value: number | null])[],
    untilHour: number | null,
  ) => {
    const stillness = new Stillness();
    for (const [hour, value] of reported) stillness.take({ atUs: Math.round(hour * hourUs), value });
    return stillness.finding('sensor.power', untilHour === null ? null : untilHour * hourUs);
  };
  const lively = Array.from({ length: 60 }, (_, n) => [n / 60, 100 + (n % 7)] as const);

  it('finds a value that stands ten times longer than any other', () => {
    expect(still([...lively, [1, 345], [9, 120]], null)).toMatchObject({
      startUs: hourUs,
      endUs: 9 * hourUs,
    });
    expect(still([...lively, [1, 345]], 9)).toMatchObject({ kind: 'frozen', choices: ['accept', 'exclude'] });
  });

  it('finds nothing in 0, an absence, usual times, short times and a sensor with few readings', () => {
    expect(still([...lively, [1, 0], [9, 120]], null)).toBeNull();
    expect(still([...lively, [1, null]], 9)).toBeNull();
    expect(still([...lively, [1, 345], [2, 1], [10, 2]], null)).toBeNull();
    expect(still([...lively, [1, 345]], 5)).toBeNull();
    expect(still([[0, 345]], 100)).toBeNull();
  });

  it('finds the same however often a value is reported', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1.1, max: 8.9, noNaN: true }), { maxLength: 10 }), (repeats) => {
        const reported = [
          ...lively,
          [1, 345] as const,
          ...repeats.sort((a, b) => a - b).map((hour) => [hour, 345] as const),
        ];
        expect(still(reported, 9)).toMatchObject({ startUs: hourUs, endUs: 9 * hourUs });
      }),
    );
  });
});
