/**
 * Goal: nothing that was written since an instant is left out, and 0 is returned where that is not known.
 * Method: a clock moved by hand, and a walk through all that was written, for random writes.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minuteUs } from '../../units/durations.ts';
import { OldestWritten } from './oldest-written.ts';

const startUs = Date.UTC(2026, 10, 21) * 1000;

function clockAt(us: number) {
  const clock = { us, nowUs: () => clock.us, monotonicMs: () => clock.us / 1000 };
  return clock;
}

describe('late readings', () => {
  it('returns the oldest reading written since, and never a later one', () => {
    const writing = fc.record({ afterUs: fc.nat(5 * minuteUs), oldestUs: fc.nat(startUs) });
    fc.assert(
      fc.property(fc.array(writing, { maxLength: 30 }), fc.nat(50 * minuteUs), (writings, agoUs) => {
        const clock = clockAt(startUs);
        const late = new OldestWritten(clock);
        const written = writings.map(({ afterUs, oldestUs }) => {
          clock.us += afterUs;
          late.add(oldestUs);
          return { atUs: clock.us, oldestUs };
        });
        const sinceUs = clock.us - agoUs;
        const reported = late.oldestSince(sinceUs);
        if (sinceUs < startUs) expect(reported).toBe(0);
        for (const { atUs, oldestUs } of written)
          if (atUs >= sinceUs) expect(reported).toBeLessThanOrEqual(oldestUs);
        expect(reported).toBeLessThanOrEqual(clock.us);
      }),
    );
  });

  it('does not know what was written before it was there, or too long ago', () => {
    const clock = clockAt(startUs);
    const late = new OldestWritten(clock);
    expect(late.oldestSince(startUs - 1)).toBe(0);
    expect(late.oldestSince(startUs)).toBe(startUs);
    clock.us += 3 * 3600e6;
    expect(late.oldestSince(startUs)).toBe(0);
  });

  it('forgets, and so stays small', () => {
    const clock = clockAt(startUs);
    const late = new OldestWritten(clock);
    late.add(5);
    for (let minute = 0; minute < 300; minute += 1) {
      clock.us += minuteUs;
      late.add(clock.us);
    }
    expect(late.oldestSince(clock.us - 30 * minuteUs)).toBeGreaterThan(5);
  });
});
