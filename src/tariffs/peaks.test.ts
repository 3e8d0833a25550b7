/**
 * Goal: the month's peak is the one on the bill.
 * Method: rules by hand, Flanders' and one of another kind; a real meter's September 2022 (test/data, HomeWizard P1
 * registers every quarter-hour), whose highest quarter-hour is known: 3.176 kW on the 7th at 12:15; bounds by property:
 * random quarter-hours, reported as hours, silences, parts or not at all, by random rules, lie within them.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RegisterReading } from '../ledger/evidence.ts';
import { postCounter } from '../ledger/posting/counter-posting.ts';
import { microFromValue } from '../units/amount.ts';
import { localIso, monthRange } from '../units/calendar.ts';
import { quarterHourUs } from '../units/durations.ts';
import { flemishPeakRules, type PeakRule } from './peak-rules.ts';
import { type KnownAs, peakWindows, type QuarterHourOfftake } from './peak-windows.ts';
import { type BilledMonth, billedPeak, countedW, measuredPeaks, monthPeak, topPeaks } from './peaks.ts';

const zone = 'Europe/Brussels';
const flanders = flemishPeakRules[0] as PeakRule;
/** Another country: the mean of the three highest hours of working days from 7 to 21 h, each of another day. */
const workingHours: PeakRule = {
  window: 'hour',
  peaks: 3,
  isOnePerDay: true,
  counting: { weekdays: [1, 2, 3, 4, 5], fromHour: 7, untilHour: 21 },
  months: 1,
  floorW: 0,
};
const hour = 4 * quarterHourUs;
/** Monday 5 October 2026, 07:00 in Brussels. */
const mondayUs = Date.UTC(2026, 9, 5, 5) * 1000;

/** Hours are those of the clock, a silence is one. */
function offtakes(startUs: number, knownAs: KnownAs, ...mwh: (number | null)[]): QuarterHourOfftake[] {
  return mwh.flatMap((offtakeMwh, index) => {
    if (offtakeMwh === null) return [];
    const offtake = { startUs: startUs + index * quarterHourUs, offtakeMwh, knownAs };
    const hourStartUs = Math.floor(offtake.startUs / hour) * hour;
    if (knownAs === 'hour')
      return [{ ...offtake, usedIn: { startUs: hourStartUs, endUs: hourStartUs + hour } }];
    if (knownAs !== 'span') return [offtake];
    return [{ ...offtake, usedIn: { startUs, endUs: startUs + mwh.length * quarterHourUs } }];
  });
}

function peakOf(
  rule: PeakRule,
  quarters: readonly QuarterHourOfftake[],
  startUs: number,
  endUs: number,
  cut = zone,
) {
  return monthPeak(rule, peakWindows(rule, quarters, startUs, endUs, cut), cut);
}

function homeWizard(): QuarterHourOfftake[] {
  const file = resolve(import.meta.dirname, '../../test/data/homewizard_2022-09_15min_electricity.csv');
  const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  const byQuarterHour = new Map<number, number>();
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
    const rules = {
      kind: 'rising',
      maxGapUs: 3_600_000_000,
      quarterHourGapUs: 1_200_000_000,
      certainMicro: 0,
    } as const;
    for (const entry of postCounter(rules, null, evidence, 0, Number.POSITIVE_INFINITY).entries) {
      byQuarterHour.set(
        entry.quarterHourStartUs,
        (byQuarterHour.get(entry.quarterHourStartUs) ?? 0) + entry.amountMicro,
      );
    }
  }
  return [...byQuarterHour].map(([startUs, offtakeMwh]) => ({ startUs, offtakeMwh, knownAs: 'quarter' }));
}

describe('monthPeak in Flanders', () => {
  it('finds the peak of a real month: 3.176 kW on 7 September 2022 at 12:15', () => {
    const month = monthRange('2022-09', zone);
    if (month === null) throw new Error('a month');
    const quarters = homeWizard().filter(({ startUs }) => startUs >= month.startUs && startUs < month.endUs);
    // The file ends with the register at 23:45.
    const found = peakOf(flanders, quarters, month.startUs, month.endUs - quarterHourUs);
    expect(found.powerW).toBe(3176);
    expect(localIso(found.counted[0]?.startUs ?? 0, zone)).toBe('2022-09-07T12:15:00+02:00');
    expect([found.atLeastW, found.atMostW]).toEqual([3176, 3176]);
    expect(peakOf(flanders, quarters, month.startUs, month.endUs).atMostW).toBeNull();
  });

  it('gives ties to the first', () => {
    const quarters = offtakes(0, 'quarter', 1000, 3000, 3000);
    expect(peakOf(flanders, quarters, 0, 3 * quarterHourUs).counted).toEqual([
      { startUs: quarterHourUs, powerW: 12 },
    ]);
    const peaks = measuredPeaks(peakWindows(flanders, quarters, 0, 3 * quarterHourUs, zone));
    expect(topPeaks(flanders, peaks, 2, zone).map(({ startUs }) => startUs)).toEqual([
      quarterHourUs,
      2 * quarterHourUs,
    ]);
  });

  it('never calls an hour a peak, but bounds it', () => {
    const spread = offtakes(0, 'hour', 1_000_000, 1_000_000, 1_000_000, 1_000_000);
    const found = peakOf(
      flanders,
      [...spread, ...offtakes(hour, 'quarter', 250_000)],
      0,
      hour + quarterHourUs,
    );
    expect(found.counted).toEqual([{ startUs: hour, powerW: 1000 }]);
    expect([found.atLeastW, found.atMostW]).toEqual([4000, 16_000]);
    expect(peakOf(flanders, spread, 0, hour)).toMatchObject({
      powerW: null,
      atLeastW: 4000,
      atMostW: 16_000,
    });
  });

  it('lets a silence of hours have been one quarter-hour, and knows no bound where it may go on', () => {
    const spread = offtakes(0, 'span', ...Array.from({ length: 12 }, () => 250_000));
    expect(peakOf(flanders, spread, 0, 3 * hour)).toMatchObject({ atLeastW: 1000, atMostW: 12_000 });
    // Half of the silence lies in the month before, and all of it may.
    expect(peakOf(flanders, spread, 2 * hour, 3 * hour)).toMatchObject({ atLeastW: 0, atMostW: 12_000 });
    // It is longer than what was read.
    expect(peakOf(flanders, spread.slice(4), 2 * hour, 3 * hour)).toMatchObject({
      atLeastW: 0,
      atMostW: null,
    });
  });

  it('knows no upper bound while quarter-hours are missing or measured in part, and nothing of nothing', () => {
    expect(peakOf(flanders, offtakes(0, 'quarter', 1000), 0, 2 * quarterHourUs)).toMatchObject({
      ...{ powerW: 4, atLeastW: 4, atMostW: null, measuredWindows: 1, expectedWindows: 2 },
    });
    expect(peakOf(flanders, offtakes(0, 'part', 1000), 0, quarterHourUs)).toMatchObject({
      ...{ powerW: null, atLeastW: 4, atMostW: null },
    });
    const none = { powerW: null, counted: [], atLeastW: null, atMostW: null };
    expect(peakOf(flanders, [], 0, quarterHourUs)).toMatchObject(none);
    expect(peakOf(flanders, [], 0, 0)).toMatchObject({ ...none, expectedWindows: 0 });
  });
});

describe('monthPeak by other rules', () => {
  const day = 24 * hour;
  const kw = (...hours: number[]) => hours.flatMap((one) => Array.from({ length: 4 }, () => one * 250_000));

  it('takes the mean of the highest hours that count, of one each day', () => {
    const quarters = [
      ...offtakes(mondayUs - hour, 'quarter', ...kw(9)),
      ...offtakes(mondayUs, 'quarter', ...kw(2, 5, 4)),
      ...offtakes(mondayUs + day, 'quarter', ...kw(3)),
      ...offtakes(mondayUs + 2 * day, 'quarter', ...kw(1)),
      // Saturday does not count.
      ...offtakes(mondayUs + 5 * day, 'quarter', ...kw(8)),
    ].sort((a, b) => a.startUs - b.startUs);
    const found = peakOf(workingHours, quarters, mondayUs - 2 * day, mondayUs + 7 * day);
    expect(found.counted.map(({ startUs, powerW }) => [startUs, powerW])).toEqual([
      [mondayUs + hour, 5000],
      [mondayUs + day, 3000],
      [mondayUs + 2 * day, 1000],
    ]);
    expect(found.powerW).toBe(3000);
    expect([found.measuredWindows, found.expectedWindows]).toEqual([5, 5 * 14]);
  });

  it('measures an hour by its hour, and waits for as many days as it takes', () => {
    const known = offtakes(mondayUs, 'hour', ...kw(2));
    expect(peakOf(workingHours, known, mondayUs, mondayUs + hour)).toMatchObject({
      powerW: 2000,
      atMostW: 2000,
    });
    expect(peakOf(workingHours, known, mondayUs, mondayUs + 2 * day)).toMatchObject({
      ...{ powerW: null, atLeastW: 1000, atMostW: null },
    });
    // Half past is not where Home Assistant cuts its hours.
    const quiet = [mondayUs - hour, mondayUs + hour].flatMap((us) => offtakes(us, 'quarter', ...kw(0)));
    const around = [...quiet.slice(0, 4), ...known, ...quiet.slice(4)];
    const india = peakOf(workingHours, around, mondayUs - hour / 2, mondayUs + 1.5 * hour, 'Asia/Kolkata');
    expect(india).toMatchObject({ powerW: null, atLeastW: 0, atMostW: 2000 });
  });
});

describe('bounds', () => {
  it('hold what was true, however it is known, by any rule', () => {
    const rule = fc.record<PeakRule>({
      window: fc.constantFrom('quarter', 'hour'),
      peaks: fc.integer({ min: 1, max: 3 }),
      isOnePerDay: fc.boolean(),
      counting: fc.option(
        fc.record({
          weekdays: fc.constant([1, 2, 3]),
          fromHour: fc.integer({ min: 0, max: 9 }),
          untilHour: fc.constant(20),
        }),
      ),
      months: fc.constant(1),
      floorW: fc.constant(0),
    });
    const zones = fc.constantFrom(
      'Europe/Brussels',
      'Asia/Kathmandu',
      'America/St_Johns',
      'Australia/Lord_Howe',
    );
    const known = fc.array(
      fc.constantFrom<KnownAs | 'none'>('quarter', 'quarter', 'hour', 'span', 'part', 'none'),
      {
        minLength: 40,
        maxLength: 40,
      },
    );
    const truth = fc.array(fc.integer({ min: 0, max: 5_000_000 }), { minLength: 160, maxLength: 160 });
    fc.assert(
      fc.property(rule, zones, truth, known, (rule, zone, mwh, hours) => {
        const startUs = Math.floor(mondayUs / hour) * hour;
        const all = offtakes(startUs, 'quarter', ...mwh);
        const reported = reportedAs(all, hours);
        const [spanStartUs, spanEndUs] = [startUs + 2 * hour, startUs + 38 * hour];
        const real = peakOf(rule, all, spanStartUs, spanEndUs, zone);
        const found = peakOf(rule, reported, spanStartUs, spanEndUs, zone);
        if (real.powerW === null) return;
        expect(found.atLeastW ?? 0).toBeLessThanOrEqual(real.powerW + 1e-6);
        expect(found.atMostW ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(real.powerW - 1e-6);
        if (found.powerW === null) return;
        expect(found.powerW).toBeLessThanOrEqual(found.atMostW ?? Number.POSITIVE_INFINITY);
        if (found.measuredWindows === found.expectedWindows) expect(found).toEqual(real);
      }),
    );
  });

  /** The same hours as the ledger would know them: runs of silence and hours spread evenly, parts cut, some lost. */
  function reportedAs(
    all: readonly QuarterHourOfftake[],
    hours: readonly (KnownAs | 'none')[],
  ): QuarterHourOfftake[] {
    const reported: QuarterHourOfftake[] = [];
    for (let from = 0; from < hours.length; ) {
      const knownAs = hours[from] ?? 'none';
      let to = from + 1;
      while (knownAs === 'span' && hours[to] === 'span') to += 1;
      const group = all.slice(from * 4, to * 4);
      const mean = group.reduce((sum, one) => sum + one.offtakeMwh, 0) / group.length;
      for (const one of group) {
        if (knownAs === 'quarter') reported.push(one);
        else if (knownAs === 'part') reported.push({ ...one, offtakeMwh: one.offtakeMwh / 2, knownAs });
        else if (knownAs !== 'none') {
          const usedIn = {
            startUs: group[0]?.startUs ?? 0,
            endUs: (group.at(-1)?.startUs ?? 0) + quarterHourUs,
          };
          reported.push({ ...one, offtakeMwh: mean, knownAs, usedIn });
        }
      }
      from = to;
    }
    return reported;
  }
});

describe('topPeaks', () => {
  const peak = (quarter: number, powerW: number) => ({ startUs: mondayUs + quarter * quarterHourUs, powerW });
  it('gives the earlier of equals, in whatever order they come, and of each day one', () => {
    expect(topPeaks(flanders, [peak(2, 5), peak(1, 5), peak(0, 4)], 2, zone)).toEqual([
      peak(1, 5),
      peak(2, 5),
    ]);
    const daily = { ...flanders, isOnePerDay: true };
    const days = [peak(0, 1), peak(1, 9), peak(96, 3), peak(97, 2), peak(192, 4)];
    expect(topPeaks(daily, days, 2, zone)).toEqual([peak(1, 9), peak(192, 4)]);
    expect(topPeaks(daily, days, 5, zone)).toEqual([peak(1, 9), peak(192, 4), peak(96, 3)]);
    expect(topPeaks(daily, days, 0, zone)).toEqual([]);
  });
});

describe('billedPeak', () => {
  const month = (powerW: number | null, extra: Partial<BilledMonth> = {}): BilledMonth => ({
    ...{ powerW, atLeastW: powerW, atMostW: powerW, measuredWindows: 96, expectedWindows: 96, floorW: 2500 },
    ...extra,
  });
  const unknown = month(null, { measuredWindows: 0 });

  it('raises each month to the floor before the mean', () => {
    expect(billedPeak([month(2000), month(4500)])).toMatchObject({
      powerW: 3500,
      atLeastW: 3500,
      atMostW: 3500,
    });
    expect(billedPeak([month(1000), month(1000)]).powerW).toBe(2500);
  });

  it('leaves unknown months out of the figure and reports them: they count the floor at least', () => {
    expect(billedPeak([unknown, unknown, month(4000)])).toEqual({
      ...{ powerW: 4000, reason: null, monthsKnown: 1, monthsPartial: 0, monthsCounted: 3 },
      ...{ atLeastW: 3000, atMostW: null },
    });
  });

  it('reports months that were measured in part, and takes the lower bound of an hour', () => {
    const few = month(1000, { measuredWindows: 10, atLeastW: 3000, atMostW: 9000 });
    expect([few, month(4000), month(1000), unknown].map(countedW)).toEqual([3000, 4000, 2500, null]);
    expect(billedPeak([few, month(4000)])).toMatchObject({
      ...{ powerW: 3500, monthsKnown: 2, monthsPartial: 1, atLeastW: 3500, atMostW: 6500 },
    });
  });

  it('counts nothing for a month without a floor in which nothing was used, nor for no month', () => {
    const free = { floorW: 0 };
    expect(countedW(month(0, { ...free, atLeastW: null }))).toBe(0);
    expect(billedPeak([month(0, free), month(null, { ...free, atMostW: 4 })])).toMatchObject({
      ...{ powerW: 0, atLeastW: 0, atMostW: 2 },
    });
    expect(billedPeak([])).toMatchObject({ powerW: null, atLeastW: null, atMostW: null, monthsCounted: 0 });
    expect(billedPeak([month(3000)])).toMatchObject({ atMostW: 3000 });
  });

  it('bounds months of hours, and says why nothing is known', () => {
    const hours = month(null, { atLeastW: 3000, atMostW: 12_000, measuredWindows: 0 });
    expect(billedPeak([hours, hours])).toMatchObject({
      ...{ powerW: null, reason: 'only_bounds_are_known', atLeastW: 3000, atMostW: 12_000 },
    });
    expect(billedPeak([unknown])).toMatchObject({ powerW: null, reason: 'nothing_known', atLeastW: null });
  });
});
