/**
 * Goal: hourly readings never make a peak; the bounds of the peak are reported instead, and they hold.
 * Method: meters report at intervals, are posted, added up to the home's offtake and read as from the views; by hand,
 * and by property: two meters report at random instants, with random use between them.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postFlows, totalIds } from '../balance/flow-posting.ts';
import type { CounterEvidence, RegisterReading, StatisticsRow } from '../ledger/evidence.ts';
import { postCounter } from '../ledger/posting/counter-posting.ts';
import { usualRules } from '../ledger/posting/reposting.ts';
import { emptyBucket } from '../statistics/bucket.ts';
import { quarterHourUs } from '../units/durations.ts';
import { quarterHourStartUs } from '../units/quarter-hour.ts';
import { flemishPeakRules, type PeakRule } from './peak-rules.ts';
import { offtakeOf, peakWindows, type QuarterHourOfftake } from './peak-windows.ts';
import { monthPeak } from './peaks.ts';

const zone = 'Europe/Brussels';
const flanders = flemishPeakRules[0] as PeakRule;
const start = quarterHourStartUs(1_780_000_000_000_000);
const minute = 60_000_000;
const hour = 60 * minute;
const { registerGapUs: maxGapUs, quarterHourGapUs } = usualRules;
const rules = { kind: 'rising', maxGapUs, quarterHourGapUs, certainMicro: 0 } as const;

/** Minutes after the start, and the milliwatt-hours used until then. */
type Reported = readonly (readonly [minutes: number, mwh: number])[];

/** What the home took from the grid, as the quarter-hours of the view have it. */
function offtakesOf(...meters: readonly Reported[]): QuarterHourOfftake[] {
  const evidence = meters.map((reported) =>
    reported.map(([minutes, registerMicro]): RegisterReading => {
      const atUs = start + minutes * minute;
      return { kind: 'reading', atUs, registerMicro, lastResetAtUs: null, origin: 'stream' };
    }),
  );
  return offtakesOfEvidence(evidence);
}

function offtakesOfEvidence(meters: readonly (readonly CounterEvidence[])[]): QuarterHourOfftake[] {
  const entries = meters.map((evidence, index) => {
    return [`sensor.grid_${index}`, postCounter(rules, null, evidence, 0, Infinity).entries] as const;
  });
  const none = { gridOut: [], solar: [], batteryIn: [], batteryOut: [] };
  const sources = { gridIn: entries.map(([id]) => id), ...none };
  const total = postFlows(sources, new Map(entries)).get(totalIds.gridIn) ?? [];
  return total.flatMap(({ quarterHourStartUs: startUs, amountMicro, quality, coveredUs, ...entry }) => {
    const isWhole = coveredUs === quarterHourUs && quality !== 'hourly' && quality !== 'estimated';
    return offtakeOf({
      ...emptyBucket(totalIds.gridIn, startUs, startUs + quarterHourUs),
      ...{ amountMicro, quality, coveredUs, highestMicro: isWhole ? amountMicro : null },
      restsOn: { startUs: entry.firstEvidenceUs, endUs: entry.lastEvidenceUs },
    });
  });
}

function peakOf(quarters: readonly QuarterHourOfftake[], fromHour: number, untilHour: number) {
  const [startUs, endUs] = [start + fromHour * hour, start + untilHour * hour];
  return monthPeak(flanders, peakWindows(flanders, quarters, startUs, endUs, zone), zone);
}

/** A kilowatt, but for a quarter-hour of 5 kW in the fourth hour, reported at an interval of minutes. */
function reportedEvery(minutes: number, lateBy = 0): Reported {
  return Array.from({ length: Math.floor((8 * 60) / minutes) }, (_, index) => {
    const at = index * minutes + lateBy;
    return [at, Math.round((at / 60 + (4 / 60) * Math.min(15, Math.max(0, at - 210))) * 1_000_000)];
  });
}

describe('the peak of a meter', () => {
  it.each([5, 15])('that reports every %d minutes is measured', (minutes) => {
    const found = peakOf(offtakesOf(reportedEvery(minutes)), 1, 6);
    expect(found).toMatchObject({ powerW: 5000, atLeastW: 5000, atMostW: 5000, measuredWindows: 20 });
    expect(found.counted).toEqual([{ startUs: start + 3.5 * hour, powerW: 5000 }]);
  });

  it.each([30, 60])('that reports every %d minutes is not measured, but lies within bounds', (minutes) => {
    const found = peakOf(offtakesOf(reportedEvery(minutes)), 1, 6);
    expect(found).toMatchObject({ powerW: null, counted: [], measuredWindows: 0 });
    const kwh = minutes / 60 + 1;
    expect(found.atLeastW).toBeCloseTo((kwh / minutes) * 60_000, 0);
    expect(found.atMostW).toBeCloseTo(kwh * 4000, 0);
  });

  it('that reports every hour, a little late, may have been before or after', () => {
    const found = peakOf(offtakesOf(reportedEvery(60, 1)), 1, 6);
    expect(found.powerW).toBeNull();
    expect(found.atLeastW).toBeGreaterThan(1000);
    expect(found.atLeastW).toBeLessThan(2000);
    // The quarter-hour that both hours touch may hold both, of 1 and 2 kWh, and all else that was spread over them.
    expect(found.atMostW).toBeGreaterThan(12_000);
    expect(found.atMostW).toBeLessThan(14_000);
  });

  it('is not measured where only hours are known, though the register stood still in them', () => {
    // It moved each hour before, so an hour in which it did not was one without use.
    const before = 5;
    const usedMwh = [
      900_000, 1_100_000, 700_000, 1_300_000, 800_000, 0, 0, 0, 0, 0, 1_000_000, 1_000_000, 1_000_000,
    ];
    const rows = Array.from({ length: usedMwh.length }, (_, index): StatisticsRow => {
      const atUs = start + (index + 1 - before) * hour;
      const registerMicro = usedMwh.slice(0, index + 1).reduce((sum, mwh) => sum + mwh, 0);
      const figures = { registerMicro, changeMicro: null };
      return { kind: 'row', startUs: atUs - hour, atUs, period: 'hour', ...figures };
    });
    const found = (from: number, until: number) => peakOf(offtakesOfEvidence([rows]), from, until);
    expect(found(1, 5)).toMatchObject({ powerW: null, measuredWindows: 0, atLeastW: 0, atMostW: 0 });
    expect(found(1, 8)).toMatchObject({ powerW: null, measuredWindows: 0, atLeastW: 1000, atMostW: 4000 });
  });

  it('is bounded by hours also where the other tariff is silent all day', () => {
    const silent: Reported = [
      [-24 * 60, 0],
      [0, 0],
      [8 * 60, 0],
    ];
    const found = peakOf(offtakesOf(reportedEvery(60), silent), 2, 5);
    expect(found).toMatchObject({ powerW: null, counted: [] });
    expect(found.atMostW).toBeGreaterThanOrEqual(8000);
    expect(found.atMostW).toBeLessThanOrEqual(16_000);
  });
});

/**
 * Reported after a number of steps of five minutes each; with the use in each step, even where quarter-hours are
 * reported.
 */
const life = fc
  .array(
    fc.constantFrom(1, 2, 3, 3, 3, 4, 6, 9, 12, 12, 12, 15, 30).chain((steps) =>
      fc.oneof(
        fc.nat(300_000).map((mwh) => Array.from({ length: steps }, () => mwh)),
        steps * 5 * minute > quarterHourGapUs
          ? fc.array(fc.oneof(fc.constant(0), fc.nat(900_000)), { minLength: steps, maxLength: steps })
          : fc.constant(Array.from({ length: steps }, () => 0)),
      ),
    ),
    { minLength: 60, maxLength: 60 },
  )
  .map((spans) => {
    let register = 0;
    let minutes = 0;
    const reported: (readonly [number, number])[] = [[0, 0]];
    for (const steps of spans) {
      minutes += steps.length * 5;
      register += steps.reduce((sum, mwh) => sum + mwh, 0);
      reported.push([minutes, register]);
    }
    return { reported, used: spans.flat() };
  });

describe('bounds', () => {
  it('hold for meters that report at any instants', () => {
    fc.assert(
      fc.property(
        fc.array(life, { minLength: 1, maxLength: 2 }),
        fc.constantFrom(0, 1, 7),
        (meters, shift) => {
          const hours = Math.floor(Math.min(...meters.map(({ used }) => used.length)) / 12);
          const [fromHour, untilHour] = [shift / 4, Math.floor(hours * 0.8)];
          const truth = Array.from({ length: hours * 4 }, (_, quarter): QuarterHourOfftake => {
            const mwh = meters.flatMap(({ used }) => used.slice(quarter * 3, quarter * 3 + 3));
            const offtakeMwh = mwh.reduce((sum, one) => sum + one, 0);
            return { startUs: start + quarter * quarterHourUs, offtakeMwh, knownAs: 'quarter' };
          });
          const real = peakOf(truth, fromHour, untilHour);
          const found = peakOf(offtakesOf(...meters.map(({ reported }) => reported)), fromHour, untilHour);
          // Parts of a split are whole milliwatt-hours.
          const slackW = 0.1;
          expect(found.atLeastW ?? 0).toBeLessThanOrEqual((real.powerW ?? 0) + slackW);
          expect(found.atMostW ?? Infinity).toBeGreaterThanOrEqual((real.powerW ?? 0) - slackW);
          if (found.powerW !== null) expect(found.powerW).toBeLessThanOrEqual((real.powerW ?? 0) + slackW);
        },
      ),
      { numRuns: 400 },
    );
  });
});
