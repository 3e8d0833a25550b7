/**
 * Goal: the process may be killed at any instruction, again and again, and every reading is in QuestDB once.
 * Method: SIGKILL at instants drawn from a seed, which is printed, while meters tick and sensors flood: while it
 * starts, while it back-fills what the kill before left, while it writes. FAULTS_KILLS sets how many.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomOf } from '../../src/testing/random.ts';
import { chosenSeed } from './seed.ts';
import { World } from './world.ts';

const kills = Number(process.env.FAULTS_KILLS ?? 10);
const seed = chosenSeed('kills');
const floodPerSecond = 400;

let world: World;
beforeAll(async () => {
  world = await World.start({ seed, floodSensors: 8 });
});
afterAll(async () => {
  await world?.stop();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it(`loses nothing by ${kills} kills`, { timeout: 60_000 + kills * 15_000 }, async () => {
  const draw = randomOf(seed);
  const schedule = Array.from({ length: kills }, () => ({
    // Most within the first seconds after a start, some well after.
    afterMs: Math.round(100 + draw() ** 2 * 5000),
    awayMs: Math.round(draw() ** 2 * 1500),
  }));
  process.stdout.write(`kills: ${schedule.map(({ afterMs, awayMs }) => `${afterMs}+${awayMs}`).join(' ')}\n`);
  const seconds = schedule.reduce((sum, { afterMs, awayMs }) => sum + afterMs + awayMs, 4000) / 1000;
  world.meters.run(60);
  const flood = world.demo.flood({
    sensors: 8,
    eventsPerSecond: floodPerSecond,
    events: Math.round(seconds * floodPerSecond),
  });
  for (const { afterMs, awayMs } of schedule) {
    await pause(afterMs);
    await world.process.kill('SIGKILL');
    await pause(awayMs);
    world.process.start();
  }
  await flood;
  const count = await world.nothingIsLost();
  expect(count).toBeGreaterThan(seconds * floodPerSecond);
  process.stdout.write(`kills: ${count} readings, each once\n`);
});

it('leaves a ledger that agrees with its evidence', async () => {
  await world.ledgerIsRight();
});
