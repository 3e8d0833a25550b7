/**
 * Goal: writing ends before the disk is full, the stores' first and the spool's last, and begins again by itself.
 * Method: the watch on a virtual clock over a disk whose room the test says.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RecordingEvent, RecordingEvents } from '../recording-events.ts';
import { baseUs, quietLog, testClock } from '../testing/doubles.ts';
import { DiskWatch } from './disk-watch.ts';

const megabyte = 1_000_000;

describe('disk watch', () => {
  let freeMb: number;
  let totalMb: number;
  let reported: RecordingEvent[];
  let rooms: number;
  let changes: number;
  let measure: () => Promise<{ freeBytes: number; totalBytes: number }>;
  let watch: DiskWatch;

  beforeEach(async () => {
    vi.useFakeTimers({ now: baseUs / 1000 });
    freeMb = 5000;
    totalMb = 32_000;
    reported = [];
    rooms = 0;
    changes = 0;
    measure = async () => ({ freeBytes: freeMb * megabyte, totalBytes: totalMb * megabyte });
    const events = new RecordingEvents(quietLog);
    events.on((event) => reported.push(event));
    watch = new DiskWatch({
      measure: () => measure(),
      onRoom: () => {
        rooms += 1;
      },
      onChange: () => {
        changes += 1;
      },
      events,
      clock: testClock,
      log: quietLog,
    });
    await watch.start();
  });
  afterEach(async () => {
    const stopped = watch.stop();
    await vi.advanceTimersByTimeAsync(20_000);
    await stopped;
    vi.useRealTimers();
  });

  const is = async (mb: number) => {
    freeMb = mb;
    await vi.advanceTimersByTimeAsync(15_000);
    return {
      store: watch.storeHeld() !== null,
      spool: watch.spoolHeld() !== null,
      isOk: watch.status().isOk,
    };
  };

  it('warns, holds the stores, then the spool, and lets them go in turn', async () => {
    expect(await is(1700)).toEqual({ store: false, spool: false, isOk: true });
    // A twentieth of this disk.
    expect(await is(1500)).toEqual({ store: false, spool: false, isOk: false });
    expect(await is(199)).toEqual({ store: true, spool: false, isOk: false });
    expect(await is(99)).toEqual({ store: true, spool: true, isOk: false });
    expect(watch.status().problem).toMatchObject({ code: 'disk_full', values: { freeBytes: 99_000_000 } });
    // Not at each megabyte.
    expect(await is(105)).toEqual({ store: true, spool: true, isOk: false });
    expect(await is(150)).toEqual({ store: true, spool: false, isOk: false });
    expect(await is(210)).toEqual({ store: true, spool: false, isOk: false });
    expect(rooms).toBe(0);
    expect(await is(230)).toEqual({ store: false, spool: false, isOk: false });
    expect(await is(9000)).toEqual({ store: false, spool: false, isOk: true });
    expect(rooms).toBe(1);
    expect(reported.map(({ kind }) => kind)).toEqual(['disk_full', 'disk_free']);
    expect(changes).toBe(4);
    expect(watch.status()).toEqual({
      isOk: true,
      problem: null,
      freeBytes: 9000 * megabyte,
      totalBytes: 32_000 * megabyte,
    });
  });

  it('does not warn on a large disk of what is plenty', async () => {
    totalMb = 2_000_000;
    expect((await is(50_000)).isOk).toBe(true);
    expect((await is(1900)).isOk).toBe(false);
  });

  it('keeps the last measurement when the space can not be measured', async () => {
    expect((await is(100)).store).toBe(true);
    measure = () => Promise.reject(new Error('no such file'));
    expect((await is(9000)).store).toBe(true);
  });
});
