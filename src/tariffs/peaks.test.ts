/**
 * Goal: the month's peak is the one on the bill.
 * Method: rules by hand; a real meter's September 2022 (test/data, HomeWizard P1 registers every quarter-hour), whose
 * highest quarter is known: 3.176 kW on the 7th at 12:15.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { postCounter } from '../ledger/counter-posting.ts';
import type { RegisterReading } from '../ledger/evidence.ts';
import { microFromValue } from '../units/amount.ts';
import { localIso, monthRange } from '../units/calendar.ts';
import { quarterUs } from '../units/quarter.ts';
import { billedPeak, monthPeak, projectedPowerW, type QuarterOfftake, topPeaks } from './peaks.ts';

const zone = 'Europe/Brussels';
const flanders = { floorW: 2500, months: 12 };

function offtakes(...mwh: (number | null)[]): QuarterOfftake[] {
  return mwh.map((offtakeMwh, index) => ({ startUs: index * quarterUs, offtakeMwh, isMeasured: true }));
}

function homeWizard(): QuarterOfftake[] {
  const file = resolve(import.meta.dirname, '../../test/data/homewizard_2022-09_15min_electricity.csv');
  const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  const byQuarter = new Map<number, number>();
  for (const register of [1, 2]) {
    const evidence = rows.map((row): RegisterReading => {
      const cells = row.split(',');
      const local = Temporal.PlainDateTime.from((cells[0] ?? '').replace(' ', 'T')).toZonedDateTime(zone);
      return {
        kind: 'reading',
        atUs: local.epochMilliseconds * 1000,
        registerMicro: microFromValue(Number(cells[register])),
        lastResetAtUs: null,
        origin: 'import',
      };
    });
    const rules = { kind: 'rising', maxGapUs: 3_600_000_000, certainMicro: 0 } as const;
    for (const entry of postCounter(rules, null, evidence, 0, Number.POSITIVE_INFINITY).entries) {
      byQuarter.set(entry.quarterStartUs, (byQuarter.get(entry.quarterStartUs) ?? 0) + entry.amountMicro);
    }
  }
  return [...byQuarter].map(([startUs, offtakeMwh]) => ({ startUs, offtakeMwh, isMeasured: true }));
}

describe('monthPeak', () => {
  it('finds the peak of a real month: 3.176 kW on 7 September 2022 at 12:15', () => {
    const month = monthRange('2022-09', zone);
    if (month === null) throw new Error('a month');
    const quarters = homeWizard().filter(({ startUs }) => startUs >= month.startUs && startUs < month.endUs);
    const found = monthPeak(quarters, quarters.length);
    expect(found.peak?.powerW).toBeCloseTo(3176, 9);
    expect(localIso(found.peak?.startUs ?? 0, zone)).toBe('2022-09-07T12:15:00+02:00');
    expect(found.atMostW).toBe(found.peak?.powerW);
  });

  it('gives ties to the first', () => {
    expect(monthPeak(offtakes(1000, 3000, 3000), 3).peak?.startUs).toBe(quarterUs);
    expect(topPeaks(offtakes(1000, 3000, 3000), 2).map(({ startUs }) => startUs)).toEqual([
      quarterUs,
      2 * quarterUs,
    ]);
  });

  it('never calls an hour a peak, but bounds it', () => {
    const hour = [0, 1, 2, 3].map((index) => ({
      startUs: index * quarterUs,
      offtakeMwh: 1_000_000,
      isMeasured: false,
    }));
    const found = monthPeak([...hour, { startUs: 4 * quarterUs, offtakeMwh: 250_000, isMeasured: true }], 5);
    expect(found.peak).toEqual({ startUs: 4 * quarterUs, powerW: 1000 });
    expect(found.atLeastW).toBe(4000);
    expect(found.atMostW).toBe(16_000);
  });

  it('knows no upper bound while quarters are missing, and nothing of nothing', () => {
    expect(monthPeak(offtakes(1000), 2).atMostW).toBeNull();
    expect(monthPeak([], 0)).toMatchObject({ peak: null, atLeastW: null, atMostW: null });
    expect(monthPeak(offtakes(null), 1).peak).toBeNull();
  });
});

describe('billedPeak', () => {
  it('raises each month to the floor before the mean', () => {
    expect(billedPeak(flanders, [2000, 4500]).powerW).toBe(3500);
    expect(billedPeak(flanders, [1000, 1000]).powerW).toBe(2500);
  });

  it('takes twelve months and leaves unknown ones out, saying so', () => {
    const thirteen = [9000, ...Array.from({ length: 11 }, () => 3000), 6000];
    expect(billedPeak(flanders, thirteen).powerW).toBe(3250);
    expect(billedPeak(flanders, [null, 3000])).toEqual({ powerW: 3000, monthsKnown: 1, monthsCounted: 2 });
    expect(billedPeak(flanders, [null]).powerW).toBeNull();
  });
});

describe('projectedPowerW', () => {
  it('carries the present power to the end of the quarter', () => {
    expect(projectedPowerW(250_000, 4000, 0, quarterUs / 2)).toBe(3000);
    expect(projectedPowerW(250_000, -500, 0, quarterUs / 2)).toBe(1000);
    expect(projectedPowerW(null, 4000, 0, 1)).toBeNull();
  });
});
