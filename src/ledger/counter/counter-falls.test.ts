/**
 * Goal: a fall is a new cycle where Home Assistant reports it, or where no meter can have run backwards by so much.
 * Method: by hand, at the bounds and just beside them.
 */
import { describe, expect, it } from 'vitest';
import type { CounterEvidence } from '../evidence.ts';
import { stepCounter } from './counter.ts';
import { isFall, isUnexplainedFall } from './counter-falls.ts';

const moves = (...amounts: number[]) => amounts.map((amountMicro) => ({ intervalS: 60, amountMicro }));

describe('isFall', () => {
  it('is below nine tenths', () => {
    expect(isFall(899, 1000)).toBe(true);
    expect(isFall(900, 1000)).toBe(false);
    expect(isFall(0, 0)).toBe(false);
  });

  it('of a register that overflowed is the way back above 0', () => {
    expect(isFall(0, -5)).toBe(true);
    expect(isFall(-4, -5)).toBe(false);
  });
});

describe('isUnexplainedFall', () => {
  const falls = (beforeMicro: number, registerMicro: number, ...amounts: number[]) =>
    isUnexplainedFall({ rhythm: moves(...amounts), registerMicro: beforeMicro }, registerMicro);

  it('is far more than the register ever moved, where it never fell before', () => {
    expect(falls(8400, 0, 200, 300)).toBe(true);
    expect(falls(8400, 7199, 200, 300)).toBe(true);
    expect(falls(8400, 7200, 200, 300)).toBe(false);
    expect(falls(8400, 0, 1, 300)).toBe(true);
    expect(falls(8400, 0, 200, -1)).toBe(false);
    expect(falls(8400, 0, 200, 0)).toBe(false);
    expect(falls(20_000, 18_000, 200)).toBe(false);
    expect(falls(20_000, 17_999, 200)).toBe(true);
    expect(falls(8400, -1, 200)).toBe(false);
  });

  it('of a register that has not moved yet is below a tenth', () => {
    expect(falls(1000, 99)).toBe(true);
    expect(falls(1000, 100)).toBe(false);
  });

  it('is none where the sensor reports when its cycle began', () => {
    const read = (minutes: number, kwh: number, lastResetAtUs: number | null): CounterEvidence => ({
      ...{ kind: 'reading', atUs: minutes * 60_000_000, registerMicro: kwh * 1e6, lastResetAtUs },
      origin: 'stream',
    });
    const counted = (lastResetAtUs: number | null) => {
      const first = stepCounter('net', null, read(0, 14, lastResetAtUs)).state;
      const second = stepCounter('net', first, read(10, 15, lastResetAtUs)).state;
      return stepCounter('net', second, read(20, 0, lastResetAtUs)).deltas.map(({ amountMicro, cause }) => [
        amountMicro,
        cause,
      ]);
    };
    expect(counted(null)).toEqual([[0, 'reset']]);
    expect(counted(1)).toEqual([[-15_000_000, 'counted']]);
  });
});
