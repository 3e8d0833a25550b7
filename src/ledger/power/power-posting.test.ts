/**
 * Goal: energy from power alone is the exact integral of what was measured, and a gap is never filled.
 * Method: vectors by hand; random curves compared with an integral summed piece by piece in whole
 * milliwatt-microseconds.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quarterHourUs } from '../../units/durations.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { PowerReading } from '../evidence.ts';
import { type PowerEvidence, type PowerRules, postPower } from './power-posting.ts';

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

  const post = (evidence: Partial<PowerEvidence>, nowMinutes: number, given: Partial<PowerRules> = {}) =>
    postPower(
      { ...rules, ...given },
      { powers: [], switches: [], ...evidence },
      ...everything,
      start + nowMinutes * minute,
    );

  it('cuts a value at the quarter-hours, each with the readings around it as evidence', () => {
    const entries = post({ powers: [reading(10, 600), reading(20, 0), reading(30, 0)] }, 30);
    expect(entries).toEqual([
      {
        ...{ kind: 'quantity', quarterHourStartUs: start, amountMicro: 50_000, coveredUs: 5 * minute },
        ...{ quality: 'measured', reason: 'integrated', isProvisional: false, onTimeUs: 5 * minute },
        ...{ firstEvidenceUs: start + 10 * minute, lastEvidenceUs: start + 20 * minute },
      },
      {
        ...{ kind: 'quantity', quarterHourStartUs: start + quarterHourUs, amountMicro: 50_000 },
        ...{ coveredUs: quarterHourUs, quality: 'measured', reason: 'integrated', isProvisional: false },
        ...{ firstEvidenceUs: start + 10 * minute, lastEvidenceUs: start + 30 * minute },
        onTimeUs: 5 * minute,
      },
    ]);
  });

  it('has a value alone as evidence where none followed within the longest gap, and the next one at its end', () => {
    const last = (minutes: number) =>
      post({ powers: [reading(0, 60), reading(minutes, 60)] }, 15)[0]?.lastEvidenceUs;
    expect(last(10)).toBe(start + 10 * minute);
    expect(post({ powers: [reading(0, 60), reading(20, 60)] }, 20)[0]).toMatchObject({
      ...{ firstEvidenceUs: start, lastEvidenceUs: start, coveredUs: 10 * minute },
    });
  });

  it('rounds halves of a milliwatt-hour away from zero', () => {
    const amount = (powerMw: number) =>
      post({ powers: [{ ...reading(0, 0), powerMw }] }, 15, { maxGapUs: quarterHourUs })[0]?.amountMicro;
    expect([1, 2, 3, 4, 5].map(amount)).toEqual([0, 1, 1, 1, 1]);
    expect([-1, -2, -3, -6].map(amount)).toEqual([0, -1, -1, -2]);
  });

  it('has no on-time without a limit of power for it, and counts from that limit on', () => {
    const onTime = (watts: number, onAboveMw: number | null) =>
      post({ powers: [reading(0, watts), reading(9, 0)] }, 9, { onAboveMw })[0]?.onTimeUs;
    expect([onTime(4.999, 5000), onTime(5, 5000), onTime(5, null)]).toEqual([0, 9 * minute, null]);
  });

  it('has the quality of the source of its readings, the worst of a quarter-hour', () => {
    const quality = (origin: PowerReading['origin'], isOn: boolean | null = null) =>
      post(
        {
          powers: [{ ...reading(0, 60), origin }, reading(5, 60)],
          switches: isOn === null ? [] : [{ atUs: start, isOn, origin }],
        },
        15,
      )[0]?.quality;
    expect([quality('stream'), quality('history'), quality('import')]).toEqual([
      ...['measured', 'recovered', 'imported'],
    ]);
    expect(quality('history', false)).toBe('recovered');
  });

  it('settles a quarter-hour by a reading after its end, and carries a value to the newest one', () => {
    const readings = [reading(0, 600), reading(8, 600), reading(15, 600)];
    const isOpen = (powers: readonly PowerReading[]) => post({ powers }, 0)[0]?.isProvisional;
    expect([isOpen(readings), isOpen(readings.slice(0, 2))]).toEqual([false, true]);
    // The clock is behind the readings.
    expect(post({ powers: readings }, 0)[0]?.amountMicro).toBe(150_000);
    const newest = postPower(
      rules,
      { powers: [reading(0, 600)], switches: [] },
      ...everything,
      start,
      start + 4 * minute,
    );
    expect(newest).toMatchObject([{ amountMicro: 40_000, isProvisional: true }]);
  });

  it('does not count an excluded reading as the newest', () => {
    const powers = [reading(0, 600), { ...reading(15, 9000), isExcluded: true }];
    expect(post({ powers }, 15)[0]?.isProvisional).toBe(true);
  });

  it('is settled by the switch as well', () => {
    const [entry] = post(
      {
        powers: [reading(0, 600)],
        switches: [{ atUs: start + quarterHourUs, isOn: true, origin: 'stream' }],
      },
      0,
    );
    expect(entry).toMatchObject({ amountMicro: 100_000, isProvisional: false });
  });

  it('guesses from an excluded reading on, and not before', () => {
    const mad = { ...reading(20, 90_000), isExcluded: true };
    const entries = post({ powers: [reading(14, 600), mad, reading(24, 60), reading(30, 60)] }, 30);
    expect(entries.map((entry) => [entry.amountMicro, entry.coveredUs / minute, entry.reason])).toEqual([
      [10_000, 1, 'integrated'],
      [90_000 + 6000, 5 + 6, 'corrected'],
    ]);
    expect(entries[1]).toMatchObject({ quality: 'estimated' });
  });

  it('counts a declared amount evenly over its interval, and settles it', () => {
    const amount = { startUs: start + 10 * minute, endUs: start + 30 * minute, amountMicro: 4_000_001 };
    const entries = post({ powers: [reading(5, 600)], amounts: [amount] }, 5);
    expect(entries.map((entry) => [entry.amountMicro, entry.coveredUs, entry.isProvisional])).toEqual([
      [1_000_000, 0, false],
      [3_000_001, 0, false],
    ]);
    expect(entries[1]).toMatchObject({
      ...{ kind: 'quantity', quality: 'estimated', reason: 'corrected', onTimeUs: null },
      ...{ firstEvidenceUs: amount.startUs, lastEvidenceUs: amount.endUs },
    });
    const later = { startUs: start + 40 * minute, endUs: start + 60 * minute, amountMicro: 8 };
    expect(
      post({ amounts: [amount, later] }, 5).map((entry) => [entry.amountMicro, entry.isProvisional]),
    ).toEqual([
      [1_000_000, false],
      [3_000_001, false],
      [2, false],
      [6, false],
    ]);
  });

  it('puts a declared amount over the power and the switch', () => {
    const amount = { startUs: start + 5 * minute, endUs: start + 10 * minute, amountMicro: 7000 };
    const off = { atUs: start + 8 * minute, isOn: false, origin: 'stream' } as const;
    const powers = [reading(0, 600), reading(6, 600), reading(12, 600), reading(15, 0)];
    const [entry] = post({ powers, switches: [off], amounts: [amount] }, 15);
    // Ten watt-hours a minute for five minutes, then seven declared, then five minutes switched off.
    expect(entry).toMatchObject({ amountMicro: 50_000 + 7000, coveredUs: 10 * minute });
    // For three minutes of the five it is unknown whether it was on.
    expect(entry?.onTimeUs).toBe(5 * minute);
  });

  it('measures 0 while the switch is off, per quarter-hour', () => {
    const off = { atUs: start + 5 * minute, isOn: false, origin: 'stream' } as const;
    const entries = post({ switches: [off] }, 40);
    expect(
      entries.map((entry) => [entry.coveredUs / minute, entry.firstEvidenceUs, entry.lastEvidenceUs]),
    ).toEqual([10, 15, 10].map((minutes) => [minutes, off.atUs, off.atUs]));
    expect(entries[0]).toMatchObject({
      amountMicro: 0,
      reason: 'switched_off',
      quality: 'measured',
      onTimeUs: 0,
    });
  });

  it('returns the quarter-hours that begin in its range only', () => {
    const off = { atUs: start - 5 * quarterHourUs, isOn: false, origin: 'stream' } as const;
    const evidence = { powers: [reading(0, 600)], switches: [off] };
    const places = (startUs: number, endUs: number) =>
      postPower(rules, evidence, startUs, endUs, start + 4 * quarterHourUs).map(
        ({ quarterHourStartUs: us, coveredUs }) => [(us - start) / quarterHourUs, coveredUs / minute],
      );
    expect(places(start + quarterHourUs, start + 3 * quarterHourUs)).toEqual([
      [1, 15],
      [2, 15],
    ]);
    expect(places(start + quarterHourUs, start + 2 * quarterHourUs + minute)).toEqual([
      [1, 15],
      [2, 15],
    ]);
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
  it('is the exact integral, rounded once a quarter-hour', () => {
    fc.assert(
      fc.property(curve, fc.integer({ min: 0, max: 20 * minute }), (readings, tailUs) => {
        const nowUs = (readings.at(-1)?.atUs ?? start) + tailUs;
        const exact = new Map<number, { work: bigint; coveredUs: number }>();
        for (const [index, { atUs, powerMw }] of readings.entries()) {
          if (powerMw === null) continue;
          const endUs = Math.min(readings[index + 1]?.atUs ?? nowUs, atUs + rules.maxGapUs);
          let from = atUs;
          while (from < endUs) {
            const quarterHour = quarterHourStartUs(from);
            const to = Math.min(endUs, quarterHour + quarterHourUs);
            const sum = exact.get(quarterHour) ?? { work: 0n, coveredUs: 0 };
            sum.work += BigInt(powerMw) * BigInt(to - from);
            sum.coveredUs += to - from;
            exact.set(quarterHour, sum);
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
