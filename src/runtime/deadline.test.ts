/**
 * Goal: no wait is longer than its limit, and an error says what took too long.
 * Method: work that ends before, after and never, under fake timers; a late rejection must not reach the process.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeadlineError, waitAtMost, withDeadline } from './deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const after = <Result>(ms: number, settle: () => Promise<Result>): Promise<Result> =>
  new Promise<void>((resolve) => setTimeout(resolve, ms)).then(settle);
const never = (): Promise<never> => new Promise(() => undefined);

describe('withDeadline', () => {
  it('settles as the work does, and leaves no timer behind', async () => {
    expect(await withDeadline(Promise.resolve(7), 100, 'A call')).toBe(7);
    await expect(withDeadline(Promise.reject(new Error('no')), 100, 'A call')).rejects.toThrow('no');
    expect(vi.getTimerCount()).toBe(0);
  });
  it('rejects at the limit with an error that says what took too long', async () => {
    const waiting = withDeadline(never(), 100, 'A flush to QuestDB');
    const outcome = expect(waiting).rejects.toThrow(new DeadlineError('A flush to QuestDB', 100));
    await vi.advanceTimersByTimeAsync(99);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await outcome;
    expect(new DeadlineError('A call', 5).message).toBe('A call took longer than 5 ms');
  });
  it('ignores how late work ends', async () => {
    const late = after(200, () => Promise.reject(new Error('late')));
    const outcome = expect(withDeadline(late, 100, 'A call')).rejects.toThrow(DeadlineError);
    await vi.advanceTimersByTimeAsync(500);
    await outcome;
  });
});

describe('waitAtMost', () => {
  it('resolves at the limit, or settles as work does that ends before', async () => {
    const resolved: string[] = [];
    void waitAtMost(100, never()).then(() => resolved.push('at the limit'));
    await vi.advanceTimersByTimeAsync(99);
    expect(resolved).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(resolved).toEqual(['at the limit']);
    await waitAtMost(100, Promise.resolve());
    await expect(waitAtMost(100, Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(vi.getTimerCount()).toBe(0);
  });
});
