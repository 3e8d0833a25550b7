/**
 * Goal: a system clock that is stepped by an hour, forward or back, loses no reading and leaves a right ledger; a
 * ticket reports it until it is right.
 * Method: the process runs with libfaketime (Debian's package of that name), which reads from a file how far off its
 * clock is; the file is changed under load. What was refused meanwhile as from the future comes with the next
 * back-fill.
 */
import { access, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TicketRow, Tickets } from '../../src/schemas/tickets.ts';
import { until } from '../home-assistant/until.ts';
import { hasty } from './hasty.ts';
import { chosenSeed } from './seed.ts';
import { World } from './world.ts';

async function findLibrary(): Promise<string | null> {
  for (const machine of ['x86_64-linux-gnu', 'aarch64-linux-gnu']) {
    const path = `/usr/lib/${machine}/faketime/libfaketime.so.1`;
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  process.stdout.write(
    'Not tried: the clock can not be stepped without libfaketime (apt install faketime)\n',
  );
  return null;
}

const library = await findLibrary();

describe.skipIf(library === null)('the clock of the system', () => {
  let world: World;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'energy-ledger-clock-'));
    await step('+0');
    world = await World.start({
      seed: chosenSeed('clock'),
      env: {
        LD_PRELOAD: library ?? '',
        FAKETIME_TIMESTAMP_FILE: join(folder, 'clock'),
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        ...hasty,
      },
    });
  });
  afterAll(async () => {
    await world?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Written at once, because it is read at any moment. */
  async function step(offset: string): Promise<void> {
    await writeFile(join(folder, 'new'), `${offset}\n`);
    await rename(join(folder, 'new'), join(folder, 'clock'));
  }

  async function driftTicket(status: TicketRow['status']): Promise<TicketRow> {
    let found: TicketRow | undefined;
    await until(`the clock's ticket is ${status}`, async () => {
      const { tickets } = (await world.process.get('/api/tickets')) as Tickets;
      found = tickets.find((one) => one.kind === 'clock_drift');
      return found?.status === status;
    });
    return found as TicketRow;
  }

  async function comesRight(): Promise<void> {
    await step('+0');
    const answer = await fetch(`${world.process.url}/api/subscription/backfill`, { method: 'POST' });
    expect(answer.status).toBeLessThan(300);
    await world.nothingIsLost();
  }

  it('may be put forward by an hour', async () => {
    world.meters.run();
    await world.flows();
    await step('+1h');
    await world.flows();
    await world.flows();
    const apart = await driftTicket('open');
    expect(Math.abs((apart.evidence[0]?.value ?? 0) - 3600)).toBeLessThan(10);
    expect(apart.detail).toMatch(/ahead of Home Assistant’s\. .*NTP/);
    await comesRight();
    world.meters.run();
    expect((await driftTicket('passed')).ticket_id).toBe(apart.ticket_id);
  });

  it('may be put back by an hour', async () => {
    world.meters.run();
    await world.flows();
    await step('-1h');
    // It can't distinguish such an instant from a wrong one, and counts what it refuses.
    await until('readings are refused', async () => {
      const status = await world.process.status();
      return (status?.body.recorder.rejected.from_the_future ?? 0) > 20;
    });
    await comesRight();
  });

  it('leaves a ledger that agrees with its evidence', async () => {
    await world.ledgerIsRight();
  });
});
