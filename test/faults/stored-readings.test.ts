/** Goal: the comparison that all of this suite rests on sees every way in which two sides can differ. */
import { describe, expect, it } from 'vitest';
import { differencesOf } from './stored-readings.ts';

const reported = [
  { atUs: 1, value: 5 },
  { atUs: 2, value: null },
  { atUs: 3, value: 7 },
];

describe('what was reported and what is stored', () => {
  it('differs in nothing when both are the same', () => {
    expect(differencesOf('sensor.a', reported, reported)).toEqual([]);
  });

  it.each([
    ['one is missing', reported.slice(0, 2), 'sensor.a: 1 of 3 are missing, 3 to 3'],
    ['one is there twice', [...reported, { atUs: 2, value: null }], 'sensor.a: 2 is stored 2 times'],
    [
      'one was never reported',
      [...reported, { atUs: 4, value: 7 }],
      'sensor.a: 4 is stored, and was never reported',
    ],
    [
      'a gap became a zero',
      reported.with(1, { atUs: 2, value: 0 }),
      'sensor.a: 2 is stored as 0, and was null',
    ],
  ])('differs when %s', (_, stored, line) => {
    expect(differencesOf('sensor.a', reported, stored)).toEqual([line]);
  });
});
