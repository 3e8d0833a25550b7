/**
 * Goal: what a meter usually counts in an hour is known from other days, and no single day makes it.
 * Method: days by hand.
 */

import { describe, expect, it } from 'vitest';
import { emptyBucket } from '../../statistics/bucket.ts';
import { dayUs } from '../../units/durations.ts';
import { highestUsualMicro } from './usual-hours.ts';

const days = (...highest: (number | null)[]) =>
  highest.map((highestMicro, day) => ({
    ...emptyBucket('sensor.meter', day * dayUs, (day + 1) * dayUs),
    highestMicro,
  }));
const later = 100 * dayUs;

describe('the highest usual hour', () => {
  it('is four times the second highest quarter-hour of the days', () => {
    expect(highestUsualMicro(days(10, 900, 30, 20), later)).toBe(4 * 30);
    expect(highestUsualMicro(days(30, 20, 10), later)).toBe(4 * 20);
  });

  it('is not known by fewer than three days that were measured', () => {
    expect(highestUsualMicro([], later)).toBeNull();
    expect(highestUsualMicro(days(10, 20), later)).toBeNull();
    expect(highestUsualMicro(days(10, null, 20, null), later)).toBeNull();
  });

  it.each([
    ['first moment', dayUs],
    ['middle', 1.5 * dayUs],
    ['last moment', 2 * dayUs - 1],
  ])('is that of other days, asked by the %s of one', (_, atUs) => {
    expect(highestUsualMicro(days(10, 900, 800, 20), atUs)).toBe(4 * 20);
  });
});
