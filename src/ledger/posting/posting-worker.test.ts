/**
 * Goal: the present does not wait for the past: while years of many meters are posted, new evidence of others is posted
 * between them; a failed range waits again, and is not reported as posted.
 * Method: meters whose evidence is read with side effects, over a ledger in memory; the order of reads and reports.
 */

import { describe, expect, it, vi } from 'vitest';
import { quietLog } from '../../recording/testing/doubles.ts';
import { minuteUs, quarterHourUs } from '../../units/durations.ts';
import { intervalAt } from '../../units/interval.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { ChangedRange } from '../entries/cause.ts';
import type { Meter } from '../entries/meter.ts';
import type { RegisterReading } from '../evidence.ts';
import { noEvidence } from '../testing/memory-corrections.ts';
import { MemoryLedger } from '../testing/memory-ledger.ts';
import type { PostingRhythm } from './posting-rhythm.ts';
import { PostingWorker, type PostingWorkerDeps } from './posting-worker.ts';

const nowUs = quarterHourStartUs(1_780_000_000_000_000);
const yearUs = 365 * 96 * quarterHourUs;
const past = { startUs: nowUs - yearUs, endUs: nowUs };
const present = intervalAt(nowUs);

function home(ids: readonly string[], onRead: (entityId: string) => void) {
  const ledger = new MemoryLedger();
  const read: string[] = [];
  const reported: string[] = [];
  const marks: number[] = [];
  const evidence = ids.flatMap((_, index): RegisterReading[] =>
    [0, 1].map((at) => ({
      ...{ kind: 'reading', atUs: nowUs - (2 - at) * quarterHourUs, registerMicro: at * 1000 + index },
      ...{ lastResetAtUs: null, origin: 'stream' },
    })),
  );
  const postingWorker = new PostingWorker({
    evidence: {
      ...noEvidence,
      registers: async (entityId) => {
        read.push(entityId);
        onRead(entityId);
        return { items: evidence.slice(0, 2), isLast: true };
      },
    },
    ledger,
    readable: async () => undefined,
    mark: { load: async () => nowUs, save: async (receivedUs) => void marks.push(receivedUs) },
    receivedSince: async () => new Map(),
    heldUntil: () => null,
    clock: { nowUs: () => nowUs, monotonicMs: () => 0 },
    log: quietLog,
  });
  postingWorker.setMeters(ids.map((entityId): Meter => ({ entityId, posts: 'register', kind: 'rising' })));
  postingWorker.onPosted((entityId) => reported.push(entityId));
  return { postingWorker, ledger, read, reported, marks };
}

describe('PostingWorker', () => {
  it('posts new evidence between the pasts of other meters, and reports those together at the end', async () => {
    const { postingWorker, read, reported, ledger } = home(['a', 'b', 'c', 'live'], (entityId) => {
      if (entityId === 'a' || entityId === 'b') postingWorker.markDirty('live', present);
    });
    for (const id of ['a', 'b', 'c']) postingWorker.markDirty(id, past);
    const settled = postingWorker.settle();
    expect(postingWorker.status()).toMatchObject({ waiting: 3, isPostingPast: true });
    await settled;
    expect(read).toEqual(['a', 'live', 'b', 'live', 'c']);
    expect(reported).toEqual(['live', 'live', 'a', 'b', 'c']);
    expect(new Set(ledger.all().map(({ entityId }) => entityId))).toEqual(new Set(['a', 'b', 'c', 'live']));
    expect(postingWorker.status()).toMatchObject({ waiting: 0, isPostingPast: false, error: null });
    postingWorker.markDirty('live', present);
    expect(postingWorker.status()).toMatchObject({ waiting: 1, isPostingPast: false });
  });

  it('keeps what was not written for the next round, and reports what was', async () => {
    let isAway = true;
    const { postingWorker, read, reported, marks } = home(['a', 'b', 'c', 'live'], (entityId) => {
      if (entityId === 'a') postingWorker.markDirty('live', present);
      if (entityId === 'b' && isAway) throw new Error('away');
    });
    for (const id of ['a', 'b', 'c']) postingWorker.markDirty(id, past);
    await expect(postingWorker.settle()).rejects.toThrow('away');
    expect(reported).toEqual(['live', 'a']);
    expect(postingWorker.status().waiting).toBe(2);
    expect(marks).toEqual([]);
    isAway = false;
    read.length = 0;
    await postingWorker.settle();
    expect(read).toEqual(['b', 'c']);
    // The round before did not catch up, so all of it is reported.
    expect(reported).toEqual(['live', 'a', 'b', 'c']);
    expect(marks).toHaveLength(1);
  });

  it('ends a round however much evidence arrives', async () => {
    const { postingWorker, read } = home(['a', 'live'], () => postingWorker.markDirty('live', present));
    postingWorker.markDirty('a', past);
    await postingWorker.settle();
    expect(read).toEqual(['a']);
    expect(postingWorker.status().waiting).toBe(1);
    await postingWorker.settle();
    expect(read).toEqual(['a', 'live']);
  });
});

/** One meter with three readings, and any other dependency of the posting worker. */
function keeper(given: Partial<PostingWorkerDeps> = {}, meters: readonly Meter[] = [meter]) {
  const clock = { us: nowUs, ms: 700 };
  const registers = [3, 2, 1].map(
    (ago): RegisterReading => ({
      ...{ kind: 'reading', atUs: nowUs - ago * quarterHourUs, registerMicro: (3 - ago) * 5000 },
      ...{ lastResetAtUs: null, origin: 'stream' },
    }),
  );
  const ledger = new MemoryLedger();
  const marks: number[] = [];
  const asked: (number | null)[] = [];
  const reported: [string, ChangedRange][] = [];
  const deps: PostingWorkerDeps = {
    evidence: {
      ...noEvidence,
      registers: async (_, startUs) => ({
        items: registers.filter(({ atUs }) => atUs >= startUs),
        isLast: true,
      }),
      registerBefore: async (_, atUs) => registers.findLast((one) => one.atUs < atUs)?.atUs ?? null,
    },
    ledger,
    readable: async () => undefined,
    mark: { load: async () => 77, save: async (receivedUs) => void marks.push(receivedUs) },
    receivedSince: async (receivedUs) => {
      asked.push(receivedUs);
      return new Map();
    },
    heldUntil: () => null,
    clock: { nowUs: () => clock.us, monotonicMs: () => clock.ms },
    log: quietLog,
    ...given,
  };
  const postingWorker = new PostingWorker(deps);
  postingWorker.setMeters(meters);
  const unlisten = postingWorker.onPosted((...change) => reported.push(change));
  return { postingWorker, ledger, marks, asked, reported, clock, registers, unlisten };
}
const meter: Meter = { entityId: 'sensor.a', posts: 'register', kind: 'rising' };
const everything = { startUs: Number.MIN_SAFE_INTEGER, endUs: nowUs + 1 };

describe('a round', () => {
  it('posts new evidence, reports what changed and why, and saves until when it was received', async () => {
    const { postingWorker, reported, marks, asked, clock, ledger, registers } = keeper();
    expect(postingWorker.status()).toEqual({
      ...{ waiting: 0, isPostingPast: false, entriesWritten: 0, lastPostedAtUs: null, error: null },
      upToMs: Number.NEGATIVE_INFINITY,
    });
    postingWorker.markDirty('sensor.a', present, 'reconciled');
    postingWorker.markDirty('sensor.other', present);
    expect(postingWorker.status().waiting).toBe(1);
    await postingWorker.settle();
    expect(asked).toEqual([77]);
    expect(ledger.all().map(({ amountMicro, cause }) => [amountMicro, cause])).toEqual([
      [5000, 'reconciled'],
      [5000, 'reconciled'],
    ]);
    expect(reported).toEqual([
      ['sensor.a', { startUs: Number.MIN_SAFE_INTEGER, endUs: nowUs - quarterHourUs, cause: 'reconciled' }],
    ]);
    expect(marks).toEqual([nowUs - minuteUs]);
    expect(postingWorker.status()).toMatchObject({
      waiting: 0,
      entriesWritten: 2,
      lastPostedAtUs: nowUs,
      upToMs: 700,
    });
    // Nothing is new: nothing is reported, and the time of the last posting stays.
    clock.us += minuteUs;
    clock.ms = 900;
    postingWorker.markDirty('sensor.a', present);
    await postingWorker.settle();
    expect(reported).toHaveLength(1);
    expect(asked).toHaveLength(1);
    expect(marks).toEqual([nowUs - minuteUs, nowUs]);
    expect(postingWorker.status()).toMatchObject({ entriesWritten: 2, lastPostedAtUs: nowUs, upToMs: 900 });
    registers.push({ ...(registers[2] as RegisterReading), atUs: nowUs, registerMicro: 15_000 });
    postingWorker.markDirty('sensor.a', present);
    await postingWorker.settle();
    expect(reported).toHaveLength(2);
    expect(postingWorker.status()).toMatchObject({ entriesWritten: 3, lastPostedAtUs: nowUs + minuteUs });
  });

  it('does not report to a listener that was removed', async () => {
    const { postingWorker, reported, unlisten } = keeper();
    unlisten();
    postingWorker.markDirty('sensor.a', present);
    await postingWorker.settle();
    expect(reported).toEqual([]);
  });

  it('does nothing while there is no meter', async () => {
    const { postingWorker, marks, asked } = keeper({}, []);
    await postingWorker.settle();
    expect([marks, asked]).toEqual([[], []]);
  });

  it('begins with the evidence received since the mark, of its meters and their switches', async () => {
    const received = new Map([
      ['sensor.a', present],
      ['sensor.other', past],
    ]);
    const { postingWorker, reported } = keeper({ receivedSince: async () => received });
    await postingWorker.settle();
    expect(reported.map(([entityId]) => entityId)).toEqual(['sensor.a']);
    expect(postingWorker.status().waiting).toBe(0);
  });

  it('posts a past again when a dependent computation fails, and reports all of it', async () => {
    let isAway = true;
    const posted = async () => {
      if (isAway) throw new Error('the flows are away');
    };
    const { postingWorker, reported, marks, asked } = keeper({ posted });
    postingWorker.markDirty('sensor.a', present);
    await expect(postingWorker.settle()).rejects.toThrow('the flows are away');
    expect([reported.length, marks.length]).toEqual([1, 0]);
    isAway = false;
    postingWorker.markDirty('sensor.a', present);
    await postingWorker.settle();
    expect(asked).toEqual([77, 77]);
    expect(reported).toHaveLength(2);
    postingWorker.markDirty('sensor.a', present);
    await postingWorker.settle();
    expect(reported).toHaveLength(2);
  });

  it('posts the past until it is reported to its listeners', async () => {
    const seen: boolean[] = [];
    const { postingWorker } = keeper({
      posted: async () => void seen.push(postingWorker.status().isPostingPast),
    });
    postingWorker.markDirty('sensor.a', past);
    await postingWorker.settle();
    expect([...seen, postingWorker.status().isPostingPast]).toEqual([true, false]);
  });

  it('comes at every turn until it has caught up, then when a changed range is due', async () => {
    vi.useFakeTimers();
    try {
      let isDue = false;
      const given: ChangedRange[][] = [];
      const posted: number[] = [];
      const { postingWorker, marks, clock } = keeper({
        rhythm: {
          isDue: (waiting: Iterable<ChangedRange>) => {
            given.push([...waiting]);
            return isDue;
          },
          posted: (beganUs: number) => void posted.push(beganUs),
        } as unknown as PostingRhythm,
      });
      postingWorker.start();
      await vi.advanceTimersByTimeAsync(9_999);
      expect(marks).toHaveLength(0);
      await vi.advanceTimersByTimeAsync(1);
      expect([marks.length, given.length, posted]).toEqual([1, 0, [nowUs]]);
      clock.us += 5;
      postingWorker.markDirty('sensor.a', present, 'rules');
      postingWorker.markDirty('sensor.other', past);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(given).toEqual([[{ ...present, cause: 'rules' }]]);
      expect(marks).toHaveLength(1);
      isDue = true;
      await vi.advanceTimersByTimeAsync(10_000);
      expect(marks).toHaveLength(2);
      expect(posted).toEqual([nowUs, nowUs + 5]);
      await postingWorker.stop();
      const always = keeper();
      always.postingWorker.start();
      await vi.advanceTimersByTimeAsync(20_000);
      expect(always.marks).toHaveLength(2);
      await always.postingWorker.stop();
    } finally {
      vi.useRealTimers();
    }
  });

  it('stops before the next meter', async () => {
    const { postingWorker, ledger } = keeper({
      readable: async () => {
        void postingWorker.stop();
        await Promise.resolve();
      },
    });
    postingWorker.markDirty('sensor.a', present);
    await expect(postingWorker.settle()).rejects.toThrow('The process stops');
    expect(ledger.all()).toEqual([]);
  });

  it('gathers first, and posts the ended quarter-hour in memory; the running one is not waiting', async () => {
    const gathered: string[] = [];
    const over = new Map([
      ['sensor.a', present],
      ['home:use', present],
    ]);
    const { postingWorker, reported, marks } = keeper({
      gather: async () => void gathered.push('gathered'),
      running: { over: () => over, runningUs: () => nowUs - quarterHourUs },
    });
    postingWorker.markDirty('sensor.a', { startUs: nowUs - quarterHourUs, endUs: nowUs });
    expect(postingWorker.status().waiting).toBe(0);
    postingWorker.markDirty('sensor.a', { startUs: nowUs - quarterHourUs - 1, endUs: nowUs });
    expect(postingWorker.status().waiting).toBe(1);
    await postingWorker.settle();
    expect(gathered).toEqual(['gathered']);
    expect(reported.map(([entityId]) => entityId)).toEqual(['sensor.a']);
    expect(marks).toEqual([nowUs - quarterHourUs - minuteUs]);
  });
});

describe('meters', () => {
  it('that are added later are posted from their beginning, and changed ones with the cause rules', async () => {
    const { postingWorker, reported } = keeper();
    expect(postingWorker.status().waiting).toBe(0);
    const other: Meter = { ...meter, entityId: 'sensor.b' };
    postingWorker.setMeters([{ ...meter }, other]);
    expect(postingWorker.status()).toMatchObject({ waiting: 1, isPostingPast: true });
    await postingWorker.settle();
    postingWorker.setMeters([{ ...meter, kind: 'net' }, other]);
    await postingWorker.settle();
    expect(reported.map(([entityId, { cause }]) => [entityId, cause])).toEqual([
      ['sensor.b', 'readings'],
      ['sensor.a', 'rules'],
    ]);
    postingWorker.setMeters([]);
    postingWorker.markDirty('sensor.a', everything);
    expect(postingWorker.status()).toMatchObject({ waiting: 0, isPostingPast: false });
  });

  it('with a switch are posted from its state to the next one, or to now', async () => {
    const looked: number[][] = [];
    const next: { afterUs: number | null } = { afterUs: nowUs - 6 * quarterHourUs };
    const spans: [string, number, number][] = [];
    const gated: Meter = { entityId: 'sensor.power', posts: 'power', switchId: 'switch.a' };
    const { postingWorker } = keeper(
      {
        evidence: {
          ...noEvidence,
          around: async (entityId, startUs, endUs) => {
            if (entityId !== 'switch.a' || endUs - startUs !== 1) return { beforeUs: null, afterUs: null };
            looked.push([startUs, endUs]);
            return { beforeUs: null, ...next };
          },
          powers: async (entityId, startUs, endUs) => {
            spans.push([entityId, startUs, endUs]);
            return [];
          },
        },
      },
      [gated],
    );
    await postingWorker.settle();
    const hourUs = 4 * quarterHourUs;
    postingWorker.markDirty('switch.a', intervalAt(nowUs - 7 * quarterHourUs));
    expect(postingWorker.status().waiting).toBe(1);
    await postingWorker.settle();
    expect(looked).toEqual([[nowUs - 7 * quarterHourUs, nowUs - 7 * quarterHourUs + 1]]);
    expect(spans).toEqual([
      ['sensor.power', nowUs - 7 * quarterHourUs - hourUs, nowUs - quarterHourUs + hourUs],
    ]);
    next.afterUs = null;
    spans.length = 0;
    postingWorker.markDirty('switch.a', intervalAt(nowUs - 6 * quarterHourUs));
    await postingWorker.settle();
    expect(spans).toEqual([
      ['sensor.power', nowUs - 6 * quarterHourUs - hourUs, nowUs + quarterHourUs + hourUs],
    ]);
    expect(postingWorker.status().waiting).toBe(0);
  });
});
