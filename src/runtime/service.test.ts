/**
 * Goal: services start in order and stop in the reverse order, whatever one of them does.
 * Method: services that log their calls: one hangs, one throws and one rejects, under fake timers.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Service, startServices, stopServices } from './service.ts';
import { keptLog } from './testing/kept-log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function noting(calls: string[], name: string, stop: () => Promise<void> | void = () => undefined): Service {
  return {
    name,
    start: async () => calls.push(`start ${name}`),
    stop: () => {
      calls.push(`stop ${name}`);
      return stop();
    },
  };
}

describe('services', () => {
  it('start in order and stop in the reverse order', async () => {
    const calls: string[] = [];
    const services = ['stores', 'api', 'home'].map((name) => noting(calls, name));
    await startServices(services);
    await stopServices(services, keptLog().log);
    expect(calls).toEqual([
      ...['start stores', 'start api', 'start home'],
      ...['stop home', 'stop api', 'stop stores'],
    ]);
  });
  it('are not started after one that can’t be', async () => {
    const calls: string[] = [];
    const failing: Service = {
      ...noting(calls, 'api'),
      start: () => Promise.reject(new Error('port taken')),
    };
    const started = startServices([noting(calls, 'stores'), failing, noting(calls, 'home')]);
    await expect(started).rejects.toThrow('port taken');
    expect(calls).toEqual(['start stores']);
  });
  it('all stop when one hangs, throws or rejects, and each failure is logged by name', async () => {
    const calls: string[] = [];
    const { log, lines } = keptLog();
    const thrower = () => {
      throw new Error('thrown');
    };
    const services = [
      noting(calls, 'last'),
      { ...noting(calls, 'hanging', () => new Promise(() => undefined)), stopWithinMs: 500 },
      noting(calls, 'throwing', thrower),
      noting(calls, 'rejecting', () => Promise.reject(new Error('rejected'))),
    ];
    const stopping = stopServices(services, log);
    await vi.advanceTimersByTimeAsync(500);
    await stopping;
    expect(calls).toEqual(['stop rejecting', 'stop throwing', 'stop hanging', 'stop last']);
    expect(lines.map(({ fields }) => fields)).toMatchObject([
      { service: 'rejecting', err: { message: 'rejected' } },
      { service: 'throwing', err: { message: 'thrown' } },
      { service: 'hanging', err: { message: 'Stopping hanging took longer than 500 ms' } },
    ]);
  });
});
