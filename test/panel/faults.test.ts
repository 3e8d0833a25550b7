/**
 * Goal: when a store is down the panel reports it, shows what it can, and recovers by itself.
 * Method: QuestDB is stopped and started again under an open page.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { control, launch, type Opened, open, textOf, until } from './browser.ts';

let browser: Browser;
let opened: Opened;
let isDown = false;
beforeAll(async () => {
  browser = await launch();
  opened = await open(browser, { hash: '#/readings?entity=sensor.p1_meter_power' });
  await opened.panel.locator('[data-points]').waitFor();
});
afterAll(async () => {
  if (isDown) await control('/questdb-up');
  await browser?.close();
});

describe('a store that is down', () => {
  it('is reported, and live values continue', async () => {
    await control('/questdb-down');
    isDown = true;
    await opened.panel.getByRole('button', { name: 'Previous day' }).click();
    await opened.panel.locator('[data-state=error]').first().waitFor();
    // Today's curve must not be shown as that of the day before.
    expect(await opened.panel.locator('[data-points]').count()).toBe(0);
    await opened.panel.getByText('The store of readings does not answer.').first().waitFor();
    await opened.panel.getByRole('link', { name: 'Now' }).click();
    const grid = opened.panel.locator('[data-part=grid]');
    const before = await grid.getAttribute('data-watts');
    await until(
      'the power of the grid changes',
      async () => (await grid.getAttribute('data-watts')) !== before,
    );
  });

  it('is named on the Health page, whose coverage cannot be fetched', async () => {
    await opened.panel.getByRole('link', { name: 'Health', exact: true }).click();
    await opened.panel.locator('[data-state=error]').first().waitFor();
    await opened.panel.locator('[data-part=questdb][data-ok=false]').waitFor();
    expect(await opened.panel.locator('[data-part=home_assistant]').getAttribute('data-ok')).toBe('true');
  });

  it('shows an error instead of a curve that was never fetched', async () => {
    await opened.panel.getByRole('link', { name: 'Readings' }).click();
    await opened.panel.locator('[data-state=error]').waitFor();
    expect(await textOf(opened.panel.locator('[data-state=error]'))).toContain(
      'It is tried again by itself.',
    );
  });

  it('recovers without a click', async () => {
    await control('/questdb-up');
    isDown = false;
    await opened.panel.locator('[data-points]').waitFor({ timeout: 60_000 });
    await until(
      'no error is left',
      async () => (await opened.panel.locator('[data-state=error]').count()) === 0,
    );
    await until(
      'the banner is gone',
      async () => (await opened.panel.locator('.banner').count()) === 0,
      60_000,
    );
  });

  it('causes no script error', () => {
    expect(opened.wrongs.filter((wrong) => !/Failed to load resource.*(503|500)/.test(wrong))).toEqual([]);
  });
});
