/**
 * Goal: administrators add, annotate and delete prices, after a preview of the change, and undo it.
 * Method: the real process on the demo home; what the page did is checked in the API.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CostVersionList } from '../../src/schemas/cost-versions.ts';
import { answerOf, launch, type Opened, open, overhangPx, phone, textOf, until } from './browser.ts';
import { settledPage } from './ledger-pages.ts';

let browser: Browser;
let opened: Opened;
beforeAll(async () => {
  browser = await launch();
  opened = await open(browser, { hash: '#/prices' });
  await settledPage(opened.panel);
});
afterAll(() => browser?.close());

const prices = async () =>
  (await answerOf<CostVersionList>('api/power-analytics/cost-versions')).cost_versions.map(
    ({ cost_per_kwh: price, notes }) => [price, notes],
  );
const press = (name: string | RegExp) => opened.panel.getByRole('button', { name }).first().click();
const outcome = () => textOf(opened.panel.locator('.action-outcome'));
const fill = async (price: string, from: string) => {
  await opened.panel.locator('[name=price]').fill(price);
  await opened.panel.locator('[name=from]').fill(from);
};

describe('Prices', () => {
  it('says that no price is known', async () => {
    expect(await prices()).toEqual([]);
    expect(await textOf(opened.panel.locator('main h1'))).toContain('No price is known');
    await opened.panel.locator('[data-state=empty]').waitFor();
  });

  it('refuses an invalid price, and saves nothing', async () => {
    await fill('cheap', '2020-01-01');
    await press('See what changes');
    await until('it says why', async () => (await outcome()).includes('between −100 and 100'));
    expect(await prices()).toEqual([]);
  });

  it('saves a price after a preview', async () => {
    await fill('0,2875', '2020-01-01');
    await opened.panel.locator('[name=notes]').fill('first letter');
    await opened.page.keyboard.press('Enter');
    const question = opened.panel.locator('[data-question]');
    await question.waitFor();
    expect(await textOf(question)).toMatch(/The cost of .* past days? changes.*an unknown sum so far/);
    expect(await prices()).toEqual([]);
    await press('Save');
    await until('it is saved', async () => (await prices()).length === 1);
    expect(await prices()).toEqual([[0.2875, 'first letter']]);
    await until('the sentence has it', async () =>
      (await textOf(opened.panel.locator('main h1'))).includes('0.2875'),
    );
  });

  it('saves other notes', async () => {
    await press(/^Notes on the price/);
    await opened.panel.locator('.price-notes input').fill('second letter');
    await press('Save the notes');
    await until('they are saved', async () => (await prices())[0]?.[1] === 'second letter');
  });

  it('deletes it after a preview, and undoes that', async () => {
    await press(/^Delete the price/);
    const question = opened.panel.locator('[data-question]');
    await question.waitFor();
    expect(await textOf(question)).toContain('will have no price');
    await press('Cancel');
    expect(await prices()).toHaveLength(1);
    await press(/^Delete the price/);
    await question.waitFor();
    await press(/^Delete$/);
    await until('it is gone', async () => (await prices()).length === 0);
    await press('Undo');
    await until('it is there again', async () => (await prices()).length === 1);
    expect(await prices()).toEqual([[0.2875, 'second letter']]);
  });

  it('fits a phone 360 px wide', async () => {
    const small = await open(browser, { ...phone, viewport: { width: 360, height: 804 }, hash: '#/prices' });
    await settledPage(small.panel);
    expect(await overhangPx(small)).toBeLessThanOrEqual(0);
    await small.close();
  });

  it('leaves the home unchanged, without an error', async () => {
    await press(/^Delete the price/);
    await opened.panel.locator('[data-question]').waitFor();
    await press(/^Delete$/);
    await until('it is gone', async () => (await prices()).length === 0);
    expect(opened.wrongs).toEqual([]);
  });
});
