/**
 * Goal: verified hours are kept beside the readings, and readings lost since show in the count.
 * Method: the real QuestDB; entities that no other test uses.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QuestDbCoverageStore } from '../../src/adapters/questdb/coverage-store.ts';
import type { QuestDb } from '../../src/adapters/questdb/questdb.ts';
import type { QuestDbReadingStore } from '../../src/adapters/questdb/reading-store.ts';
import { coverageHourUs } from '../../src/recording/coverage-store.ts';
import { applied, baseUs, freshEntity, openQuestDb, powerReading } from './questdb-fixture.ts';

describe('verified hours in QuestDB', () => {
  let db: QuestDb;
  let readings: QuestDbReadingStore;
  let coverage: QuestDbCoverageStore;

  beforeAll(async () => {
    ({ db, store: readings } = openQuestDb());
    coverage = new QuestDbCoverageStore(db);
    await db.prepared();
  });
  afterAll(() => db.stop());

  it('keeps the last verification of each hour', async () => {
    const [one, other] = [freshEntity('verified'), freshEntity('verified')];
    const hour = (entityId: string, index: number, held: number) => ({
      entityId,
      hourUs: baseUs + index * coverageHourUs,
      reported: 3,
      held,
      verifiedAtUs: baseUs + 12 * coverageHourUs + 7,
    });
    await coverage.note([hour(one, 0, 3), hour(one, 1, 4), hour(other, 0, 5)]);
    await coverage.note([hour(one, 1, 6)]);
    const found = await coverage.verified([one, other], baseUs, baseUs + 2 * coverageHourUs);
    const sorted = found.sort((a, b) => a.held - b.held);
    expect(sorted).toEqual([hour(one, 0, 3), hour(other, 0, 5), hour(one, 1, 6)]);
    expect(await coverage.verified([one], baseUs + coverageHourUs, baseUs + 9 * coverageHourUs)).toEqual([
      hour(one, 1, 6),
    ]);
    expect(await coverage.verified(null, baseUs, Number.MAX_SAFE_INTEGER)).toEqual(
      expect.arrayContaining([hour(one, 0, 3), hour(other, 0, 5)]),
    );
    expect(await coverage.verified([], baseUs, baseUs + coverageHourUs)).toEqual([]);
  });

  it('counts readings by the hour, those on its first instant and up to its last', async () => {
    const entityId = freshEntity('held');
    const at = [0, 1, coverageHourUs - 1, coverageHourUs, 5 * coverageHourUs];
    await readings.append(at.map((offsetUs) => powerReading(entityId, baseUs + offsetUs, 1)));
    // The same reading again is the same reading.
    await readings.append([powerReading(entityId, baseUs, 1)]);
    await applied(readings);
    const held = await coverage.held([entityId, freshEntity('none')], baseUs, baseUs + 5 * coverageHourUs);
    expect(held).toEqual(
      new Map([
        [
          entityId,
          new Map([
            [baseUs, 3],
            [baseUs + coverageHourUs, 1],
          ]),
        ],
      ]),
    );
  });
});
