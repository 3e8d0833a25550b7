/**
 * Goal: of every bucket the parts that are known and the part that is missing add up to what has passed of it.
 * Method: random quarters of a day; rows and merged rows are summed. By hand where the meter began.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qualities } from '../ledger/entries/entry.ts';
import { quarterHourUs } from '../units/durations.ts';
import { type CoverageRow, coverageRows, mergedCoverage, type QualityCount } from './coverage.ts';

const startUs = Date.UTC(2026, 9, 24, 22) * 1000;
const zone = 'Europe/Brussels';
const whole = (row: CoverageRow) =>
  Object.values(row.knownUs).reduce((sum, part) => sum + part, row.missingUs);

describe('coverageRows', () => {
  it('adds up to the time that has passed', () => {
    const one = fc.record({
      quality: fc.constantFrom(...qualities),
      coveredUs: fc.integer({ min: 0, max: quarterHourUs }),
      isThere: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(one, { minLength: 1, maxLength: 200 }),
        fc.constantFrom('quarter' as const, 'day' as const),
        (drawn, period) => {
          const endUs = startUs + drawn.length * quarterHourUs;
          const counts = drawn.flatMap(({ isThere, ...rest }, index): QualityCount[] => {
            const atUs = startUs + index * quarterHourUs;
            if (!isThere) return [];
            // Both days begin at 22:00 or 23:00 UTC.
            const dayUs =
              atUs < startUs + 25 * 4 * quarterHourUs ? startUs : startUs + 25 * 4 * quarterHourUs;
            const at = period === 'day' ? dayUs : atUs;
            return [{ entityId: 'sensor.a', startUs: at, reason: 'counted', quarters: 1, ...rest }];
          });
          const rows = coverageRows(counts, startUs, period, zone, startUs, endUs, endUs);
          const merged = mergedCoverage(rows);
          for (const list of [rows, merged])
            expect(list.reduce((sum, row) => sum + whole(row), 0)).toBe(endUs - startUs);
          expect(merged.length).toBeLessThanOrEqual(rows.length);
        },
      ),
    );
  });
  it('misses a microsecond', () => {
    const counts = (coveredUs: number): QualityCount[] => [
      { entityId: 'sensor.a', startUs, quality: 'measured', reason: 'counted', quarters: 1, coveredUs },
    ];
    const row = (coveredUs: number) =>
      coverageRows(
        counts(coveredUs),
        startUs,
        'quarter',
        zone,
        startUs,
        startUs + quarterHourUs,
        Infinity,
      )[0];
    expect(row(quarterHourUs)).toMatchObject({ missingUs: 0, why: [] });
    expect(row(quarterHourUs - 1)).toMatchObject({ missingUs: 1, why: ['nothing_heard'] });
  });
  it('says that nothing was there before the first entry, and that something is missing after it', () => {
    const reasons = (firstUs: number | null) =>
      coverageRows([], firstUs, 'quarter', zone, startUs, startUs + quarterHourUs, startUs + quarterHourUs)[0]
        ?.why;
    expect(reasons(null)).toEqual(['before_the_first']);
    expect(reasons(startUs + quarterHourUs)).toEqual(['before_the_first']);
    expect(reasons(startUs - quarterHourUs)).toEqual(['nothing_heard']);
  });
});
