/**
 * Goal: load without a pause and something killed every minute, for as long as one likes: in the end both sides count the
 * same, and memory and lag stay where they were.
 * Method: a flood of events beside ticking meters; each minute one of process, QuestDB, document server and connection,
 * drawn from a seed, dies and comes back. Figures are printed as it goes.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomOf } from '../../src/testing/random.ts';
import { MemoryWatch } from '../bench/processes.ts';
import { kills } from '../faults/mishaps.ts';
import { chosenSeed } from '../faults/seed.ts';
import { World } from '../faults/world.ts';

const minutes = Number(process.env.SOAK_MINUTES ?? 60);
const perSecond = Number(process.env.SOAK_RATE ?? 500);
const sensors = 20;
const seed = chosenSeed('soak');
const draw = randomOf(seed);
const say = (line: string) => process.stdout.write(`soak: ${line}\n`);

let world: World;
beforeAll(async () => {
  world = await World.start({ seed, floodSensors: sensors });
});
afterAll(async () => {
  await world?.stop();
});

it('counts the same on both sides in the end', { timeout: (minutes * 2 + 10) * 60_000 }, async () => {
  const memory = new MemoryWatch({
    process: () => world.process.pid,
    questdb: () => world.process.sidecars.pid('questdb'),
    'document server': () => world.process.sidecars.pid('document-server'),
  });
  memory.start();
  world.meters.run(20);
  const flood = world.demo.flood({
    sensors,
    eventsPerSecond: perSecond,
    events: Math.round(perSecond * 60 * minutes),
  });
  for (let minute = 1; minute <= minutes; minute += 1) {
    const fromMs = performance.now();
    await pause(draw() * 40_000);
    const mishap = kills[Math.floor(draw() * kills.length)];
    await mishap?.begin(world);
    await pause(draw() * 5000);
    await mishap?.end(world);
    await pause(Math.max(0, 60_000 - (performance.now() - fromMs)));
    const status = await world.process.status();
    const newestMs = Date.parse(status?.body.recorder.last_reading_at ?? '');
    say(
      `minute ${minute}: ${mishap?.name}; ${status?.body.status}, ${status?.body.recorder.queue_length} waiting, ` +
        `the newest reading ${Math.round(Date.now() - newestMs)} ms old, ` +
        `${Math.round((status?.body.memory.rss_bytes ?? 0) / 1e6)} MB`,
    );
  }
  await flood;
  const endedMs = performance.now();
  const count = await world.nothingIsLost();
  const { each, together } = memory.stop();
  say(`${count} readings, each once, ${Math.round(performance.now() - endedMs)} ms after the last`);
  say(`highest memory: ${together} MB together, ${JSON.stringify(each)}`);
  expect(count).toBeGreaterThan(perSecond * 60 * minutes);
  await world.ledgerIsRight();
});
