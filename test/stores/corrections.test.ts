/**
 * Goal: corrections survive the process in the document store, exchanges of older programs among them, and change the
 * ledger in QuestDB as they were told to, until they are taken back.
 * Method: the real stores; a meter that jumps, corrected through the desk and verified after each step.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MongoCorrectionStore } from '../../src/adapters/mongodb/correction-store.ts';
import { MongoSettingsStore } from '../../src/adapters/mongodb/settings-store.ts';
import { QuestDbLedgerStore } from '../../src/adapters/questdb/ledger-store.ts';
import { readingsTable } from '../../src/adapters/questdb/reading-rows.ts';
import { QuestDbStatisticsStore } from '../../src/adapters/questdb/statistics-store.ts';
import { applied } from '../../src/adapters/questdb/wal.ts';
import { Bookkeeper } from '../../src/ledger/bookkeeper.ts';
import type { Correction } from '../../src/ledger/correction.ts';
import { CorrectionDesk } from '../../src/ledger/correction-desk.ts';
import type { Entry } from '../../src/ledger/entry.ts';
import type { Meter } from '../../src/ledger/meter.ts';
import { RememberedCorrections } from '../../src/ledger/remembered-corrections.ts';
import { usualRules } from '../../src/ledger/reposting.ts';
import type { PostedEntry } from '../../src/ledger/revision.ts';
import { StoredEvidence } from '../../src/ledger/stored-evidence.ts';
import { verifyMeter } from '../../src/ledger/verification.ts';
import type { Reading } from '../../src/recording/reading.ts';
import { systemClock } from '../../src/units/clock.ts';
import { openDocuments } from './documents-fixture.ts';
import { freshEntity, openQuestDb, quietLog } from './questdb-fixture.ts';

const { db, store } = openQuestDb();
const documents = openDocuments();
const ledger = new QuestDbLedgerStore(db);
const statistics = new QuestDbStatisticsStore(db, systemClock);
const startUs = Date.UTC(2026, 4, 1) * 1000;
const minuteUs = 60_000_000;

beforeAll(() => db.prepared());
afterAll(async () => {
  await db.stop();
  await documents.stop();
});

function correctionOf(entityId: string, correctionId: string) {
  return { correctionId, entityId, notes: 'as seen', createdAtUs: startUs, ticketId: null };
}

describe('corrections in the document store', () => {
  it('are kept, found, listed by instant and removed', async () => {
    const corrections = new MongoCorrectionStore(documents);
    const entityId = freshEntity('kept');
    const list: Correction[] = [
      { kind: 'amount', ...correctionOf(entityId, 'b'), fromUs: 200, untilUs: 300, amountMicro: -5 },
      { kind: 'exclusion', ...correctionOf(entityId, 'a'), fromUs: 100, untilUs: 100 },
      {
        ...{ kind: 'exchange', ...correctionOf(entityId, 'c'), atUs: 250 },
        ...{ oldRegisterMicro: null, newRegisterMicro: 7 },
      },
    ];
    for (const correction of list) await corrections.add(correction);
    expect(await corrections.of(entityId)).toEqual([list[1], list[0], list[2]]);
    expect(await corrections.find('c')).toEqual(list[2]);
    expect(await corrections.find('nobody')).toBeNull();
    expect(await corrections.remove('b')).toBe(true);
    expect(await corrections.remove('b')).toBe(false);
    expect(await corrections.of(freshEntity('other'))).toEqual([]);
  });

  it('have the exchanges of an older program, each once, also when one is taken back', async () => {
    const older = openDocuments();
    const entityId = freshEntity('older');
    const old = { entityId, atUs: 5, oldRegisterMicro: 100, newRegisterMicro: 1, notes: 'n', createdAtUs: 9 };
    await older.ask<{ _id: string }, unknown>('meterExchanges', (exchanges) =>
      exchanges.insertMany([
        { _id: 'first', ...old },
        { _id: 'second', ...old, atUs: 6 },
      ]),
    );
    const carried = await new MongoCorrectionStore(older).of(entityId);
    expect(carried).toEqual([
      { kind: 'exchange', correctionId: 'first', ticketId: null, ...old },
      { kind: 'exchange', correctionId: 'second', ticketId: null, ...old, atUs: 6 },
    ]);
    expect(await new MongoCorrectionStore(older).remove('first')).toBe(true);
    expect((await new MongoCorrectionStore(older).of(entityId)).map((one) => one.correctionId)).toEqual([
      'second',
    ]);
    await older.stop();
  });
});

describe('a meter that jumps', () => {
  it('is corrected as it was told, proves itself, and is as before when it is taken back', async () => {
    const entityId = freshEntity('jumps');
    const meter: Meter = { entityId, posts: 'register', kind: 'rising' };
    const corrections = new RememberedCorrections(new MongoCorrectionStore(documents));
    const settings = new MongoSettingsStore(documents);
    const evidenceOf = (of: (entityId: string) => Promise<readonly Correction[]>) =>
      new StoredEvidence({ readings: store, statistics, corrections: of, kindOf: () => 'rising' });
    const evidence = evidenceOf((id) => corrections.of(id));
    const bookkeeper = new Bookkeeper({
      evidence,
      ledger,
      readable: () => applied(db, readingsTable),
      mark: { load: async () => systemClock.nowUs(), save: async () => undefined },
      receivedSince: async () => new Map(),
      heldUntil: () => null,
      clock: systemClock,
      log: quietLog,
    });
    bookkeeper.setMeters([meter]);
    const desk = new CorrectionDesk({
      corrections,
      evidenceWith: (list) => evidenceOf(async () => list),
      ledger,
      bookkeeper,
      meterOf: () => meter,
      unposted: {
        load: async () => [],
        save: (unposted) => settings.set('unposted', unposted, systemClock.nowUs()),
      },
      heldUntil: () => null,
      clock: systemClock,
      log: quietLog,
    });
    const readings = Array.from({ length: 120 }, (_, index): Reading => {
      // Ten minutes apart; the register jumps by 800 kWh at the fiftieth and goes on from there.
      const value = 100 + index / 10 + (index >= 50 ? 800 : 0);
      return {
        ...{ entityId, atUs: startUs + index * 10 * minuteUs, value, absence: null, unit: 'kWh' },
        ...{ sourceUnit: 'kWh', lastResetAtUs: null, origin: 'stream' },
      };
    });
    await store.append(readings);
    bookkeeper.touch(entityId, { fromUs: startUs, untilUs: startUs + 1200 * minuteUs });
    await bookkeeper.settle();
    const current = () => ledger.current(entityId, startUs, startUs + 1200 * minuteUs);
    const said = (entries: readonly PostedEntry[]): Entry[] =>
      entries
        .filter((entry) => entry.reason !== 'withdrawn')
        .map(({ revision: _revision, postedAtUs: _postedAtUs, cause: _cause, ...entry }) => entry);
    const total = (entries: readonly PostedEntry[]) =>
      said(entries).reduce((sum, one) => sum + (one.kind === 'quantity' ? one.amountMicro : 0), 0);
    const prove = async () =>
      (await verifyMeter({ evidence, ledger }, usualRules, meter, startUs, startUs + 1200 * minuteUs))
        .findings;
    const before = await current();
    expect(total(before)).toBe(811_900_000);

    const jump = { fromUs: startUs + 490 * minuteUs, untilUs: startUs + 500 * minuteUs };
    const zero: Correction = {
      ...{ kind: 'amount', ...correctionOf(entityId, `${entityId}-zero`), ...jump, amountMicro: 100_000 },
    };
    const told = await desk.preview(zero);
    expect(await current()).toEqual(before);
    expect(told).toMatchObject({ kind: 'changed', changes: { entries: 3 } });
    expect(await desk.apply(zero)).toEqual(told);
    const after = await current();
    expect(total(after)).toBe(11_900_000);
    expect(await prove()).toEqual([]);
    const revised = after.filter((entry) => entry.cause === 'corrected');
    expect(revised.map(({ kind, reason, quality, revision }) => [kind, reason, quality, revision])).toEqual([
      ['quantity', 'corrected', 'estimated', 2],
      ['quantity', 'corrected', 'estimated', 2],
      ['restart', 'corrected', 'estimated', 1],
    ]);
    expect(await desk.apply({ ...zero, correctionId: 'again' })).toMatchObject({
      kind: 'refused',
      field: 'fromUs',
    });

    // Evidence that comes later, into the correction and before it, finds it standing.
    const late = { ...(readings[49] as Reading), atUs: jump.fromUs + 5 * minuteUs, value: 104.95 };
    await store.append([late]);
    bookkeeper.touch(entityId, { fromUs: late.atUs, untilUs: late.atUs });
    await bookkeeper.settle();
    expect(total(await current())).toBe(11_900_000);
    expect(await prove()).toEqual([]);

    await desk.takeBack(zero.correctionId);
    expect(total(await current())).toBe(811_900_000);
    expect(await prove()).toEqual([]);
    expect(await corrections.of(entityId)).toEqual([]);
    expect(await settings.get('unposted')).toEqual([]);

    const spike: Correction = {
      ...{ kind: 'exclusion', ...correctionOf(entityId, `${entityId}-spike`) },
      ...{ fromUs: startUs + 500 * minuteUs, untilUs: startUs + 1190 * minuteUs },
    };
    const unspiked = said(await current());
    await desk.apply(spike);
    expect(total(await current())).toBe(4_950_000);
    expect(await prove()).toEqual([]);
    await desk.takeBack(spike.correctionId);
    expect(said(await current())).toEqual(unspiked);
    expect(await prove()).toEqual([]);
  });
});
