/** Goal: order and clocks are told from what the stream says, and a late message or two change nothing. Method: by hand. */
import { describe, expect, it } from 'vitest';
import { StreamWatch } from './stream-watch.ts';
import { baseUs, state } from './testing/doubles.ts';

const meter = 'sensor.meter';
const second = 1_000_000;

describe('the stream', () => {
  it('is out of order when an older state comes after a newer one, but not in a snapshot', () => {
    const watch = new StreamWatch();
    for (const offset of [0, 2, 1, 1, 3]) watch.hear(state(meter, baseUs + offset, '1'), 'change', baseUs);
    expect(watch.outOfOrder()).toEqual(new Map([[meter, 1]]));
    watch.hear(state(meter, baseUs - 9, '1'), 'snapshot', baseUs);
    expect(watch.outOfOrderCount()).toBe(1);
    expect(watch.told().get(meter)).toBe(baseUs - 9);
    watch.forget(meter);
    expect(watch.outOfOrderCount()).toBe(0);
  });

  it('tells how far the clocks are apart, once it heard enough', () => {
    const watch = new StreamWatch();
    for (let i = 0; i < 19; i += 1)
      watch.hear(state(meter, baseUs + i, '1'), 'change', baseUs + i - 40 * second);
    expect(watch.clockDriftUs()).toBeNull();
    // One that was held up, a removal, a snapshot of yesterday.
    watch.hear(state(meter, baseUs + 20, '1'), 'change', baseUs + 900 * second);
    watch.hear(state(meter, baseUs + 21, null), 'change', baseUs + 21);
    watch.hear(state(meter, baseUs - 86_400 * second, '1'), 'snapshot', baseUs);
    expect(watch.clockDriftUs()).toBe(-40 * second);
  });

  it('follows a clock that was set', () => {
    const watch = new StreamWatch();
    for (let i = 0; i < 600; i += 1) watch.hear(state(meter, baseUs + i, '1'), 'change', baseUs + i);
    for (let i = 0; i < 300; i += 1)
      watch.hear(state(meter, baseUs + 600 + i, '1'), 'change', baseUs + 600 + i + 3600 * second);
    expect(watch.clockDriftUs()).toBe(3600 * second);
  });
});
