/**
 * Goal: an instant is the same microsecond whichever of Home Assistant's ways of telling time it came by.
 * Method: pairs of one instant made with Python's `datetime.fromtimestamp`, which is what Core derives its texts with.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantFromIso, instantFromLocalIso, instantFromSeconds, isoFromInstant } from './instant.ts';

describe('instantFromSeconds', () => {
  it.each([
    // Core's clock has parts of a microsecond: the text is rounded, and the float must come to the same.
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

describe('instantFromLocalIso', () => {
  const zone = 'Europe/Brussels';
  it.each([
    ['2026-06-16T00:00:00', '2026-06-15T22:00:00Z'],
    ['2026-12-16T00:00:00', '2026-12-15T23:00:00Z'],
    ['2026-06-16', '2026-06-15T22:00:00Z'],
    ['20260616', '2026-06-15T22:00:00Z'],
    ['2026-06', '2026-05-31T22:00:00Z'],
    ['2026-6-1 7:05', '2026-06-01T05:05:00Z'],
    ['20260616T0730', '2026-06-16T05:30:00Z'],
    ['2026-06-16T24:00:00', '2026-06-16T22:00:00Z'],
    ['2026-06-16 00:00:00.123456789', '2026-06-15T22:00:00.123456Z'],
    // The hour that is there twice is its first one, the one that is not there lies an hour further.
    ['2026-10-25T02:30:00', '2026-10-25T00:30:00Z'],
    ['2026-10-25T03:00:00', '2026-10-25T02:00:00Z'],
    ['2026-03-29T02:30:00', '2026-03-29T01:30:00Z'],
    ['2026-06-16T00:00:00Z', '2026-06-16T00:00:00Z'],
    ['2026-06-16T00:00:00-03:30', '2026-06-16T03:30:00Z'],
    ['2026-06-16T00:00:00+0530', '2026-06-15T18:30:00Z'],
    ['2026-06-16T00:00:00+05', '2026-06-15T19:00:00Z'],
  ])('reads %s as %s in Brussels', (text, expected) => {
    expect(instantFromLocalIso(text, zone)).toBe(instantFromIso(expected));
  });

  it.each([
    '2026-02-30',
    '2026-06-16T25:00',
    '2026-06-16T24:30',
    '2026-06-16T00:60',
    '2026-06-16T00:00:00+99:00',
    '2026',
    '16/06/2026',
    'unknown',
    '',
    '1970-01-01T00:00:00',
    '9999-12-31T00:00:00Z',
  ])('takes %j for no instant', (text) => {
    expect(instantFromLocalIso(text, zone)).toBeNull();
  });

  it('knows no local time without a zone, and agrees with instantFromIso where there is an offset', () => {
    expect(instantFromLocalIso('2026-06-16T00:00:00', null)).toBeNull();
    expect(instantFromLocalIso('2026-06-16T00:00:00', 'Europe/Nowhere')).toBeNull();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), (us) => {
        expect(instantFromLocalIso(isoFromInstant(us), null)).toBe(us);
      }),
    );
  });

  it('begins with 1970', () => {
    expect(instantFromLocalIso('1970-01-01T00:00:00Z', null)).toBe(0);
    expect(instantFromLocalIso('1970-01-01T00:00:00.000001Z', null)).toBe(1);
    expect(instantFromLocalIso('1969-12-31T23:59:59.999999Z', null)).toBeNull();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9TZ:. ]{1,30}$/)), (text) => {
        const us = instantFromLocalIso(text, zone);
        expect(us === null || Number.isSafeInteger(us)).toBe(true);
      }),
    );
  });
});
