/**
 * Goal: settings, entities, the subscription and the sync log come back as they were saved, and the tracked set changes
 * as a whole or not at all.
 * Method: the stores over the real document server, each test in a database of its own.
 */
import fc from 'fast-check';
import type { Collection, Document } from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import type { Documents } from '../../src/adapters/mongodb/documents.ts';
import { MongoGridConnectionStore } from '../../src/adapters/mongodb/grid-connection-store.ts';
import {
  MongoSettingsStore,
  type SettingDocument,
  settingsCollection,
} from '../../src/adapters/mongodb/settings-store.ts';
import { MongoSubscriptionStore } from '../../src/adapters/mongodb/subscription-store.ts';
import { MongoSyncLog } from '../../src/adapters/mongodb/sync-log.ts';
import type { KnownEntity } from '../../src/home/entity.ts';
import type { GridConnection } from '../../src/home/grid-connection.ts';
import type { SubscriptionState, SyncRun } from '../../src/recording/sync-log.ts';
import { entityNamed, entityStoreOf, openDocuments } from './documents-fixture.ts';
import { baseUs } from './questdb-fixture.ts';

/** The document server behind a proxy that delays writes: the caller gives up, and they are done later. */
class HeldWrites implements Pick<Documents, 'ask'> {
  readonly #server: Documents;
  readonly #held: (() => Promise<unknown>)[] = [];
  isHeld = false;

  constructor(server: Documents) {
    this.#server = server;
  }

  ask<T extends Document, R>(name: string, question: (collection: Collection<T>) => Promise<R>): Promise<R> {
    return this.#server.ask<T, R>(name, (collection) =>
      question(
        new Proxy(collection, {
          get: (target, method) => {
            const found: unknown = Reflect.get(target, method);
            if (typeof found !== 'function') return found;
            if (!this.isHeld || method !== 'replaceOne') return found.bind(target);
            return (...asked: unknown[]) => {
              this.#held.push(() => Reflect.apply(found, target, asked));
              return Promise.reject(new Error('no answer'));
            };
          },
        }),
      ),
    );
  }

  /** @returns how many are done now, or were refused */
  async release(): Promise<number> {
    const held = this.#held.splice(0);
    await Promise.allSettled(held.map((write) => write()));
    return held.length;
  }
}

const opened: Documents[] = [];
function documents(): Documents {
  const made = openDocuments();
  opened.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.stop()));
});

const atUs = baseUs + 123_457;

describe('grid connections', () => {
  it('come back as they were named, the oldest first, until they are removed', async () => {
    const store = new MongoGridConnectionStore(documents());
    const named = (connectionId: string, createdAtUs: number): GridConnection => ({
      ...{ connectionId, name: 'Ünder $the "roof".', offtake: ['sensor.low', 'sensor.high'] },
      ...{ injection: [], powerEntityId: null, meterPeakEntityId: 'sensor.peak', createdAtUs },
    });
    await store.add(named('barn', atUs + 1));
    await store.add(named('annex', atUs));
    await store.add({ ...named('barn', atUs + 1), name: 'Barn' });
    expect(await store.all()).toEqual([named('annex', atUs), { ...named('barn', atUs + 1), name: 'Barn' }]);
    expect(await store.remove('annex')).toBe(true);
    expect(await store.remove('annex')).toBe(false);
    expect(await store.all()).toHaveLength(1);
  });
});

describe('settings', () => {
  it('gives back any JSON, names with dots and dollar signs among it', async () => {
    const settings = new MongoSettingsStore(documents());
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), fc.jsonValue(), async (key, value) => {
        await settings.set(key, value, atUs);
        expect(await settings.get(key)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 60, examples: [['a.$b', { 'x.y': { $where: '1' }, '': null }]] },
    );
  });

  it('distinguishes what is not set from null', async () => {
    const settings = new MongoSettingsStore(documents());
    expect(await settings.get('none')).toBeUndefined();
    await settings.set('nothing', null, atUs);
    await settings.set('zone', 'Europe/Brussels', atUs);
    await settings.set('zone', 'Asia/Kolkata', atUs);
    expect(await settings.get('nothing')).toBeNull();
    expect(await settings.get('zone')).toBe('Asia/Kolkata');
    await expect(settings.set('none', undefined, atUs)).rejects.toThrow('no value that JSON can hold');
  });

  it('keeps what was set last, though a write before it is done after it', async () => {
    const held = new HeldWrites(documents());
    const settings = new MongoSettingsStore(held);
    for (const first of ['UTC', null]) {
      const key = `zone ${first}`;
      if (first !== null) await settings.set(key, first, atUs);
      // Of this process, and of one that died with its write on the way.
      for (const before of [settings, new MongoSettingsStore(held)]) {
        held.isHeld = true;
        await expect(before.set(key, 'Asia/Kolkata', atUs)).rejects.toThrow('no answer');
        held.isHeld = false;
        await settings.set(key, 'Europe/Brussels', atUs + 1);
        expect(await held.release()).toBe(1);
        expect(await settings.get(key)).toBe('Europe/Brussels');
      }
      held.isHeld = true;
      await expect(settings.set(key, 'Asia/Tokyo', atUs + 2)).rejects.toThrow('no answer');
      held.isHeld = false;
      await held.release();
      // Nothing was set after it: it stays, and the next one is newer all the same.
      expect(await settings.get(key)).toBe('Asia/Tokyo');
      await settings.set(key, 'Europe/Paris', atUs + 3);
      expect(await settings.get(key)).toBe('Europe/Paris');
    }
  });

  it('is set by the last of many calls, though they come together', async () => {
    const settings = new MongoSettingsStore(documents());
    await Promise.all(Array.from({ length: 12 }, (_, n) => settings.set('many', n, atUs + n)));
    expect(await settings.get('many')).toBe(11);
  });

  it('updates a document that was written without a revision', async () => {
    const server = documents();
    await server.ask<SettingDocument, unknown>(settingsCollection, (settings) =>
      settings.insertOne({ _id: 'old', json: '1', updatedAtUs: atUs }),
    );
    const settings = new MongoSettingsStore(server);
    await settings.set('old', 2, atUs + 1);
    expect(await settings.get('old')).toBe(2);
  });

  it('takes a key as a key, not as a query', async () => {
    const settings = new MongoSettingsStore(documents());
    await settings.set('secret', 1, atUs);
    for (const key of ['{"$ne":null}', '$where', '.*', "' OR 1=1"])
      expect(await settings.get(key)).toBeUndefined();
  });
});

describe('entities', () => {
  const grid = entityNamed('sensor.grid', {
    ...{ role: 'grid_import', quantity: 'energy', unit: 'kWh', sign: -1 },
    ...{ isDevice: true, takenOverAtUs: 17 },
  });
  const water = entityNamed('sensor.water_m³', { isDevice: false, takenOverAtUs: null });
  const solar = entityNamed('sensor.solar', { area: 'Roof', parentEntityId: 'sensor.grid' });

  const byId = (known: KnownEntity[]) => known.toSorted((a, b) => (a.entityId < b.entityId ? -1 : 1));

  it('keeps every field, and tracks new ones as requested', async () => {
    const store = entityStoreOf(documents());
    await store.saveDiscovered([grid, water], ({ role }) => role === 'grid_import', atUs);
    const times = { isActive: true, discoveredAtUs: atUs, updatedAtUs: atUs };
    expect(byId(await store.all())).toEqual([
      { ...grid, ...times, isTracked: true },
      { ...water, ...times, isTracked: false },
    ]);
  });

  it('updates what is known without touching its tracking, and marks what is gone', async () => {
    const store = entityStoreOf(documents());
    await store.saveDiscovered([grid, water], () => true, atUs);
    await store.setTracked(['sensor.grid'], atUs);
    await store.saveDiscovered([{ ...water, name: 'Rain' }, solar], () => false, atUs + 10);
    const [first, second, third] = byId(await store.all());
    expect(first).toEqual({
      ...grid,
      isTracked: true,
      isActive: false,
      discoveredAtUs: atUs,
      updatedAtUs: atUs + 10,
    });
    expect(second).toMatchObject({ entityId: 'sensor.solar', isTracked: false, discoveredAtUs: atUs + 10 });
    expect(third).toMatchObject({
      name: 'Rain',
      isTracked: false,
      discoveredAtUs: atUs,
      updatedAtUs: atUs + 10,
    });

    await store.saveDiscovered([grid, { ...water, name: 'Rain' }, solar], () => true, atUs + 20);
    const again = byId(await store.all());
    expect(again.map(({ isActive }) => isActive)).toEqual([true, true, true]);
    // What did not change is not written again.
    expect(again.map(({ updatedAtUs }) => updatedAtUs - atUs)).toEqual([20, 10, 10]);
    expect(again.map(({ isTracked }) => isTracked)).toEqual([true, false, false]);
  });

  it('tracks exactly the last selection, whatever the one before', async () => {
    const store = entityStoreOf(documents());
    const ids = Array.from({ length: 12 }, (_, index) => `sensor.e${index}`);
    await store.saveDiscovered(
      ids.map((id) => entityNamed(id)),
      () => true,
      atUs,
    );
    await fc.assert(
      fc.asyncProperty(fc.subarray(ids), async (wanted) => {
        await store.setTracked(wanted, atUs);
        const tracked = (await store.all()).filter(({ isTracked }) => isTracked);
        expect(tracked.map(({ entityId }) => entityId).toSorted()).toEqual(wanted.toSorted());
      }),
      { numRuns: 25 },
    );
  });

  it('loses neither when a choice and a discovery come together', async () => {
    const store = entityStoreOf(documents());
    await store.saveDiscovered([grid, water], () => true, atUs);
    await Promise.all([
      store.saveDiscovered([grid, water, solar], () => true, atUs + 1),
      store.setTracked(['sensor.grid', 'sensor.solar'], atUs + 2),
    ]);
    const tracked = (await store.all()).filter(({ isTracked }) => isTracked);
    expect(tracked.map(({ entityId }) => entityId).toSorted()).toEqual(['sensor.grid', 'sensor.solar']);
  });

  // FerretDB never answers when a single call updates 100 documents.
  it('takes a large home', async () => {
    const store = entityStoreOf(documents());
    const many = Array.from({ length: 250 }, (_, index) => entityNamed(`sensor.many_${index}`));
    await store.saveDiscovered(many, () => true, atUs);
    expect(await store.all()).toHaveLength(250);
    await store.saveDiscovered([], () => false, atUs + 1);
    const gone = await store.all();
    expect(gone.every(({ isActive, isTracked }) => !isActive && isTracked)).toBe(true);
  });
});

describe('subscription', () => {
  it('is one document, absent at first', async () => {
    const store = new MongoSubscriptionStore(documents());
    expect(await store.load()).toBeNull();
    const state: SubscriptionState = {
      status: 'error',
      subscribedAtUs: atUs,
      lastEventAtUs: null,
      reconnectCount: 3_000_000_000,
      errorMessage: 'Zugriff verweigert €',
    };
    await store.save({ ...state, status: 'active' });
    await store.save(state);
    expect(await store.load()).toEqual(state);
  });
});

describe('sync log', () => {
  const run = (number: number, extra: Partial<SyncRun> = {}): SyncRun => ({
    syncId: `run-${String(number).padStart(4, '0')}`,
    kind: 'reconnect',
    startUs: atUs,
    endUs: atUs + 1,
    status: 'running',
    entitiesTotal: 3,
    entitiesDone: 0,
    readingsAdded: 0,
    error: null,
    startedAtUs: atUs + number,
    finishedAtUs: null,
    ...extra,
  });

  it('saves a run again as it goes on, and finds it', async () => {
    const log = new MongoSyncLog(documents());
    await log.save(run(1));
    const over = run(1, { status: 'partial', error: 'half', readingsAdded: 2 ** 40, finishedAtUs: atUs + 5 });
    await log.save(over);
    expect(await log.find('run-0001')).toEqual(over);
    expect(await log.find('run-0002')).toBeNull();
    expect(await log.recent(10)).toEqual([over]);
    expect(await log.recent(0)).toEqual([]);
  });

  it('keeps the newest, newest first', async () => {
    const log = new MongoSyncLog(documents(), 30);
    for (let number = 0; number < 40; number += 1) await log.save(run(number));
    const kept = await log.recent(1000);
    expect(kept.map(({ startedAtUs }) => startedAtUs - atUs)).toEqual(
      Array.from({ length: 30 }, (_, index) => 39 - index),
    );
    expect(await log.find('run-0009')).toBeNull();
    expect(await log.recent(2)).toEqual([run(39), run(38)]);
  });
});
