/**
 * Goal: faults that come together cost no more than one of them.
 * Method: rounds of two to four mishaps at once, drawn from a seed that is printed, begun and ended in an order of chance
 * while meters tick without a pause. Afterwards every reading is in QuestDB once. FAULTS_ROUNDS sets how many.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, it } from 'vitest';
import { randomOf } from '../../src/testing/random.ts';
import { mishaps } from './mishaps.ts';
import { chosenSeed } from './seed.ts';
import { World } from './world.ts';

const rounds = Number(process.env.FAULTS_ROUNDS ?? 3);
const seed = chosenSeed('several');
const draw = randomOf(seed);

let world: World;
beforeAll(async () => {
  world = await World.start({ seed });
});
afterAll(async () => {
  await world?.stop();
});

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, place: draw() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);

it.each(Array.from({ length: rounds }, (_, round) => round + 1))(
  'loses nothing by several faults at once (round %d)',
  async () => {
    const together = shuffled(mishaps).slice(0, 2 + Math.floor(draw() * 3));
    process.stdout.write(`several: ${together.map(({ name }) => name).join(', ')}\n`);
    world.meters.run();
    for (const mishap of together) {
      await mishap.begin(world);
      await pause(draw() * 2000);
    }
    await pause(1000 + draw() * 3000);
    // Beside each other: one store's restart can't end while its other mishap still holds it.
    await Promise.all(
      shuffled(together).map(async (mishap, place) => {
        await pause(place * 500 + draw() * 500);
        await mishap.end(world);
      }),
    );
    await world.nothingIsLost();
  },
);

it('leaves a ledger that agrees with its evidence', async () => {
  await world.ledgerIsRight();
});
