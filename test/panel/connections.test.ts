/**
 * Goal: administrators add and remove grid connections in Settings, and the Peaks page shows the peaks of the chosen one.
 * Method: the real process on the demo home; changes are checked in the API, and the page against the answers it received.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GridConnectionList } from '../../src/schemas/grid-connections.ts';
import type { CapacityMonth } from '../../src/schemas/p1.ts';
import { answerOf, launch, type Opened, open, overhangPx, phone, textOf, until } from './browser.ts';
import { recordAnswers, settledPage } from './ledger-pages.ts';

const low = 'sensor.p1_meter_energy_import_tariff_1';
let browser: Browser;
let opened: Opened;
beforeAll(async () => {
  browser = await launch();
  opened = await open(browser, { hash: '#/settings' });
  await opened.panel.locator('[data-connection=home]').waitFor();
});
afterAll(() => browser?.close());

const known = async () => (await answerOf<GridConnectionList>('api/grid-connections')).connections;
const card = () => opened.panel.locator('[data-connections]');
const outcome = () => textOf(card().locator('.action-outcome'));
const show = (hash: string) =>
  opened.panel.evaluate((next) => {
    location.hash = next;
  }, hash);

describe('Grid connections', () => {
  it('include the home’s own, which can’t be removed', async () => {
    expect(await textOf(card().locator('[data-connection=home] strong'))).toBe('Whole home');
    expect(
      await card()
        .getByRole('button', { name: /^Remove/ })
        .count(),
    ).toBe(0);
  });

  it('are not added without a register', async () => {
    await card().getByRole('button', { name: 'Name a connection' }).click();
    await until('the name has the focus', () =>
      opened.panel.evaluate(() => document.activeElement?.getAttribute('name') === 'name'),
    );
    await opened.page.keyboard.type('Low tariff');
    await card().getByRole('button', { name: 'Save', exact: true }).click();
    await until('it says why', async () => (await outcome()).includes('at least one register'));
    expect(await known()).toHaveLength(1);
  });

  it('are added with their registers', async () => {
    const offtake = card().getByRole('group', { name: /comes from the grid/ });
    expect(await offtake.locator('input').first().inputValue()).toBe(low);
    await offtake.locator(`input[value="${low}"]`).check();
    await card()
      .getByLabel(/^Power from the grid/)
      .selectOption('sensor.p1_meter_power');
    await card().getByRole('button', { name: 'Save', exact: true }).click();
    await card().locator('[data-connection=low-tariff]').waitFor();
    expect(await outcome()).toContain('Saved: Low tariff.');
    expect((await known()).at(-1)).toMatchObject({
      ...{ id: 'low-tariff', name: 'Low tariff', offtake: [low], injection: [] },
      ...{ power: 'sensor.p1_meter_power', meter_peak: null },
    });
  });

  it('are chosen on the Peaks page, with the choice in the address', async () => {
    const received = recordAnswers<CapacityMonth>(opened.page, '/v1/capacity/month/');
    await show('#/peaks');
    const choice = opened.panel.getByRole('combobox', { name: 'Connection', exact: true });
    await choice.waitFor();
    await settledPage(opened.panel);
    await choice.selectOption('low-tariff');
    await until('its answer has come', async () => received.last().device_id === 'low-tariff');
    expect(await opened.panel.evaluate(() => location.hash)).toBe('#/peaks?connection=low-tariff');
    await settledPage(opened.panel);
    await until('its past is added up', async () => {
      const { peaks } = await answerOf<CapacityMonth>(
        `v1/capacity/month/${received.last().month}?device_id=low-tariff`,
      );
      return peaks.length > 0;
    });
    const { month } = received.last();
    await opened.panel.getByRole('button', { name: 'Previous month' }).click();
    await until('the month before has come', async () => received.last().month < month);
    expect(received.last().device_id).toBe('low-tariff');
    await choice.selectOption('home');
    await until('the home’s own is shown', async () => received.last().device_id === 'home');
    expect(await opened.panel.evaluate(() => location.hash)).not.toContain('connection');
  });

  it('fall back to the home for an unknown one in the address', async () => {
    const received = recordAnswers<CapacityMonth>(opened.page, '/v1/capacity/month/');
    await show('#/peaks?connection=nowhere');
    await until(
      'the home’s own is shown',
      async () => received.count() > 0 && received.last().device_id === 'home',
    );
    await settledPage(opened.panel);
    expect(await opened.panel.locator('[data-state=error]').count()).toBe(0);
  });

  it('fit a phone, with the fields open', async () => {
    const small = await open(browser, {
      ...phone,
      viewport: { width: 360, height: 804 },
      hash: '#/settings',
    });
    await small.panel.getByRole('button', { name: 'Name a connection' }).click();
    await small.panel.locator('[data-connection-form]').waitFor();
    expect(await overhangPx(small)).toBe(0);
    expect(small.wrongs).toEqual([]);
    await small.close();
  });

  it('can be seen but not changed by other users', async () => {
    const guest = await open(browser, { user: 'viewer', hash: '#/settings' });
    await guest.panel.locator('[data-connection=low-tariff]').waitFor();
    expect(await guest.panel.getByRole('button', { name: 'Name a connection' }).isDisabled()).toBe(true);
    expect(await guest.panel.getByRole('button', { name: /^Remove the connection/ }).isDisabled()).toBe(true);
    await guest.close();
  });

  it('are removed, and restored by Undo', async () => {
    await show('#/settings');
    const remove = () => card().getByRole('button', { name: 'Remove the connection Low tariff' }).click();
    await remove();
    await card().locator('[data-connection=low-tariff]').waitFor({ state: 'detached' });
    expect(await known()).toHaveLength(1);
    await card().getByRole('button', { name: 'Undo' }).click();
    await card().locator('[data-connection=low-tariff]').waitFor();
    expect((await known()).at(-1)).toMatchObject({ id: 'low-tariff', power: 'sensor.p1_meter_power' });
    await remove();
    await card().locator('[data-connection=low-tariff]').waitFor({ state: 'detached' });
    await show('#/peaks');
    await settledPage(opened.panel);
    expect(await opened.panel.getByRole('combobox', { name: 'Connection', exact: true }).count()).toBe(0);
    expect(opened.wrongs).toEqual([]);
  });
});
