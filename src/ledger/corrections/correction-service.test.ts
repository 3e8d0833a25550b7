/**
 * Goal: an unposted correction is saved before it is declared, posted after, and not lost in between; one at a time.
 * Method: a service whose stores and posting worker record the order of their calls, and fail on demand.
 */

import { describe, expect, it } from 'vitest';
import { quietLog } from '../../recording/testing/doubles.ts';
import { quarterHourUs } from '../../units/durations.ts';
import { intervalAt } from '../../units/interval.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { Meter } from '../entries/meter.ts';
import { correctedEvidence, standingCorrections } from '../evidence/corrected-evidence.ts';
import type { Correction } from '../evidence/correction.ts';
import type { RegisterReading } from '../evidence.ts';
import { repost, usualRules } from '../posting/reposting.ts';
import { MemoryCorrections, noEvidence } from '../testing/memory-corrections.ts';
import { MemoryLedger } from '../testing/memory-ledger.ts';
import { CorrectionService, type UnpostedCorrection } from './correction-service.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const at = (quarterHours: number) => start + quarterHours * quarterHourUs;
const nowUs = at(100);
const meter: Meter = { entityId: 'sensor.a', posts: 'register', kind: 'rising' };
const exclusion = (correctionId: string, quarterHour: number, entityId = 'sensor.a'): Correction => ({
  ...{ kind: 'exclusion', correctionId, entityId, notes: '', createdAtUs: 0, ticketId: null },
  ...intervalAt(at(quarterHour)),
});
const exchange = (correctionId: string, quarterHour: number): Correction => ({
  ...{ kind: 'exchange', correctionId, entityId: 'sensor.a', notes: '', createdAtUs: 0, ticketId: null },
  ...{ atUs: at(quarterHour), oldRegisterMicro: null, newRegisterMicro: 0 },
});

function service(left: readonly UnpostedCorrection[] = [], everyMs?: number) {
  const done: string[] = [];
  const given = { left, isAway: false, meters: new Map([['sensor.a', meter]]) };
  const corrections = new MemoryCorrections();
  const { remove } = corrections;
  corrections.add = async (one) => {
    done.push(`add ${one.entityId} ${one.correctionId}`);
    corrections.declared = [
      ...corrections.declared.filter(({ correctionId: id }) => id !== one.correctionId),
      one,
    ];
  };
  corrections.remove = (id) => {
    done.push(`remove ${id}`);
    return remove.call(corrections, id);
  };
  // One spike, in the second quarter-hour.
  const reported = [0, 1000, 90_000, 3000, 4000].map(
    (micro, n): RegisterReading => ({
      ...{ kind: 'reading', atUs: at(n), registerMicro: micro, lastResetAtUs: null, origin: 'stream' },
    }),
  );
  const evidenceWith = (list: readonly Correction[]) => ({
    ...noEvidence,
    registers: async (_: string, startUs: number) => ({
      items: correctedEvidence(reported, standingCorrections(list)).filter(({ atUs }) => atUs >= startUs),
      isLast: true,
    }),
    registerBefore: async () => at(0),
  });
  const ledger = new MemoryLedger();
  const waiting: [string, number, number, string | undefined][] = [];
  const clock = { nowUs: () => nowUs, monotonicMs: () => 0 };
  const made = new CorrectionService(
    {
      ...{ corrections, evidenceWith, ledger, clock, log: quietLog, heldUntil: () => null },
      postingWorker: {
        markDirty: (entityId, { startUs, endUs }, cause) =>
          void waiting.push([entityId, startUs, endUs, cause]),
        settle: async () => {
          if (given.isAway) throw new Error('the store is away');
          done.push(
            `settle ${waiting.map(([id, from, until]) => [id, from - start, until - 1 - start].join(' '))}`,
          );
          const evidence = evidenceWith(await corrections.of('sensor.a'));
          for (const [entityId, startUs, endUs] of waiting.splice(0))
            if (entityId === 'sensor.a')
              await repost({ evidence, ledger, clock, heldUntil: () => null }, usualRules, meter, {
                ...{ startUs, endUs, cause: 'corrected' },
              });
        },
      },
      meterOf: (entityId) => given.meters.get(entityId) ?? null,
      unposted: {
        load: async () => {
          done.push('load');
          return given.left;
        },
        save: async (unposted) => {
          given.left = unposted;
          done.push(`note ${unposted.map(({ entityId }) => entityId)}`);
        },
      },
    },
    everyMs,
  );
  return { made, done, given, corrections, ledger };
}
const q = (quarterHours: number) => quarterHours * quarterHourUs;

describe('a correction', () => {
  it('is saved as unposted, declared, posted and cleared, in this order; so is its removal', async () => {
    const { made, done, given } = service();
    await made.apply(exclusion('one', 2));
    expect(done).toEqual([
      ...['settle ', 'load', 'note sensor.a', 'add sensor.a one'],
      ...[`settle sensor.a ${q(2)} ${q(2)}`, 'note '],
    ]);
    done.length = 0;
    await made.takeBack('one');
    expect(done).toEqual([
      ...['settle ', 'note sensor.a', 'remove one', `settle sensor.a ${q(2)} ${q(2)}`, 'note '],
    ]);
    done.length = 0;
    await made.apply(exchange('two', 3));
    expect(done.at(-2)).toBe(`settle sensor.a ${q(3)} ${q(3)}`);
    expect(given.left).toEqual([]);
  });

  it('returns its changes: how many entries, from when to when, and their sums', async () => {
    const { made } = service();
    await made.apply(exclusion('none', 50));
    // The spike counts 89 Wh up and, because of the reset, 3 Wh after it; then 1 Wh as usual.
    const changes = { entries: 3, quantityBeforeMicro: 93_000, quantityAfterMicro: 3000 };
    const outcome = { kind: 'changed', changes: { ...changes, startUs: at(1), endUs: at(4) } };
    expect(await made.preview(exclusion('one', 2))).toEqual(outcome);
    expect(await made.apply(exclusion('one', 2))).toEqual(outcome);
    expect(await made.preview({ takeBack: 'one' })).toMatchObject({
      changes: { entries: 3, quantityBeforeMicro: 3000, quantityAfterMicro: 93_000 },
    });
    // Nothing was received at that time.
    expect(await made.preview(exclusion('far', 60))).toEqual({
      kind: 'changed',
      changes: {
        ...{ entries: 0, quantityBeforeMicro: null, quantityAfterMicro: null },
        ...{ startUs: at(60), endUs: at(60) },
      },
    });
  });

  it('that is unknown can not be removed; one of a meter that is gone changes no figure', async () => {
    const { made, given, corrections } = service();
    expect(await made.preview({ takeBack: 'none' })).toEqual({ kind: 'unknown' });
    expect(await made.takeBack('none')).toEqual({ kind: 'unknown' });
    await made.apply(exclusion('one', 2));
    given.meters.clear();
    expect(await made.takeBack('one')).toMatchObject({ kind: 'changed', changes: { entries: 0 } });
    expect(await made.apply(exclusion('two', 2))).toMatchObject({ kind: 'refused', field: 'entityId' });
    expect(await made.preview(exclusion('two', 2))).toMatchObject({ kind: 'refused' });
    expect(corrections.declared).toEqual([]);
  });

  it('runs alone, and a failure does not block the next one', async () => {
    const { made, given, corrections } = service();
    given.isAway = true;
    const first = made.apply(exclusion('one', 2));
    const second = made.preview({ takeBack: 'none' });
    await expect(first).rejects.toThrow('the store is away');
    expect(await second).toEqual({ kind: 'unknown' });
    expect(corrections.declared).toEqual([]);
    given.isAway = false;
    const applied = made.apply(exclusion('one', 2));
    // The first one has changed it by then.
    expect(await made.takeBack('one')).toMatchObject({ kind: 'changed' });
    expect(await applied).toMatchObject({ kind: 'changed' });
  });
});

describe('an unposted correction', () => {
  const noted = (entityId: string, quarterHour: number): UnpostedCorrection => ({
    ...{ entityId, ...intervalAt(at(quarterHour)) },
  });

  it('stays saved over a crash, beside those declared since', async () => {
    const { made, done, given } = service([noted('sensor.b', 7)]);
    await made.carry('sensor.none', 'sensor.a');
    expect(done).toEqual([]);
    await made.excludeUntil('sensor.a', at(1));
    expect(done).toEqual([
      ...['load', 'note sensor.b,sensor.a', `add sensor.a taken-over-sensor.a-${at(1)}`],
      ...[`settle sensor.a ${-start} ${q(1)}`, 'note sensor.b'],
    ]);
    expect(given.left).toEqual([noted('sensor.b', 7)]);
  });

  it('is posted at the next turn once its meter is known, and saved until then', async () => {
    const { made, done, given } = service([noted('sensor.a', 2), noted('sensor.b', 7)], 1);
    made.start();
    await expect.poll(() => given.left).toEqual([noted('sensor.b', 7)]);
    const turns = done.length;
    await new Promise((resolve) => setTimeout(resolve, 10));
    await made.stop();
    expect(done).toEqual(['load', `settle sensor.a ${q(2)} ${q(2)}`, 'note sensor.b']);
    expect(done).toHaveLength(turns);
  });
});

describe('corrections of a meter with another name', () => {
  it('are copied with their ids, each posted under the new one', async () => {
    const { made, done, corrections } = service();
    for (const id of ['one', 'two']) corrections.declared.push(exclusion(id, 2, 'sensor.old'));
    expect(await made.carry('sensor.old', 'sensor.a')).toBe(2);
    expect(corrections.declared.map(({ entityId, correctionId }) => [entityId, correctionId])).toEqual([
      ['sensor.a', 'one'],
      ['sensor.a', 'two'],
    ]);
    expect(done.filter((what) => what.startsWith('settle'))).toHaveLength(2);
    expect(await made.carry('sensor.old', 'sensor.a')).toBe(0);
    expect(await made.of('sensor.a')).toHaveLength(2);
  });
});
