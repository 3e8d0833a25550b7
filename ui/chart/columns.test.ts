/**
 * Goal: the drawn columns are the measured ones: a held value at the start, open gaps, nothing after now.
 * Method: small hand-made curves.
 */
import { describe, expect, it } from 'vitest';
import type { Curve } from '../../src/schemas/readings.ts';
import { columnsOf, extentOf, indexAt, narrowed } from './columns.ts';

const curve = (rest: Partial<Curve>): Curve => ({
  entity_id: 'sensor.a',
  unit: 'W',
  since: '1970-01-01T00:00:00Z',
  until: '1970-01-01T00:16:40Z',
  reading_count: 0,
  before: null,
  x: [],
  state: [],
  min: [],
  max: [],
  bucket_seconds: null,
  ...rest,
});

describe('columns', () => {
  it('hold the value from before the span', () => {
    const columns = columnsOf(
      curve({ x: [50], state: [2], min: [2], max: [2], before: { x: -5, state: 1 } }),
      0,
      1000,
      60,
    );
    expect(columns.x).toEqual([0, 50, 60]);
    expect(columns.state).toEqual([1, 2, 2]);
  });

  it('leave a gap open, at the beginning, inside and at the end', () => {
    const columns = columnsOf(
      curve({
        x: [10, 20, 30],
        state: [1, null, null],
        min: [1, null, null],
        max: [1, null, null],
        before: { x: -5, state: null },
      }),
      0,
      1000,
      500,
    );
    expect(columns.x).toEqual([10, 20, 30]);
    expect(columns.state).toEqual([1, null, null]);
  });

  it('end at the end of the span when now is later', () => {
    const columns = columnsOf(curve({ x: [10], state: [1], min: [1], max: [1] }), 0, 100, 5000);
    expect(columns.x).toEqual([10, 100]);
  });

  it('draw a held value over a span without readings', () => {
    expect(columnsOf(curve({ before: { x: -5, state: 3 } }), 0, 100, 5000).state).toEqual([3, 3]);
    expect(columnsOf(curve({}), 0, 100, 5000).x).toEqual([]);
  });

  it('keep the band of a bucket off the quiet time before it', () => {
    const columns = columnsOf(
      curve({ x: [59, 110, 355], state: [1, 2, 9], min: [0, 2, 5], max: [1, 3, 9], bucket_seconds: 60 }),
      0,
      360,
      355,
    );
    expect(columns.x).toEqual([59, 110, 300, 355]);
    expect(columns.state).toEqual([1, 2, 2, 9]);
    expect(columns.min).toEqual([0, 2, 2, 5]);
    expect(columns.max).toEqual([1, 3, 2, 9]);
  });

  it('know their extent', () => {
    expect(extentOf({ x: [1, 2], state: [1, null], min: [0, null], max: [4, null], hasBand: true })).toEqual({
      least: 0,
      most: 4,
    });
    expect(extentOf({ x: [], state: [], min: [], max: [], hasBand: false })).toBeNull();
  });

  it('find the point under an instant', () => {
    expect([5, 10, 15, 99].map((at) => indexAt([10, 20], at))).toEqual([-1, 0, 0, 1]);
  });

  it('narrow a span without leaving it', () => {
    expect(narrowed(0, 1000, 0.5, 900)).toEqual({ startS: 500, endS: 1000 });
    expect(narrowed(0, 1000, 0.5, 500)).toEqual({ startS: 250, endS: 750 });
    expect(narrowed(0, 12, 0.5, 6)).toBeNull();
  });
});
