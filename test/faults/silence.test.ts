/**
 * Goal: a subscription that reports nothing while Home Assistant answers is noticed, and just what is missing is
 * fetched; a home without changes is not reported as silent.
 * Method: the real process, which compares every three seconds instead of every five minutes, under a home that goes
 * silent: it answers, records, and sends no events.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SyncRuns } from '../../src/schemas/readings.ts';
import type { Tickets } from '../../src/schemas/tickets.ts';
import { until } from '../home-assistant/until.ts';
import { hasty } from './hasty.ts';
import { chosenSeed } from './seed.ts';
import { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start({ seed: chosenSeed('silence'), env: hasty });
});
afterAll(async () => {
  await world?.stop();
});

const heartbeat = async () => {
  const status = await world.process.status();
  if (status === null) throw new Error('the process does not answer');
  return status.body.heartbeat;
};
const silentTickets = async () => {
  const { tickets } = (await world.process.get('/api/tickets')) as Tickets;
  return tickets.filter(({ kind }) => kind === 'subscription_silent');
};

/** So many comparisons with what Home Assistant has. */
async function compared(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const before = (await heartbeat()).last_compared_at;
    await until('it was compared', async () => (await heartbeat()).last_compared_at !== before);
  }
}

it('takes a quiet home for a quiet home', async () => {
  await world.flows();
  await world.nothingIsLost();
  await compared(4);
  expect(await heartbeat()).toMatchObject({ ok: true, silences: 0 });
  expect(await silentTickets()).toEqual([]);
});

it('notices a silence, subscribes anew and fetches just the gap', async () => {
  world.meters.run();
  await world.flows();
  await compared(1);
  const goneMs = Date.now();
  world.demo.silence(true);
  await pause(500);
  world.meters.run(200);
  const status = await world.page.says('Home Assistant reports nothing', ({ body }) => !body.heartbeat.ok);
  expect(status.heartbeat.detail).toMatch(/does not report changes of states/);
  expect(status.home_assistant.ok).toBe(true);
  world.demo.silence(false);
  await world.flows();
  await compared(2);
  await world.nothingIsLost();
  expect((await heartbeat()).ok).toBe(true);

  const { syncs } = (await world.process.get('/api/syncs')) as SyncRuns;
  const run = syncs.filter(({ kind }) => kind === 'silent').at(-1);
  expect(run).toMatchObject({ status: 'success', error: null });
  expect(run?.readings_added).toBeGreaterThan(20);
  // From the comparison before it, and not from the beginning.
  const startMs = Date.parse(run?.start_time ?? '');
  expect(startMs).toBeLessThanOrEqual(goneMs);
  expect(goneMs - startMs).toBeLessThan(90_000);
  // It is stored beside the run and not before it.
  await until('there is a ticket', async () => (await silentTickets()).length > 0);
  const [ticket] = await silentTickets();
  expect(ticket).toMatchObject({ status: 'mended', choices: [] });
});

it('is not alarmed again by what is over', async () => {
  const { silences } = await heartbeat();
  world.meters.run();
  await compared(3);
  world.meters.pause();
  await compared(3);
  expect(await heartbeat()).toMatchObject({ ok: true, silences });
});
