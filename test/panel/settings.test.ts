/**
 * Goal: administrators choose what is recorded, and it is saved completely or not at all.
 * Method: tick, save, and check in the API what is tracked; try the same as another user.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerOf, launch, type Opened, open, textOf, until } from './browser.ts';

const entityId = 'sensor.ventilation_power';
let browser: Browser;
let opened: Opened;
beforeAll(async () => {
  browser = await launch();
  opened = await open(browser, { hash: '#/settings' });
  await opened.panel.locator(`[data-entity="${entityId}"]`).waitFor();
});
afterAll(() => browser?.close());

interface Listed {
  entities: { entity_id: string; is_tracked: boolean }[];
}
const trackedIds = async () =>
  (await answerOf<Listed>('api/entities')).entities
    .filter((entity) => entity.is_tracked)
    .map((entity) => entity.entity_id)
    .sort();
const box = (id: string) => opened.panel.locator(`[data-entity="${id}"] input`);

describe('Settings', () => {
  it('says whether every part is well, and links to the details', async () => {
    expect(await textOf(opened.panel.locator('main h1'))).toMatch(/\d+ entities are recorded/);
    expect(await opened.panel.locator('[data-health]').getAttribute('data-health')).toBe('ok');
    expect(await opened.panel.locator('[data-health] a').getAttribute('href')).toContain('#/health');
    expect(await opened.panel.locator('input[type=password]').inputValue()).toBe('');
  });

  it('records what is ticked in addition, and nothing else', async () => {
    const before = await trackedIds();
    expect(before).not.toContain(entityId);
    await box(entityId).check();
    await opened.panel.locator('[data-pending="1"]').waitFor();
    await opened.panel.getByRole('button', { name: 'Save', exact: true }).click();
    await opened.panel.locator('[data-pending]').waitFor({ state: 'detached' });
    expect(await trackedIds()).toEqual([...before, entityId].sort());
  });

  it('undoes what is not saved', async () => {
    const before = await trackedIds();
    await opened.panel.getByRole('searchbox').fill('kitchen power');
    await until('fewer are shown', async () => (await opened.panel.locator('[data-entity]').count()) < 10);
    await opened.panel.getByRole('button', { name: 'Record none shown' }).click();
    await opened.panel.locator('[data-pending]').waitFor();
    await opened.panel.getByRole('button', { name: 'Undo' }).click();
    await opened.panel.locator('[data-pending]').waitFor({ state: 'detached' });
    await opened.panel.getByRole('searchbox').fill('');
    expect(await trackedIds()).toEqual(before);
  });

  it('drops it again', async () => {
    await opened.panel.locator(`[data-entity="${entityId}"]`).waitFor();
    await box(entityId).uncheck();
    await opened.panel.getByRole('button', { name: 'Save', exact: true }).click();
    await opened.panel.locator('[data-pending]').waitFor({ state: 'detached' });
    expect(await trackedIds()).not.toContain(entityId);
  });

  it('narrows by role and by area', async () => {
    const all = await opened.panel.locator('[data-entity]').count();
    await opened.panel.getByRole('combobox', { name: 'Role', exact: true }).selectOption('solar');
    await until(
      'only solar is shown',
      async () => (await opened.panel.locator('[data-entity]').count()) === 1,
    );
    await opened.panel.getByRole('combobox', { name: 'Role', exact: true }).selectOption('');
    await opened.panel.getByRole('combobox', { name: 'Area', exact: true }).selectOption('Kitchen');
    await until('only the kitchen is shown', async () => {
      const count = await opened.panel.locator('[data-entity]').count();
      return count > 1 && count < all;
    });
    await opened.panel.getByRole('combobox', { name: 'Area', exact: true }).selectOption('');
  });

  it('tests the connection and shows the result', async () => {
    await opened.panel.getByRole('button', { name: 'Test the connection' }).click();
    await opened.panel.getByText(/Home Assistant 2026\.11\.0 answers/).waitFor();
  });

  it('refuses an address without an answer, and keeps the current one', async () => {
    await opened.panel.getByLabel('Address', { exact: true }).fill('http://127.0.0.1:9');
    await opened.panel.locator('input[type=password]').fill('a token');
    await opened.panel.getByRole('button', { name: 'Test and save' }).click();
    await opened.panel.locator('[data-connection] .is-error').waitFor();
    const settings = await answerOf<{ ha_connected: boolean }>('api/settings');
    expect(settings.ha_connected).toBe(true);
  });

  it('back-fills with its progress, to its end', async () => {
    await opened.panel.getByRole('button', { name: 'Back-fill now' }).click();
    await opened.panel.locator('[data-backfill=finished]').waitFor({ timeout: 80_000 });
    expect(await textOf(opened.panel.locator('[data-backfill]'))).toMatch(/Done: [\d,]+ readings? added/);
  });

  it('is read-only for other users', async () => {
    const other = await open(browser, { hash: '#/settings', user: 'viewer' });
    await other.panel.locator('[data-read-only]').waitFor();
    await other.panel.locator(`[data-entity="${entityId}"]`).waitFor();
    expect(await other.panel.locator(`[data-entity="${entityId}"] input`).isDisabled()).toBe(true);
    for (const name of ['Back-fill now', 'Test and save', 'Search Home Assistant again'])
      expect(await other.panel.getByRole('button', { name }).isDisabled()).toBe(true);
    expect(other.wrongs).toEqual([]);
    await other.close();
  });

  it('causes no error but the expected refusal', () => {
    expect(opened.wrongs.filter((wrong) => !wrong.includes('status of 400'))).toEqual([]);
  });
});
