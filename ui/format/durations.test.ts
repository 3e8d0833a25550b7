/**
 * Goal: a duration has its two largest units, and rounding never gives an hour of 60 minutes.
 * Method: examples on both sides of each limit.
 */
import { describe, expect, it } from 'vitest';
import { en } from '../texts/en.ts';
import { formatDuration, formatHours } from './durations.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const format = (seconds: number) => plain(formatDuration(seconds, 'en-GB', en.units));

describe('durations', () => {
  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [59.5, '1 min'],
    [3569, '59 min'],
    [3570, '1 h'],
    [12_000, '3 h 20 min'],
    [86_400, '24 h'],
    [2 * 86_400, '2 d'],
    [2 * 86_400 + 5 * 3600, '2 d 5 h'],
    [3 * 86_400 - 60, '3 d'],
    [400 * 86_400, '400 d'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(format(seconds)).toBe(text);
  });
  it.each([
    [0, '0 min'],
    [20, '< 1 min'],
    [90, '2 min'],
    [3599, '1 h'],
    [12_000, '3 h 20 min'],
    [458_400, '127 h 20 min'],
    [3_600_060, '1,000 h 1 min'],
  ])('%d seconds in hours and minutes are %s', (seconds, text) => {
    expect(plain(formatHours(seconds, 'en-GB', en.units))).toBe(text);
  });
});
