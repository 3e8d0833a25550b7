/**
 * Goal: import marks outlive the process and drop the oldest first; waiting runs are merged and lose nothing; failures
 * are waited for and refusals left out; pieces go forward together and leave nothing out.
 * Method: settings in memory; jobs, refusals and failures by hand; pieces by property.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statisticsPeriodUs } from '../../home/home-assistant.ts';
import { MemorySettings } from '../../home/testing/doubles.ts';
import { quietLog } from '../../recording/testing/doubles.ts';
import type { EntitySync, ImportMark } from './import-marks.ts';
import { ImportMarks, noMark } from './import-marks.ts';
import { Patience, Stopped } from './import-patience.ts';
import { begunRun, type ImportJob, ImportQueue } from './import-queue.ts';
import { nextStretch, StatisticsRefused } from './statistics-copy.ts';

const sync = (atUs: number, status: EntitySync['status'] = 'success'): EntitySync => ({
  ...{ period: 'hour', atUs, rows: 3, status },
});

describe('marks', () => {
  it('are loaded again after a restart', async () => {
    const store = new MemorySettings();
    const marks = new ImportMarks(store);
    await marks.load();
    expect(marks.of('sensor.a')).toEqual(noMark);
    marks.reach('sensor.a', 'hour', 70);
    marks.reach('sensor.a', '5minute', 60);
    marks.addSync('sensor.a', sync(1));
    expect(marks.addUnposted('sensor.a', 50)).toBe(true);
    expect(marks.addUnposted('sensor.a', 50)).toBe(false);
    expect(marks.addUnposted('sensor.a', 51)).toBe(false);
    expect(marks.addUnposted('sensor.a', 49)).toBe(true);
    await marks.save(9);
    const again = new ImportMarks(store);
    await again.load();
    const mark: ImportMark = { endUs: { '5minute': 60, hour: 70 }, unpostedFromUs: 49, syncs: [sync(1)] };
    expect(again.of('sensor.a')).toEqual(mark);
    again.posted('sensor.a');
    expect(again.of('sensor.a')).toEqual({ ...mark, unpostedFromUs: null });
  });

  it('keep the six newest runs of an entity, and the two thousand entities that changed last', async () => {
    const store = new MemorySettings();
    const marks = new ImportMarks(store);
    for (let atUs = 1; atUs <= 8; atUs++) marks.addSync('sensor.0', sync(atUs));
    expect(marks.of('sensor.0').syncs.map(({ atUs }) => atUs)).toEqual([8, 7, 6, 5, 4, 3]);
    for (let index = 1; index <= 2000; index++) marks.reach(`sensor.${index}`, 'hour', index);
    marks.reach('sensor.0', 'hour', 5);
    await marks.save(9);
    const again = new ImportMarks(store);
    await again.load();
    expect(again.of('sensor.0').endUs.hour).toBe(5);
    expect(again.of('sensor.1')).toEqual(noMark);
    expect(again.of('sensor.2').endUs.hour).toBe(2);
  });

  it('ignore a document that they did not write', async () => {
    const good = [
      'sensor.a',
      { untilUs: { hour: 5 }, unpostedFromUs: 'x', syncs: [sync(1), { ...sync(2), rows: '3' }] },
    ];
    const others = [
      ...[
        { ...sync(3), period: 'day' },
        { ...sync(4), status: 'running' },
        { ...sync(5), atUs: null },
        null,
        7,
      ],
    ];
    const failed = [
      'sensor.b',
      { untilUs: { '5minute': 7 }, syncs: [...others, { ...sync(6, 'failed'), period: '5minute' }] },
    ];
    const stored = {
      entities: [good, failed, null, 5, ['sensor.c'], ['sensor.d', {}], [5, good[1]], ['sensor.e', null]],
    };
    for (const [value, isKnown] of [
      [stored, true],
      [{ entities: 5 }, false],
      [null, false],
      ['text', false],
    ] as const) {
      const store = new MemorySettings();
      store.values.set('statistics_import', value);
      const marks = new ImportMarks(store);
      await marks.load();
      for (const id of ['c', 'd', 'e']) expect(marks.of(`sensor.${id}`)).toEqual(noMark);
      expect(marks.of('sensor.a')).toEqual(
        isKnown ? { endUs: { '5minute': null, hour: 5 }, unpostedFromUs: null, syncs: [sync(1)] } : noMark,
      );
      expect(marks.of('sensor.b').syncs).toEqual(
        isKnown ? [{ ...sync(6, 'failed'), period: '5minute' }] : [],
      );
    }
  });
});

describe('the queue', () => {
  const job = (index: number, extra: Partial<ImportJob> = {}): ImportJob => ({
    ...{ syncId: `${index}`, entityIds: [`sensor.${index}`], periods: ['hour'], range: null },
    ...extra,
  });

  it('returns jobs in their order', () => {
    const queue = new ImportQueue();
    expect([queue.add(job(1)).syncId, queue.add(job(2)).syncId]).toEqual(['1', '2']);
    expect([queue.find('2')?.syncId, queue.find('3')]).toEqual(['2', null]);
    expect([queue.take()?.syncId, queue.take()?.syncId, queue.take()]).toEqual(['1', '2', null]);
  });

  it('merges a request past the eighth into the last, over the range of both', () => {
    const queue = new ImportQueue();
    for (let index = 1; index < 8; index++) queue.add(job(index));
    queue.add(job(8, { range: { startUs: 5, endUs: 9 } }));
    const more = { entityIds: ['sensor.8', 'sensor.x'], periods: ['hour', '5minute'] as const };
    const merged = queue.add(job(9, { ...more, range: { startUs: 3, endUs: 7 } }));
    expect(merged).toEqual({
      ...{ syncId: '8', entityIds: ['sensor.8', 'sensor.x'], periods: ['hour', '5minute'] },
      range: { startUs: 3, endUs: 9 },
    });
    // An open end stays open.
    expect(queue.add(job(10, { range: { startUs: null, endUs: 20 } })).range).toEqual({
      startUs: null,
      endUs: 20,
    });
    expect(queue.add(job(11)).range).toEqual({ startUs: null, endUs: null });
    const taken = Array.from({ length: 9 }, () => queue.take());
    expect(taken[7]?.entityIds).toEqual(['sensor.8', 'sensor.x', 'sensor.10', 'sensor.11']);
    expect(taken.map((one) => one?.syncId)).toEqual([...['1', '2', '3', '4', '5', '6', '7', '8', undefined]]);
  });

  it('begins a run over the requested range, and none in the future', () => {
    const run = (startUs: number | null, endUs: number | null) =>
      begunRun(job(1, { range: { startUs, endUs } }), 50);
    expect(run(10, 20)).toMatchObject({
      startUs: 10,
      endUs: 20,
      entitiesTotal: 1,
      entitiesDone: 0,
      readingsAdded: 0,
    });
    expect(run(60, 70)).toMatchObject({ startUs: 50, endUs: 50 });
    expect(run(null, null)).toMatchObject({ startUs: 50, endUs: 50 });
    expect(begunRun(job(1), 50)).toMatchObject({
      startUs: 50,
      endUs: 50,
      status: 'running',
      finishedAtUs: null,
    });
  });
});

describe('patience', () => {
  function patient(stop = new AbortController()) {
    const troubles: (string | null)[] = [];
    const environment = {
      ...{ signal: stop.signal, wake: () => new AbortController().signal, onProgress: () => undefined },
      onTrouble: (trouble: string | null) => void troubles.push(trouble),
    };
    const limits = { breathMs: 0, retryFirstMs: 1, retryLimitMs: 2 };
    return { patience: new Patience(limits, environment, quietLog), troubles, stop };
  }

  it('waits for what fails, and reports the trouble until it goes on', async () => {
    const { patience, troubles } = patient();
    let tries = 0;
    const work = async () => {
      tries++;
      if (tries < 3) throw new Error(`away ${tries}`);
      return 'there';
    };
    expect(await patience.until(work)).toBe('there');
    expect(troubles).toEqual(['away 1', 'away 2', null]);
    await patience.until(async () => undefined);
    expect(troubles).toHaveLength(3);
  });

  it('asks three times, then one by one, and leaves out the refused entities', async () => {
    const { patience } = patient();
    const asked: string[] = [];
    const refused: string[] = [];
    const work = async (ids: readonly string[]) => {
      asked.push(ids.join(' '));
      if (ids.includes('b')) throw new StatisticsRefused('unknown statistic');
    };
    await patience.answered(['a', 'b'], work, (id, why) => refused.push(`${id}: ${why}`));
    expect(asked).toEqual(['a b', 'a b', 'a b', 'a', 'b', 'b', 'b']);
    expect(refused).toEqual(['b: unknown statistic']);
  });

  it('ends with the process', async () => {
    const { patience, stop } = patient();
    const work = async () => {
      stop.abort();
      throw new Error('away');
    };
    await expect(patience.until(work)).rejects.toBeInstanceOf(Stopped);
    await expect(patience.until(async () => 1)).rejects.toBeInstanceOf(Stopped);
    await expect(patience.rest(0)).rejects.toBeInstanceOf(Stopped);
    await expect(patience.answered(['a'], work, () => undefined)).rejects.toBeInstanceOf(Stopped);
    const late = patient();
    await expect(late.patience.until(async () => late.stop.abort())).rejects.toBeInstanceOf(Stopped);
  });
});

describe('stretches', () => {
  it('exclude entities that begin at their end', () => {
    const at = (hours: number) => hours * statisticsPeriodUs.hour;
    const next = new Map([
      ['a', 0],
      ['b', at(5760)],
    ]);
    expect(nextStretch(next, at(20_000), 'hour')).toEqual({ entityIds: ['a'], startUs: 0, endUs: at(5760) });
  });

  it('go forward together, cover every entity over all of its time, and hold a piece of rows at most', () => {
    const starts = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(starts, fc.constantFrom('hour' as const, '5minute' as const), (drawn, period) => {
        const allEndUs = 18_000 * statisticsPeriodUs[period];
        const next = new Map(
          drawn.map((rows, index) => [`sensor.${index}`, rows * statisticsPeriodUs[period]]),
        );
        const stepsOf = (ids: number) => Math.min(ids, 12);
        for (let pieces = 0; ; pieces++) {
          const stretch = nextStretch(next, allEndUs, period);
          if (stretch === null) break;
          const { entityIds, startUs, endUs } = stretch;
          expect(startUs).toBe(Math.min(...[...next.values()].filter((at) => at < allEndUs)));
          expect(endUs).toBeGreaterThan(startUs);
          expect(endUs).toBeLessThanOrEqual(allEndUs);
          expect([...entityIds].sort()).toEqual(
            [...next]
              .filter(([, at]) => at < endUs && at < allEndUs)
              .map(([id]) => id)
              .sort(),
          );
          const rows = (endUs - startUs) / statisticsPeriodUs[period];
          expect(rows * stepsOf(entityIds.length)).toBeLessThanOrEqual(8640);
          // It is as long as possible: twice as long would be too much, or it has everything.
          if (endUs < allEndUs && rows < 8640) {
            const longer = [...next].filter(
              ([, at]) => at < startUs + 2 * rows * statisticsPeriodUs[period] && at < allEndUs,
            ).length;
            expect(longer * 2 * rows).toBeGreaterThan(8640);
          }
          for (const id of entityIds) next.set(id, endUs);
          expect(pieces).toBeLessThan(400);
        }
        expect([...next.values()].every((at) => at >= allEndUs)).toBe(true);
      }),
    );
  });
});
