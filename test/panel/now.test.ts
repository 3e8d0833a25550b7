/**
 * Goal: the Now page shows the live values of the home.
 * Method: the real process on the demo home, through an ingress path; values on the page against those of the home.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { control, launch, type Opened, open, textOf, until } from './browser.ts';

let browser: Browser;
let opened: Opened;
beforeAll(async () => {
  browser = await launch();
  opened = await open(browser);
});
afterAll(async () => {
  await control('/stand-still?on=false');
  await browser?.close();
});

const registers = (): Promise<Record<string, string>> =>
  opened.panel.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>('tr[data-register]')].map((row) => [
        row.dataset.entity ?? '',
        row.dataset.register ?? '',
      ]),
    ),
  );

describe('Now', () => {
  it('shows the sentence', async () => {
    expect(await textOf(opened.panel.locator('h1'))).toMatch(/^The home uses [\d.,]+\s(W|kW) right now/);
    expect(await opened.panel.title()).toBe('Now · Energy Ledger');
  });

  it('follows the home', async () => {
    const power = opened.panel.locator('[data-part=grid]');
    const before = await power.getAttribute('data-watts');
    await until(
      'the power of the grid changes',
      async () => (await power.getAttribute('data-watts')) !== before,
    );
  });

  it('shows the values of the home, entity by entity', async () => {
    await control('/stand-still?on=true');
    const home = await control<Record<string, string>>('/states');
    // Some meters of the demo home report another unit than the one that is shown.
    const same = (shown: Record<string, string>) =>
      Object.entries(shown).filter(([id, value]) => Number(home[id]) === Number(value));
    await until('registers equal the home', async () => {
      const shown = await registers();
      const meters = Object.keys(shown);
      expect(meters.length).toBeGreaterThan(10);
      return [
        'sensor.p1_meter_energy_import_tariff_2',
        'sensor.solar_inverter_energy',
        'sensor.gas_meter_consumption',
      ].every((id) => Number(shown[id]) === Number(home[id]));
    });
    expect(same(await registers()).length).toBeGreaterThan(8);
    const watts = await opened.panel.locator('[data-part=grid]').getAttribute('data-watts');
    expect(Number(watts)).toBe(Number(home['sensor.p1_meter_power']));
  });

  it('shows no power of a plug that is off, whatever its sensor reports', async () => {
    const plug = opened.panel.locator('[data-ranking] [data-entity="sensor.media_power"] [data-value]');
    await control('/emit?entity=switch.media&state=off');
    await control('/emit?entity=sensor.media_power&state=7');
    await until('it is off', async () => (await textOf(plug)) === 'off');
    await control('/emit?entity=switch.media&state=on');
    await until('it shows what its sensor reports', async () => (await textOf(plug)) === '7 W');
  });

  it('adds the parts up to what the home uses', async () => {
    const watts = async (part: string) =>
      Number(await opened.panel.locator(`[data-part=${part}]`).getAttribute('data-watts'));
    const [grid, solar, battery, home] = await Promise.all(['grid', 'solar', 'battery', 'home'].map(watts));
    expect((grid ?? 0) + (solar ?? 0) + (battery ?? 0)).toBeCloseTo(home ?? Number.NaN, 6);
  });

  it('distinguishes unknown from zero', async () => {
    await control('/emit?entity=sensor.p1_meter_power&state=unavailable');
    await until('the sentence says so', async () =>
      (await textOf(opened.panel.locator('h1'))).includes(
        'is not known right now: nothing is heard of the grid',
      ),
    );
    expect(await opened.panel.locator('[data-part=home]').getAttribute('data-watts')).toBe('');
    await control('/stand-still?on=false');
    await until('the home is known again', async () =>
      (await textOf(opened.panel.locator('h1'))).startsWith('The home uses'),
    );
  });

  it('shows the age of the data', async () => {
    await opened.panel.locator('.data-age[data-mark=live]').waitFor();
    expect(await textOf(opened.panel.locator('.data-age'))).toMatch(/^Live/);
  });

  it('causes no error and no request to another host', () => {
    expect(opened.wrongs).toEqual([]);
  });
});
