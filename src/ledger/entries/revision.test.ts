/**
 * Goal: the current state follows what was computed, by revisions with a cause; nothing is removed without one.
 * Method: each way in which computed entries can differ from the current ones, by hand.
 */
import { describe, expect, it } from 'vitest';
import { quarterHourUs } from '../../units/durations.ts';
import { postedEntry } from '../testing/posted-entry.ts';
import { type ChangedRange, isPast, mergeRanges } from './cause.ts';
import type { Entry } from './entry.ts';
import { type PostedEntry, revise } from './revision.ts';

const quarterHour = 2000 * quarterHourUs;
const nowUs = quarterHour + 5 * quarterHourUs;

/** An entry as posting computes it. */
function computed(quarterHourStartUs: number, amountMicro: number, given: Partial<Entry> = {}): Entry {
  const {
    revision: _revision,
    postedAtUs: _postedAtUs,
    cause: _cause,
    ...entry
  } = postedEntry(quarterHourStartUs, amountMicro, given);
  return entry;
}
const open = { isProvisional: true };
const written = (list: readonly Entry[], current: readonly PostedEntry[]) =>
  revise(list, current, nowUs, 'readings').map(({ amountMicro, revision, cause }) => [
    amountMicro,
    revision,
    cause,
  ]);

describe('the revision of a quarter-hour', () => {
  it('is the first once it is final, and not in the journal before', () => {
    expect(revise([computed(quarterHour, 5)], [], nowUs, 'readings')).toEqual([
      { ...postedEntry(quarterHour, 5), postedAtUs: nowUs, cause: 'first', revision: 1 },
    ]);
    expect(written([computed(quarterHour, 5, open)], [])).toEqual([[5, 0, 'first']]);
    const running = postedEntry(quarterHour, 5, { ...open, revision: 0 });
    expect(written([computed(quarterHour, 6, open)], [running])).toEqual([[6, 0, 'first']]);
    expect(written([computed(quarterHour, 6)], [running])).toEqual([[6, 1, 'first']]);
  });

  it('is one more than the last, and its cause shows whether that could still grow', () => {
    const final = postedEntry(quarterHour, 5, { revision: 3 });
    expect(written([computed(quarterHour, 6)], [final])).toEqual([[6, 4, 'late']]);
    expect(written([computed(quarterHour, 6, open)], [final])).toEqual([[6, 4, 'late']]);
    expect(written([computed(quarterHour, 6)], [{ ...final, ...open }])).toEqual([[6, 4, 'settled']]);
  });

  it('is not written where the entry is the same', () => {
    expect(written([computed(quarterHour, 5)], [postedEntry(quarterHour, 5, { revision: 3 })])).toEqual([]);
  });

  it('has the cause of the posting, whatever the entry was before', () => {
    const causes = (['statistics', 'reconciled', 'rules', 'corrected'] as const).map((cause) =>
      revise([computed(quarterHour, 6)], [postedEntry(quarterHour, 5)], nowUs, cause).map(
        ({ cause }) => cause,
      ),
    );
    expect(causes).toEqual([['statistics'], ['reconciled'], ['rules'], ['corrected']]);
  });

  it('is a withdrawal, once, where no evidence supports it any more', () => {
    const current = postedEntry(quarterHour, 5, { revision: 2, onTimeUs: 7, isProvisional: true });
    const [withdrawn] = revise([], [current], nowUs, 'readings');
    expect(withdrawn).toEqual({
      ...{ ...current, amountMicro: 0, quality: 'none', coveredUs: 0, reason: 'withdrawn', onTimeUs: null },
      ...{ isProvisional: false, revision: 3, postedAtUs: nowUs, cause: 'settled' },
    });
    expect(withdrawn && revise([], [withdrawn], nowUs, 'readings')).toEqual([]);
  });

  it('is separate by kind, and in the order of time', () => {
    const [first, second, third] = [
      quarterHour,
      quarterHour + quarterHourUs,
      quarterHour + 2 * quarterHourUs,
    ];
    const restart = computed(second, 9, { kind: 'restart' });
    const current = [postedEntry(first, 1), postedEntry(second, 2)];
    const list = revise([computed(third, 3), restart, computed(second, 2)], current, nowUs, 'readings');
    expect(list.map((one) => [one.quarterHourStartUs, one.kind, one.reason])).toEqual([
      [first, 'quantity', 'withdrawn'],
      [second, 'restart', 'counted'],
      [third, 'quantity', 'counted'],
    ]);
  });
});

describe('changed ranges', () => {
  const change = (startUs: number, endUs: number, cause: ChangedRange['cause']): ChangedRange => ({
    startUs,
    endUs,
    cause,
  });

  it('merge into one over both, with the stronger cause', () => {
    expect(mergeRanges(undefined, change(5, 6, 'rules'))).toEqual(change(5, 6, 'rules'));
    const rising = ['readings', 'statistics', 'reconciled', 'rules', 'corrected'] as const;
    for (const [place, cause] of rising.entries())
      for (const weaker of rising.slice(0, place + 1)) {
        expect(mergeRanges(change(5, 9, cause), change(3, 7, weaker))).toEqual(change(3, 9, cause));
        expect(mergeRanges(change(3, 7, weaker), change(5, 9, cause))).toEqual(change(3, 9, cause));
      }
  });

  it('of more than a day are past', () => {
    const day = 86_400_000_000;
    expect(isPast(change(7, 7 + day, 'readings'))).toBe(false);
    expect(isPast(change(7, 8 + day, 'readings'))).toBe(true);
  });
});
