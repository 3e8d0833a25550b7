/**
 * Goal: what was acknowledged survives a power cut: what QuestDB reported as stored, and what waited in the spool for
 * longer than it is left unsynced. The rest comes from Home Assistant's history, and the ledger agrees with all of
 * it.
 * Method: the data folder of process and stores on a file system of its own. Twice under load the file system is shut
 * down at an instant, so that nothing more reaches its device, not even what was written and not synced; everybody is
 * killed, the file system's journal replayed, and all started again, first without Home Assistant. What the device
 * itself keeps in a cache is not part of this.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../home-assistant/until.ts';
import { LoopDisk } from './loop-disk.ts';
import { chosenSeed } from './seed.ts';
import { type ReportedReading, storedReadings } from './stored-readings.ts';
import { World } from './world.ts';

const disk = await LoopDisk.make(2000);

describe.skipIf(!(disk instanceof LoopDisk))('a power cut', () => {
  let world: World;
  beforeAll(async () => {
    if (!(disk instanceof LoopDisk)) return;
    world = await World.start({ seed: chosenSeed('power cut'), folder: disk.folder });
  });
  afterAll(async () => {
    await world?.stop();
    if (disk instanceof LoopDisk) await disk.remove();
  });

  const stored = async () => {
    // What waits in the spool is stored when somebody asks.
    await world.process.status();
    return new Map(
      await Promise.all(
        world.tracked.map(
          async (id) => [id, await storedReadings(world.process.sidecars.questdbUrl, id)] as const,
        ),
      ),
    );
  };

  const countOf = (of: ReadonlyMap<string, readonly ReportedReading[]>) =>
    [...of.values()].reduce((sum, rows) => sum + rows.length, 0);

  /** The instants of `wanted` that are not in `rows`, by entity. */
  function lacking(
    wanted: ReadonlyMap<string, readonly ReportedReading[]>,
    rows: ReadonlyMap<string, readonly ReportedReading[]>,
  ) {
    return [...wanted].flatMap(([entityId, reported]) => {
      const found = new Set(rows.get(entityId)?.map(({ atUs }) => atUs));
      return reported.filter(({ atUs }) => !found.has(atUs)).map(({ atUs }) => `${entityId} ${atUs}`);
    });
  }

  async function cutPower(power: LoopDisk): Promise<void> {
    const { sidecars } = world.process;
    await power.cutPower();
    for (const name of ['questdb', 'document-server'] as const) sidecars.kill(name, 'SIGKILL');
    await Promise.all([
      world.process.kill('SIGKILL'),
      sidecars.down('questdb'),
      sidecars.down('document-server'),
    ]);
    await power.unmount();
    await power.mount();
    world.cables.homeAssistant.cut();
    await Promise.all([sidecars.up('questdb'), sidecars.up('document-server')]);
  }

  async function isWholeAgain(): Promise<void> {
    await world.cables.homeAssistant.mend();
    await world.nothingIsLost();
    await world.ledgerIsRight();
  }

  it('leaves what QuestDB acknowledged', async () => {
    if (!(disk instanceof LoopDisk)) return;
    world.meters.run(100);
    await world.flows();
    await pause(3000);
    const before = await stored();
    await cutPower(disk);
    let lacks: string[] = [];
    // What was committed is applied to the table when QuestDB finds it.
    await until('what was stored is stored', async () => {
      lacks = lacking(before, await stored().catch(() => new Map()));
      return lacks.length === 0;
    }).catch((cause: unknown) => {
      throw new Error(`${lacks.length} of ${countOf(before)} are gone, such as ${lacks[0]}`, { cause });
    });
    process.stdout.write(`power cut: ${countOf(before)} readings were stored, and are\n`);
    world.process.start();
    await isWholeAgain();
  });

  it('leaves what waited in the spool', async () => {
    if (!(disk instanceof LoopDisk)) return;
    world.meters.run(100);
    await world.flows();
    world.process.sidecars.kill('questdb', 'SIGSTOP');
    await pause(10_000);
    // Synced every three seconds while something waits; the machine may be slow.
    const endUs = (Date.now() - 6000) * 1000;
    const waited = new Map(
      world.tracked.map((id) => [id, world.reported(id).filter(({ atUs }) => atUs < endUs)] as const),
    );
    await cutPower(disk);
    const before = await stored();
    expect(lacking(waited, before).length).toBeGreaterThan(50);
    world.process.start();
    let lacks: string[] = [];
    await until(
      'what waited is stored',
      async () => {
        lacks = lacking(waited, await stored());
        return lacks.length === 0;
      },
      60_000,
    ).catch((cause: unknown) => {
      throw new Error(`${lacks.length} that waited are gone, such as ${lacks[0]}`, { cause });
    });
    await world.page.says(
      'Home Assistant was not there for it',
      ({ code, body }) => code === 503 && !body.home_assistant.ok && body.questdb.ok,
    );
    await isWholeAgain();
  });
});
