/**
 * Goal: a meter's count since an instant follows the domain's rules for resets, dips and totals.
 * Method: the examples of docs and issues, and properties over random registers.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StateClass } from '../home/entity.ts';
import { countReading, type MeterCount } from './meter-count.ts';

function counted(stateClass: StateClass | null, registers: readonly (number | null | [number, number])[]) {
  let count: MeterCount | null = null;
  for (const [atUs, register] of registers.entries()) {
    const [value, lastResetAtUs] = Array.isArray(register) ? register : [register, null];
    count = countReading(count, { atUs, value, lastResetAtUs, origin: 'stream' }, stateClass);
  }
  return count === null ? null : count.countedMicro / 1e6;
}

describe('meter count', () => {
  it.each<[string, StateClass | null, (number | null | [number, number])[], number | null]>([
    ['nothing read', 'total_increasing', [null], null],
    ['the first is the zero point', 'total_increasing', [8], 0],
    ['plain counting over an absence', 'total_increasing', [8, null, 8.5], 0.5],
    ['a dip that recovers', 'total_increasing', [8, 7.99, 8.01], 0.01],
    ['dips that creep down never reset', 'total_increasing', [100, 95, 91, 88, 101], 1],
    ['a reset counts the new register', 'total_increasing', [453.26, 458.26, 1.5], 6.5],
    ['a reset to zero', 'total_increasing', [10, 0, 0.25], 0.25],
    ['negative registers are skipped', 'total_increasing', [1, -5, 1.5], 0.5],
    ['exactly nine tenths is a dip', 'total_increasing', [1, 0.9, 1], 0],
    ['a total may fall', 'total', [5, 3, 4], -1],
    [
      'a total that tells its reset',
      'total',
      [
        [5, 1],
        [6, 1],
        [0.5, 2],
        [0.75, 2],
      ],
      1.75,
    ],
    ['a lost attribute is no reset', 'total', [[5, 1], 6, [7, 1]], 2],
    ['no state class counts as rising', null, [1, 2, 0.5], 1.5],
  ])('%s', (_, stateClass, registers, expected) => {
    expect(counted(stateClass, registers)).toBe(expected);
  });

  it('is the difference of the ends for a meter that only rises, to the last millionth', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2_000_000_000 }), { minLength: 1 }), (micros) => {
        const rising = [...micros].sort((a, b) => a - b);
        const difference = ((rising.at(-1) ?? 0) - (rising[0] ?? 0)) / 1e6;
        expect(
          counted(
            'total_increasing',
            rising.map((micro) => micro / 1e6),
          ),
        ).toBe(difference);
      }),
    );
  });

  it('never counts down for a rising meter', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -10, max: 1000, noNaN: true })), (values) => {
        let before = 0;
        let count: MeterCount | null = null;
        for (const [atUs, value] of values.entries()) {
          const reading = { atUs, value, lastResetAtUs: null, origin: 'stream' as const };
          count = countReading(count, reading, 'total_increasing');
          expect(count?.countedMicro ?? 0).toBeGreaterThanOrEqual(before);
          before = count?.countedMicro ?? 0;
        }
      }),
    );
  });
});
