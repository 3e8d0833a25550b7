/**
 * Goal: a month's capacity is read with its neighbours, its running window and the months that are billed with it; and
 * the months before, read with as few quarter-hours as possible, give the same figures as all of their quarter-hours.
 * Method: a ledger in memory; single months by hand, and by property: days that were measured, reported by the hour,
 * cut or lost, beside a plain reckoning of every quarter-hour.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postedEntry, TestLedger } from '../api/testing/test-ledger.ts';
import { totalIds } from '../balance/flow-posting.ts';
import type { PostedEntry } from '../ledger/entries/revision.ts';
import { emptyBucket } from '../statistics/bucket.ts';
import { monthRange } from '../units/calendar.ts';
import { hourUs, quarterHourUs } from '../units/durations.ts';
import { type CapacityQuery, capacityOf, runningWindow } from './capacity.ts';
import { type DatedPeakRule, flemishPeakRules, type PeakRule } from './peak-rules.ts';
import { besideUs, offtakeOf, peakWindows, windowAt } from './peak-windows.ts';
import { monthPeak } from './peaks.ts';
import { monthsUntil, readMonths } from './rolling-months.ts';

const zone = 'Europe/Brussels';
const flanders = flemishPeakRules[0] as DatedPeakRule;
const month = (name: string) => monthRange(name, zone) ?? { startUs: 0, endUs: 0 };
const november = month('2026-11');
const october = month('2026-10');
const nowUs = november.startUs + 20 * 24 * hourUs + 7 * 60_000_000;

function ledgerOf(entries: readonly PostedEntry[], entityId: string = totalIds.gridIn): TestLedger {
  const ledger = new TestLedger();
  ledger.entries.set(entityId, [...entries]);
  return ledger;
}

const measured = (startUs: number, amountMicro: number): PostedEntry => postedEntry(startUs, { amountMicro });

/** Four quarter-hours that were reported as one span of an hour. */
const spread = (startUs: number, eachMwh: number): PostedEntry[] =>
  Array.from({ length: 5 }, (_, index) =>
    postedEntry(Math.floor(startUs / quarterHourUs) * quarterHourUs + index * quarterHourUs, {
      ...{ amountMicro: eachMwh, quality: 'hourly', coveredUs: 0 },
      ...{ firstEvidenceUs: startUs, lastEvidenceUs: startUs + hourUs },
    }),
  ).filter((entry) => entry.quarterHourStartUs < startUs + hourUs);

const ask = (ledger: TestLedger, query: Partial<CapacityQuery> = {}) =>
  capacityOf(ledger, { ...november, nowUs, gridPowerW: 1000, rules: [flanders], ...query });

describe('the capacity of a month', () => {
  it('holds the month’s own quarter-hours, and its peak beside the eleven months before', async () => {
    const found = await ask(
      ledgerOf([
        measured(october.startUs, 900_000),
        measured(november.startUs - quarterHourUs, 1_500_000),
        measured(november.startUs, 800_000),
        measured(november.startUs + quarterHourUs, 1_000_000),
        measured(november.endUs - quarterHourUs, 200_000),
        measured(november.endUs, 2_000_000),
      ]),
    );
    expect(found.quarters.map(({ startUs }) => startUs)).toEqual([
      ...[november.startUs, november.startUs + quarterHourUs, november.endUs - quarterHourUs],
    ]);
    expect(found.month).toMatchObject({ powerW: 4000, measuredWindows: 2, expectedWindows: 20 * 96 });
    expect(found.top.map(({ powerW }) => powerW)).toEqual([4000, 3200]);
    expect(found.rolling).toHaveLength(12);
    expect(found.rolling.map(({ startUs }) => startUs)).toEqual(monthsUntil(november.startUs, 12, zone));
    expect(found.rolling.slice(-2).map(({ peak }) => peak)).toEqual([
      { startUs: november.startUs - quarterHourUs, powerW: 6000 },
      { startUs: november.startUs + quarterHourUs, powerW: 4000 },
    ]);
    expect(found.rolling[0]).toMatchObject({ powerW: null, peak: null, atLeastW: null, atMostW: null });
    expect(found.billed).toMatchObject({ powerW: 5000, monthsKnown: 2, monthsCounted: 12 });
  });

  it('takes the oldest of the twelve months in', async () => {
    const { startUs } = month('2025-12');
    const found = await ask(ledgerOf([measured(startUs, 900_000)]));
    expect(found.rolling[0]).toMatchObject({ startUs, powerW: 3600 });
  });

  it('lists no more than the ten highest windows', async () => {
    const found = await ask(
      ledgerOf(
        Array.from({ length: 14 }, (_, index) =>
          measured(november.startUs + index * quarterHourUs, 1000 * index),
        ),
      ),
    );
    expect(found.top.map(({ powerW }) => powerW)).toEqual([52, 48, 44, 40, 36, 32, 28, 24, 20, 16]);
  });

  it('reads the quarter-hours beside the month that share a sum with it', async () => {
    const half = quarterHourUs / 2;
    for (const startUs of [november.startUs - 3 * quarterHourUs, november.endUs - quarterHourUs]) {
      const after = { nowUs: november.endUs + 24 * hourUs };
      const found = await ask(ledgerOf(spread(startUs + half, 100_000)), after);
      // All that was reported over the neighbouring quarter-hours may have been used in one of them.
      expect(found.month.atLeastW).toBe(0);
      expect(found.month.atMostW).toBeNull();
      const whole = ledgerOf([
        ...Array.from({ length: 4 * 24 * 30 }, (_, index) =>
          measured(november.startUs + index * quarterHourUs, 10_000),
        ).filter(({ quarterHourStartUs: at }) => at < startUs || at >= startUs + hourUs + quarterHourUs),
        ...spread(startUs + half, 100_000),
      ]);
      expect((await ask(whole, after)).month.atMostW).toBe(2000);
    }
  });

  it('expects every window of a month that is over, those until now of one that runs, none of one to come', async () => {
    const expected = async (query: Partial<CapacityQuery>) =>
      (await ask(ledgerOf([]), query)).month.expectedWindows;
    expect(await expected({ nowUs: november.endUs + 90 * 24 * hourUs })).toBe(30 * 96);
    expect(await expected({ nowUs: november.startUs + 3 * quarterHourUs + 1 })).toBe(3);
    expect(await expected({ nowUs: november.startUs - 40 * 24 * hourUs })).toBe(0);
  });

  it('has a running window only while the month runs, and in hours that count', async () => {
    const running = async (at: number, rule: DatedPeakRule = flanders) =>
      (await ask(ledgerOf([]), { nowUs: at, rules: [rule] })).running?.startUs ?? null;
    expect(await running(november.startUs - 1)).toBeNull();
    expect(await running(november.startUs)).toBe(november.startUs);
    expect(await running(november.endUs - 1)).toBe(november.endUs - quarterHourUs);
    expect(await running(november.endUs)).toBeNull();
    // 1 November 2026 is a Sunday.
    const sundays = { ...flanders, counting: { weekdays: [7], fromHour: 1, untilHour: 24 } };
    expect(await running(november.startUs, sundays)).toBeNull();
    expect(await running(november.startUs + hourUs, sundays)).toBe(november.startUs + hourUs);
  });

  it('bills as many months as the rule says, each by the rule of its time, and none that has not begun', async () => {
    const older = { ...flanders, floorW: 1000 };
    const newer = { ...flanders, floorW: 5000, effectiveFromUs: october.startUs };
    const ledger = ledgerOf([measured(october.startUs, 500_000), measured(november.startUs, 500_000)]);
    const found = await ask(ledger, { rules: [older, newer] });
    expect(found.rolling.map(({ floorW }) => floorW)).toEqual([...Array(10).fill(1000), 5000, 5000]);
    const months = async (count: number, at: number) =>
      (await ask(ledger, { rules: [{ ...flanders, months: count }], nowUs: at })).billed.monthsCounted;
    expect(await months(1, nowUs)).toBe(1);
    expect(await months(3, nowUs)).toBe(3);
    expect(await months(14, nowUs)).toBe(14);
    expect(await months(12, november.startUs)).toBe(12);
    expect(await months(12, november.startUs - 1)).toBe(11);
    await expect(ask(ledger, { rules: [] })).rejects.toThrow('there is no rule for peaks');
  });

  it('reads the register of a connection where one is named', async () => {
    const ledger = ledgerOf([measured(november.startUs, 500_000)], 'sensor.heat_pump_grid');
    expect((await ask(ledger)).month.powerW).toBeNull();
    expect((await ask(ledger, { offtakeId: 'sensor.heat_pump_grid' })).month.powerW).toBe(2000);
  });
});

describe('the running window', () => {
  it('holds the quarter-hours of its own that have begun, and no others', () => {
    const { startUs } = november;
    const bucket = (index: number) => ({
      ...emptyBucket(totalIds.gridIn, startUs + index * quarterHourUs, startUs + (index + 1) * quarterHourUs),
      ...{ amountMicro: 1000 * 10 ** index, coveredUs: quarterHourUs },
    });
    const hours: PeakRule = { ...flanders, window: 'hour', floorW: 0, peaks: 2 };
    const quarters = [-1, 0, 1, 2, 3, 4].map(bucket);
    const month = {
      counted: [
        { startUs, powerW: 900 },
        { startUs, powerW: 200 },
      ],
      atLeastW: 5000,
    };
    const running = (minutes: number, powerW: number | null) =>
      runningWindow(hours, quarters, month, startUs + minutes * 60_000_000, powerW, zone);
    // A mean of several windows has the lowest of them as its limit, and no single bound.
    expect(running(15, 0)).toEqual({
      ...{ startUs, endUs: startUs + hourUs, soFarW: 11, projectedW: 11, limitW: 200 },
      ...{ leftMwh: 189_000, leftW: 189 / 0.75 },
    });
    expect(running(14, 0).soFarW).toBe(1);
    expect(running(59, 60)).toMatchObject({ soFarW: 1111, projectedW: 1112, leftMwh: 0, leftW: 0 });
    expect(running(59, -60).projectedW).toBe(1111);
    const fed = [
      { ...bucket(0), amountMicro: -500 },
      { ...bucket(1), amountMicro: null, coveredUs: 0 },
    ];
    expect(runningWindow(hours, fed, month, startUs + quarterHourUs, null, zone)).toMatchObject({
      soFarW: 0,
    });
    const none = [{ ...bucket(0), amountMicro: null, coveredUs: 0 }];
    expect(runningWindow(hours, none, month, startUs, null, zone)).toMatchObject({
      soFarW: null,
      leftW: null,
    });
    const whole = [0, 1, 2, 3].map(bucket);
    const over = runningWindow(hours, whole, { counted: [], atLeastW: null }, startUs + hourUs - 1, 5, zone);
    expect(over).toMatchObject({ limitW: 0, leftMwh: 0 });
  });
});

describe('months before', () => {
  const day = fc.record({
    is: fc.constantFrom('whole', 'whole', 'whole', 'hours', 'cut', 'none', 'late'),
    mwh: fc.integer({ min: 0, max: 40 }).map((tens) => tens * 10_000),
    at: fc.nat(95),
  });
  const rules: readonly PeakRule[] = [
    flanders,
    { ...flanders, window: 'hour' },
    { ...flanders, peaks: 2, isOnePerDay: true },
    { ...flanders, counting: { weekdays: [1, 2, 3, 4, 5], fromHour: 7, untilHour: 21 } },
  ];

  /** A flat day with one quarter-hour that is higher. */
  function entriesOf(dayUs: number, { is, mwh, at }: { is: string; mwh: number; at: number }): PostedEntry[] {
    if (is === 'none') return [];
    const all = Array.from({ length: 96 }, (_, index) =>
      measured(dayUs + index * quarterHourUs, mwh + (index === at ? 15_000 : 0)),
    );
    if (is === 'cut') return all.filter((_, index) => index !== at);
    if (is === 'late')
      return all.map((one, index) => (index === at ? { ...one, coveredUs: quarterHourUs - 1 } : one));
    if (is === 'whole') return all;
    return all.map((one) => {
      const firstEvidenceUs = Math.floor(one.quarterHourStartUs / hourUs) * hourUs;
      const lastEvidenceUs = firstEvidenceUs + hourUs;
      return { ...one, quality: 'hourly', coveredUs: 0, firstEvidenceUs, lastEvidenceUs };
    });
  }

  it('give the same figures as all of their quarter-hours', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(day, { minLength: 58, maxLength: 62 }),
        fc.constantFrom(...rules),
        fc.integer({ min: 5 * 96, max: 63 * 96 }),
        async (days, rule, passed) => {
          const { startUs } = month('2026-08');
          const at = startUs + passed * quarterHourUs + 1;
          const entries = days.flatMap((one, index) => entriesOf(startUs + index * 24 * hourUs, one));
          const ledger = ledgerOf(entries.filter((entry) => entry.quarterHourStartUs + quarterHourUs <= at));
          const starts = [startUs, month('2026-09').startUs];
          const dayBuckets = await ledger.buckets([totalIds.gridIn], 'day', startUs, month('2026-09').endUs);
          const found = await readMonths(ledger, totalIds.gridIn, () => rule, starts, at, dayBuckets);
          for (const [index, name] of ['2026-08', '2026-09'].entries()) {
            const { startUs: monthStartUs, endUs } = month(name);
            const passedEndUs = Math.max(monthStartUs, Math.min(endUs, windowAt(rule, at, zone).startUs));
            const all = await ledger.buckets(
              [totalIds.gridIn],
              'quarter',
              monthStartUs - besideUs,
              endUs + besideUs,
            );
            const windows = peakWindows(rule, all.flatMap(offtakeOf), monthStartUs, passedEndUs, zone);
            const real = monthPeak(rule, windows, zone);
            const isKnown = all.some((bucket) => bucket.startUs >= monthStartUs && bucket.startUs < endUs);
            expect(found[index]).toEqual({
              ...{ startUs: monthStartUs, endUs, floorW: 2500, ...real, peak: real.counted[0] ?? null },
              ...(!isKnown && { atMostW: null }),
            });
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  /** October, and the spans whose quarter-hours it read. */
  async function monthOf(ledger: TestLedger, { startUs, endUs } = october, rule: PeakRule = flanders) {
    const asked: { startUs: number; endUs: number }[] = [];
    const quarterHoursWithin: TestLedger['quarterHoursWithin'] = (id, spans) => {
      asked.push(...spans);
      return TestLedger.prototype.quarterHoursWithin.call(ledger, id, spans);
    };
    const days = await ledger.buckets([totalIds.gridIn], 'day', startUs, endUs + 24 * hourUs);
    const views = Object.assign(Object.create(ledger), { quarterHoursWithin });
    const [found] = await readMonths(views, totalIds.gridIn, () => rule, [startUs], nowUs, days);
    return { found, asked };
  }
  /** September of 30 days of 24 hours, each as drawn. */
  const september = month('2026-09');
  const inSeptember = (dayAt: (index: number) => PostedEntry[]) =>
    monthOf(ledgerOf(Array.from({ length: 30 }, (_, index) => dayAt(index)).flat()), september);
  const dayUs = (index: number) => september.startUs + index * 24 * hourUs;
  const flat = (index: number, mwh: number) => entriesOf(dayUs(index), { is: 'whole', mwh, at: 200 });
  const read = (from: number, until: number) => [
    { startUs: dayUs(from) - besideUs, endUs: dayUs(until) + besideUs },
  ];

  it('reads nothing of a month without entries, whatever the next month has', async () => {
    const { found, asked } = await monthOf(ledgerOf([measured(september.endUs, 900_000)]), september);
    expect(asked).toEqual([]);
    expect(found).toMatchObject({ powerW: null, atLeastW: null, expectedWindows: 30 * 96 });
    const one = await inSeptember((index) => (index === 0 ? [measured(dayUs(0), 900_000)] : []));
    expect(one.found).toMatchObject({ powerW: 3600, measuredWindows: 1 });
    expect(one.asked).toEqual(read(0, 30));
  });

  it('reads one day of a month that was measured whole, whatever was used in it', async () => {
    for (const mwh of [0, 10_000, -10_000]) {
      const { found, asked } = await inSeptember((index) => flat(index, mwh));
      expect(asked).toEqual(read(0, 1));
      expect(found?.peak).toEqual({ startUs: dayUs(0), powerW: Math.max(0, mwh) / 250 });
      expect(found).toMatchObject({ measuredWindows: 30 * 96, expectedWindows: 30 * 96 });
    }
  });

  it.each([
    ['imported', 1],
    ['recovered', 1],
    ['hourly', 15],
  ] as const)(
    'takes a day whose quarters were %s for one that was or was not measured',
    async (quality, until) => {
      const { asked } = await inSeptember((index) =>
        flat(index, 10_000).map((entry) => (index === 14 ? { ...entry, quality } : entry)),
      );
      expect(asked).toEqual(read(0, until));
    },
  );

  it('reads days with a quarter-hour that is measured in part or missing', async () => {
    for (const is of ['late', 'cut', 'none']) {
      const { asked } = await inSeptember((index) =>
        index === 14 ? entriesOf(dayUs(14), { is, mwh: 10_000, at: 3 }) : flat(index, 10_000),
      );
      expect(asked).toEqual(read(0, 15));
    }
  });

  it('reads a day with a single quarter-hour that was reported by the hour', async () => {
    const { asked } = await inSeptember((index) =>
      flat(index, 10_000).map((entry, quarter) =>
        index === 14 && quarter === 7 ? { ...entry, quality: 'hourly' as const } : entry,
      ),
    );
    expect(asked).toEqual(read(0, 15));
  });

  it('bounds the peak of a silence that reaches from one day into the next', async () => {
    const silence = { startUs: dayUs(16) - hourUs, endUs: dayUs(16) + hourUs };
    const evidence = { firstEvidenceUs: silence.startUs, lastEvidenceUs: silence.endUs };
    const silent = (entry: PostedEntry): PostedEntry =>
      entry.quarterHourStartUs >= silence.startUs && entry.quarterHourStartUs < silence.endUs
        ? { ...entry, ...evidence, amountMicro: 100_000, quality: 'estimated', coveredUs: 0 }
        : entry;
    const whole = await inSeptember((index) => flat(index, 10_000).map(silent));
    expect(whole.found).toMatchObject({ atLeastW: 400, atMostW: 3200 });
    // Another day that is read lies before it.
    const late = await inSeptember((index) =>
      index === 5 ? entriesOf(dayUs(5), { is: 'late', mwh: 10_000, at: 3 }) : flat(index, 10_000).map(silent),
    );
    expect(late.found).toMatchObject({ atLeastW: 400, atMostW: null });
  });

  it('reads only the highest of the days that were measured whole, and their neighbours', async () => {
    const { startUs } = october;
    const entries = Array.from({ length: 31 }, (_, index) =>
      entriesOf(startUs + index * 24 * hourUs, { is: 'whole', mwh: index === 12 ? 90_000 : 10_000, at: 40 }),
    ).flat();
    const { found, asked } = await monthOf(ledgerOf(entries));
    expect(found?.peak).toEqual({ startUs: startUs + 12 * 24 * hourUs + 40 * quarterHourUs, powerW: 420 });
    // The day on which the clocks are turned back is no whole one: an hour of it is missing.
    expect(asked).toEqual([
      { startUs: startUs + 12 * 24 * hourUs - besideUs, endUs: october.endUs + besideUs },
    ]);
  });
});
