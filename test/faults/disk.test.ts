/**
 * Goal: a full disk costs no reading that Home Assistant still has: nothing is broken by it, the status page says
 * what is wrong, and when there is room again all goes on by itself.
 * Method: the data folder of process and stores on a file system of its own, which a file of something else fills under
 * load: first until the app must stop by itself, then to the last byte. Then there is room again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LoopDisk } from './loop-disk.ts';
import { chosenSeed } from './seed.ts';
import { World } from './world.ts';

const disk = await LoopDisk.make(2000);
const megabyte = 1_048_576;

describe.skipIf(!(disk instanceof LoopDisk))('a disk', () => {
  let world: World;
  beforeAll(async () => {
    if (!(disk instanceof LoopDisk)) return;
    world = await World.start({ seed: chosenSeed('disk'), folder: disk.folder, floodSensors: 4 });
  });
  afterAll(async () => {
    await world?.stop();
    if (disk instanceof LoopDisk) await disk.remove();
  });

  const isReported = () =>
    world.page.says(
      'there is no room',
      ({ body }) => body.status !== 'ok' && !body.disk.ok && /Make room/.test(body.disk.detail ?? ''),
    );

  it('may be nearly full', async () => {
    if (!(disk instanceof LoopDisk)) return;
    world.meters.run();
    await world.flows();
    await disk.fillUpTo(150 * megabyte);
    await isReported();
    await world.demo.flood({ sensors: 4, eventsPerSecond: 1000, events: 5000 });
    await disk.makeRoom();
    await world.page.isWell();
    await world.flows();
    await world.nothingIsLost();
  });

  it('may be full to the last byte', async () => {
    if (!(disk instanceof LoopDisk)) return;
    world.meters.run();
    await world.flows();
    const flood = world.demo.flood({ sensors: 4, eventsPerSecond: 1000, events: 15_000 });
    await disk.fillUpTo(0);
    await isReported();
    await flood;
    await pause(3000);
    await isReported();
    await disk.makeRoom();
    await world.page.isWell();
    expect(await world.nothingIsLost()).toBeGreaterThan(20_000);
    await world.ledgerIsRight();
  });
});
