/**
 * Goal: Home Assistant's rows fill holes, never cover what was read, and never bring its spikes along.
 * Method: by hand, with the shapes that its statistics are known to take after resets and outages.
 */
import { describe, expect, it } from 'vitest';
import { postCounter } from './counter-posting.ts';
import type { CounterEvidence, RegisterReading } from './evidence.ts';
import { usualRules } from './reposting.ts';
import {
  evidenceFromStatistics,
  heldReadings,
  mergeEvidence,
  type RecordedStatistics,
} from './statistics-evidence.ts';

const hourUs = 3_600_000_000;

function rows(...told: [hour: number, state: number | null, sum: number | null][]): RecordedStatistics[] {
  return told.map(([hour, state, sum]) => ({
    startUs: hour * hourUs,
    endUs: (hour + 1) * hourUs,
    period: 'hour',
    state,
    sum,
  }));
}

function reading(hour: number, register: number | null): RegisterReading {
  const registerMicro = register === null ? null : register * 1_000_000;
  return { kind: 'reading', atUs: hour * hourUs, registerMicro, lastResetAtUs: null, origin: 'stream' };
}

function counted(told: RecordedStatistics[]): number {
  const rules = { kind: 'rising', maxGapUs: hourUs, quarterGapUs: hourUs, certainMicro: 0 } as const;
  const evidence = evidenceFromStatistics('rising', told);
  return postCounter(rules, null, evidence, 0, Number.MAX_SAFE_INTEGER)
    .entries.filter((entry) => entry.kind === 'quantity')
    .reduce((sum, entry) => sum + entry.amountMicro, 0);
}

describe('evidenceFromStatistics', () => {
  it('counts differences of registers and lets a broken sum be', () => {
    expect(counted(rows([0, 100, 50], [1, 101, 51], [2, 103, 0], [3, 104, 900]))).toBe(4_000_000);
  });

  it('believes the sum where the register fell, because it saw what came before', () => {
    expect(counted(rows([0, 10, 50], [1, 0.2, 50.7]))).toBe(700_000);
  });

  it('takes the register alone where the sum at a fall can not be', () => {
    expect(counted(rows([0, 10, 50], [1, 0.2, 0]))).toBe(200_000);
    expect(counted(rows([0, 10, 50], [1, 0.2, 4000]))).toBe(200_000);
  });

  it('spreads a hole in the rows over the hole', () => {
    const evidence = evidenceFromStatistics('rising', rows([0, 100, 0], [9, 109, 9]));
    const rules = { kind: 'rising', maxGapUs: hourUs, quarterGapUs: hourUs, certainMicro: 0 } as const;
    const { entries } = postCounter(rules, null, evidence, 0, Number.MAX_SAFE_INTEGER);
    expect(entries).toHaveLength(36);
    expect(new Set(entries.map((entry) => entry.amountMicro))).toEqual(new Set([250_000]));
  });

  it('skips rows without a register', () => {
    expect(evidenceFromStatistics('rising', rows([0, null, null]))).toEqual([]);
  });
});

describe('mergeEvidence', () => {
  it('drops a row in whose span something was read', () => {
    const hours = evidenceFromStatistics('rising', rows([0, 1, 1], [1, 2, 2], [2, 3, 3]));
    const merged = mergeEvidence([reading(1.5, 1.6), reading(2, 2)], [], hours);
    expect(merged.map((piece) => [piece.kind, piece.atUs / hourUs])).toEqual([
      ['row', 1],
      ['reading', 1.5],
      ['reading', 2],
      ['row', 3],
    ]);
  });

  it('keeps rows through an absence: they know what was counted meanwhile', () => {
    const hours = evidenceFromStatistics('rising', rows([0, 1, 1]));
    expect(mergeEvidence([reading(0.2, null)], [], hours).map((piece) => piece.kind)).toEqual([
      'reading',
      'row',
    ]);
  });

  it('prefers five minutes to an hour', () => {
    const five = {
      startUs: 0,
      atUs: hourUs / 12,
      registerMicro: 5,
      changeMicro: null,
      period: '5minute',
    } as const;
    const hours = evidenceFromStatistics('rising', rows([0, 1, 1]));
    expect(mergeEvidence([], [{ kind: 'row', ...five }], hours)).toHaveLength(1);
  });
});

describe('heldReadings', () => {
  const usual = { ...usualRules, kind: 'rising', maxGapUs: usualRules.registerGapUs } as const;
  const still = (before: RegisterReading | null, readings: RegisterReading[], told: RecordedStatistics[]) =>
    heldReadings('rising', mergeEvidence(readings, [], evidenceFromStatistics('rising', told)), before).map(
      ({ kind, atUs }) => `${kind} ${atUs / hourUs}`,
    );

  it('takes a row that tells the register of the reading before it for that reading', () => {
    expect(still(null, [reading(0.5, 7)], rows([1, 7, 7], [2, 7, 7], [3, 8, 8], [4, 8, 8]))).toEqual([
      'reading 0.5',
      'reading 2',
      'reading 3',
      'row 4',
      'row 5',
    ]);
    expect(still(reading(0.5, 7), [], rows([1, 7, 7]))).toEqual(['reading 2']);
  });

  it('leaves rows alone that follow on no reading, another register, or an absence', () => {
    expect(still(null, [], rows([1, 7, 7], [2, 7, 7]))).toEqual(['row 2', 'row 3']);
    expect(still(reading(0.5, 6), [], rows([1, 7, 7]))).toEqual(['row 2']);
    expect(still(null, [reading(0.5, 7), reading(0.6, null)], rows([1, 7, 7]))).toEqual([
      'reading 0.5',
      'reading 0.6',
      'row 2',
    ]);
  });

  it('makes the night of a silent tariff measured, and the quarter in which it speaks', () => {
    const told = [reading(0.5, 7), reading(9.25, 7.5)];
    const night = rows(...[1, 2, 3, 4, 5, 6, 7, 8].map((hour): [number, number, number] => [hour, 7, 7]));
    const posted = (evidence: CounterEvidence[]) =>
      postCounter(usual, null, evidence, 0, Number.MAX_SAFE_INTEGER).entries.map(
        ({ quarterStartUs, amountMicro, quality }) => [quarterStartUs / hourUs, amountMicro, quality],
      );
    const held = posted(
      heldReadings('rising', mergeEvidence(told, [], evidenceFromStatistics('rising', night)), null),
    );
    expect(held.slice(0, -1).every(([, amount, quality]) => amount === 0 && quality === 'measured')).toBe(
      true,
    );
    expect(held.at(-1)).toEqual([9, 500_000, 'measured']);
    expect(new Set(posted(told).map(([, , quality]) => quality))).toEqual(new Set(['estimated']));
  });
});
