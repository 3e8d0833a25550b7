/**
 * Goal: documents that programs before stored without a version are read, are written with today's, and one of a newer
 * program is refused.
 * Method: migrations by property; the stores over collections in memory that know the calls which they make.
 */
import fc from 'fast-check';
import type { Collection, Document } from 'mongodb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Entity } from '../../home/entity.ts';
import { MemorySettings } from '../../home/testing/doubles.ts';
import { MongoCorrectionStore } from './correction-store.ts';
import { MongoCostVersionStore } from './cost-version-store.ts';
import { DocumentVersion } from './document-version.ts';
import type { Documents } from './documents.ts';
import { MongoEntityStore } from './entity-store.ts';
import { MongoGridConnectionStore } from './grid-connection-store.ts';
import { MongoSubscriptionStore } from './subscription-store.ts';
import { MongoSyncLog } from './sync-log.ts';
import { MongoTicketStore } from './ticket-store.ts';

type Kept = Document & { readonly _id: string };

/** Conditions are an `_id` or none: each test has a single document. */
class MemoryDocuments implements Pick<Documents, 'ask'> {
  readonly kept = new Map<string, Kept>();
  writes = 0;

  ask<T extends Document, R>(name: string, question: (collection: Collection<T>) => Promise<R>): Promise<R> {
    // Exchanges of the first programs are carried over; there are none.
    const kept = name === 'meterExchanges' ? new Map<string, Kept>() : this.kept;
    const replaceOne = async ({ _id }: Kept, document: Document) => {
      const upsertedCount = kept.has(_id) ? 0 : 1;
      kept.set(_id, { _id, ...document });
      this.writes += 1;
      return { upsertedCount };
    };
    const cursor = {
      sort: () => cursor,
      limit: () => cursor,
      toArray: async () => [...kept.values()],
    };
    const collection = {
      ...{ find: () => cursor, findOne: async ({ _id }: Kept) => kept.get(_id) ?? null, replaceOne },
      bulkWrite: async (all: { replaceOne: { filter: Kept; replacement: Document } }[]) => {
        for (const one of all) await replaceOne(one.replaceOne.filter, one.replaceOne.replacement);
      },
    };
    return question(collection as unknown as Collection<T>);
  }
}

describe('a version', () => {
  it('migrates a document through each version after its own, and stamps today’s', () => {
    const steps = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(steps, steps, (migrations, place) => {
        const passed: number[] = [];
        const version = new DocumentVersion<{ readonly steps: number }>(
          'things',
          Array.from({ length: migrations }, (_, index) => (older: { readonly steps: number }) => {
            passed.push(index + 1);
            return { ...older, steps: older.steps + 1 };
          }),
        );
        const schemaVersion = 1 + Math.min(place, migrations);
        const stored = { _id: 'a', steps: 0, ...(schemaVersion > 1 && { schemaVersion }) };
        expect(version.read(stored)).toEqual({ _id: 'a', steps: migrations + 1 - schemaVersion });
        expect(passed).toEqual(
          Array.from({ length: migrations + 1 - schemaVersion }, (_, index) => schemaVersion + index),
        );
        expect(version.stamped({ steps: 3 })).toEqual({ steps: 3, schemaVersion: migrations + 1 });
      }),
    );
  });

  it('refuses a document of a newer program, and names it', () => {
    const version = new DocumentVersion('things');
    expect(version.read({ _id: 'a', schemaVersion: 1 })).toEqual({ _id: 'a' });
    expect(() => version.read({ _id: 'a', schemaVersion: 2 })).toThrow(
      'The document a of things has schema version 2, and this program reads up to 1',
    );
  });
});

const entity: Omit<Entity, 'entityId'> = {
  ...{ registryId: null, name: 'A', quantity: 'energy', unit: 'kWh', deviceClass: null, stateClass: null },
  ...{ area: null, device: null, role: 'solar', sign: 1, parentEntityId: null, foundBy: 'preferences' },
  ...{ isDevice: false, takenOverAtUs: null },
};
const declared = { entityId: 'sensor.a', notes: 'n', createdAtUs: 9, ticketId: null };
const connection = { offtake: ['sensor.a'], injection: [], powerEntityId: null, meterPeakEntityId: null };
const run = { entitiesTotal: 1, entitiesDone: 1, readingsAdded: 0, error: null };
const price = { pricePerKwhMicro: 3, effectiveFromUs: 4, area: null, notes: '', createdAtUs: 5 };
const ticket = {
  ...{ kind: 'gap', entityId: null, fromUs: 5, untilUs: 8, evidence: [], relatedEntityId: null, choices: [] },
  ...{ status: 'open', decision: null, syncId: null, openedAtUs: 9, closedAtUs: null },
};

interface Case {
  readonly name: string;
  readonly stored: Kept;
  /** What is stored after the save; what was stored and version 1 when not given. */
  readonly saved?: Document;
  readonly read: (documents: MemoryDocuments) => Promise<unknown>;
  readonly save: (documents: MemoryDocuments) => Promise<void>;
}

const cases: readonly Case[] = [
  {
    name: 'a correction',
    stored: { _id: 'a', kind: 'exclusion', ...declared, fromUs: 100, untilUs: 100 },
    read: (documents) => new MongoCorrectionStore(documents).find('a'),
    save: async (documents) => {
      const store = new MongoCorrectionStore(documents);
      for (const one of await store.of('sensor.a')) await store.add(one);
    },
  },
  {
    name: 'a price',
    stored: { _id: 'a', ...price },
    read: (documents) => new MongoCostVersionStore(documents).all(),
    save: async (documents) => {
      const store = new MongoCostVersionStore(documents);
      for (const one of await store.all()) await store.add(one);
    },
  },
  {
    name: 'a grid connection',
    stored: { _id: 'a', name: 'A', ...connection, createdAtUs: 5 },
    read: (documents) => new MongoGridConnectionStore(documents).all(),
    save: async (documents) => {
      const store = new MongoGridConnectionStore(documents);
      for (const one of await store.all()) await store.add(one);
    },
  },
  {
    name: 'a run',
    stored: {
      ...{ _id: 'a', kind: 'start', startUs: 1, endUs: 2, status: 'success', ...run },
      ...{ startedAtUs: 3, finishedAtUs: 4 },
    },
    read: (documents) => new MongoSyncLog(documents).find('a'),
    save: async (documents) => {
      const log = new MongoSyncLog(documents);
      for (const one of await log.recent(5)) await log.save(one);
    },
  },
  {
    name: 'the subscription',
    stored: {
      ...{ _id: 'home-assistant', status: 'active', subscribedAtUs: 1, lastEventAtUs: 2, reconnectCount: 3 },
      ...{ errorMessage: null, complete: { untilUs: 4, entityIds: ['sensor.a'] } },
    },
    read: (documents) => new MongoSubscriptionStore(documents).load(),
    save: async (documents) => {
      const store = new MongoSubscriptionStore(documents);
      const found = await store.load();
      if (found !== null) await store.save(found);
    },
  },
  {
    name: 'an entity',
    stored: { _id: 'sensor.a', ...entity, isActive: true, discoveredAtUs: 1, updatedAtUs: 2 },
    saved: { name: 'B', updatedAtUs: 7 },
    read: (documents) => new MongoEntityStore(documents, new MemorySettings()).all(),
    save: (documents) =>
      new MongoEntityStore(documents, new MemorySettings()).saveDiscovered(
        [{ ...entity, entityId: 'sensor.a', name: 'B' }],
        () => false,
        7,
      ),
  },
  {
    name: 'a ticket',
    stored: { _id: 'gap home 5', ...ticket, detail: 'd' },
    saved: {
      ...{ detail: undefined, statement: { code: 'as_written', values: { detail: 'd' } }, unmended: null },
      schemaVersion: 2,
    },
    read: (documents) => new MongoTicketStore(documents).find('gap home 5'),
    save: async (documents) => {
      const store = new MongoTicketStore(documents);
      for (const one of await store.list({ status: 'open', entityId: null, limit: 5 })) await store.save(one);
    },
  },
];

describe('stores', () => {
  let documents: MemoryDocuments;
  beforeEach(() => {
    documents = new MemoryDocuments();
  });

  it.each(cases)(
    'read $name of before, and write it with a version',
    async ({ stored, saved, read, save }) => {
      documents.kept.set(stored._id, stored);
      const found = await read(documents);
      expect(JSON.stringify(found)).not.toContain('schemaVersion');
      await save(documents);
      expect([...documents.kept.values()]).toEqual([{ ...stored, schemaVersion: 1, ...saved }]);
      if (saved === undefined) expect(await read(documents)).toEqual(found);
    },
  );

  it.each(cases)('refuse $name of a newer program, and keep it', async ({ stored, read, save }) => {
    const newer = { ...stored, schemaVersion: 99 };
    documents.kept.set(stored._id, newer);
    await expect(read(documents)).rejects.toThrow('a newer Energy Ledger wrote it');
    await expect(save(documents)).rejects.toThrow('has schema version 99');
    expect([...documents.kept.values()]).toEqual([newer]);
  });

  it('do not write an entity again because it has no version', async () => {
    const before = { _id: 'sensor.a', ...entity, isActive: true, discoveredAtUs: 1, updatedAtUs: 2 };
    documents.kept.set('sensor.a', before);
    const store = new MongoEntityStore(documents, new MemorySettings());
    await store.saveDiscovered([{ ...entity, entityId: 'sensor.a' }], () => false, 7);
    expect(documents.writes).toBe(0);
    expect(documents.kept.get('sensor.a')).toBe(before);
  });
});
