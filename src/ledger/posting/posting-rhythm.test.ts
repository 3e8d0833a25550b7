import { describe, expect, it } from 'vitest';
import { quarterHourUs } from '../../units/durations.ts';
import { intervalAt } from '../../units/interval.ts';
import type { ChangedRange } from '../entries/cause.ts';
import { PostingRhythm } from './posting-rhythm.ts';

const quarterHour = 2000 * quarterHourUs;
const second = 1_000_000;
const reading = (atUs: number): ChangedRange => ({ ...intervalAt(atUs), cause: 'readings' });

function rhythm() {
  const state = { nowUs: quarterHour, isWatched: false };
  const made = new PostingRhythm({
    isWatched: () => state.isWatched,
    clock: { nowUs: () => state.nowUs },
  });
  return Object.assign(made, { state });
}

describe('a posting', () => {
  it('is due once a quarter-hour, a little after its end, while nobody watches', () => {
    const one = rhythm();
    expect(one.isDue([])).toBe(true);
    one.state.nowUs = quarterHour + 60 * second;
    one.posted(one.state.nowUs);
    const due: number[] = [];
    for (let passed = 60; passed <= 1900; passed += 10) {
      one.state.nowUs = quarterHour + passed * second;
      if (!one.isDue([reading(one.state.nowUs)])) continue;
      due.push(passed);
      one.posted(one.state.nowUs);
    }
    expect(due).toEqual([920, 1820]);
  });

  it('is due again after a round that began before the quarter-hour was settled', () => {
    const one = rhythm();
    one.state.nowUs = quarterHour + quarterHourUs + 5 * second;
    one.posted(one.state.nowUs);
    expect(one.isDue([])).toBe(false);
    one.state.nowUs = quarterHour + quarterHourUs + 20 * second;
    expect(one.isDue([])).toBe(true);
  });

  it('is due at every turn while somebody watches', () => {
    const one = rhythm();
    one.state.nowUs = quarterHour + 100 * second;
    one.posted(one.state.nowUs);
    expect(one.isDue([])).toBe(false);
    one.state.isWatched = true;
    expect(one.isDue([])).toBe(true);
  });

  it('is due at once for a correction, rows of statistics or a long past, and not for a late reading', () => {
    const one = rhythm();
    one.state.nowUs = quarterHour + 100 * second;
    one.posted(one.state.nowUs);
    expect(one.isDue([reading(quarterHour - 3 * quarterHourUs)])).toBe(false);
    for (const cause of ['corrected', 'statistics', 'reconciled', 'rules'] as const)
      expect(one.isDue([{ ...reading(quarterHour), cause }])).toBe(true);
    const past: ChangedRange = {
      startUs: quarterHour - 200 * quarterHourUs,
      endUs: quarterHour,
      cause: 'readings',
    };
    expect(one.isDue([past])).toBe(true);
  });

  it('follows a clock that is set back', () => {
    const one = rhythm();
    one.state.nowUs = quarterHour + 100 * second;
    one.posted(one.state.nowUs);
    one.state.nowUs = quarterHour - 100 * quarterHourUs;
    expect(one.isDue([])).toBe(true);
  });
});
