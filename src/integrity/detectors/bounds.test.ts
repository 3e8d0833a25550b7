/**
 * Goal: every limit of the detectors holds on both sides, and a finding has the values of what was found.
 * Method: by hand, the last value below a limit and the first above; gaps by property, second by second.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../ledger/entries/entry.ts';
import { emptyBucket } from '../../statistics/bucket.ts';
import { dayUs, hourUs, minuteUs, quarterHourUs } from '../../units/durations.ts';
import { highestUsualMicro } from '../reconciliation/usual-hours.ts';
import { frozenCounterFindings, type HourOfBoth } from './frozen-counter.ts';
import { Stillness } from './frozen-power.ts';
import { absences, type Gap, gapUs, joinGaps, silences, sortGaps } from './gap.ts';
import { gapFinding } from './gap-finding.ts';
import {
  boundaryStep,
  compareStretch,
  countedAsCore,
  hoursFindings,
  isWithinTolerance,
  type Stretch,
  stretchesOf,
} from './hours-differ.ts';

describe('a gap', () => {
  const reported = (atUs: number, value: number | null = 1) => ({ atUs, value });
  const gap = (startUs: number, endUs: number, isOpen = false): Gap => ({ startUs, endUs, isOpen });

  it('is longer than ten minutes', () => {
    expect(absences([reported(0, null), reported(gapUs)], dayUs)).toEqual([]);
    expect(absences([reported(0, null), reported(gapUs + 1)], dayUs)).toEqual([gap(0, gapUs + 1)]);
    expect(absences([reported(0, null)], gapUs + 1)).toEqual([gap(0, gapUs + 1, true)]);
    expect(absences([reported(0, null)], 0)).toEqual([]);
    expect(absences([reported(gapUs, null)], 0)).toEqual([]);
  });

  it('is where neither a row nor a reading is, second by second', () => {
    const step = 5 * minuteUs;
    const rows = fc
      .uniqueArray(fc.nat(60), { minLength: 1, maxLength: 20 })
      .map((list) => list.sort((a, b) => a - b));
    const readings = fc
      .uniqueArray(fc.tuple(fc.nat(300), fc.boolean()), { selector: ([minute]) => minute, maxLength: 12 })
      .map((list) => list.sort(([a], [b]) => a - b));
    fc.assert(
      fc.property(
        rows,
        readings,
        fc.nat(100),
        fc.integer({ min: 150, max: 320 }),
        (starts, heard, from, until) => {
          const [startUs, endUs] = [from * minuteUs, until * minuteUs];
          const list = heard.map(([minute, isThere]) => reported(minute * minuteUs, isThere ? 1 : null));
          const found = silences(
            starts.map((start) => start * step),
            list,
            startUs,
            endUs,
          );
          const instants = list.filter(({ value }) => value !== null).map(({ atUs }) => atUs);
          for (const one of found) {
            expect(one.endUs - one.startUs).toBeGreaterThan(gapUs);
            expect(one.startUs).toBeGreaterThanOrEqual(Math.max(startUs, (starts[0] ?? 0) * step));
            expect(one.isOpen).toBe(false);
            expect(instants.some((atUs) => atUs > one.startUs && atUs < one.endUs)).toBe(false);
            for (const start of starts)
              expect(start * step >= one.endUs || (start + 1) * step <= one.startUs).toBe(true);
          }
          // A minute between two rows that neither row nor reading is near to is in one of them.
          const last = starts.at(-1) ?? 0;
          for (
            let minute = Math.max(from, (starts[0] ?? 0) * 5);
            minute < Math.min(until, last * 5);
            minute++
          ) {
            const at = (minute + 0.5) * minuteUs;
            const edges = [
              ...[startUs, ...instants],
              ...starts.flatMap((start) => [start * step, (start + 1) * step]),
            ];
            const isRow = starts.some((start) => start * step <= at && at < (start + 1) * step);
            const before = Math.max(...edges.filter((edge) => edge < at));
            const after = Math.min(endUs, ...edges.filter((edge) => edge > at));
            if (isRow || after - before <= gapUs) continue;
            expect(found.some((one) => one.startUs < at && at < one.endUs)).toBe(true);
          }
        },
      ),
    );
  });

  it('joined with another, is open when one is, and touching ones are one', () => {
    expect(joinGaps([gap(5, 9, true), gap(0, 5), gap(10, 12)])).toEqual([gap(0, 9, true), gap(10, 12)]);
    expect(joinGaps([gap(0, 9), gap(2, 3)])).toEqual([gap(0, 9)]);
    expect(joinGaps([gap(0, 5), gap(10, 12), gap(11, 13)])).toEqual([gap(0, 5), gap(10, 13)]);
    expect(joinGaps([gap(0, 9, true), gap(2, 12)])).toEqual([gap(0, 12, true)]);
  });

  it('is the home’s where all share more than ten minutes, and an end of it the entity’s own only when that is long', () => {
    const home = (...lists: Gap[][]) => sortGaps(new Map(lists.map((list, index) => [`${index}`, list])));
    expect(home([gap(0, gapUs)], [gap(0, gapUs)]).home).toEqual([]);
    const shared = [gap(0, 3 * gapUs, true)];
    expect(home(shared, shared)).toEqual({ home: shared, entities: new Map() });
    expect(home(shared, [gap(0, 3 * gapUs)]).home).toEqual([gap(0, 3 * gapUs)]);
    const lateUs = 12 * minuteUs;
    const late = (us: number) => [...home(shared, [gap(0, 3 * gapUs + us)]).entities.values()].flat();
    expect(late(lateUs)).toEqual([]);
    expect(late(lateUs + 1)).toEqual([gap(3 * gapUs, 3 * gapUs + lateUs + 1)]);
    const early = [
      ...home([gap(lateUs + 1, 60 * minuteUs)], [gap(0, 60 * minuteUs, true)]).entities.values(),
    ].flat();
    expect(early).toEqual([gap(0, lateUs + 1)]);
    // Outages that touch it, and not more, leave it whole.
    const apart = home([gap(0, 2 * gapUs), gap(4 * gapUs, 6 * gapUs)], [gap(0, 6 * gapUs)]);
    expect(apart.entities.get('1')).toEqual([gap(2 * gapUs, 4 * gapUs)]);
  });

  it('has its length and a code for each owner', () => {
    const kinds = (['register', 'power', 'value'] as const).map(
      (kind) => gapFinding({ kind, entityId: 'sensor.a' }, gap(0, hourUs)).statement.code,
    );
    expect(kinds).toEqual(['gap_of_register', 'gap_of_power', 'gap_of_value']);
    expect(gapFinding({ kind: 'home' }, gap(minuteUs, 31 * minuteUs, true))).toMatchObject({
      statement: { code: 'gap_of_home', values: { lastedUs: 30 * minuteUs, isOpen: true } },
      evidence: [{ name: 'gap_seconds', value: 1800, unit: 's' }],
      choices: ['accept'],
    });
    expect(gapFinding({ kind: 'home' }, gap(minuteUs, 31 * minuteUs)).statement.values).toEqual({
      lastedUs: 30 * minuteUs,
      isOpen: false,
    });
    const power = gapFinding({ kind: 'power', entityId: 'sensor.a' }, gap(0, hourUs, true));
    expect(power).toMatchObject({ entityId: 'sensor.a', choices: ['accept', 'set_value'] });
  });
});

describe('a counter that stands still', () => {
  const hours = (count: number, meanW: number, from = 0): HourOfBoth[] =>
    Array.from({ length: count }, (_, index) => ({
      startUs: (from + index) * hourUs,
      countedMicro: 0,
      meanW,
    }));
  const find = (list: HourOfBoth[]) => frozenCounterFindings('sensor.meter', 'sensor.power', list);

  it('is frozen from three hours, 50 W and a kilowatt-hour on', () => {
    expect(find(hours(3, 334))).toHaveLength(1);
    expect(find(hours(3, 333))).toEqual([]);
    expect(find(hours(2, 900))).toEqual([]);
    expect(find(hours(20, 50))).toHaveLength(1);
    expect(find(hours(30, 49.9))).toEqual([]);
    expect(find(hours(4, 250))[0]).toMatchObject({
      statement: {
        code: 'counter_frozen',
        values: { stillUs: 4 * hourUs, powerEntityId: 'sensor.power', meanW: 250 },
      },
      evidence: [
        { name: 'still_seconds', value: 14_400, unit: 's' },
        { name: 'counted', value: 0, unit: 'kWh' },
        { name: 'theirs', value: 1, unit: 'kWh' },
      ],
    });
  });

  it('is a finding for each run of hours', () => {
    const found = find([
      ...hours(3, 400),
      { startUs: 3 * hourUs, countedMicro: 1, meanW: 400 },
      ...hours(4, 400, 4),
    ]);
    expect(found.map(({ startUs, endUs }) => [startUs / hourUs, endUs / hourUs])).toEqual([
      [0, 3],
      [4, 8],
    ]);
    expect(find([...hours(2, 900), ...hours(2, 900, 3)])).toEqual([]);
  });
});

describe('a sensor that stands still', () => {
  function finding(longestUs: number, secondUs: number, readings = 60, isLongFirst = false) {
    const stillness = new Stillness();
    let atUs = 0;
    const take = (value: number | null, us: number): void => {
      stillness.take({ atUs, value });
      atUs += us;
    };
    for (let index = 0; index < readings - 3; index++) take(1 + (index % 2), minuteUs);
    for (const us of isLongFirst ? [longestUs, secondUs] : [secondUs, longestUs]) take(us + 10, us);
    return stillness.finding('sensor.power', atUs);
  }

  it('is frozen from six hours and ten times its usual time on, with fifty readings or more', () => {
    for (const isLongFirst of [false, true]) {
      expect(finding(6 * hourUs, minuteUs, 60, isLongFirst)).not.toBeNull();
      expect(finding(6 * hourUs - 1, minuteUs, 60, isLongFirst)).toBeNull();
      expect(finding(10 * hourUs, hourUs, 60, isLongFirst)).not.toBeNull();
      expect(finding(10 * hourUs, hourUs + 1, 60, isLongFirst)).toBeNull();
    }
    expect(finding(6 * hourUs, minuteUs, 51)).not.toBeNull();
    expect(finding(6 * hourUs, minuteUs, 50)).toBeNull();
    expect(finding(10 * hourUs, 30 * minuteUs)?.statement).toMatchObject({
      code: 'power_frozen',
      values: { stillUs: 10 * hourUs, usualUs: 30 * minuteUs },
    });
    expect(finding(10 * hourUs, 30 * minuteUs)?.evidence[0]).toEqual({
      name: 'still_seconds',
      value: 36_000,
      unit: 's',
    });
  });
});

describe('the most that is usual', () => {
  const day = (index: number, highestMicro: number | null) => ({
    ...{ ...emptyBucket('sensor.a', index * dayUs, (index + 1) * dayUs), highestMicro },
  });

  it('is four times the second highest quarter-hour of at least three other days', () => {
    const days = [day(0, 5), day(1, 900), day(2, 7), day(3, 8)];
    expect(highestUsualMicro(days, 0)).toBe(8 * 4);
    expect(highestUsualMicro(days, dayUs)).toBe(7 * 4);
    expect(highestUsualMicro(days, 9 * dayUs)).toBe(8 * 4);
    expect(highestUsualMicro(days.slice(0, 3), 0)).toBeNull();
    expect(highestUsualMicro([...days.slice(0, 3), day(5, null)], 0)).toBeNull();
    expect(highestUsualMicro([], 0)).toBeNull();
    // A day is that in which the instant lies.
    expect(highestUsualMicro(days, 2 * dayUs - 1)).toBe(7 * 4);
    expect(highestUsualMicro(days, 2 * dayUs)).toBe(8 * 4);
  });
});

describe('hours that differ', () => {
  const entry = (index: number, amountMicro: number, extra: Partial<Entry> = {}): Entry => ({
    ...{ kind: 'quantity', quarterHourStartUs: index * quarterHourUs, amountMicro, quality: 'measured' },
    ...{ coveredUs: quarterHourUs, reason: 'counted', isProvisional: false, onTimeUs: null },
    ...{ firstEvidenceUs: 0, lastEvidenceUs: 0 },
    ...extra,
  });
  const stretch = (extra: Partial<Stretch> = {}): Stretch => ({
    ...{ startUs: hourUs, endUs: 2 * hourUs, theirsMicro: 1_000_000, registerMicro: null },
    ...extra,
  });
  const quarters = (amounts: readonly number[], extra: Partial<Entry> = {}) =>
    amounts.map((amount, index) => entry(4 + index, amount, extra));

  it('are compared by the entries within them alone', () => {
    const own = quarters([250_000, 250_000, 250_000, 250_000]);
    const others = [
      ...[entry(3, 9_000_000), entry(8, 9_000_000)],
      ...[entry(5, 9_000_000, { kind: 'restart' }), entry(5, 9_000_000, { reason: 'withdrawn' })],
    ];
    expect(compareStretch(stretch(), [...own, ...others])).toEqual({ kind: 'agrees' });
    expect(compareStretch(stretch(), [entry(4, 1_000_000)])).toEqual({ kind: 'agrees' });
    expect(compareStretch(stretch({ theirsMicro: 0 }), [])).toEqual({ kind: 'explained', why: 'unposted' });
  });

  it('are explained by one quarter-hour that may grow or is an estimate, and by rows only when all of them are', () => {
    const amounts = [1, 1, 1, 1];
    const one = (extra: Partial<Entry>) => [...quarters(amounts.slice(1)), entry(7, 1, extra)];
    const why = (entries: readonly Entry[], of: Partial<Stretch> = {}) => {
      const found = compareStretch(stretch(of), entries);
      return found.kind === 'explained' ? found.why : found.kind;
    };
    expect(why(one({ isProvisional: true }))).toBe('provisional');
    expect(why(one({ quality: 'estimated' }))).toBe('estimated');
    expect(why(one({ quality: 'none' }))).toBe('estimated');
    expect(why(one({ quality: 'hourly' }))).toBe('differs');
    expect(why(quarters(amounts, { quality: 'hourly' }))).toBe('rows');
    expect(why(quarters(amounts), { registerMicro: 2004 })).toBe('sum_restarted');
    expect(why(quarters(amounts), { registerMicro: 2005 })).toBe('differs');
    expect(compareStretch(stretch(), quarters(amounts))).toEqual({
      kind: 'differs',
      oursMicro: 4,
      theirsMicro: 1_000_000,
    });
  });

  it('may differ by 2 Wh or half a percent, in either direction, and by what is allowed besides', () => {
    expect([isWithinTolerance(-2000, 0), isWithinTolerance(-2001, 0)]).toEqual([true, false]);
    expect([isWithinTolerance(-1_005_000, -1_000_000), isWithinTolerance(-1_005_001, -1_000_000)]).toEqual([
      true,
      false,
    ]);
    expect([isWithinTolerance(2500, 0, 500), isWithinTolerance(2501, 0, 500)]).toEqual([true, false]);
  });

  it('are no stretch where a row comes again, or has no total', () => {
    const row = (hour: number, sum: number | null, state: number | null) => ({
      ...{ startUs: hour * hourUs, endUs: (hour + 1) * hourUs, period: 'hour' as const, sum, state },
    });
    expect(stretchesOf([row(0, 1, 1), row(0, 2, 2)])).toEqual([]);
    expect(stretchesOf([row(0, 1, 1), row(1, null, 2), row(2, 3, 3)])).toEqual([]);
    expect(stretchesOf([row(0, 1, 1), row(1, 1e15, 2)])).toEqual([]);
    expect(stretchesOf([row(0, 5, 100), row(1, 5, 2)])).toMatchObject([
      { theirsMicro: 0, registerMicro: null },
    ]);
    expect(stretchesOf([row(0, 1, 5), row(1, 1, 5)])).toMatchObject([{ theirsMicro: 0, registerMicro: 0 }]);
    expect(stretchesOf([row(0, 1, null), row(1, 2, 5)])).toMatchObject([
      { theirsMicro: 1_000_000, registerMicro: null },
    ]);
  });

  it('are counted as Home Assistant does: a fall to less than nine tenths is a reset of a rising register', () => {
    const path = (...registers: number[]) =>
      registers.map((registerMicro, index) => ({ atUs: index, registerMicro }));
    expect(countedAsCore('rising', path(1000, 900))).toBe(-100);
    expect(countedAsCore('rising', path(1000, 899))).toBe(899);
    expect(countedAsCore('net', path(1000, 899))).toBe(-101);
    expect(countedAsCore('rising', path(1000))).toBe(0);
    expect(countedAsCore('rising', path(10, 15, 30))).toBe(20);
  });

  it('include a step at an hour’s end between readings no more than a quarter-hour apart', () => {
    const path = (afterUs: number) => [
      { atUs: 0, registerMicro: 900 },
      { atUs: afterUs, registerMicro: 400 },
    ];
    expect(boundaryStep(path(quarterHourUs), minuteUs)).toBe(500);
    expect(boundaryStep(path(quarterHourUs + 1), minuteUs)).toBe(0);
    const later = path(quarterHourUs).map((point) => ({ ...point, atUs: point.atUs + hourUs }));
    expect(boundaryStep(later, hourUs + minuteUs)).toBe(500);
    expect(boundaryStep([], minuteUs)).toBe(0);
  });

  it('that follow on one another are one finding with the sums of both', () => {
    const part = (hour: number) => ({
      ...{
        startUs: hour * hourUs,
        endUs: (hour + 1) * hourUs,
        oursMicro: 1_500_000,
        theirsMicro: 1_000_000,
      },
    });
    const [found, ...others] = hoursFindings('sensor.a', 'm³', [part(0), part(1)]);
    expect(others).toEqual([]);
    const spans = hoursFindings('sensor.a', 'm³', [part(0), part(5), part(6)]);
    expect(spans.map(({ startUs, endUs }) => (endUs - startUs) / hourUs)).toEqual([1, 2]);
    expect(found?.statement).toEqual({
      code: 'hours_differ',
      values: { oursMicro: 3_000_000, theirsMicro: 2_000_000, unit: 'm³' },
    });
    expect(found?.evidence.at(-1)).toEqual({ name: 'difference', value: 1, unit: 'm³' });
  });
});
