/**
 * Goal: energy from power alone is the exact integral of what was measured, and a gap is never filled.
 * Method: vectors by hand; random curves held against an integral summed piece by piece in whole milliwatt-microseconds.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quarterHourStartUs, quarterHourUs } from '../../units/quarter-hour.ts';
import type { PowerReading } from '../evidence.ts';
import { postPower } from './power-posting.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const minute = 60_000_000;
const rules = { maxGapUs: 10 * minute, onAboveMw: 5000 };
const everything = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

function reading(minutes: number, watts: number | null): PowerReading {
  return { atUs: start + minutes * minute, powerMw: watts === null ? null : watts * 1000, origin: 'stream' };
}

describe('postPower, by hand', () => {
  it('holds each value until the next: 60 W for five minutes, 120 W for ten is 25 Wh', () => {
    const readings = [reading(0, 60), reading(5, 120), reading(15, 0)];
    const entries = postPower(rules, { powers: readings, switches: [] }, ...everything, start + 15 * minute);
    expect(entries).toMatchObject([{ amountMicro: 25_000, coveredUs: quarterHourUs, isProvisional: false }]);
    expect(entries[0]?.onTimeUs).toBe(quarterHourUs);
  });

  it('does not carry a value past the longest gap', () => {
    const entries = postPower(
      rules,
      { powers: [reading(0, 600), reading(14, 600)], switches: [] },
      ...everything,
      start + 15 * minute,
    );
    expect(entries).toMatchObject([{ amountMicro: 110_000, coveredUs: 11 * minute, isProvisional: true }]);
  });

  it('counts nothing while the sensor is unavailable', () => {
    const readings = [reading(0, 600), reading(3, null), reading(12, 600), reading(15, 600)];
    const entries = postPower(rules, { powers: readings, switches: [] }, ...everything, start + 15 * minute);
    expect(entries).toMatchObject([{ amountMicro: 60_000, coveredUs: 6 * minute }]);
  });

  it('counts standby as use but not as on-time', () => {
    const entries = postPower(
      rules,
      { powers: [reading(0, 4), reading(7, 40)], switches: [] },
      ...everything,
      start + 15 * minute,
    );
    expect(entries[0]?.onTimeUs).toBe(8 * minute);
  });
});

const curve = fc
  .array(
    fc.record({
      waitUs: fc.integer({ min: 1, max: 20 * minute }),
      powerMw: fc.option(fc.integer({ min: -5_000_000, max: 20_000_000 }), { freq: 8 }),
    }),
    { minLength: 1, maxLength: 80 },
  )
  .map((steps) => {
    let atUs = start;
    return steps.map(({ waitUs, powerMw }): PowerReading => {
      atUs += waitUs;
      return { atUs, powerMw, origin: 'stream' };
    });
  });

describe('postPower, any curve', () => {
  it('is the exact integral, rounded once a quarter', () => {
    fc.assert(
      fc.property(curve, fc.integer({ min: 0, max: 20 * minute }), (readings, tailUs) => {
        const nowUs = (readings.at(-1)?.atUs ?? start) + tailUs;
        const exact = new Map<number, { work: bigint; coveredUs: number }>();
        for (const [index, { atUs, powerMw }] of readings.entries()) {
          if (powerMw === null) continue;
          const endUs = Math.min(readings[index + 1]?.atUs ?? nowUs, atUs + rules.maxGapUs);
          let from = atUs;
          while (from < endUs) {
            const quarter = quarterHourStartUs(from);
            const to = Math.min(endUs, quarter + quarterHourUs);
            const sum = exact.get(quarter) ?? { work: 0n, coveredUs: 0 };
            sum.work += BigInt(powerMw) * BigInt(to - from);
            sum.coveredUs += to - from;
            exact.set(quarter, sum);
            from = to;
          }
        }
        const entries = postPower(rules, { powers: readings, switches: [] }, ...everything, nowUs);
        expect(entries.map((entry) => entry.quarterHourStartUs)).toEqual(
          [...exact.keys()].sort((a, b) => a - b),
        );
        for (const entry of entries) {
          const sum = exact.get(entry.quarterHourStartUs);
          expect(entry.coveredUs).toBe(sum?.coveredUs);
          const error = BigInt(entry.amountMicro) * 3_600_000_000n - (sum?.work ?? 0n);
          expect(error < 0n ? -error : error).toBeLessThanOrEqual(1_800_000_000n);
        }
      }),
    );
  });
});
