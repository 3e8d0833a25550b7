/**
 * Goal: each listener receives each event, whatever the other listeners do.
 * Method: listeners that throw, reject, leave and join while an event is emitted, under a log that keeps its lines.
 */
import { describe, expect, it } from 'vitest';
import { Emitter } from './emitter.ts';
import { keptLog } from './testing/kept-log.ts';

describe('Emitter', () => {
  it('calls every listener in order with all arguments', () => {
    const emitter = new Emitter<[id: string, count: number]>(keptLog().log, 'failed');
    const received: unknown[] = [];
    emitter.on((...args) => received.push(['first', ...args]));
    emitter.on((...args) => received.push(['second', ...args]));
    emitter.emit('a', 1);
    expect(received).toEqual([
      ['first', 'a', 1],
      ['second', 'a', 1],
    ]);
  });
  it('logs a listener that throws or rejects, and calls the others', async () => {
    const { log, lines } = keptLog();
    const emitter = new Emitter(log, 'A listener failed');
    let calls = 0;
    emitter.on(() => {
      throw new Error('thrown');
    });
    emitter.on(async () => {
      throw new Error('rejected');
    });
    emitter.on(() => {
      calls += 1;
    });
    emitter.emit();
    await Promise.resolve();
    await Promise.resolve();
    expect(calls).toBe(1);
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['error', 'A listener failed'],
      ['error', 'A listener failed'],
    ]);
  });
  it('removes one listener and not another that is the same function', () => {
    const emitter = new Emitter(keptLog().log, 'failed');
    let calls = 0;
    const listener = () => {
      calls += 1;
    };
    const remove = emitter.on(listener);
    emitter.on(listener);
    remove();
    remove();
    emitter.emit();
    expect(calls).toBe(1);
    expect(emitter.hasListeners()).toBe(true);
    emitter.clear();
    expect(emitter.hasListeners()).toBe(false);
  });
  it('does not call a listener that another one removes meanwhile', () => {
    const emitter = new Emitter(keptLog().log, 'failed');
    const received: string[] = [];
    emitter.on(() => {
      received.push('first');
      removeSecond();
    });
    const removeSecond = emitter.on(() => received.push('second'));
    emitter.emit();
    expect(received).toEqual(['first']);
  });
});
