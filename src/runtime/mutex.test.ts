/**
 * Goal: works never overlap, keep their order, and fail alone.
 * Method: any sequence of works that succeed and fail after any number of turns, as a property.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Mutex } from './mutex.ts';

describe('Mutex', () => {
  it('runs works one after the other in order, and each settles as its own work does', async () => {
    const works = fc.array(fc.record({ turns: fc.nat(3), fails: fc.boolean() }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(works, async (all) => {
        const mutex = new Mutex();
        const order: number[] = [];
        let running = 0;
        const outcomes = all.map(({ turns, fails }, index) =>
          mutex.run(async () => {
            running += 1;
            expect(running).toBe(1);
            for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
            order.push(index);
            running -= 1;
            if (fails) throw new Error(`${index}`);
            return index;
          }),
        );
        expect(mutex.size()).toBe(all.length);
        const settled = await Promise.allSettled(outcomes);
        expect(settled.map(({ status }) => status === 'rejected')).toEqual(all.map(({ fails }) => fails));
        expect(order).toEqual(all.map((_, index) => index));
        await mutex.idle();
        expect(mutex.size()).toBe(0);
      }),
    );
  });
  it('runs on when work throws before it returns a promise', async () => {
    const mutex = new Mutex();
    const thrower = (): Promise<void> => {
      throw new Error('at once');
    };
    await expect(mutex.run(thrower)).rejects.toThrow('at once');
    expect(await mutex.run(async () => 7)).toBe(7);
  });
  it('is idle when all work has ended, also work that failed', async () => {
    const mutex = new Mutex();
    const failed = mutex.run(() => Promise.reject(new Error('no')));
    await Promise.all([expect(failed).rejects.toThrow('no'), mutex.idle()]);
    expect(mutex.size()).toBe(0);
  });
});
