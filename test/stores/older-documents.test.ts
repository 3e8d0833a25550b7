/**
 * Goal: documents that programs before stored are read, and stored again with nothing lost.
 * Method: such documents are put into the real document server; the stores read them and save what they read; the server
 * then has the same in today's version.
 */
import type { Document } from 'mongodb';
import { afterAll, expect, it } from 'vitest';
import { MongoCorrectionStore } from '../../src/adapters/mongodb/correction-store.ts';
import { MongoGridConnectionStore } from '../../src/adapters/mongodb/grid-connection-store.ts';
import { MongoSettingsStore } from '../../src/adapters/mongodb/settings-store.ts';
import { MongoSubscriptionStore } from '../../src/adapters/mongodb/subscription-store.ts';
import { MongoTicketStore } from '../../src/adapters/mongodb/ticket-store.ts';
import { unpostedSetting } from '../../src/ledger/corrections/unposted-corrections.ts';
import { ImportMarks } from '../../src/ledger/statistics-import/import-marks.ts';
import { openDocuments, settingsOf } from './documents-fixture.ts';
import { quietLog } from './questdb-fixture.ts';

const documents = openDocuments();
afterAll(() => documents.stop());

type Stored = Document & { _id: string };
const put = (collection: string, ...stored: Stored[]) =>
  documents.ask<Stored, unknown>(collection, (some) => some.insertMany(stored));
const allOf = (collection: string) =>
  documents.ask<Stored, Stored[]>(collection, (some) => some.find({}).sort({ _id: 1 }).toArray());

it('reads and keeps corrections', async () => {
  const declared = { entityId: 'sensor.a', notes: 'n', createdAtUs: 9, ticketId: null };
  const stored = [
    { _id: 'a', kind: 'exclusion', ...declared, fromUs: 100, untilUs: 100 },
    { _id: 'b', kind: 'amount', ...declared, fromUs: 200, untilUs: 300, amountMicro: 7 },
    { _id: 'c', kind: 'exchange', ...declared, atUs: 400, oldRegisterMicro: null, newRegisterMicro: 1 },
  ];
  await put('corrections', ...stored);
  const store = new MongoCorrectionStore(documents);
  const found = await store.of('sensor.a');
  expect(found).toMatchObject([
    { correctionId: 'a', startUs: 100, endUs: 101 },
    { correctionId: 'b', startUs: 200, endUs: 300, amountMicro: 7 },
    { correctionId: 'c', atUs: 400 },
  ]);
  for (const correction of found) await store.add(correction);
  expect(await allOf('corrections')).toEqual(stored.map((one) => ({ ...one, schemaVersion: 1 })));
});

it('reads and keeps tickets', async () => {
  const stored = {
    ...{ _id: 'gap home 5', kind: 'gap', entityId: null, fromUs: 5, untilUs: 8, detail: 'd', evidence: [] },
    ...{ relatedEntityId: null, choices: [], status: 'open', decision: null, syncId: null },
    ...{ openedAtUs: 9, closedAtUs: null },
  };
  await put('tickets', stored);
  const store = new MongoTicketStore(documents);
  const found = await store.find('gap home 5');
  const statement = { code: 'as_written', values: { detail: 'd' } };
  expect(found).toMatchObject({ ticketId: 'gap home 5', startUs: 5, endUs: 8, statement, unmended: null });
  expect(await store.list({ status: 'all', entityId: null, limit: 9 })).toEqual([found]);
  if (found !== null) await store.save(found);
  const { detail: _, ...kept } = stored;
  expect(await allOf('tickets')).toEqual([{ ...kept, statement, unmended: null, schemaVersion: 2 }]);
  expect(await store.find('gap home 5')).toEqual(found);
});

it('reads and keeps until when the recording is complete', async () => {
  const state = {
    status: 'active',
    subscribedAtUs: 1,
    lastEventAtUs: 2,
    reconnectCount: 3,
    errorMessage: null,
  };
  const stored = { _id: 'home-assistant', ...state, complete: { untilUs: 4, entityIds: ['sensor.a'] } };
  await put('subscriptionState', stored);
  const store = new MongoSubscriptionStore(documents);
  const found = await store.load();
  expect(found).toEqual({ ...state, complete: { endUs: 4, entityIds: ['sensor.a'] } });
  if (found !== null) await store.save(found);
  expect(await allOf('subscriptionState')).toEqual([{ ...stored, schemaVersion: 1 }]);
});

it('reads and keeps how far statistics are imported and what is not posted yet', async () => {
  const store = new MongoSettingsStore(documents);
  const settings = settingsOf(documents);
  const mark = { untilUs: { '5minute': null, hour: 70 }, unpostedFromUs: 49, syncs: [] };
  await store.set('statistics_import', { entities: [['sensor.a', mark]] }, 1);
  const marks = new ImportMarks(settings);
  await marks.load();
  expect(marks.of('sensor.a').endUs).toEqual({ '5minute': null, hour: 70 });
  await marks.save(2);
  expect(await store.get('statistics_import')).toEqual({ entities: [['sensor.a', mark]] });

  const unposted = [{ entityId: 'sensor.a', fromUs: 5, untilUs: 8 }];
  await store.set(unpostedSetting.key, unposted, 1);
  const found = await settings.get(unpostedSetting);
  expect(found).toEqual([{ entityId: 'sensor.a', startUs: 5, endUs: 9 }]);
  await settings.set(unpostedSetting, found, 2);
  expect(await store.get(unpostedSetting.key)).toEqual(unposted);
});

it('refuses what a newer program stored, and logs it once', async () => {
  const lines: string[] = [];
  const log = { ...quietLog, error: (_: object, message: string) => void lines.push(message) };
  const newer = openDocuments(undefined, {}, undefined, log);
  await newer.ask<Stored, unknown>('gridConnections', (some) =>
    some.insertOne({ _id: 'barn', schemaVersion: 2, createdAtUs: 1 }),
  );
  const store = new MongoGridConnectionStore(newer);
  const message = 'The document barn of gridConnections has schema version 2';
  for (let times = 0; times < 2; times += 1) await expect(store.all()).rejects.toThrow(message);
  expect(lines).toEqual([expect.stringContaining(message)]);
  await newer.stop();
});
