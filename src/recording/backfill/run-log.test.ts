/**
 * Goal: a run that has ended never shows as running again, and a log that can't be written delays nothing.
 * Method: a store that answers late, out of turn, or not at all.
 */
import { describe, expect, it, vi } from 'vitest';
import type { SyncRun } from '../sync-log.ts';
import { quietLog } from '../testing/doubles.ts';
import { RunLog, untilIdle } from './run-log.ts';

const run = (entitiesDone: number): SyncRun => ({
  ...{ syncId: 'a', kind: 'manual', startUs: 0, endUs: 1, status: 'running', entitiesTotal: 9, entitiesDone },
  ...{ readingsAdded: 0, error: null, startedAtUs: 0, finishedAtUs: null },
});
let nowMs = 0;
const clock = { nowUs: () => 0, monotonicMs: () => nowMs };

describe('RunLog', () => {
  it('writes in order, milestones each, the rest now and then', async () => {
    const written: number[] = [];
    const answers: (() => void)[] = [];
    const save = ({ entitiesDone }: SyncRun) =>
      new Promise<void>((resolve, reject) => {
        written.push(entitiesDone);
        answers.push(entitiesDone === 2 ? () => reject(new Error('down')) : resolve);
      });
    const log = new RunLog({ syncLog: { save }, clock, log: quietLog });
    void log.save(run(1), true);
    expect(written).toEqual([1]);
    void log.save(run(2), true);
    void log.save(run(3), false);
    nowMs += 5000;
    void log.save(run(4), false);
    const last = log.save(run(5), true);
    for (let n = 0; n < 4; n += 1) {
      await vi.waitFor(() => expect(answers).toHaveLength(n + 1));
      answers[n]?.();
    }
    await last;
    expect(written).toEqual([1, 2, 4, 5]);
  });
});

describe('untilIdle', () => {
  it('lets live work go first, but not for ever, and not past a stop', async () => {
    const { signal } = new AbortController();
    const busy = [true, true, false, true];
    await untilIdle(() => busy.shift() === true, { busyLimitMs: 1000, busyPauseMs: 1 }, clock, signal);
    expect(busy).toEqual([true]);
    const ticking = { nowUs: () => 0, monotonicMs: () => (nowMs += 400) };
    await untilIdle(() => true, { busyLimitMs: 1000, busyPauseMs: 1 }, ticking, signal);
    await untilIdle(() => true, { busyLimitMs: 1e9, busyPauseMs: 1e9 }, clock, AbortSignal.abort());
  });
});
