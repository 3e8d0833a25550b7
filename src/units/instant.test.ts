/**
 * Goal: an instant is the same microsecond whichever of Home Assistant's ways of telling time it came by.
 * Method: pairs of one instant made with Python's `datetime.fromtimestamp`, which is what Core derives its texts with.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantFromIso, instantFromSeconds, isoFromInstant } from './instant.ts';

describe('instantFromSeconds', () => {
  it.each([
    // Core's clock tells parts of a microsecond: the text is rounded, and the float must come to the same.
    [1795245957.2719946, '2026-11-21T07:25:57.271995+00:00'],
    // A tie: half to even.
    [1795245957.0078125, '2026-11-21T07:25:57.007812+00:00'],
    [1795245957.0234375, '2026-11-21T07:25:57.023438+00:00'],
  ])('%d is %s', (seconds, text) => {
    expect(instantFromSeconds(seconds)).toBe(instantFromIso(text));
  });

  it.each([
    [1795442292.2529595, 1795442292252959],
    [1796257203.0410805, 1796257203041080],
    [1794702635.0752244, 1794702635075224],
  ])('%d is the microsecond %d, though seconds * 1e6 rounds elsewhere', (seconds, us) => {
    expect(Math.round(seconds * 1e6)).not.toBe(us);
    expect(instantFromSeconds(seconds)).toBe(us);
  });

  it('gives back every microsecond that went through a float', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), (us) => {
        expect(instantFromSeconds(us / 1e6)).toBe(us);
        expect(instantFromIso(isoFromInstant(us))).toBe(us);
      }),
    );
  });
});
