/**
 * Goal: the present does not wait for the past: while years of many meters are posted, what others tell is posted between
 * them; what fails is put back, and nothing of it is told as posted.
 * Method: meters whose evidence is read with side effects, over a ledger in memory; the order of what is read, and of what is
 * told as posted.
 */
import { describe, expect, it } from 'vitest';
import { quietLog } from '../../recording/testing/doubles.ts';
import { quarterHourStartUs, quarterHourUs } from '../../units/quarter-hour.ts';
import type { Meter } from '../entries/meter.ts';
import type { RegisterReading } from '../evidence.ts';
import { noEvidence } from '../testing/memory-corrections.ts';
import { MemoryLedger } from '../testing/memory-ledger.ts';
import { PostingWorker } from './posting-worker.ts';

const nowUs = quarterHourStartUs(1_780_000_000_000_000);
const yearUs = 365 * 96 * quarterHourUs;
const past = { startUs: nowUs - yearUs, endUs: nowUs };
const present = { startUs: nowUs, endUs: nowUs };

function home(ids: readonly string[], onRead: (entityId: string) => void) {
  const ledger = new MemoryLedger();
  const read: string[] = [];
  const told: string[] = [];
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
  postingWorker.onPosted((entityId) => told.push(entityId));
  return { postingWorker, ledger, read, told, marks };
}

describe('PostingWorker', () => {
  it('posts what comes in between the pasts of other meters, and tells those together at the end', async () => {
    const { postingWorker, read, told, ledger } = home(['a', 'b', 'c', 'live'], (entityId) => {
      if (entityId === 'a' || entityId === 'b') postingWorker.touch('live', present);
    });
    for (const id of ['a', 'b', 'c']) postingWorker.touch(id, past);
    const settled = postingWorker.settle();
    expect(postingWorker.status()).toMatchObject({ waiting: 3, isPostingPast: true });
    await settled;
    expect(read).toEqual(['a', 'live', 'b', 'live', 'c']);
    expect(told).toEqual(['live', 'live', 'a', 'b', 'c']);
    expect(new Set(ledger.all().map(({ entityId }) => entityId))).toEqual(new Set(['a', 'b', 'c', 'live']));
    expect(postingWorker.status()).toMatchObject({ waiting: 0, isPostingPast: false, error: null });
    postingWorker.touch('live', present);
    expect(postingWorker.status()).toMatchObject({ waiting: 1, isPostingPast: false });
  });

  it('puts back what was not written, and tells what was', async () => {
    let isAway = true;
    const { postingWorker, read, told, marks } = home(['a', 'b', 'c', 'live'], (entityId) => {
      if (entityId === 'a') postingWorker.touch('live', present);
      if (entityId === 'b' && isAway) throw new Error('away');
    });
    for (const id of ['a', 'b', 'c']) postingWorker.touch(id, past);
    await expect(postingWorker.settle()).rejects.toThrow('away');
    expect(told).toEqual(['live', 'a']);
    expect(postingWorker.status().waiting).toBe(2);
    expect(marks).toEqual([]);
    isAway = false;
    read.length = 0;
    await postingWorker.settle();
    expect(read).toEqual(['b', 'c']);
    // It had not caught up before: whoever rests on them is told of all.
    expect(told).toEqual(['live', 'a', 'b', 'c']);
    expect(marks).toHaveLength(1);
  });

  it('ends a round however much comes in', async () => {
    const { postingWorker, read } = home(['a', 'live'], () => postingWorker.touch('live', present));
    postingWorker.touch('a', past);
    await postingWorker.settle();
    expect(read).toEqual(['a']);
    expect(postingWorker.status().waiting).toBe(1);
    await postingWorker.settle();
    expect(read).toEqual(['a', 'live']);
  });
});
