/**
 * Goal: Home Assistant's rows fill gaps, never replace readings, and never add spikes.
 * Method: by hand, with the shapes that its statistics have after resets and outages.
 */

import { describe, expect, it } from 'vitest';
import { hourUs } from '../../units/durations.ts';
import type { RegisterReading } from '../evidence.ts';
import { postCounter } from '../posting/counter-posting.ts';
import { usualRules } from '../posting/reposting.ts';
import {
  evidenceFromStatistics,
  mergeEvidence,
  type RecordedStatistics,
  withoutRepeatedRows,
} from './statistics-evidence.ts';

function rows(...values: [hour: number, state: number | null, sum: number | null][]): RecordedStatistics[] {
  return values.map(([hour, state, sum]) => ({
    startUs: hour * hourUs,
    endUs: (hour + 1) * hourUs,
    period: 'hour',
    state,
    sum,
  }));
}

function reading(hour: number, register: number | null): RegisterReading {
  const registerMicro = register === null ? null : Math.round(register * 1_000_000);
  return {
    kind: 'reading',
    atUs: Math.round(hour * hourUs),
    registerMicro,
    lastResetAtUs: null,
    origin: 'stream',
  };
}

function counted(rows: RecordedStatistics[]): number {
  const rules = { kind: 'rising', maxGapUs: hourUs, quarterHourGapUs: hourUs, certainMicro: 0 } as const;
  const evidence = evidenceFromStatistics('rising', rows);
  return postCounter(rules, null, evidence, 0, Number.MAX_SAFE_INTEGER)
    .entries.filter((entry) => entry.kind === 'quantity')
    .reduce((sum, entry) => sum + entry.amountMicro, 0);
}

describe('evidenceFromStatistics', () => {
  it('counts differences of registers and ignores a broken sum', () => {
    expect(counted(rows([0, 100, 50], [1, 101, 51], [2, 103, 0], [3, 104, 900]))).toBe(4_000_000);
  });

  it('uses the sum where the register fell, because it includes the use before the fall', () => {
    expect(counted(rows([0, 10, 50], [1, 0.2, 50.7]))).toBe(700_000);
  });

  it('uses the register alone where the sum at a fall is not plausible', () => {
    expect(counted(rows([0, 10, 50], [1, 0.2, 0]))).toBe(200_000);
    expect(counted(rows([0, 10, 50], [1, 0.2, 4000]))).toBe(200_000);
  });

  it('spreads a gap in the rows over the gap', () => {
    const evidence = evidenceFromStatistics('rising', rows([0, 100, 0], [9, 109, 9]));
    const rules = { kind: 'rising', maxGapUs: hourUs, quarterHourGapUs: hourUs, certainMicro: 0 } as const;
    const { entries } = postCounter(rules, null, evidence, 0, Number.MAX_SAFE_INTEGER);
    expect(entries).toHaveLength(36);
    expect(new Set(entries.map((entry) => entry.amountMicro))).toEqual(new Set([250_000]));
  });

  it('counts a fall once when a reading at the very start of the row shows it', () => {
    const readings = [reading(0.5, 40), reading(1, 12.1), reading(2.5, 12.3)];
    const fell = evidenceFromStatistics('rising', rows([0, 40, 40], [1, 12.1, 52.1]));
    const rules = { kind: 'rising', maxGapUs: hourUs, quarterHourGapUs: hourUs, certainMicro: 0 } as const;
    const { entries } = postCounter(
      rules,
      null,
      mergeEvidence(readings, [], fell),
      0,
      Number.MAX_SAFE_INTEGER,
    );
    const sum = (kind: string) =>
      entries.filter((entry) => entry.kind === kind).reduce((all, entry) => all + entry.amountMicro, 0);
    expect([sum('quantity'), sum('restart')]).toEqual([12_300_000, 40_000_000]);
  });

  it('uses the sum only at a fall, and only while it is plausible', () => {
    const changeOf = (...values: Parameters<typeof rows>) =>
      evidenceFromStatistics('rising', rows(...values)).at(-1)?.changeMicro;
    expect(changeOf([0, 10, 50], [1, 0.2, 50.7])).toBe(700_000);
    expect(changeOf([0, 10, 50], [1, 10, 65])).toBeNull();
    expect(changeOf([0, 10, 50], [1, 0.2, 50.2])).toBe(200_000);
    expect(changeOf([0, 10, 50], [1, 0.2, 50.199_999])).toBeNull();
    expect(changeOf([0, 10, 50], [1, 0.2, 150.2])).toBe(100_200_000);
    expect(changeOf([0, 10, 50], [1, 0.2, 150.200_001])).toBeNull();
    expect(changeOf([0, 10, null], [1, 0.2, 0.7])).toBeNull();
    expect(changeOf([0, 10, -0.7], [1, 0.2, null])).toBeNull();
    expect(changeOf([0, null, 50], [1, 0.2, 50.7])).toBeNull();
    expect(changeOf([0, 10, 50], [2, 0.2, 50.7])).toBeNull();
    expect(evidenceFromStatistics('net', rows([0, 10, 50], [1, 0.2, 50.7]))[1]?.changeMicro).toBeNull();
  });

  it('skips rows without a register', () => {
    expect(evidenceFromStatistics('rising', rows([0, null, null]))).toEqual([]);
  });
});

describe('mergeEvidence', () => {
  it('drops a row with a reading in its interval', () => {
    const hours = evidenceFromStatistics('rising', rows([0, 1, 1], [1, 2, 2], [2, 3, 3]));
    const merged = mergeEvidence([reading(1.5, 1.6), reading(2, 2)], [], hours);
    expect(merged.map((piece) => [piece.kind, piece.atUs / hourUs])).toEqual([
      ['row', 1],
      ['reading', 1.5],
      ['reading', 2],
      ['row', 3],
    ]);
  });

  it('compares each reading with the row in which it lies and later ones', () => {
    const hours = evidenceFromStatistics('rising', rows([1, 2, 2]));
    expect(mergeEvidence([reading(0.5, 1), reading(1.5, 1.6)], [], hours)).toHaveLength(2);
  });

  it('keeps rows through an absence, because they include what was counted meanwhile', () => {
    const hours = evidenceFromStatistics('rising', rows([0, 1, 1]));
    expect(mergeEvidence([reading(0.2, null)], [], hours).map((piece) => piece.kind)).toEqual([
      'reading',
      'row',
    ]);
  });

  it('has one piece per instant: the reading', () => {
    const hours = evidenceFromStatistics('rising', rows([0, 1, 1]));
    expect(mergeEvidence([reading(1, null)], [], hours)).toEqual([reading(1, null)]);
    expect(mergeEvidence([reading(1, 2)], [], hours)).toEqual([reading(1, 2)]);
    expect(mergeEvidence([reading(0, 1), reading(1.001, 2)], [], hours)).toHaveLength(3);
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

describe('withoutRepeatedRows', () => {
  const kept = (readings: RegisterReading[], statistics: RecordedStatistics[]) =>
    withoutRepeatedRows(mergeEvidence(readings, [], evidenceFromStatistics('rising', statistics))).map(
      ({ kind, atUs }) => `${kind} ${atUs / hourUs}`,
    );

  it('keeps the last of the rows that repeat a register', () => {
    const unmoved = rows([1, 7, 7], [2, 7, 7], [3, 7, 7], [4, 8, 8], [5, 8, 8], [6, 9, 9]);
    expect(kept([reading(0.5, 7)], unmoved)).toEqual(['reading 0.5', 'row 4', 'row 5', 'row 6', 'row 7']);
    expect(kept([], rows([1, 7, 7], [2, 7, 7], [3, 7, 7]))).toEqual(['row 2', 'row 4']);
  });

  it('keeps readings, and rows around an absence', () => {
    expect(kept([reading(0.5, 7), reading(0.6, 7), reading(0.7, 7)], [])).toHaveLength(3);
    expect(kept([reading(0.5, 7), reading(0.6, null)], rows([1, 7, 7], [2, 7, 7]))).toEqual([
      'reading 0.5',
      'reading 0.6',
      'row 2',
      'row 3',
    ]);
  });
});

describe('a register that rows repeat', () => {
  const usual = { ...usualRules, kind: 'rising', maxGapUs: usualRules.registerGapUs } as const;
  const posted = (readings: RegisterReading[], statistics: RecordedStatistics[]) =>
    postCounter(
      usual,
      null,
      mergeEvidence(readings, [], evidenceFromStatistics('rising', statistics)),
      0,
      Number.MAX_SAFE_INTEGER,
    ).entries.map(({ quarterHourStartUs, amountMicro, quality }) => [
      quarterHourStartUs / hourUs,
      amountMicro,
      quality,
    ]);
  /** A reading each quarter-hour of these hours. */
  const promptly = (...hours: number[]) =>
    hours.flatMap((hour, index) =>
      [0, 1, 2, 3].map((quarterHour) =>
        reading(hour + quarterHour / 4, 7 + (index * 4 + quarterHour) / 10 + quarterHour / 1000),
      ),
    );

  it('did not move, when its own rhythm proves it: the night of a silent tariff is measured', () => {
    const readings = [...promptly(0, 1), reading(9.25, 7.803)];
    const night = rows(
      ...[2, 3, 4, 5, 6, 7, 8].map((hour): [number, number, number] => [hour, 7.703, 7.703]),
    );
    const held = posted(readings, night);
    expect(new Set(held.map(([, , quality]) => quality))).toEqual(new Set(['measured']));
    expect(held.at(-1)).toEqual([9, 100_000, 'measured']);
    const between = posted(readings, []).filter(([hour]) => Number(hour) > 2);
    expect(new Set(between.map(([, , quality]) => quality))).toEqual(new Set(['estimated']));
  });

  it('may have counted all the while, when it reports hourly', () => {
    const readings = Array.from({ length: 9 }, (_, hour) => reading(hour + 0.01, 7 + hour * 1.5));
    const late = [...readings, reading(9.01, 7 + 8 * 1.5 + 6)];
    const fives = Array.from({ length: 11 }, (_, n) => ({
      startUs: 8 * hourUs + ((n + 1) * hourUs) / 12,
      endUs: 8 * hourUs + ((n + 2) * hourUs) / 12,
      period: '5minute' as const,
      ...{ state: 7 + 8 * 1.5, sum: 12 },
    }));
    const withRows = postCounter(
      usual,
      null,
      mergeEvidence(late, evidenceFromStatistics('rising', fives), []),
      0,
      Number.MAX_SAFE_INTEGER,
    );
    const alone = postCounter(usual, null, late, 0, Number.MAX_SAFE_INTEGER);
    expect(withRows.entries).toEqual(alone.entries);
    expect(withRows.entries.every(({ quality }) => quality === 'hourly')).toBe(true);
  });

  it('begins with the rhythm of its first moves: a device that starts after a silence of rows', () => {
    const minute = hourUs / 60;
    const readings = [0, ...[65, 70, 75, 80, 85]].map((at, place) =>
      reading(at / 60, 7 + place * 0.583 + 0.001 * place ** 2),
    );
    const fives = Array.from({ length: 12 }, (_, n) => ({
      startUs: n * 5 * minute,
      endUs: (n + 1) * 5 * minute,
      period: '5minute' as const,
      ...{ state: 7, sum: 0 },
    }));
    const merged = mergeEvidence(readings, evidenceFromStatistics('rising', fives), []);
    const { entries } = postCounter(usual, null, merged, 0, Number.MAX_SAFE_INTEGER);
    expect(entries.slice(0, 4).map(({ amountMicro, quality }) => [amountMicro, quality])).toEqual(
      Array.from({ length: 4 }, () => [0, 'measured']),
    );
    // With three moves it has no rhythm, and the first may lie anywhere.
    const early = postCounter(usual, null, merged.slice(0, -2), 0, Number.MAX_SAFE_INTEGER);
    expect(early.entries[0]).toMatchObject({ quality: 'hourly' });
  });
});
