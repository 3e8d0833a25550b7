/**
 * Goal: a curve never has more buckets than asked for, and hardly fewer than it may.
 * Method: random spans; the buckets that a span touches are counted by arithmetic of its own.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curveBucketUs } from './curve-bucket.ts';

describe('curveBucketUs', () => {
  it('fits every span', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2e15 }),
        fc.oneof(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e14 })),
        fc.integer({ min: 10, max: 4000 }),
        (sinceUs, lengthUs, points) => {
          const bucketUs = curveBucketUs(sinceUs, sinceUs + lengthUs, points);
          expect(Number.isSafeInteger(bucketUs)).toBe(true);
          let touched = 1;
          for (
            let at = (Math.floor(sinceUs / bucketUs) + 1) * bucketUs;
            at < sinceUs + lengthUs;
            at += bucketUs
          )
            touched += 1;
          expect(touched).toBeLessThanOrEqual(points);
          if (lengthUs > points * 10) expect(touched).toBeGreaterThan(points / 4);
        },
      ),
    );
  });

  it('takes lengths that a clock knows', () => {
    const dayUs = 86_400_000_000;
    expect(curveBucketUs(0, dayUs, 1000) / 1e6).toBe(120);
    expect(curveBucketUs(0, 30 * dayUs, 1000) / 1e6).toBe(3600);
    expect(curveBucketUs(0, 3650 * dayUs, 1000) / dayUs).toBe(4);
  });
});
