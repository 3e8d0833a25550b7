/**
 * Goal: order and drift follow from the received states, and a late message or two change nothing.
 * Method: by hand.
 */
import { describe, expect, it } from 'vitest';
import { StreamStats } from './stream-stats.ts';
import { baseUs, state } from './testing/doubles.ts';

const meter = 'sensor.meter';
const second = 1_000_000;

describe('the stream', () => {
  it('is out of order when an older state comes after a newer one, but not in a snapshot', () => {
    const watch = new StreamStats();
    const late = [0, 2, 1, 1, 3].map((offset) =>
      watch.add(state(meter, baseUs + offset, '1'), 'change', baseUs),
    );
    expect(late).toEqual([false, false, true, false, false]);
    expect(watch.add(state(meter, baseUs - 9, '1'), 'snapshot', baseUs)).toBe(false);
    expect(watch.lastUpdates().get(meter)).toBe(baseUs - 9);
    watch.forget(meter);
    expect(watch.lastUpdates().get(meter)).toBeUndefined();
  });

  it('names what came late once, and counts it for good', () => {
    const watch = new StreamStats();
    expect(watch.takeLate()).toBeNull();
    for (const [entityId, offset] of [
      [meter, 5],
      ['sensor.other', 2],
      [meter, 9],
    ] as const)
      watch.tookLate(entityId, baseUs + offset);
    expect(watch.takeLate()).toEqual({
      entityIds: [meter, 'sensor.other'],
      count: 3,
      firstUs: baseUs + 2,
      lastUs: baseUs + 9,
    });
    expect(watch.takeLate()).toBeNull();
    expect(watch.outOfOrderCount()).toBe(3);
  });

  it('returns how far the clocks differ, once it received enough', () => {
    const watch = new StreamStats();
    for (let i = 0; i < 19; i += 1)
      watch.add(state(meter, baseUs + i, '1'), 'change', baseUs + i - 40 * second);
    expect(watch.clockDriftUs()).toBeNull();
    // One that was held up, a removal, a snapshot of yesterday.
    watch.add(state(meter, baseUs + 20, '1'), 'change', baseUs + 900 * second);
    watch.add(state(meter, baseUs + 21, null), 'change', baseUs + 21);
    watch.add(state(meter, baseUs - 86_400 * second, '1'), 'snapshot', baseUs);
    expect(watch.clockDriftUs()).toBe(-40 * second);
  });

  it('follows a clock that was set', () => {
    const watch = new StreamStats();
    for (let i = 0; i < 600; i += 1) watch.add(state(meter, baseUs + i, '1'), 'change', baseUs + i);
    for (let i = 0; i < 300; i += 1)
      watch.add(state(meter, baseUs + 600 + i, '1'), 'change', baseUs + 600 + i + 3600 * second);
    expect(watch.clockDriftUs()).toBe(3600 * second);
  });
});
