/**
 * Goal: the Devices page shows each device's share of the home's use as in the API, and what no device meters.
 * Method: the real process on the demo home; rows against the answer that the page received.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DevicesAnswer } from '../../src/schemas/balance.ts';
import { launch, type Opened, open, overhangPx, phone, textOf, until } from './browser.ts';
import { type ReceivedAnswers, recordAnswers, settledPage } from './ledger-pages.ts';

let browser: Browser;
let opened: Opened;
let received: ReceivedAnswers<DevicesAnswer>;
const month = Temporal.Now.plainDateISO('Europe/Brussels').toString().slice(0, 7);
beforeAll(async () => {
  browser = await launch();
  opened = await open(browser, { hash: '#/settings' });
  received = recordAnswers<DevicesAnswer>(opened.page, '/api/devices');
  await opened.panel.evaluate((at) => {
    location.hash = `#/devices?period=month&at=${at}`;
  }, month);
  await opened.panel.locator('[data-device=home]').waitFor();
  await settledPage(opened.panel);
});
afterAll(() => browser?.close());

const attribute = (value: number | null) => (value === null ? '' : String(value));
const rows = () =>
  opened.panel.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('tr[data-device]')].map((row) => ({
      id: row.dataset.device ?? '',
      value: row.dataset.value ?? '',
      depth: Number(row.dataset.depth ?? 0),
    })),
  );

describe('Devices', () => {
  it('lists every device with its energy, in the order of the API, and the rest and the home', async () => {
    const answer = received.last();
    expect(answer.devices.length).toBeGreaterThan(3);
    const shown = await rows();
    const rest =
      answer.untracked_kwh === null || answer.home_kwh === null
        ? []
        : [{ id: 'untracked', value: attribute(answer.untracked_kwh) }];
    expect(shown.map(({ id, value }) => ({ id, value }))).toEqual([
      ...answer.devices.map((device) => ({ id: device.entity_id, value: attribute(device.energy_kwh) })),
      ...rest,
      { id: 'home', value: attribute(answer.home_kwh) },
    ]);
    for (const { entity_id: id, parent } of answer.devices)
      expect((shown.find((row) => row.id === id)?.depth ?? 0) > 0, id).toBe(parent !== null);
  });

  it('names the device that used most', async () => {
    const answer = received.last();
    const parents = new Set(answer.devices.map(({ parent }) => parent));
    const leaves = answer.devices.filter((device) => !parents.has(device.entity_id));
    const most = leaves.reduce((a, b) => ((b.energy_kwh ?? -1) > (a.energy_kwh ?? -1) ? b : a));
    expect(await textOf(opened.panel.locator('main h1'))).toContain(
      (most.energy_kwh ?? 0) > 0 ? most.name : 'No device used anything',
    );
  });

  it('shows how long devices with a switch were on, and not known for the others', async () => {
    const onTimes = new Map(
      received.last().devices.map((device) => [device.entity_id, device.on_time_seconds]),
    );
    // One of the demo home's plugs has a register, the other has none.
    for (const id of ['sensor.boiler_energy', 'sensor.media_power']) {
      expect(onTimes.get(id), id).toBeGreaterThan(0);
      const shown = opened.panel.locator(`tr[data-device="${id}"] [data-on-time]`);
      expect(Number(await shown.getAttribute('data-on-time'))).toBe(onTimes.get(id));
      expect(await textOf(shown)).toMatch(/ h|min/);
    }
    expect(onTimes.get('sensor.fridge_energy')).toBeNull();
    expect(await textOf(opened.panel.locator('tr[data-device="sensor.fridge_energy"]'))).toContain(
      'not known',
    );
  });

  it('says that devices meter more than the home', async () => {
    const over = await open(browser, { hash: '#/settings' });
    await over.page.route('**/api/devices*', async (route) => {
      const answer = (await (await route.fetch()).json()) as DevicesAnswer;
      await route.fulfill({ json: { ...answer, home_kwh: 10, tracked_kwh: 12, untracked_kwh: -2 } });
    });
    await over.panel.evaluate(() => {
      location.hash = '#/devices';
    });
    const rest = over.panel.locator('tr[data-device=untracked]');
    await rest.waitFor();
    expect(await textOf(rest)).toMatch(/^More than the home used.*-2.00 kWh/);
    expect(over.wrongs).toEqual([]);
    await over.close();
  });

  it('opens the curve of a device by keyboard', async () => {
    await opened.panel.locator('tr[data-device] a').first().focus();
    await opened.page.keyboard.press('Enter');
    await until('the readings are open', async () =>
      (await opened.panel.evaluate(() => location.hash)).startsWith('#/readings?entity='),
    );
    await opened.panel.evaluate(() => history.back());
    await opened.panel.locator('[data-device=home]').waitFor();
  });

  it('fits a phone 360 px wide', async () => {
    const small = await open(browser, {
      ...phone,
      viewport: { width: 360, height: 804 },
      hash: `#/devices?period=month&at=${month}`,
    });
    await small.panel.locator('[data-device=home]').waitFor();
    expect(await overhangPx(small)).toBeLessThanOrEqual(0);
    expect(await textOf(small.panel.locator('tr[data-device="sensor.media_power"]'))).toContain('on for ');
    await small.close();
  });

  it('causes no error and no request to another host', () => {
    expect(opened.wrongs).toEqual([]);
  });
});
