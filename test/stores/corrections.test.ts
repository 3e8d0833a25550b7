/**
 * Goal: corrections survive the process in the document store, exchanges of older programs among them, and change the
 * ledger in QuestDB as requested, until they are taken back.
 * Method: the real stores; a meter that jumps, corrected through the service and verified after each step; and one
 * that is renamed, by a process that dies on the way.
 */

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MongoCorrectionStore } from '../../src/adapters/mongodb/correction-store.ts';
import { QuestDbLedgerStore } from '../../src/adapters/questdb/ledger-store.ts';
import { readingsTable } from '../../src/adapters/questdb/reading-rows.ts';
import { QuestDbStatisticsStore } from '../../src/adapters/questdb/statistics-store.ts';
import { applied } from '../../src/adapters/questdb/wal.ts';
import { CorrectionService } from '../../src/ledger/corrections/correction-service.ts';
import { unpostedSetting } from '../../src/ledger/corrections/unposted-corrections.ts';
import type { Entry } from '../../src/ledger/entries/entry.ts';
import type { Meter } from '../../src/ledger/entries/meter.ts';
import type { PostedEntry } from '../../src/ledger/entries/revision.ts';
import type { Correction, CorrectionStore } from '../../src/ledger/evidence/correction.ts';
import { RememberedCorrections } from '../../src/ledger/evidence/remembered-corrections.ts';
import { StoredEvidence } from '../../src/ledger/evidence/stored-evidence.ts';
import { PostingWorker } from '../../src/ledger/posting/posting-worker.ts';
import { usualRules } from '../../src/ledger/posting/reposting.ts';
import { verifyMeter } from '../../src/ledger/posting/verification.ts';
import type { Reading } from '../../src/recording/reading.ts';
import { type RecordingEvent, RecordingEvents } from '../../src/recording/recording-events.ts';
import { RenameKeeper } from '../../src/recording/stream/rename-keeper.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { minuteUs } from '../../src/units/durations.ts';
import { intervalAt } from '../../src/units/interval.ts';
import { openDocuments, settingsOf } from './documents-fixture.ts';
import { freshEntity, openQuestDb, quietLog } from './questdb-fixture.ts';

const { db, store } = openQuestDb();
const documents = openDocuments();
const ledger = new QuestDbLedgerStore(db);
const statistics = new QuestDbStatisticsStore(db, systemClock);
const startUs = Date.UTC(2026, 4, 1) * 1000;

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
      { kind: 'amount', ...correctionOf(entityId, 'b'), startUs: 200, endUs: 300, amountMicro: -5 },
      { kind: 'exclusion', ...correctionOf(entityId, 'a'), startUs: 100, endUs: 101 },
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

/** A meter's ledger over the stores, as a process that begins has it. */
function openService(meters: readonly Meter[], corrections: CorrectionStore) {
  const settings = settingsOf(documents);
  const evidenceOf = (of: (entityId: string) => Promise<readonly Correction[]>) =>
    new StoredEvidence({ readings: store, statistics, corrections: of, kindOf: () => 'rising' });
  const evidence = evidenceOf((id) => corrections.of(id));
  const postingWorker = new PostingWorker({
    evidence,
    ledger,
    readable: () => applied(db, readingsTable),
    mark: { load: async () => systemClock.nowUs(), save: async () => undefined },
    receivedSince: async () => new Map(),
    heldUntil: () => null,
    clock: systemClock,
    log: quietLog,
  });
  postingWorker.setMeters(meters);
  const service = new CorrectionService({
    corrections,
    evidenceWith: (list) => evidenceOf(async () => list),
    ledger,
    postingWorker,
    meterOf: (entityId) => meters.find((meter) => meter.entityId === entityId) ?? null,
    unposted: {
      load: () => settings.get(unpostedSetting),
      save: (unposted) => settings.set(unpostedSetting, unposted, systemClock.nowUs()),
    },
    heldUntil: () => null,
    clock: systemClock,
    log: quietLog,
  });
  return { service, postingWorker, evidence, settings };
}

const said = (entries: readonly PostedEntry[]): Entry[] =>
  entries
    .filter((entry) => entry.reason !== 'withdrawn')
    .map(({ revision: _revision, postedAtUs: _postedAtUs, cause: _cause, ...entry }) => entry);
const total = (entries: readonly Entry[]) =>
  entries.reduce(
    (sum, one) => sum + (one.kind === 'quantity' && one.reason !== 'withdrawn' ? one.amountMicro : 0),
    0,
  );

function jumping(entityId: string): Reading[] {
  return Array.from({ length: 120 }, (_, index): Reading => {
    // Ten minutes apart; the register jumps by 800 kWh at the fiftieth and goes on from there.
    const value = 100 + index / 10 + (index >= 50 ? 800 : 0);
    return {
      ...{ entityId, atUs: startUs + index * 10 * minuteUs, value, absence: null, unit: 'kWh' },
      ...{ sourceUnit: 'kWh', lastResetAtUs: null, origin: 'stream' },
    };
  });
}

const whole = { startUs, endUs: startUs + 1200 * minuteUs };
const jump = { startUs: startUs + 490 * minuteUs, endUs: startUs + 500 * minuteUs };

describe('a meter that jumps', () => {
  it('is corrected as requested, passes verification, and is as before when the correction is taken back', async () => {
    const entityId = freshEntity('jumps');
    const meter: Meter = { entityId, posts: 'register', kind: 'rising' };
    const corrections = new RememberedCorrections(new MongoCorrectionStore(documents));
    const { service, postingWorker, evidence, settings } = openService([meter], corrections);
    const readings = jumping(entityId);
    await store.append(readings);
    postingWorker.markDirty(entityId, whole);
    await postingWorker.settle();
    const current = () => ledger.current(entityId, startUs, startUs + 1200 * minuteUs);
    const verify = async () =>
      (await verifyMeter({ evidence, ledger }, usualRules, meter, startUs, startUs + 1200 * minuteUs))
        .findings;
    const before = await current();
    expect(total(before)).toBe(811_900_000);

    const zero: Correction = {
      ...{ kind: 'amount', ...correctionOf(entityId, `${entityId}-zero`), ...jump, amountMicro: 100_000 },
    };
    const preview = await service.preview(zero);
    expect(await current()).toEqual(before);
    expect(preview).toMatchObject({ kind: 'changed', changes: { entries: 3 } });
    expect(await service.apply(zero)).toEqual(preview);
    const after = await current();
    expect(total(after)).toBe(11_900_000);
    expect(await verify()).toEqual([]);
    const revised = after.filter((entry) => entry.cause === 'corrected');
    expect(revised.map(({ kind, reason, quality, revision }) => [kind, reason, quality, revision])).toEqual([
      ['quantity', 'corrected', 'estimated', 2],
      ['quantity', 'corrected', 'estimated', 2],
      ['restart', 'corrected', 'estimated', 1],
    ]);
    expect(await service.apply({ ...zero, correctionId: 'again' })).toMatchObject({
      kind: 'refused',
      field: 'startUs',
    });

    // Evidence that comes later, into the correction and before it, finds it standing.
    const late = { ...(readings[49] as Reading), atUs: jump.startUs + 5 * minuteUs, value: 104.95 };
    await store.append([late]);
    postingWorker.markDirty(entityId, intervalAt(late.atUs));
    await postingWorker.settle();
    expect(total(await current())).toBe(11_900_000);
    expect(await verify()).toEqual([]);

    await service.takeBack(zero.correctionId);
    expect(total(await current())).toBe(811_900_000);
    expect(await verify()).toEqual([]);
    expect(await corrections.of(entityId)).toEqual([]);
    expect(await settings.get(unpostedSetting)).toEqual([]);

    const spike: Correction = {
      ...{ kind: 'exclusion', ...correctionOf(entityId, `${entityId}-spike`) },
      ...{ startUs: startUs + 500 * minuteUs, endUs: startUs + 1190 * minuteUs + 1 },
    };
    const unspiked = said(await current());
    await service.apply(spike);
    expect(total(await current())).toBe(4_950_000);
    expect(await verify()).toEqual([]);
    await service.takeBack(spike.correctionId);
    expect(said(await current())).toEqual(unspiked);
    expect(await verify()).toEqual([]);
  });
});

function readingAt(entityId: string, minutes: number, value: number | null): Reading {
  return {
    ...{
      entityId,
      atUs: startUs + minutes * minuteUs,
      value,
      absence: value === null ? 'unavailable' : null,
    },
    ...{ unit: 'kWh', sourceUnit: 'kWh', lastResetAtUs: null, origin: 'history' },
  };
}

describe('a meter that reports 0 for a quarter of an hour', () => {
  it('has it left out with the rows of Home Assistant that repeat it, and back when that is taken back', async () => {
    const entityId = freshEntity('zero');
    const meter: Meter = { entityId, posts: 'register', kind: 'rising' };
    const { service, postingWorker, evidence } = openService(
      [meter],
      new RememberedCorrections(new MongoCorrectionStore(documents)),
    );
    const readings = [
      ...[readingAt(entityId, 0, 5234.1), readingAt(entityId, 10, 5234.2), readingAt(entityId, 12, null)],
      ...[readingAt(entityId, 14, 0), readingAt(entityId, 27, 5234.3), readingAt(entityId, 37, 5234.4)],
    ];
    await store.append(readings);
    const none = { sum: null, mean: null, min: null, max: null, unit: 'kWh', period: '5minute' as const };
    await statistics.append(
      Array.from({ length: 8 }, (_, n) => {
        const row = {
          entityId,
          startUs: startUs + n * 5 * minuteUs,
          endUs: startUs + (n + 1) * 5 * minuteUs,
        };
        const state =
          readings.findLast(({ atUs, value }) => atUs < row.endUs && value !== null)?.value ?? null;
        return { ...row, ...none, state };
      }),
    );
    const span = { startUs, endUs: startUs + 60 * minuteUs };
    postingWorker.markDirty(entityId, span);
    await postingWorker.settle();
    const current = () => ledger.current(entityId, span.startUs, span.endUs);
    const verify = async () =>
      (await verifyMeter({ evidence, ledger }, usualRules, meter, span.startUs, span.endUs)).findings;
    const before = said(await current());
    expect(total(before)).toBe(5_234_500_000);
    const atUs = startUs + 14 * minuteUs;
    const spike: Correction = {
      ...{ kind: 'exclusion', ...correctionOf(entityId, `${entityId}-spike`), ...intervalAt(atUs) },
    };
    await service.apply(spike);
    expect(total(await current())).toBe(300_000);
    expect(await verify()).toEqual([]);
    await service.takeBack(spike.correctionId);
    expect(said(await current())).toEqual(before);
    expect(await verify()).toEqual([]);
  });
});

describe('a meter that goes on lower', () => {
  it('is counted on from there, whenever its readings come, and what comes back is no use', async () => {
    const entityId = freshEntity('lower');
    const meter: Meter = { entityId, posts: 'register', kind: 'rising' };
    const { postingWorker, evidence } = openService(
      [meter],
      new RememberedCorrections(new MongoCorrectionStore(documents)),
    );
    // Half-hourly: 7 % are missing from the tenth reading on, and are back at the thirtieth.
    const readings = Array.from({ length: 40 }, (_, n) =>
      readingAt(entityId, n * 30, 1000 + n / 10 - (n >= 10 && n < 30 ? 70 : 0)),
    );
    const endUs = startUs + 40 * 30 * minuteUs;
    const batches = [readings.slice(0, 12), readings.slice(14, 16), readings.slice(12, 14)];
    for (const batch of [...batches, readings.slice(16, 25), readings.slice(25)]) {
      await store.append(batch);
      const instants = batch.map(({ atUs }) => atUs);
      postingWorker.markDirty(entityId, { startUs: Math.min(...instants), endUs: Math.max(...instants) + 1 });
      await postingWorker.settle();
    }
    const entries = await ledger.current(entityId, startUs, endUs);
    // Also what was used while it fell, for that is known now that it is back.
    expect(total(entries)).toBe(3_900_000);
    const restarts = entries.filter(({ kind, reason }) => kind === 'restart' && reason !== 'withdrawn');
    expect(restarts.map(({ amountMicro }) => amountMicro)).toEqual([69_900_000, -69_900_000]);
    const { findings } = await verifyMeter({ evidence, ledger }, usualRules, meter, startUs, endUs);
    expect(findings).toEqual([]);
  });
});

describe('a meter that is renamed', () => {
  it('keeps what was declared of it, also when the process dies in the middle', async () => {
    const [oldId, newId] = [freshEntity('before'), freshEntity('after')];
    const meterNamed = (entityId: string): Meter => ({ entityId, posts: 'register', kind: 'rising' });
    const documentsOf = () => new RememberedCorrections(new MongoCorrectionStore(documents));
    const first = openService([meterNamed(oldId)], documentsOf());
    await store.append(jumping(oldId));
    first.postingWorker.markDirty(oldId, whole);
    await first.postingWorker.settle();
    const zero: Correction = {
      ...{ kind: 'amount', ...correctionOf(oldId, `${oldId}-zero`), ...jump, amountMicro: 100_000 },
    };
    const spike: Correction = {
      ...{ kind: 'exclusion', ...correctionOf(oldId, `${oldId}-spike`) },
      ...{ startUs: startUs + 900 * minuteUs, endUs: startUs + 950 * minuteUs + 1 },
    };
    for (const one of [zero, spike])
      expect(await first.service.apply(one)).toMatchObject({ kind: 'changed' });
    const before = said(await ledger.current(oldId, whole.startUs, whole.endUs));
    expect(before.filter(({ reason }) => reason === 'corrected').length).toBeGreaterThan(0);

    const renamed = (corrections: CorrectionStore, settings = settingsOf(documents)) => {
      const parts = openService([meterNamed(newId)], corrections);
      const reported: RecordingEvent[] = [];
      const events = new RecordingEvents(quietLog);
      events.on((event) => reported.push(event));
      const keeper = new RenameKeeper(
        {
          renames: () => new Map([[oldId, newId]]),
          isTracked: () => true,
          readings: {
            range: (...asked) => store.range(...asked),
            append: async (readings) => {
              await store.append(readings);
              for (const { atUs } of readings) parts.postingWorker.markDirty(newId, intervalAt(atUs));
            },
          },
          takeovers: () => new Map(),
          excludeUntil: async () => undefined,
          carryCorrections: (...ids) => parts.service.carry(...ids),
          settings,
          settled: async () => undefined,
          isBusy: () => false,
          events,
          clock: systemClock,
          log: quietLog,
        },
        { pageReadings: 50, retryMs: 20 },
      );
      return { ...parts, keeper, reported };
    };

    // It dies when one of the two has gone along and is not posted.
    const cut = documentsOf();
    let adds = 0;
    const dying: CorrectionStore = {
      of: (entityId) => cut.of(entityId),
      find: (id) => cut.find(id),
      remove: (id) => cut.remove(id),
      add: async (correction) => {
        adds += 1;
        if (adds > 1) throw new Error('killed');
        await cut.add(correction);
      },
    };
    const second = renamed(dying);
    second.keeper.start();
    await vi.waitFor(() => expect(adds).toBeGreaterThan(1), 10_000);
    await second.keeper.stop();
    const half = documentsOf();
    expect([(await half.of(oldId)).length, (await half.of(newId)).length]).toEqual([1, 1]);

    const third = renamed(documentsOf());
    third.keeper.start();
    await vi.waitFor(() => expect(third.reported.map(({ kind }) => kind)).toEqual(['renamed']), 10_000);
    await third.keeper.stop();
    await third.postingWorker.settle();
    const current = () => ledger.current(newId, whole.startUs, whole.endUs);
    expect(said(await current())).toEqual(before);
    const declared = documentsOf();
    expect(await declared.of(oldId)).toEqual([]);
    expect(await declared.of(newId)).toEqual([zero, spike].map((one) => ({ ...one, entityId: newId })));
    const verification = await verifyMeter(
      { evidence: third.evidence, ledger },
      usualRules,
      meterNamed(newId),
      whole.startUs,
      whole.endUs,
    );
    expect(verification.findings).toEqual([]);

    // By the id that the ticket knows.
    await third.service.takeBack(zero.correctionId);
    expect(total(await current())).toBe(total(before) + 800_000_000);
  });
});
