/**
 * Goal: what was proven of an hour is kept beside the readings, and what the store lost since is seen by its count.
 * Method: the real QuestDB; entities that no other test uses.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QuestDbCoverageStore } from '../../src/adapters/questdb/proof-store.ts';
import type { QuestDb } from '../../src/adapters/questdb/questdb.ts';
import type { QuestDbReadingStore } from '../../src/adapters/questdb/reading-store.ts';
import { proofHourUs } from '../../src/recording/coverage-proof.ts';
import { applied, baseUs, freshEntity, openQuestDb, powerReading } from './questdb-fixture.ts';

describe('proofs in QuestDB', () => {
  let db: QuestDb;
  let readings: QuestDbReadingStore;
  let proofs: QuestDbCoverageStore;

  beforeAll(async () => {
    ({ db, store: readings } = openQuestDb());
    proofs = new QuestDbCoverageStore(db);
    await db.prepared();
  });
  afterAll(() => db.stop());

  it('keeps the last proof of each hour', async () => {
    const [one, other] = [freshEntity('proof'), freshEntity('proof')];
    const hour = (entityId: string, index: number, held: number) => ({
      entityId,
      hourUs: baseUs + index * proofHourUs,
      told: 3,
      held,
      verifiedAtUs: baseUs + 12 * proofHourUs + 7,
    });
    await proofs.note([hour(one, 0, 3), hour(one, 1, 4), hour(other, 0, 5)]);
    await proofs.note([hour(one, 1, 6)]);
    const found = await proofs.proven([one, other], baseUs, baseUs + 2 * proofHourUs);
    const sorted = found.sort((a, b) => a.held - b.held);
    expect(sorted).toEqual([hour(one, 0, 3), hour(other, 0, 5), hour(one, 1, 6)]);
    expect(await proofs.proven([one], baseUs + proofHourUs, baseUs + 9 * proofHourUs)).toEqual([
      hour(one, 1, 6),
    ]);
    expect(await proofs.proven(null, baseUs, Number.MAX_SAFE_INTEGER)).toEqual(
      expect.arrayContaining([hour(one, 0, 3), hour(other, 0, 5)]),
    );
    expect(await proofs.proven([], baseUs, baseUs + proofHourUs)).toEqual([]);
  });

  it('counts readings by the hour, those on its first instant and up to its last', async () => {
    const entityId = freshEntity('held');
    const at = [0, 1, proofHourUs - 1, proofHourUs, 5 * proofHourUs];
    await readings.append(at.map((offsetUs) => powerReading(entityId, baseUs + offsetUs, 1)));
    // The same reading again is the same reading.
    await readings.append([powerReading(entityId, baseUs, 1)]);
    await applied(readings);
    const held = await proofs.held([entityId, freshEntity('none')], baseUs, baseUs + 5 * proofHourUs);
    expect(held).toEqual(
      new Map([
        [
          entityId,
          new Map([
            [baseUs, 3],
            [baseUs + proofHourUs, 1],
          ]),
        ],
      ]),
    );
  });
});
