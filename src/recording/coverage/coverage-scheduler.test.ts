/**
 * Goal: whatever is not proven is proven without being asked for, after each hour and when there is a reason to doubt; the
 * status says how far it is.
 * Method: the keeper on a virtual clock over a coverage verifier that remembers what it was asked.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HomeAssistantUnavailable } from '../../home/home-assistant.ts';
import { type VerificationResult, proofHourUs } from '../coverage-proof.ts';
import { CoverageScheduler } from './coverage-scheduler.ts';
import { baseUs, MemoryHome, MemorySyncLog, quietLog, testClock } from '../testing/doubles.ts';

const meter = 'sensor.meter';
const minute = 60_000;

describe('proof keeper', () => {
  let home: MemoryHome;
  let syncLog: MemorySyncLog;
  let unproven: Map<string, number[]>;
  let asked: number[];
  let prove: () => Promise<VerificationResult>;
  let isBusy: boolean;
  let voids: number;
  let keeper: CoverageScheduler;

  beforeEach(() => {
    vi.useFakeTimers({ now: baseUs / 1000 + 20 * minute });
    home = new MemoryHome();
    syncLog = new MemorySyncLog();
    unproven = new Map();
    asked = [];
    isBusy = false;
    voids = 0;
    prove = () => Promise.resolve({ hours: 1, found: [], error: null });
    keeper = new CoverageScheduler({
      coverageVerifier: {
        voidSince: () => {
          voids += 1;
          return Promise.resolve();
        },
        unverifiedHours: () => Promise.resolve(new Map(unproven)),
        prove: async ({ isExact }, { onUnverified, onVerified }) => {
          expect(isExact).toBe(false);
          const hours = new Map(unproven);
          onUnverified?.(hours);
          for (const [entityId, [first = 0]] of hours) {
            asked.push(first);
            const proof = await prove();
            unproven.delete(entityId);
            onVerified(entityId, proof);
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

  it('waits for Home Assistant and for the back-fill, and proves then', async () => {
    unproven.set(meter, [baseUs - proofHourUs]);
    keeper.start();
    await vi.advanceTimersByTimeAsync(minute);
    isBusy = true;
    home.connect();
    await vi.advanceTimersByTimeAsync(minute);
    expect(asked).toEqual([]);
    expect(keeper.status()).toMatchObject({ verifiedUntilUs: null, unverifiedHours: null });
    isBusy = false;
    await vi.advanceTimersByTimeAsync(minute);
    expect(asked).toEqual([baseUs - proofHourUs]);
    expect(keeper.status()).toEqual({
      isOk: true,
      detail: null,
      isRunning: false,
      verifiedUntilUs: baseUs,
      unverifiedHours: 0,
    });
    // Nothing was missing: no run to tell of.
    expect(syncLog.runs.size).toBe(0);
  });

  it('looks after each hour, when it is asked, and after the clock was set back', async () => {
    home.connect();
    keeper.start();
    await vi.advanceTimersByTimeAsync(minute);
    unproven.set(meter, [baseUs]);
    await vi.advanceTimersByTimeAsync(44 * minute);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(6 * minute);
    expect(asked).toEqual([baseUs]);
    unproven.set(meter, [baseUs - 5 * proofHourUs]);
    keeper.look();
    await vi.advanceTimersByTimeAsync(minute);
    expect(asked.length).toBe(2);
    // Once at the start, for it may have been set while nothing ran.
    expect(voids).toBe(1);
    vi.setSystemTime(baseUs / 1000 - 30 * 24 * 60 * minute);
    unproven.set(meter, [baseUs - 900 * proofHourUs]);
    await vi.advanceTimersByTimeAsync(2 * minute);
    expect(asked.length).toBe(3);
    expect(voids).toBe(2);
  });

  it('tells a run of what was missing, and what can not be proven', async () => {
    home.connect();
    unproven.set(meter, [baseUs]);
    const found = [{ entityId: meter, firstUs: baseUs + 5, lastUs: baseUs + 9, added: 3 }];
    prove = () => Promise.resolve({ hours: 1, found, error: null });
    keeper.start();
    await vi.advanceTimersByTimeAsync(minute);
    expect(syncLog.runs.get('run')).toMatchObject({
      kind: 'proof',
      status: 'success',
      readingsAdded: 3,
      outcome: { hoursChecked: 1, holesFound: 1 },
    });
    unproven.set(meter, [baseUs]);
    prove = () => Promise.resolve({ hours: 1, found: [], error: 'no recorder' });
    keeper.look();
    await vi.advanceTimersByTimeAsync(minute);
    expect(keeper.status()).toMatchObject({ isOk: false, isRunning: false });
    expect(keeper.status().detail).toContain('sensor.meter: no recorder');
  });

  it('tries again what was cut off', async () => {
    home.connect();
    unproven.set(meter, [baseUs]);
    prove = () => Promise.reject(new HomeAssistantUnavailable('gone'));
    keeper.start();
    await vi.advanceTimersByTimeAsync(minute / 2);
    expect(asked.length).toBe(1);
    prove = () => Promise.resolve({ hours: 1, found: [], error: null });
    await vi.advanceTimersByTimeAsync(2 * minute);
    expect(asked.length).toBe(2);
    expect(keeper.status().unverifiedHours).toBe(0);
  });
});
