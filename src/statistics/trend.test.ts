/**
 * Goal: a change of more than a hundredth is a trend, and nothing is compared with nothing.
 * Method: by hand, at the bound and beside it.
 */
import { expect, it } from 'vitest';
import { trendOf } from './trend.ts';

it.each([
  [101, 100, 1, 'stable'],
  [101.01, 100, 1.01, 'up'],
  [99, 100, -1, 'stable'],
  [98.99, 100, -1.01, 'down'],
  [100.5, 100, 0.5, 'stable'],
  [-50, -100, 50, 'up'],
  [-200, -100, -100, 'down'],
  [0, 0, null, null],
  [5, 0, null, null],
  [null, 5, null, null],
  [5, null, null, null],
])('from %d after %d', (now, before, percentageChange, direction) => {
  expect(trendOf(now, before)).toEqual({ percentageChange, direction });
});
