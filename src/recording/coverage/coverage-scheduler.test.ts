/**
 * Goal: hours that are not verified get verified without a request, after each hour and when there is a reason to
 * doubt; the status shows how far it is.
 * Method: the scheduler on a virtual clock over a coverage verifier that remembers its calls.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HomeAssistantUnavailable } from '../../home/home-assistant.ts';
import { coverageHourUs, type VerificationResult } from '../coverage-store.ts';
import { baseUs, MemoryHome, MemorySyncLog, quietLog, testClock } from '../testing/doubles.ts';
import { CoverageScheduler } from './coverage-scheduler.ts';

const meter = 'sensor.meter';
const minute = 60_000;

describe('CoverageScheduler', () => {
  let home: MemoryHome;
  let syncLog: MemorySyncLog;
  let unverified: Map<string, number[]>;
  let asked: number[];
  let verify: () => Promise<VerificationResult>;
  let isBusy: boolean;
  let voids: number;
  let keeper: CoverageScheduler;

  beforeEach(() => {
    vi.useFakeTimers({ now: baseUs / 1000 + 20 * minute });
    home = new MemoryHome();
    syncLog = new MemorySyncLog();
    unverified = new Map();
    asked = [];
    isBusy = false;
    voids = 0;
    verify = () => Promise.resolve({ hours: 1, found: [], error: null });
    keeper = new CoverageScheduler({
      coverageVerifier: {
        invalidateSince: () => {
          voids += 1;
          return Promise.resolve();
        },
        unverifiedHours: () => Promise.resolve(new Map(unverified)),
        verify: async ({ isExact }, { onUnverified, onVerified }) => {
          expect(isExact).toBe(false);
          const hours = new Map(unverified);
          onUnverified?.(hours);
          for (const [entityId, [first = 0]] of hours) {
            asked.push(first);
            const result = await verify();
            unverified.delete(entityId);
            onVerified(entityId, result);
          }
        },
      },
      homeAssistant: home,
      recorder: {
        tracked: () =>
          new Map([
            [meter, { entityId: meter, quantity: 'energy', unit: 'kWh', stateClass: 'total_increasing' }],
          ]),
      },
      isBusy: () => isBusy,
      syncLog,
      newId: () => 'run',
      clock: testClock,
      log: quietLog,
    });
  });
  afterEach(async () => {
    const stopped = keeper.stop();
    await vi.advanceTimersByTimeAsync(minute);
    await stopped;
    vi.useRealTimers();
  });

  it('waits for Home Assistant and for the back-fill, then verifies', async () => {
    unverified.set(meter, [baseUs - coverageHourUs]);
    keeper.start();
    await vi.advanceTimersByTimeAsync(minute);
    isBusy = true;
    home.connect();
    await vi.advanceTimersByTimeAsync(minute);
    expect(asked).toEqual([]);
    expect(keeper.status()).toMatchObject({ verifiedUntilUs: null, unverifiedHours: null });
    isBusy = false;
    await vi.advanceTimersByTimeAsync(minute);
    expect(asked).toEqual([baseUs - coverageHourUs]);
    expect(keeper.status()).toEqual({
      isOk: true,
      problem: null,
      isRunning: false,
      verifiedUntilUs: baseUs,
      unverifiedHours: 0,
    });
    // Nothing was missing: no run is logged.
    expect(syncLog.runs.size).toBe(0);
  });

  it('checks after each hour, when it is asked, and after the clock was set back', async () => {
    home.connect();
    keeper.start();
    await vi.advanceTimersByTimeAsync(minute);
    unverified.set(meter, [baseUs]);
    await vi.advanceTimersByTimeAsync(44 * minute);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(6 * minute);
    expect(asked).toEqual([baseUs]);
    unverified.set(meter, [baseUs - 5 * coverageHourUs]);
    keeper.check();
    await vi.advanceTimersByTimeAsync(minute);
    expect(asked.length).toBe(2);
    // Once at the start, for it may have been set while nothing ran.
    expect(voids).toBe(1);
    vi.setSystemTime(baseUs / 1000 - 30 * 24 * 60 * minute);
    unverified.set(meter, [baseUs - 900 * coverageHourUs]);
    await vi.advanceTimersByTimeAsync(2 * minute);
    expect(asked.length).toBe(3);
    expect(voids).toBe(2);
  });

  it('logs a run with what was missing, and what can not be verified', async () => {
    home.connect();
    unverified.set(meter, [baseUs]);
    const found = [{ entityId: meter, firstUs: baseUs + 5, lastUs: baseUs + 9, added: 3 }];
    verify = () => Promise.resolve({ hours: 1, found, error: null });
    keeper.start();
    await vi.advanceTimersByTimeAsync(minute);
    expect(syncLog.runs.get('run')).toMatchObject({
      kind: 'proof',
      status: 'success',
      readingsAdded: 3,
      outcome: { hoursChecked: 1, holesFound: 1 },
    });
    unverified.set(meter, [baseUs]);
    verify = () => Promise.resolve({ hours: 1, found: [], error: 'no recorder' });
    keeper.check();
    await vi.advanceTimersByTimeAsync(minute);
    expect(keeper.status()).toMatchObject({ isOk: false, isRunning: false });
    expect(keeper.status().problem).toEqual({
      code: 'verification_refused',
      values: { reason: expect.stringContaining('sensor.meter: no recorder') },
    });
  });

  it('tries again what was cut off', async () => {
    home.connect();
    unverified.set(meter, [baseUs]);
    verify = () => Promise.reject(new HomeAssistantUnavailable('gone'));
    keeper.start();
    await vi.advanceTimersByTimeAsync(minute / 2);
    expect(asked.length).toBe(1);
    verify = () => Promise.resolve({ hours: 1, found: [], error: null });
    await vi.advanceTimersByTimeAsync(2 * minute);
    expect(asked.length).toBe(2);
    expect(keeper.status().unverifiedHours).toBe(0);
  });
});
