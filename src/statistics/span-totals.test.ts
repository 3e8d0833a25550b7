/**
 * Goal: the pieces of a span are exactly its quarter-hours, each once, and days wherever a whole one lies within.
 * Method: random spans in zones with odd offsets and clock changes; the pieces are walked through.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketStartUs } from '../units/calendar.ts';
import { quarterHourUs } from '../units/durations.ts';
import { piecesOf, wholeQuarterHours } from './span-totals.ts';

describe('piecesOf', () => {
  it('has one piece over a midnight where no whole day lies within', () => {
    const midnight = Date.UTC(2026, 10, 22) * 1000;
    const [startUs, endUs] = [midnight - 3 * quarterHourUs, midnight + 2 * quarterHourUs];
    expect(piecesOf(startUs, endUs, 'UTC')).toEqual([{ period: 'quarter', startUs, endUs }]);
  });

  it('covers each quarter-hour of the span once, and cuts at midnights only', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'Europe/Brussels',
          'Asia/Kathmandu',
          'Australia/Lord_Howe',
          'America/St_Johns',
          'UTC',
        ),
        fc.integer({ min: 1_600_000_000, max: 1_900_000_000 }),
        fc.integer({ min: 1, max: 40 * 86_400 }),
        (zone, fromSeconds, seconds) => {
          const [spanStartUs, spanEndUs] = [fromSeconds * 1e6, (fromSeconds + seconds) * 1e6];
          const { startUs, endUs } = wholeQuarterHours(spanStartUs, spanEndUs);
          expect(startUs).toBeLessThanOrEqual(spanStartUs);
          expect(endUs).toBeGreaterThanOrEqual(spanEndUs);
          expect(endUs - startUs).toBeLessThan(spanEndUs - spanStartUs + 2 * quarterHourUs);
          let at = startUs;
          for (const piece of piecesOf(spanStartUs, spanEndUs, zone)) {
            expect(piece.startUs).toBe(at);
            expect(piece.endUs).toBeGreaterThan(at);
            at = piece.endUs;
            if (piece.period !== 'day') continue;
            expect(bucketStartUs(piece.startUs, 'day', zone)).toBe(piece.startUs);
            expect(bucketStartUs(piece.endUs, 'day', zone)).toBe(piece.endUs);
          }
          expect(at).toBe(endUs);
        },
      ),
    );
  });
});
