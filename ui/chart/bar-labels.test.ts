/**
 * Goal: bars are labelled at round times of the home's clock, no more than fit.
 * Method: DST days and months by hand; number and order by property.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barLabels, bucketName } from './bar-labels.ts';

const brussels = { language: 'en-GB', zone: 'Europe/Brussels' };
const hours = (start: string, count: number) =>
  Array.from({ length: count }, (_none, index) => Date.parse(start) + index * 3_600_000);

describe('labels of bars', () => {
  it.each([
    ['2026-10-24T22:00:00Z', 25, ['00:00', '06:00', '12:00', '18:00']],
    ['2026-03-28T23:00:00Z', 23, ['00:00', '06:00', '12:00', '18:00']],
  ])('are round on the day that begins %s', (start, count, texts) => {
    expect(barLabels(hours(start, count), 'hour', 5, brussels).map(({ text }) => text)).toEqual(texts);
  });

  it('name days, months and years', () => {
    const days = [16, 17, 18, 19, 20, 21, 22].map((day) => Date.parse(`2026-11-${day - 1}T23:00:00Z`));
    expect(barLabels(days, 'day', 7, brussels).map(({ text }) => text)[0]).toBe('Mon 16');
    expect(bucketName(days[0] ?? 0, days[1] ?? 0, 'hour', brussels)).toBe('00:00 – 00:00');
    expect(bucketName(days[0] ?? 0, days[1] ?? 0, 'month', brussels)).toBe('November 2026');
  });

  it('are few and in order', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Europe/Brussels', 'Asia/Kathmandu', 'Australia/Lord_Howe'),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 2, max: 20 }),
        fc.integer({ min: 9e11, max: 2.5e12 }),
        (zone, count, most, start) => {
          const labels = barLabels(hours(new Date(start).toISOString(), count), 'hour', most, {
            ...brussels,
            zone,
          });
          // One more when clocks go back.
          expect(labels.length).toBeLessThanOrEqual(most + 2);
          for (const [index, { index: at }] of labels.entries())
            expect(at).toBeGreaterThan(labels[index - 1]?.index ?? -1);
        },
      ),
    );
  });
});
