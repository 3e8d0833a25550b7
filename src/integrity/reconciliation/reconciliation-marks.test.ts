/**
 * Goal: what was done when is known by the next process too, and a clock that is set back keeps nothing from being due.
 * Method: marks over settings in memory, on a clock by hand.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { MemorySettings } from '../../home/testing/doubles.ts';
import { ReconciliationMarks } from './reconciliation-marks.ts';

let settings: MemorySettings;
let nowUs: number;
const clock = { nowUs: () => nowUs, monotonicMs: () => 0 };
const loaded = async () => {
  const marks = new ReconciliationMarks(settings, clock);
  await marks.load();
  return marks;
};
const stateOf = (marks: ReconciliationMarks) =>
  (['hourly', 'nightly'] as const).map((kind) => [marks.doneUs(kind), marks.dueAfterUs(kind)]);

beforeEach(() => {
  settings = new MemorySettings();
  nowUs = 1000;
});

describe('a home', () => {
  it.each([null, 'broken', 7, { hourlyUs: 'soon', nightlyUs: null, sinceUs: 'ever' }])(
    'of which %j is kept waits for its first run from now on, whatever comes between',
    async (found) => {
      settings.values.set('reconciliation', found);
      expect(stateOf(await loaded())).toEqual([
        [null, 1000],
        [null, 1000],
      ]);
      nowUs = 5000;
      expect(stateOf(await loaded())).toEqual([
        [null, 1000],
        [null, 1000],
      ]);
    },
  );

  it('goes on from where the process before was', async () => {
    settings.values.set('reconciliation', { hourlyUs: 300, nightlyUs: 200, sinceUs: 100 });
    expect(stateOf(await loaded())).toEqual([
      [300, 300],
      [200, 200],
    ]);
  });
});

describe('a run', () => {
  it('that is done counts from when it began, and the night for the hour too', async () => {
    const marks = await loaded();
    nowUs = 2000;
    await marks.done('hourly', 1500);
    const hourly = [
      [1500, 1500],
      [null, 1000],
    ];
    expect(stateOf(marks)).toEqual(hourly);
    expect(stateOf(await loaded())).toEqual(hourly);
    await marks.done('nightly', 1700);
    const both = [
      [1700, 1700],
      [1700, 1700],
    ];
    expect(stateOf(marks)).toEqual(both);
    expect(stateOf(await loaded())).toEqual(both);
  });

  it('that is done now is not undone', async () => {
    const marks = await loaded();
    await marks.done('nightly', nowUs);
    expect(stateOf(marks)).toEqual([
      [1000, 1000],
      [1000, 1000],
    ]);
    expect(stateOf(marks)).toEqual([
      [1000, 1000],
      [1000, 1000],
    ]);
  });

  it('is known as done also when that can not be written', async () => {
    const marks = await loaded();
    settings.isDown = true;
    await expect(marks.done('hourly', 900)).rejects.toThrow('down');
    expect(marks.doneUs('hourly')).toBe(900);
  });

  it('that was given up is due when the next of its kind is, and was not done', async () => {
    const marks = await loaded();
    await marks.done('hourly', 900);
    nowUs = 4000;
    marks.giveUp('hourly');
    expect(stateOf(marks)).toEqual([
      [900, 4000],
      [null, 1000],
    ]);
  });
});

describe('a clock that is set back', () => {
  it('starts again from where it is', async () => {
    nowUs = 9000;
    const marks = await loaded();
    await marks.done('nightly', 8000);
    marks.giveUp('hourly');
    nowUs = 2000;
    expect(stateOf(marks)).toEqual([
      [8000, 2000],
      [8000, 2000],
    ]);
    expect([marks.doneUs('hourly'), marks.doneUs('nightly')]).toEqual([null, null]);
    nowUs = 3000;
    expect(stateOf(marks)).toEqual([
      [null, 2000],
      [null, 2000],
    ]);
  });
});
