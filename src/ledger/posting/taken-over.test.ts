/**
 * Goal: an entity id that another plug takes over counts that plug from the moment it has the id, and nothing of the
 * plug before.
 * Method: the readings of both under one id, with some of the second one's past from a backfill between them, posted
 * before and after the exclusion; the current state is added up.
 */
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../recording/reading.ts';
import { MemoryReadingStore, quietLog } from '../../recording/testing/doubles.ts';
import { quarterHourUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import { CorrectionService } from '../corrections/correction-service.ts';
import type { Meter } from '../entries/meter.ts';
import { StoredEvidence } from '../evidence/stored-evidence.ts';
import { MemoryCorrections } from '../testing/memory-corrections.ts';
import { MemoryLedger } from '../testing/memory-ledger.ts';
import { MemoryStatisticsStore } from '../testing/statistics-doubles.ts';
import { repost, usualRules } from './reposting.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const entityId = 'sensor.fridge';
const meter: Meter = { entityId, posts: 'register', kind: 'rising' };
const takenUs = start + 8 * quarterHourUs;
const clock = { nowUs: () => start + 20 * quarterHourUs, monotonicMs: () => 0 };

function reading(quarterHours: number, value: number): Reading {
  return {
    ...{
      entityId,
      atUs: start + quarterHours * quarterHourUs,
      value,
      absence: null,
      unit: 'kWh',
      sourceUnit: 'kWh',
    },
    ...{ lastResetAtUs: null, origin: 'stream' },
  };
}

describe('an id that another plug has', () => {
  it('counts neither the plug before nor the past of the new one under another id', async () => {
    const readings = new MemoryReadingStore();
    const corrections = new MemoryCorrections();
    const ledger = new MemoryLedger();
    const evidence = new StoredEvidence({
      ...{ readings, statistics: new MemoryStatisticsStore(), kindOf: () => 'rising' },
      corrections: (id) => corrections.of(id),
    });
    const deps = { evidence, ledger, clock, heldUntil: () => null };
    const everything = { startUs: 0, endUs: clock.nowUs() + 1, cause: 'readings' as const };
    const marked: Interval[] = [];
    const post = async () => {
      await repost(deps, usualRules, meter, everything);
    };
    const service = new CorrectionService({
      ...{ corrections, ledger, clock, log: quietLog, heldUntil: () => null },
      evidenceWith: () => evidence,
      postingWorker: { markDirty: (_id, span) => void marked.push(span), settle: post },
      meterOf: () => meter,
      unposted: { load: async () => [], save: async () => undefined },
    });
    const total = () =>
      ledger
        .all()
        .filter(({ kind, reason }) => kind === 'quantity' && reason !== 'withdrawn')
        .reduce((sum, { amountMicro }) => sum + amountMicro, 0);

    await readings.append([reading(0, 500), reading(4, 500.2)]);
    await readings.append([reading(1, 3), reading(5, 3.1)]);
    await readings.append([reading(9, 3.2), reading(13, 3.3), reading(17, 3.45)]);
    await post();
    expect(total()).not.toBe(250_000);
    await service.excludeUntil(entityId, takenUs);
    await service.excludeUntil(entityId, takenUs);
    expect(marked[0]).toEqual({ startUs: 0, endUs: takenUs + 1 });
    expect(total()).toBe(250_000);
    expect(await corrections.of(entityId)).toMatchObject([{ kind: 'exclusion', endUs: takenUs + 1 }]);
  });
});
