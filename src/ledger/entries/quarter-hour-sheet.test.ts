/**
 * Goal: parts of a quarter-hour add up, with the worst quality and the reason that most needs an explanation; a switch
 * keeps its state; a revision records what changed, and why.
 * Method: cases by hand.
 */
import { describe, expect, it } from 'vitest';
import { quarterHourUs } from '../../units/durations.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import { OnTime, quarterHoursOf, switchSpans } from '../power/switch-state.ts';
import { type ChangeCause, causeOfRevision, isPast, mergeRanges } from './cause.ts';
import { type Entry, type EntryReason, entryDifferences, qualities, worse } from './entry.ts';
import { boundariesBetween, type Part, QuarterHourSheet } from './quarter-hour-sheet.ts';
import { type PostedEntry, revise } from './revision.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const part = (extra: Partial<Part> = {}): Part => ({
  ...{ amountMicro: 5, coveredUs: 10, quality: 'measured', reason: 'counted' },
  ...{ firstEvidenceUs: start, lastEvidenceUs: start + 100, onTimeUs: null },
  ...extra,
});
const joined = (...parts: Part[]): Entry | undefined => {
  const sheet = new QuarterHourSheet(start, start + quarterHourUs);
  for (const one of parts) sheet.add('quantity', start, one);
  return sheet.entries(start + quarterHourUs)[0];
};

describe('the parts of a quarter-hour', () => {
  it('are kept for the quarter-hours of the range only', () => {
    const sheet = new QuarterHourSheet(start, start + 2 * quarterHourUs);
    for (const index of [-1, 0, 1, 2]) sheet.add('quantity', start + index * quarterHourUs, part());
    expect(sheet.entries(start).map((entry) => entry.quarterHourStartUs)).toEqual([
      start,
      start + quarterHourUs,
    ]);
  });

  it('add up, in whatever order they come', () => {
    const one = part({ firstEvidenceUs: start - 7, onTimeUs: 3 });
    const other = part({ amountMicro: -2, coveredUs: 1, lastEvidenceUs: start + 500, quality: 'hourly' });
    const sum = {
      ...{ amountMicro: 3, coveredUs: 11, quality: 'hourly', onTimeUs: 3 },
      ...{ firstEvidenceUs: start - 7, lastEvidenceUs: start + 500 },
    };
    expect(joined(one, other)).toMatchObject(sum);
    expect(joined(other, one)).toMatchObject(sum);
    expect(joined(one, { ...one, onTimeUs: 4 })?.onTimeUs).toBe(7);
    expect(joined(other, other)?.onTimeUs).toBeNull();
  });

  it('keep the reason that most needs an explanation', () => {
    const rank: EntryReason[] = [
      'counted',
      'integrated',
      'switched_off',
      'spread',
      'reset',
      'exchange',
      'corrected',
    ];
    for (const [index, weaker] of rank.entries())
      for (const stronger of rank.slice(index)) {
        expect(joined(part({ reason: weaker }), part({ reason: stronger }))?.reason).toBe(stronger);
        expect(joined(part({ reason: stronger }), part({ reason: weaker }))?.reason).toBe(stronger);
      }
    expect(qualities.map((quality) => worse(quality, 'recovered'))).toEqual([
      ...['recovered', 'recovered', 'recovered', 'hourly', 'estimated', 'none'],
    ]);
  });

  it('are sorted by quarter-hour, quantities before restarts, and provisional until evidence ends them', () => {
    const sheet = new QuarterHourSheet(start, start + 3 * quarterHourUs);
    for (const kind of ['restart', 'quantity'] as const)
      for (const index of [2, 0, 1]) sheet.add(kind, start + index * quarterHourUs, part());
    const entries = sheet.entries(start + 2 * quarterHourUs);
    expect(entries.map(({ kind, quarterHourStartUs: at }) => [(at - start) / quarterHourUs, kind])).toEqual([
      ...[0, 1, 2].flatMap((index) => [
        [index, 'quantity'],
        [index, 'restart'],
      ]),
    ]);
    expect(entries.map(({ isProvisional }) => isProvisional)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it('are cut at the boundaries strictly inside an interval', () => {
    expect(boundariesBetween(start, start + quarterHourUs)).toEqual([]);
    expect(boundariesBetween(start, start + quarterHourUs + 1)).toEqual([start + quarterHourUs]);
    expect(boundariesBetween(start - 1, start + quarterHourUs)).toEqual([start]);
    expect(boundariesBetween(start + 1, start + 3 * quarterHourUs)).toEqual([
      ...[start + quarterHourUs, start + 2 * quarterHourUs],
    ]);
  });
});

describe('a switch', () => {
  const switched = (atUs: number, isOn: boolean | null) => ({ atUs, isOn, origin: 'stream' }) as const;
  const cut = (...args: Parameters<typeof switchSpans>) =>
    [...switchSpans(...args)].map(({ startUs, endUs, reading }) => [startUs, endUs, reading.isOn]);

  it('keeps its state until the next one, and has none while it is absent', () => {
    const readings = [switched(5, true), switched(10, null), switched(20, false), switched(30, true)];
    expect(cut(readings, 0, 100, 40)).toEqual([
      [5, 10, true],
      [20, 30, false],
      [30, 40, true],
    ]);
    expect(cut(readings, 7, 25, 40)).toEqual([
      [7, 10, true],
      [20, 25, false],
    ]);
    expect(cut(readings, 10, 20, 40)).toEqual([]);
    expect(cut(readings, 0, 100, 30)).toHaveLength(2);
  });

  it('is cut at quarter-hours and at another instant', () => {
    const end = start + 2 * quarterHourUs;
    const parts = (startUs: number, cutUs?: number) =>
      [...quarterHoursOf({ startUs, endUs: end }, cutUs)].map((one) => [one.startUs, one.endUs]);
    expect(parts(start + 5)).toEqual([
      [start + 5, start + quarterHourUs],
      [start + quarterHourUs, end],
    ]);
    expect(parts(start, start + 7)).toEqual([
      [start, start + 7],
      [start + 7, start + quarterHourUs],
      [start + quarterHourUs, end],
    ]);
    for (const outsideUs of [start, start + quarterHourUs, end + 1])
      expect(parts(start, outsideUs)).toHaveLength(2);
  });

  it('counts how long a device was on, and null where that is not known', () => {
    const onTime = new OnTime();
    onTime.add({ startUs: start + 5, endUs: start + quarterHourUs + 10 }, true);
    onTime.add({ startUs: start + quarterHourUs + 10, endUs: start + 2 * quarterHourUs + 1 }, false);
    onTime.add({ startUs: start + quarterHourUs + 20, endUs: start + quarterHourUs + 25 }, true);
    expect([0, 1, 2, 3].map((index) => onTime.of(start + index * quarterHourUs))).toEqual([
      ...[quarterHourUs - 5, 15, 0, null],
    ]);
  });
});

describe('a revision', () => {
  const entry = (index: number, extra: Partial<Entry> = {}): Entry => ({
    ...{
      ...part(),
      kind: 'quantity',
      quarterHourStartUs: start + index * quarterHourUs,
      isProvisional: false,
    },
    ...extra,
  });
  const posted = (index: number, extra: Partial<PostedEntry> = {}): PostedEntry => ({
    ...{ ...entry(index), revision: 1, postedAtUs: 1, cause: 'first' },
    ...extra,
  });
  const summaryOf = (list: readonly PostedEntry[]) =>
    list.map(({ quarterHourStartUs: at, revision, cause, reason }) => [
      (at - start) / quarterHourUs,
      revision,
      cause,
      reason,
    ]);

  it('is written for each difference, ascending, and withdraws entries without evidence', () => {
    const computed = [entry(0), entry(1, { amountMicro: 6 }), entry(3)];
    const current = [posted(4), posted(0), posted(1), posted(2, { revision: 3 })];
    expect(summaryOf(revise(computed, current, 9, 'readings'))).toEqual([
      ...[
        [1, 2, 'late', 'counted'],
        [2, 4, 'late', 'withdrawn'],
        [3, 1, 'first', 'counted'],
      ],
      [4, 2, 'late', 'withdrawn'],
    ]);
    expect(revise([], [posted(2, { onTimeUs: 4 })], 9, 'readings')[0]).toMatchObject({
      ...{
        amountMicro: 0,
        quality: 'none',
        coveredUs: 0,
        onTimeUs: null,
        isProvisional: false,
        postedAtUs: 9,
      },
    });
    expect(revise([], [posted(2, { reason: 'withdrawn' })], 9, 'readings')).toEqual([]);
  });

  it('has the number 0 while the quarter-hour may grow and has no final entry', () => {
    const open = entry(0, { isProvisional: true, amountMicro: 7 });
    const earlier = (revision: number) => [posted(0, { revision, isProvisional: true })];
    expect(summaryOf(revise([open], [], 9, 'readings'))).toEqual([[0, 0, 'first', 'counted']]);
    expect(summaryOf(revise([open], earlier(0), 9, 'readings'))).toEqual([[0, 0, 'first', 'counted']]);
    expect(summaryOf(revise([open], earlier(1), 9, 'readings'))).toEqual([[0, 2, 'settled', 'counted']]);
    expect(summaryOf(revise([entry(0)], earlier(0), 9, 'readings'))).toEqual([[0, 1, 'first', 'counted']]);
  });

  it('has the cause of its change, or for readings how they relate to the quarter-hour', () => {
    expect(causeOfRevision('corrected', posted(0))).toBe('corrected');
    expect(causeOfRevision('readings', undefined)).toBe('first');
    expect(causeOfRevision('readings', posted(0, { revision: 0 }))).toBe('first');
    expect(causeOfRevision('readings', posted(0, { isProvisional: true }))).toBe('settled');
    expect(causeOfRevision('readings', posted(0))).toBe('late');
    const change = (startUs: number, endUs: number, cause: ChangeCause) => ({ startUs, endUs, cause });
    expect(mergeRanges(undefined, change(1, 2, 'rules'))).toEqual(change(1, 2, 'rules'));
    expect(mergeRanges(change(3, 9, 'rules'), change(1, 5, 'statistics'))).toEqual(change(1, 9, 'rules'));
    expect(mergeRanges(change(3, 9, 'readings'), change(1, 5, 'corrected'))).toEqual(
      change(1, 9, 'corrected'),
    );
    expect([
      isPast({ startUs: 0, endUs: 86_400_000_000 }),
      isPast({ startUs: 0, endUs: 86_400_000_001 }),
    ]).toEqual([...[false, true]]);
  });

  it('lists the differences in words', () => {
    expect(entryDifferences(entry(0), entry(0))).toEqual([]);
    expect(entryDifferences(entry(0), entry(0, { amountMicro: 6, quality: 'hourly' }))).toEqual([
      ...['amountMicro 5, not 6', 'quality measured, not hourly'],
    ]);
  });
});
