import { describe, expect, it } from 'vitest';
import { ArrivalRate } from './arrival-rate.ts';

function rate() {
  const time = { ms: 5000 };
  return { time, rate: new ArrivalRate({ monotonicMs: () => time.ms }) };
}

describe('how many readings come in a second', () => {
  it('is what came in the fuller of the last two', () => {
    const { time, rate: one } = rate();
    expect(one.inASecond()).toBe(0);
    for (let at = 0; at < 3000; at += 10) {
      time.ms = 5000 + at;
      one.add(5);
    }
    expect(one.inASecond()).toBe(500);
    time.ms += 1000;
    expect(one.inASecond()).toBe(500);
    time.ms += 1000;
    expect(one.inASecond()).toBe(0);
  });

  it('counts a burst for two seconds at most', () => {
    const { time, rate: one } = rate();
    one.add(30);
    expect(one.inASecond()).toBe(30);
    time.ms += 1999;
    expect(one.inASecond()).toBe(30);
    time.ms += 1;
    expect(one.inASecond()).toBe(0);
  });
});
