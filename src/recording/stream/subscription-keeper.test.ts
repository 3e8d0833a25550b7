import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Completeness } from '../sync-log.ts';
import { baseUs, MemorySubscriptionStore, quietLog } from '../testing/doubles.ts';
import { SubscriptionKeeper } from './subscription-keeper.ts';

describe("the subscription's state in the document store", () => {
  let store: MemorySubscriptionStore;
  let keeper: SubscriptionKeeper;
  let complete: Completeness | null;
  let beganMs: number;
  const nowUs = () => baseUs + Math.round((performance.now() - beganMs) * 1000);

  beforeEach(async () => {
    vi.useFakeTimers();
    beganMs = performance.now();
    store = new MemorySubscriptionStore();
    complete = null;
    keeper = new SubscriptionKeeper({
      store,
      clock: { nowUs, monotonicMs: () => performance.now() },
      log: quietLog,
      complete: () => complete,
    });
    keeper.start();
    keeper.change({ status: 'active' });
    await onBatch(30);
  });
  afterEach(async () => {
    const stopped = keeper.stop();
    await vi.advanceTimersByTimeAsync(5000);
    await stopped;
    vi.useRealTimers();
  });

  async function onBatch(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      keeper.received();
      complete = { endUs: nowUs(), entityIds: complete?.entityIds ?? ['sensor.a'] };
      await vi.advanceTimersByTimeAsync(1000);
    }
  }

  it('is written every five minutes while it goes on as it was', async () => {
    const before = store.saves;
    await onBatch(3600);
    expect(store.saves - before).toBeGreaterThanOrEqual(10);
    expect(store.saves - before).toBeLessThanOrEqual(13);
    expect(nowUs() - (store.state?.complete?.endUs ?? 0)).toBeLessThan(330_000_000);
  });

  it('is written at once when the connection breaks, and within seconds when less is complete than was saved', async () => {
    await onBatch(60);
    keeper.change({ status: 'disconnected' });
    await vi.advanceTimersByTimeAsync(1500);
    expect(store.state?.status).toBe('disconnected');
    const previousUs = nowUs() - 600_000_000;
    complete = { endUs: previousUs, entityIds: ['sensor.a'] };
    await vi.advanceTimersByTimeAsync(11_000);
    expect(store.state?.complete?.endUs).toBe(previousUs);
  });

  it('is written within seconds when other entities are followed', async () => {
    complete = { endUs: nowUs(), entityIds: ['sensor.a', 'sensor.b'] };
    await vi.advanceTimersByTimeAsync(11_000);
    expect(store.state?.complete?.entityIds).toEqual(['sensor.a', 'sensor.b']);
  });

  it('is written at a stop', async () => {
    await onBatch(60);
    const stopped = keeper.stop();
    await vi.advanceTimersByTimeAsync(3000);
    await stopped;
    expect(nowUs() - (store.state?.lastEventAtUs ?? 0)).toBeLessThan(10_000_000);
  });
});
