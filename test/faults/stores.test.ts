/**
 * Goal: whatever the stores do, a reading of Home Assistant is in QuestDB once, and the status page says what is wrong
 * while it is, in time and no longer.
 * Method: the real process and stores under meters that tick without a pause. QuestDB, then the document server:
 * stopped, hung (SIGSTOP), slow, refusing, and with their connections cut in the middle of writes. After each fault
 * the rows of QuestDB are held against the home's recorder, instant by instant; at the end the ledger is verified.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cable, Cut } from '../home-assistant/cable.ts';
import { until } from '../home-assistant/until.ts';
import { chosenSeed } from './seed.ts';
import { ask } from './stored-readings.ts';
import { World } from './world.ts';

let world: World;
beforeAll(async () => {
  // Only in this mode does QuestDB suspend a table on request.
  world = await World.start({ seed: chosenSeed('stores'), storesEnv: { QDB_DEV_MODE_ENABLED: 'true' } });
});
afterAll(async () => {
  await world?.stop();
});

interface Fault {
  readonly begin: () => Promise<void> | void;
  /** Resolves when it has its effect; what the status page says of it is checked here. */
  readonly isFelt: () => Promise<unknown>;
  readonly end: () => Promise<void> | void;
}

/** The load goes on through it all; in the end all is well and nothing is missing. */
async function survives({ begin, isFelt, end }: Fault): Promise<void> {
  world.meters.run();
  await world.flows();
  await begin();
  try {
    await isFelt();
  } finally {
    await end();
  }
  await world.page.isWell();
  await world.flows();
  await world.nothingIsLost();
}

/** A write that dies at once, one that dies within its lines, and ones that succeed without an answer. */
const cuts: readonly Cut[] = [{ afterBytes: 1 }, 'at answer', { afterBytes: 400 }, 'at answer', 'at answer'];

describe('QuestDB', () => {
  /** Readings go into the spool, so the process does its job. */
  const isReported = async () => {
    const status = await world.page.says(
      'QuestDB does not answer, and readings wait',
      ({ body }) => !body.questdb.ok && body.status === 'degraded' && body.recorder.queue_length > 0,
    );
    expect(status.questdb.detail).toMatch(/^QuestDB does not answer \(.+\); it is tried again by itself\.$/);
    expect(status).toMatchObject({
      home_assistant: { ok: true },
      mongodb: { ok: true },
      spool: { ok: true },
    });
  };
  /** Writes go by one way, questions by the other. */
  const forBoth = async (act: (cable: Cable) => Promise<void> | void) => {
    for (const cable of [world.cables.questdb, world.cables.postgres]) await act(cable);
  };

  it('may be stopped and started', () =>
    survives({ begin: () => world.down('questdb'), isFelt: isReported, end: () => world.up('questdb') }));

  it('may hang', () =>
    survives({
      begin: () => world.process.sidecars.kill('questdb', 'SIGSTOP'),
      isFelt: isReported,
      end: () => world.process.sidecars.kill('questdb', 'SIGCONT'),
    }));

  it('may refuse connections', () =>
    survives({
      begin: () => forBoth((cable) => cable.refuse()),
      isFelt: isReported,
      end: () => forBoth((cable) => cable.mend()),
    }));

  it('may be a machine that went dead', () =>
    survives({
      begin: () => forBoth((cable) => cable.hang()),
      isFelt: isReported,
      end: async () => {
        // The kernel gives such connections up; those that went on would be answered late.
        await forBoth((cable) => cable.cut());
        await forBoth((cable) => cable.mend());
      },
    }));

  it('may be slow, and is not called away for it', () =>
    survives({
      begin: () => forBoth((cable) => cable.slow(400)),
      isFelt: async () => {
        for (let time = 0; time < 3; time += 1) await world.flows();
        await world.page.says('all is well', ({ body }) => body.status === 'ok');
      },
      end: () => forBoth((cable) => cable.mend()),
    }));

  it('may suspend a table, as it does one that met a full disk, and is resumed', () => {
    const sql = (text: string) => ask(world.process.sidecars.questdbUrl, text);
    const suspended = () => sql('SELECT name FROM wal_tables() WHERE suspended');
    return survives({
      begin: async () => {
        // A table that is being written to would resume by itself.
        await world.nothingIsLost();
        // It answers, and not with rows.
        await sql("ALTER TABLE energy_readings SUSPEND WAL WITH 'DISK FULL', 'no space left'").catch(
          () => undefined,
        );
        expect(await suspended()).toEqual([['energy_readings']]);
        world.meters.run();
      },
      isFelt: async () => {
        await until('it goes on', async () => (await suspended()).length === 0, 60_000);
        const [line] = world.process.logged('QuestDB suspended a table; it is resumed');
        expect(JSON.parse(line ?? '{}')).toMatchObject({ table: 'energy_readings', tag: 'DISK FULL' });
      },
      end: () => undefined,
    });
  });

  it('may lose its connections in the middle of writes', () =>
    survives({
      begin: () => world.cables.questdb.cutNext(...cuts),
      isFelt: async () => {
        await until(
          'every write that was to be cut was cut',
          () => world.cables.questdb.cutsDone >= cuts.length,
        );
        const status = await world.page.says('writes failed', ({ body }) => body.recorder.write_errors > 0);
        expect(status.home_assistant.ok).toBe(true);
      },
      end: () => world.cables.questdb.mend(),
    }));
});

describe('the document server', () => {
  const name = 'document-server';
  /** The tracked entities are in memory, so recording continues. */
  const isReported = async () => {
    const status = await world.page.says(
      'the document server does not answer',
      ({ body }) => !body.mongodb.ok && body.status === 'degraded',
    );
    expect(status.mongodb.detail).toMatch(
      /^The document store does not answer \(.+\); it is tried again by itself\.$/,
    );
    expect(status).toMatchObject({
      home_assistant: { ok: true },
      questdb: { ok: true },
      recorder: { ok: true },
    });
    await world.flows();
  };

  it('may be stopped and started', () =>
    survives({ begin: () => world.down(name), isFelt: isReported, end: () => world.up(name) }));

  it('may hang', () =>
    survives({
      begin: () => world.process.sidecars.kill(name, 'SIGSTOP'),
      isFelt: isReported,
      end: () => world.process.sidecars.kill(name, 'SIGCONT'),
    }));

  it('may refuse connections', () =>
    survives({
      begin: () => world.cables.documents.refuse(),
      isFelt: isReported,
      end: () => world.cables.documents.mend(),
    }));

  it('may be slow', () =>
    survives({
      begin: () => world.cables.documents.slow(400),
      isFelt: async () => {
        await world.flows();
        await world.page.says('all is well', ({ body }) => body.status === 'ok');
      },
      end: () => world.cables.documents.mend(),
    }));

  it('may lose its connections in the middle of writes', () =>
    survives({
      begin: () => world.cables.documents.cutNext(...cuts),
      isFelt: () =>
        until(
          'every call that was to be cut was cut',
          () => world.cables.documents.cutsDone >= cuts.length,
          60_000,
        ),
      end: () => world.cables.documents.mend(),
    }));

  it('may be away while the process starts, with QuestDB', () =>
    survives({
      begin: async () => {
        await Promise.all([world.down(name), world.down('questdb'), world.process.kill('SIGKILL')]);
        world.process.start();
      },
      isFelt: async () => {
        const status = await world.page.says(
          'neither store answers',
          ({ body }) => !body.mongodb.ok && !body.questdb.ok,
        );
        expect(status.recorder.readings_stored).toBe(0);
      },
      end: async () => {
        await Promise.all([world.up(name), world.up('questdb')]);
      },
    }));
});

it('leaves a ledger that agrees with its evidence', async () => {
  await world.ledgerIsRight();
});
