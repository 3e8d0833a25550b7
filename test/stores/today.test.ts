/**
 * Goal: what Now says of today, the day on Energy and today on Devices are one figure, however the day went.
 * Method: a meter of the grid and one of a device are played into the real stores, as readings or, where a home was not
 * recorded yet, as Home Assistant's hours; the day is read as the Now page reads it and asked for through the API.
 */

import { afterAll, describe, expect, it } from 'vitest';
import { balance, devices } from '../../src/schemas/balance.ts';
import { hourUs, minuteUs } from '../../src/units/durations.ts';
import { PlayedHome } from './played-home.ts';
import { freshEntity } from './questdb-fixture.ts';

const zone = 'Europe/Brussels';
const local = (text: string) =>
  Temporal.ZonedDateTime.from(`${text}[${zone}]`).toInstant().epochMilliseconds * 1000;

const homes: PlayedHome[] = [];
afterAll(async () => {
  for (const home of homes) await home.stop();
});

type Registers = [atUs: number, kwh: number][];

/** A register every five minutes in [startUs, endUs]; `kwhAt` is its value. */
function every5Minutes(startUs: number, endUs: number, kwhAt: (us: number) => number): Registers {
  const registers: Registers = [];
  for (let us = startUs; us <= endUs; us += 5 * minuteUs)
    registers.push([us, Math.round(kwhAt(us) * 1000) / 1000]);
  return registers;
}

/** @param lastUs the newest reading; a minute later the day is looked at */
async function played(
  lastUs: number,
  play: (home: PlayedHome, grid: string, device: string) => Promise<void>,
) {
  const grid = freshEntity('today_grid');
  const device = freshEntity('today_device');
  const home = new PlayedHome({ imports: [grid], exports: [], devices: [{ id: device }] }, lastUs + minuteUs);
  homes.push(home);
  await home.start(zone);
  await play(home, grid, device);
  await home.settle();
  const day = await home.today();
  const energy = await home.get('/api/balance?period=day', balance);
  const used = await home.get('/api/devices', devices);
  return {
    now: { grid: day.of(grid).counted, device: day.of(device).counted },
    pages: {
      grid: energy.total.grid_in_kwh,
      device: used.devices.find((one) => one.entity_id === device)?.energy_kwh ?? null,
    },
  };
}

describe('today', () => {
  it.each([
    ['a normal day', '2026-05-12', 20],
    ['the day that has no half past two', '2026-03-29', 19],
    ['the day that has it twice', '2026-10-25', 21],
  ])('is one figure on %s', async (_, day, hours) => {
    const midnightUs = local(`${day}T00:00`);
    const lastUs = local(`${day}T20:00`);
    const { now, pages } = await played(lastUs, async (home, grid, device) => {
      const startUs = midnightUs - 3 * hourUs;
      await home.play(
        grid,
        every5Minutes(startUs, lastUs, (us) => 100 + ((us - startUs) / hourUs) * 0.6),
      );
      await home.play(
        device,
        every5Minutes(startUs, lastUs, (us) => 7 + ((us - startUs) / hourUs) * 0.12),
      );
    });
    expect(now.grid).toBeCloseTo(hours * 0.6, 9);
    expect(now.device).toBeCloseTo(hours * 0.12, 9);
    expect(pages).toEqual(now);
  });

  it('is one figure on a first day, whose night is known only from Home Assistant’s hours', async () => {
    const midnightUs = local('2026-05-12T00:00');
    const lastUs = local('2026-05-12T20:00');
    const { now, pages } = await played(lastUs, async (home, grid, device) => {
      const hours = Array.from({ length: 11 }, (_, n) => [midnightUs + (n - 3) * hourUs, 0.6] as const);
      // The register at 08:00 is what the rows say; from then on it was read.
      const eightUs = midnightUs + 8 * hourUs;
      for (const id of [grid, device]) {
        await home.playHours(id, hours);
        await home.play(
          id,
          every5Minutes(eightUs, lastUs, (us) => 5006.6 + ((us - eightUs) / hourUs) * 0.3),
        );
      }
    });
    expect(now.grid).toBeCloseTo(8 * 0.6 + 12 * 0.3, 9);
    expect(pages).toEqual(now);
  });

  it('is one figure on a day on which the meters began anew at noon', async () => {
    const midnightUs = local('2026-05-12T00:00');
    const noonUs = midnightUs + 12 * hourUs;
    const lastUs = local('2026-05-12T20:00');
    const { now, pages } = await played(lastUs, async (home, grid, device) => {
      const kwhAt = (us: number) =>
        us < noonUs ? 100 + ((us - midnightUs) / hourUs) * 0.6 : (us - noonUs) / hourUs;
      for (const id of [grid, device]) await home.play(id, every5Minutes(midnightUs - hourUs, lastUs, kwhAt));
    });
    // Until 11:55 by the old register; the new one began at 0 and was read first at noon.
    expect(now.grid).toBeCloseTo((11 + 55 / 60) * 0.6 + 8, 3);
    expect(pages).toEqual(now);
  });
});
