/**
 * Goal: the Energy page shows what the API's one answer says, so that cards, bars and table can't disagree, and says it
 * for any period, by pointer and by keyboard.
 * Method: the real process on the demo home; the page's figures held against the answer that the page itself received,
 * taken on its way, so that both are of the same moment.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BalanceAnswer } from '../../src/schemas/balance.ts';
import type { Status } from '../../src/schemas/status.ts';
import { launch, type Opened, open, overhangPx, phone, textOf, until } from './browser.ts';
import { type Heard, listen, settledPage } from './ledger-pages.ts';

let browser: Browser;
let opened: Opened;
let heard: Heard<BalanceAnswer>;
beforeAll(async () => {
  browser = await launch();
  opened = await open(browser, { hash: '#/now' });
  // Before the page asks for the first time.
  heard = listen<BalanceAnswer>(opened.page, '/api/balance');
  await goTo('#/energy');
  // The past of the first days comes in by itself, and the page follows by itself.
  await opened.panel.locator('[data-figure=home]').first().waitFor({ timeout: 150_000 });
  await settledPage(opened.panel);
});
afterAll(() => browser?.close());

const hash = () => opened.panel.evaluate(() => location.hash);
const goTo = async (next: string) => {
  await opened.panel.evaluate((to) => {
    location.hash = to;
  }, next);
  await settledPage(opened.panel);
};
const figures = (): Promise<Record<string, string>> =>
  opened.panel.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>('[data-figure]')].map((card) => [
        card.dataset.figure ?? '',
        card.dataset.value ?? '',
      ]),
    ),
  );
const plot = async (name: string) =>
  Number(await opened.panel.locator('.bars-plot').getAttribute(`data-${name}`));
/** A column of the table, null where the cell is empty. */
const column = (name: string): Promise<(number | null)[]> =>
  opened.panel.evaluate(
    (key) =>
      [...document.querySelectorAll<HTMLElement>(`.data-table tbody [data-column=${key}]`)].map((cell) =>
        cell.dataset.value === '' ? null : Number(cell.dataset.value),
      ),
    name,
  );
const told = (value: number | null) => (value === null ? '' : String(value));

describe('Energy', () => {
  it('shows on its cards what the API answered', async () => {
    const { total } = heard.last();
    expect(await figures()).toMatchObject({
      home: told(total.home_kwh),
      gridIn: told(total.grid_in_kwh),
      gridOut: told(total.grid_out_kwh),
      solar: told(total.solar_kwh),
      batteryIn: told(total.battery_in_kwh),
      batteryOut: told(total.battery_out_kwh),
      selfSufficiency: told(total.self_sufficiency),
      gas: told(total.gas_m3),
      water: told(total.water_m3),
    });
    expect(await textOf(opened.panel.locator('main h1'))).toMatch(/^[\d.,]+ kWh used so far today/);
  });

  it.each(['day', 'week', 'month', 'year'])(
    'has bars and a table that add up to the cards: %s',
    async (kind) => {
      const today = Temporal.Now.plainDateISO('Europe/Brussels').toString();
      const at = kind === 'year' ? today.slice(0, 4) : kind === 'month' ? today.slice(0, 7) : today;
      const before = heard.count();
      await goTo(`#/energy?period=${kind}&at=${at}`);
      await until('an answer has come', async () => heard.count() > before || kind === 'day');
      await settledPage(opened.panel);
      const { total, rows } = heard.last();
      expect(await plot('bars')).toBe(rows.length);
      expect(await plot('above')).toBeCloseTo(total.home_kwh ?? Number.NaN, 3);
      expect(await plot('below')).toBeCloseTo((total.battery_in_kwh ?? 0) + (total.grid_out_kwh ?? 0), 3);
      const home = await column('home');
      expect(home).toEqual(rows.map((row) => row.home_kwh));
      expect(home.reduce<number>((sum, value) => sum + (value ?? 0), 0)).toBeCloseTo(total.home_kwh ?? 0, 3);
      expect(Number((await figures()).home)).toBe(total.home_kwh);
    },
  );

  it('leaves hours that are not yet there empty', async () => {
    await goTo('#/energy');
    const nowMs = Date.now();
    const { rows } = heard.last();
    const home = await column('home');
    const future = rows.flatMap((row, index) => (Date.parse(row.start) > nowMs ? [home[index]] : []));
    expect(future.every((value) => value === null)).toBe(true);
  });

  it('compares with the period before and the year before, and the address says so', async () => {
    await goTo('#/energy');
    expect(await opened.panel.locator('[data-column=before]').count()).toBe(0);
    await opened.panel.getByRole('button', { name: 'Period before' }).click();
    await until('the address holds it', async () => (await hash()).includes('compare=previous'));
    await settledPage(opened.panel);
    await opened.panel.locator('th[data-column=before], td[data-column=before]').first().waitFor();
    const { comparison, rows } = heard.last();
    const byStart = new Map(
      (comparison?.rows ?? []).map((row) => [Date.parse(row.aligned_start), row.home_kwh]),
    );
    expect(await column('before')).toEqual(rows.map((row) => byStart.get(Date.parse(row.start)) ?? null));
    await opened.panel.getByRole('button', { name: 'Year before' }).click();
    await until('the address holds it', async () => (await hash()).includes('compare=year'));
    await settledPage(opened.panel);
    await opened.panel.getByRole('button', { name: 'Nothing', exact: true }).click();
    await until('the address is bare', async () => !(await hash()).includes('compare'));
    await settledPage(opened.panel);
    expect(await opened.panel.locator('td[data-column=before]').count()).toBe(0);
  });

  it('is read bar by bar with the arrow keys, and opened with Enter', async () => {
    const today = Temporal.Now.plainDateISO('Europe/Brussels');
    await goTo(`#/energy?period=month&at=${today.toString().slice(0, 7)}`);
    await opened.panel.locator('.bars-plot').focus();
    await opened.page.keyboard.press('Home');
    const readout = opened.panel.locator('[data-cursor]');
    await until('the first bar is read', async () => (await textOf(readout)).includes('1 '));
    expect(await readout.getAttribute('aria-live')).toBe('polite');
    const first = await textOf(readout);
    await opened.page.keyboard.press('ArrowRight');
    await until('the readout moved', async () => (await textOf(readout)) !== first);
    await opened.page.keyboard.press('Enter');
    await until('the day is open', async () =>
      (await hash()).includes(`at=${today.toString().slice(0, 8)}02`),
    );
    await opened.panel.evaluate(() => history.back());
    await until('the month is back', async () => (await hash()).includes('period=month'));
    await settledPage(opened.panel);
  });

  it('copies its table', async () => {
    await goTo('#/energy');
    await opened.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await opened.panel.getByRole('button', { name: 'Copy the table' }).click();
    await opened.panel.getByText('Copied', { exact: true }).waitFor();
    const lines = (await opened.panel.evaluate(() => navigator.clipboard.readText())).split('\n');
    expect(lines).toHaveLength(heard.last().rows.length + 2);
    expect(lines.at(-1)?.split('\t')[1]).toBe(told(heard.last().total.home_kwh));
  });

  it('says so when nothing is known, and when a period has not begun', async () => {
    await goTo('#/energy?period=year&at=2009');
    await opened.panel.locator('[data-state=empty]').waitFor();
    expect(await textOf(opened.panel.locator('main h1'))).toBe('What the home used then is not known.');
    await goTo('#/energy?period=day&at=2190-01-01');
    await until('it says so', async () =>
      (await textOf(opened.panel.locator('main h1'))).includes('not begun'),
    );
  });

  it('does not leave one period under the name of another when that can not be had', async () => {
    const broken = await open(browser, { hash: '#/energy' });
    await broken.panel.locator('[data-figure=home]').waitFor();
    await broken.page.route('**/api/balance*', (route) =>
      route.fulfill({ status: 503, contentType: 'application/json', body: '{"title":"away","status":503}' }),
    );
    await broken.panel.getByRole('button', { name: 'Previous day' }).click();
    await broken.panel.locator('main [data-state=error]').waitFor();
    expect(await broken.panel.locator('[data-figure=home]').count()).toBe(0);
    await broken.close();
  });

  it('says so while the past is posted: the figures still grow', async () => {
    const early = await open(browser, { hash: '#/settings' });
    await early.page.route('**/api/status', async (route) => {
      const status = (await (await route.fetch()).json()) as Status;
      await route.fulfill({ json: { ...status, ledger: { ...status.ledger, posting_past: true } } });
    });
    await early.panel.evaluate(() => {
      location.hash = '#/energy';
    });
    await early.panel.locator('[data-state=posting-past]').waitFor();
    await early.page.unrouteAll({ behavior: 'ignoreErrors' });
    await early.close();
  });

  it('shows an error with a way on, and heals', async () => {
    const broken = await open(browser, { hash: '#/settings' });
    await broken.page.route('**/api/balance*', (route) =>
      route.fulfill({ status: 503, contentType: 'application/json', body: '{"title":"away","status":503}' }),
    );
    await broken.panel.evaluate(() => {
      location.hash = '#/energy';
    });
    await broken.panel.locator('main [data-state=error]').waitFor();
    await broken.page.unroute('**/api/balance*');
    await broken.panel.getByRole('button', { name: 'Try again' }).click();
    await broken.panel.locator('[data-figure=home]').waitFor();
    await broken.close();
  });

  it.each([390, 360])('fits a phone %d px wide', async (width) => {
    const small = await open(browser, {
      ...phone,
      viewport: { width, height: 804 },
      hash: '#/energy?compare=previous',
    });
    await settledPage(small.panel);
    await small.panel.locator('[data-figure=home]').waitFor();
    expect(await overhangPx(small)).toBeLessThanOrEqual(0);
    expect(small.wrongs).toEqual([]);
    await small.close();
  });

  it('makes no error and asks nobody outside', () => {
    expect(opened.wrongs).toEqual([]);
  });
});
