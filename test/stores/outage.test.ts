/**
 * Goal: a store that dies, hangs or is not there yet costs time and nothing else: calls end within their deadlines,
 * what was acknowledged is there, what is repeated is there once, and all goes on by itself when the store is back.
 * Method: stores of this file's own, killed (SIGKILL) and stopped (SIGSTOP) while the adapters are at work.
 */

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../addon/ports.ts';
import {
  installSidecars,
  type SidecarName,
  type Sidecars,
  startSidecars,
} from '../../addon/sidecars/sidecars.ts';
import { Documents } from '../../src/adapters/mongodb/documents.ts';
import { MongoSettingsStore } from '../../src/adapters/mongodb/settings-store.ts';
import { QuestDb } from '../../src/adapters/questdb/questdb.ts';
import { QuestDbReadingStore } from '../../src/adapters/questdb/reading-store.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { entityNamed, entityStoreOf, openDocuments } from './documents-fixture.ts';
import { applied, baseUs, eventually, freshEntity, powerReading, quietLog } from './questdb-fixture.ts';

/** A QuestDB that starts on a busy machine takes its time. */
vi.setConfig({ testTimeout: 240_000 });

let sidecars: Sidecars;
let dataDir: string;

beforeAll(async () => {
  const log = () => undefined;
  dataDir = await mkdtemp(join(tmpdir(), 'energy-ledger-outage-'));
  sidecars = await startSidecars({ programs: await installSidecars(log), dataDir, log });
});

afterAll(async () => {
  await sidecars.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** Resolves when it is stopped: after the signal a running thread may still answer. */
async function halt(name: SidecarName): Promise<void> {
  sidecars.kill(name, 'SIGSTOP');
  const tasks = `/proc/${sidecars.pid(name)}/task`;
  await eventually(async () => {
    const states = await Promise.all(
      (await readdir(tasks)).map((task) => readFile(join(tasks, task, 'stat'), 'utf8')),
    );
    // `pid (name) state …`; a name may hold a bracket.
    return states.every((stat) => stat.slice(stat.lastIndexOf(')') + 2).startsWith('T'));
  });
}

const deadlines = { flushMs: 1500, queryMs: 1500, checkMs: 1500, connectMs: 1500, retryLimitMs: 500 };

function openQuestDb(): { db: QuestDb; store: QuestDbReadingStore } {
  const { questdbUrl, questdbPgUrl } = sidecars;
  const db = new QuestDb(
    { url: questdbUrl, pgUrl: questdbPgUrl, clock: systemClock, log: quietLog },
    deadlines,
  );
  return { db, store: new QuestDbReadingStore(db, systemClock) };
}

/** How a call ended, and after how long. */
async function outcome(call: Promise<unknown>): Promise<{ isDone: boolean; ms: number }> {
  const startedMs = performance.now();
  const isDone = await call.then(
    () => true,
    () => false,
  );
  return { isDone, ms: performance.now() - startedMs };
}

/** Generous: the test shows that the wait has an end, on a busy machine. */
const farBeyondMs = 12_000;

describe('QuestDB', () => {
  it('keeps what it acknowledged when it is killed in the middle of appends, and each repeated reading once', async () => {
    const { db, store } = openQuestDb();
    const id = freshEntity('killed');
    const batches = Array.from({ length: 60 }, (_, batch) =>
      Array.from({ length: 2000 }, (_, index) => powerReading(id, baseUs + batch * 2000 + index, index)),
    );
    let failures = 0;
    const before = sidecars.pid('questdb');
    for (const [place, batch] of batches.entries()) {
      // Not awaited: the store dies during the append.
      if (place === 30) setTimeout(() => sidecars.kill('questdb', 'SIGKILL'), 3);
      await eventually(async () => {
        const { isDone, ms } = await outcome(store.append(batch));
        expect(ms).toBeLessThan(farBeyondMs);
        if (!isDone) failures += 1;
        return isDone;
      });
    }
    expect(failures).toBeGreaterThan(0);
    expect(sidecars.pid('questdb')).not.toBe(before);
    await applied(store);
    const found = await store.range(id, baseUs, baseUs + 1_000_000, 1_000_000);
    expect(found.map(({ atUs }) => atUs)).toEqual(batches.flat().map(({ atUs }) => atUs));
    await db.stop();
  });

  it('ends calls within their deadline while it hangs, and works again when it goes on', async () => {
    const { db, store } = openQuestDb();
    const id = freshEntity('hung');
    const readings = [powerReading(id, baseUs, 1), powerReading(id, baseUs + 1, 2)];
    await store.append(readings.slice(0, 1));
    await halt('questdb');
    try {
      const calls = [
        store.append(readings),
        store.range(id, baseUs, baseUs + 10, 10),
        store.newest([id]),
        db.check(),
        // One more than there are connections.
        ...Array.from({ length: 5 }, () => store.before(id, baseUs)),
      ];
      for (const { isDone, ms } of await Promise.all(calls.map(outcome))) {
        expect(isDone).toBe(false);
        expect(ms).toBeLessThan(farBeyondMs);
      }
      expect(db.isReady()).toBe(false);
    } finally {
      sidecars.kill('questdb', 'SIGCONT');
    }
    await eventually(async () => (await outcome(store.append(readings))).isDone);
    await applied(store);
    expect(await store.range(id, baseUs, baseUs + 10, 10)).toEqual(readings);
    await db.stop();
  });

  it('is picked up when it comes later than the process, and makes its tables by itself', async () => {
    await sidecars.down('questdb');
    const { db, store } = openQuestDb();
    db.start();
    await expect(db.check()).rejects.toThrow(/QuestDB did not answer: .*ECONNREFUSED/);
    await expect(store.append([powerReading(freshEntity(), baseUs, 1)])).rejects.toThrow('ECONNREFUSED');
    expect(db.isReady()).toBe(false);
    // As if it were another server: nothing there at all.
    await rm(join(dataDir, 'questdb'), { recursive: true, force: true });
    await sidecars.up('questdb');
    await eventually(async () => db.isReady());
    await db.check();
    const [table] = await db.query("SELECT dedup FROM tables() WHERE table_name = 'energy_readings'", []);
    expect(table?.dedup).toBe(true);
    await db.stop();
  });

  it('does not make a table without keys when it was set up anew behind our back', async () => {
    const { db, store } = openQuestDb();
    await store.append([powerReading(freshEntity(), baseUs, 1)]);
    await sidecars.down('questdb');
    await rm(join(dataDir, 'questdb'), { recursive: true, force: true });
    const id = freshEntity();
    const reading = powerReading(id, baseUs, 1);
    expect((await outcome(store.append([reading]))).isDone).toBe(false);
    await sidecars.up('questdb');
    for (let time = 0; time < 2; time += 1)
      await eventually(async () => (await outcome(store.append([reading]))).isDone);
    await applied(store);
    expect(await store.range(id, baseUs, baseUs + 1, 10)).toEqual([reading]);
    await db.stop();
  });

  it('stops while a call hangs', async () => {
    const { db, store } = openQuestDb();
    await db.prepared();
    await halt('questdb');
    try {
      const append = outcome(store.append([powerReading(freshEntity(), baseUs, 1)]));
      const read = outcome(store.newest(['sensor.any']));
      const stop = await outcome(db.stop());
      expect(stop.isDone).toBe(true);
      expect(stop.ms).toBeLessThan(farBeyondMs);
      expect((await append).isDone).toBe(false);
      expect((await read).isDone).toBe(false);
    } finally {
      sidecars.kill('questdb', 'SIGCONT');
    }
  });
});

describe('the document store', () => {
  const limits = { callMs: 1500, checkMs: 1500, selectMs: 1500 };
  const open = () => openDocuments(sidecars.mongodbUrl, limits);

  it('ends calls within their deadline while it hangs, and works again when it goes on', async () => {
    const documents = open();
    const settings = new MongoSettingsStore(documents);
    await settings.set('zone', 'Europe/Brussels', baseUs);
    await halt('document-server');
    try {
      const calls = [settings.get('zone'), settings.set('zone', 'UTC', baseUs), documents.check()];
      for (const { isDone, ms } of await Promise.all(calls.map(outcome))) {
        expect(isDone).toBe(false);
        expect(ms).toBeLessThan(farBeyondMs);
      }
    } finally {
      sidecars.kill('document-server', 'SIGCONT');
    }
    await eventually(async () => (await outcome(documents.check())).isDone);
    // The write that was given up lies in the server's socket, and may be done after this one.
    await eventually(async () => {
      await outcome(settings.set('zone', 'Asia/Kolkata', baseUs));
      return (await settings.get('zone')) === 'Asia/Kolkata';
    });
    await documents.stop();
  });

  it('is picked up when it comes later than the process', async () => {
    await sidecars.down('document-server');
    const documents = open();
    await expect(documents.check()).rejects.toThrow('The document store did not answer');
    await sidecars.up('document-server');
    await eventually(async () => (await outcome(documents.check())).isDone);
    await documents.stop();
  });

  it('keeps the tracked set whole when it is killed while it changes', async () => {
    const documents = open();
    const store = entityStoreOf(documents);
    const ids = Array.from({ length: 40 }, (_, index) => `sensor.e${String(index).padStart(2, '0')}`);
    await store.saveDiscovered(
      ids.map((id) => entityNamed(id)),
      () => false,
      baseUs,
    );
    const halves = [ids.slice(0, 20), ids.slice(20)];
    let before = '';
    for (let round = 0; round < 3; round += 1) {
      setTimeout(() => sidecars.kill('document-server', 'SIGKILL'), round);
      const wanted = halves[round % 2] ?? [];
      const { isDone } = await outcome(store.setTracked(wanted, baseUs));
      await sidecars.answering('document-server');
      let tracked: string[] = [];
      await eventually(async () => {
        const known = await store.all().catch(() => null);
        tracked = (known ?? []).filter((one) => one.isTracked).map((one) => one.entityId);
        return known !== null;
      });
      const found = tracked.toSorted().join();
      expect(isDone ? [wanted.join()] : [before, wanted.join()]).toContain(found);
      before = found;
    }
    await documents.stop();
  });

  it('refuses an address that is none in words, and keeps the password to itself', async () => {
    const documents = new Documents({ url: 'mongodb://user:s3cret@127.0.0.1:1:2/x', log: quietLog }, limits);
    const error = await documents.check().catch((fault: unknown) => fault);
    expect(String(error)).toContain('The document store did not answer');
    expect(String(error)).not.toContain('s3cret');
    await documents.stop();
  });

  it('names the server that refuses, and not the password', async () => {
    const port = await freePort();
    const documents = new Documents(
      { url: `mongodb://user:s3cret@127.0.0.1:${port}/x`, log: quietLog },
      limits,
    );
    const error = await documents.check().catch((fault: unknown) => fault);
    expect(String(error)).not.toContain('s3cret');
    await documents.stop();
  });
});
