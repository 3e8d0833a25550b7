/**
 * Goal: a bucket reports how much of it was measured, filled and missing, and why; alike neighbours are one row, which
 * says what its parts say.
 * Method: by hand for each quality; merged rows by property against the rows that they are made of.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Quality } from '../ledger/entries/entry.ts';
import { dayUs, quarterHourUs } from '../units/durations.ts';
import { type CoverageRow, coverageRows, mergedCoverage, type QualityCount } from './coverage.ts';

const startUs = Date.UTC(2026, 10, 20, 23) * 1000;
const zone = 'Europe/Brussels';
const count = (quality: Quality, quarters: number, coveredUs: number, extra: Partial<QualityCount> = {}) => ({
  ...{ entityId: 'sensor.a', startUs, quality, reason: 'counted' as const, quarters, coveredUs },
  ...extra,
});
const none = { measured: 0, imported: 0, recovered: 0, hourly: 0, estimated: 0 };
const day = (counts: readonly QualityCount[], nowUs = startUs + dayUs, firstUs: number | null = startUs) =>
  coverageRows(counts, firstUs, 'day', zone, startUs, startUs + dayUs, nowUs);

describe('the data quality of a bucket', () => {
  it.each([
    ['measured', { measured: 7 }, 'nothing_heard'],
    ['imported', { imported: 7 }, 'imported'],
    ['recovered', { recovered: 7 }, 'recovered_from_history'],
    // What was filled in part was measured in the other.
    ['hourly', { measured: 7, hourly: 2 * quarterHourUs - 7 }, 'only_hours_are_known'],
    ['estimated', { measured: 7, estimated: 2 * quarterHourUs - 7 }, 'silent_or_unavailable'],
  ] as const)('of two quarter-hours that are %s', (quality, known, why) => {
    const [row] = day([count(quality, 2, 7)]);
    const sum = Object.values(known).reduce((all: number, part) => all + part, 0);
    expect(row).toMatchObject({ startUs, endUs: startUs + dayUs, knownUs: { ...none, ...known } });
    expect(row?.missingUs).toBe(dayUs - sum);
    expect(row?.why).toEqual([...new Set([why, 'nothing_heard'])]);
  });

  it('adds up, and names a correction', () => {
    const all = [
      count('measured', 40, 40 * quarterHourUs),
      count('measured', 16, 16 * quarterHourUs),
      count('estimated', 40, 0, { reason: 'corrected' }),
      count('none', 4, 4 * quarterHourUs),
      count('imported', 96, 96 * quarterHourUs, { startUs: startUs + dayUs }),
    ];
    expect(day(all)).toEqual([
      {
        ...{ startUs, endUs: startUs + dayUs, missingUs: 0, why: ['corrected'] },
        knownUs: { ...none, measured: 56 * quarterHourUs, estimated: 40 * quarterHourUs },
      },
    ]);
    expect(day([count('measured', 96, dayUs)])[0]?.why).toEqual([]);
    // No bucket reports more than has passed.
    expect(day([count('measured', 96, dayUs)], startUs + dayUs / 2)[0]?.missingUs).toBe(0);
  });

  it('is reported for buckets that have begun, for the time that has passed', () => {
    const rows = (nowUs: number) =>
      coverageRows([], startUs, 'day', zone, startUs, startUs + 3 * dayUs, nowUs);
    expect(rows(startUs)).toEqual([]);
    expect(rows(startUs + 1).map(({ missingUs }) => missingUs)).toEqual([1]);
    expect(rows(startUs + dayUs)).toHaveLength(1);
    expect(rows(startUs + dayUs + 9).map(({ endUs, missingUs }) => [endUs, missingUs])).toEqual([
      [startUs + dayUs, dayUs],
      [startUs + 2 * dayUs, 9],
    ]);
    expect(rows(startUs + 9 * dayUs)).toHaveLength(3);
  });

  it('distinguishes the time before the first entry from a silence', () => {
    const why = (firstUs: number | null) => day([], startUs + dayUs, firstUs)[0]?.why;
    expect([why(null), why(startUs + 1), why(startUs)]).toEqual([
      ...[['before_the_first'], ['before_the_first'], ['nothing_heard']],
    ]);
  });
});

describe('merged rows', () => {
  const row = (index: number, extra: Partial<CoverageRow> = {}): CoverageRow => ({
    ...{ startUs: startUs + index * 100, endUs: startUs + (index + 1) * 100, missingUs: 0, why: [] },
    ...{ knownUs: { ...none, measured: 100 } },
    ...extra,
  });

  it('are one where they follow each other and say the same of their length', () => {
    expect(mergedCoverage([row(0), row(1), row(2)])).toEqual([
      { ...row(0), endUs: startUs + 300, knownUs: { ...none, measured: 300 } },
    ]);
    const long = { ...row(1), endUs: startUs + 400, knownUs: { ...none, measured: 300 } };
    expect(mergedCoverage([row(0), long])).toHaveLength(1);
    expect(mergedCoverage([long, row(4)])).toEqual([
      { ...long, endUs: startUs + 500, knownUs: { ...none, measured: 400 } },
    ]);
  });

  it.each([
    ['there is a gap between them', [row(0), row(2)]],
    ['the reasons differ', [row(0), row(1, { why: ['corrected'] })]],
    ['more is missing', [row(0, { missingUs: 5 }), row(1, { missingUs: 6 })]],
    ['another part was measured', [row(0), row(1, { knownUs: { ...none, imported: 100 } })]],
    ['one is longer', [row(0, { missingUs: 5 }), row(1, { missingUs: 5, endUs: startUs + 300 })]],
  ])('are two where %s', (_, rows) => {
    expect(mergedCoverage(rows)).toEqual(rows);
  });

  it('add up to what they are made of', () => {
    const rows = fc
      .array(fc.tuple(fc.constantFrom(0, 5, 10), fc.integer({ min: 1, max: 3 })), {
        minLength: 1,
        maxLength: 20,
      })
      .map((drawn) => {
        let at = startUs;
        return drawn.map(([tenths, length]): CoverageRow => {
          const from = at;
          at += length * 100;
          const missingUs = length * 10 * tenths;
          const knownUs = { ...none, measured: length * 100 - missingUs };
          return { startUs: from, endUs: at, missingUs, knownUs, why: [] };
        });
      });
    fc.assert(
      fc.property(rows, (drawn) => {
        const merged = mergedCoverage(drawn);
        expect(merged.reduce((sum, one) => sum + one.missingUs, 0)).toBe(
          drawn.reduce((sum, one) => sum + one.missingUs, 0),
        );
        // Of any instant they say the same part.
        for (const one of drawn) {
          const around = merged.find(({ startUs: from, endUs }) => from <= one.startUs && one.endUs <= endUs);
          if (around === undefined) throw new Error('no row is around it');
          const part = around.missingUs / (around.endUs - around.startUs);
          expect(part).toBeCloseTo(one.missingUs / (one.endUs - one.startUs), 9);
        }
        for (const [index, one] of merged.slice(1).entries()) {
          const before = merged[index];
          if (before === undefined) continue;
          const part = (of: CoverageRow) => of.missingUs / (of.endUs - of.startUs);
          expect(part(before)).not.toBeCloseTo(part(one), 9);
        }
      }),
    );
  });
});
