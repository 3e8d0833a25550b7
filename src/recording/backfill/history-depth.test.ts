/**
 * Goal: what Home Assistant keeps beyond the usual ten days is asked for, and nothing is asked for ever.
 * Method: a home that has states since some instant, and the questions counted.
 */

import { describe, expect, it } from 'vitest';
import { dayUs, hourUs } from '../../units/durations.ts';
import { historySinceUs } from './history-depth.ts';

const nowUs = Date.UTC(2026, 10, 25, 9, 30) * 1000;

async function walk(firstUs: number): Promise<{ sinceUs: number; questions: number }> {
  let questions = 0;
  const sinceUs = await historySinceUs(async (atUs) => {
    questions += 1;
    return atUs >= firstUs;
  }, nowUs);
  return { sinceUs, questions };
}

describe('how far Home Assistant hasHistoryAt', () => {
  it('is the usual ten days, in whole hours, after one question', async () => {
    const { sinceUs, questions } = await walk(nowUs - 9 * dayUs);
    expect(sinceUs).toBe(nowUs - 10 * dayUs - hourUs / 2);
    expect(questions).toBe(1);
  });

  it('reaches back over all that is kept', async () => {
    for (const days of [11, 29, 31, 95, 365]) {
      const firstUs = nowUs - days * dayUs;
      expect((await walk(firstUs)).sinceUs).toBeLessThanOrEqual(firstUs);
    }
  });

  it('ends where no states are kept any more', async () => {
    const { sinceUs, questions } = await walk(0);
    expect(sinceUs).toBeGreaterThan(nowUs - 411 * dayUs);
    expect(questions).toBe(39);
  });
});
