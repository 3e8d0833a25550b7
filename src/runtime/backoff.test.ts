/**
 * Goal: waits double from the first to the limit and never leave that range.
 * Method: the sequence itself, and any limits and any jitter as a property.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backoff } from './backoff.ts';

describe('Backoff', () => {
  it('doubles up to the limit, and begins anew after a reset', () => {
    const retry = new Backoff(100, 500);
    expect([1, 2, 3, 4, 5].map(() => retry.nextMs())).toEqual([100, 200, 400, 500, 500]);
    retry.reset();
    expect(retry.nextMs()).toBe(100);
  });
  it('waits between half of each step and all of it with jitter', () => {
    const positive = fc.integer({ min: 1, max: 1_000_000 });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(positive, positive, random, (firstMs, limitMs, share) => {
        const plain = new Backoff(firstMs, limitMs);
        const jittered = new Backoff(firstMs, limitMs, () => share);
        for (let tries = 0; tries < 20; tries += 1) {
          const stepMs = plain.nextMs();
          expect(stepMs).toBe(Math.min(limitMs, firstMs * 2 ** tries));
          const ms = jittered.nextMs();
          expect(ms).toBeGreaterThanOrEqual(stepMs / 2);
          expect(ms).toBeLessThanOrEqual(stepMs);
        }
      }),
    );
  });
});
