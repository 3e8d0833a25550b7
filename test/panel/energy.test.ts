/**
 * Goal: cards, bars and table of the Energy page show the same answer of the API, for any period, by pointer and by
 * keyboard.
 * Method: the real process on the demo home; the page's figures against the answers that the page received.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BalanceAnswer } from '../../src/schemas/balance.ts';
import type { Status } from '../../src/schemas/status.ts';
import { launch, type Opened, open, overhangPx, phone, textOf, until } from './browser.ts';
import { type ReceivedAnswers, recordAnswers, settledPage } from './ledger-pages.ts';

let browser: Browser;
let opened: Opened;
let received: ReceivedAnswers<BalanceAnswer>;
beforeAll(async () => {
  browser = await launch();
  opened = await open(browser, { hash: '#/now' });
  // Before the page's first request.
  received = recordAnswers<BalanceAnswer>(opened.page, '/api/balance');
  await goTo('#/energy');
  // The past is imported after the start, and the page follows.
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
const attribute = (value: number | null) => (value === null ? '' : String(value));

describe('Energy', () => {
  it('shows the answer of the API on its cards', async () => {
    const { total } = received.last();
    expect(await figures()).toMatchObject({
      home: attribute(total.home_kwh),
      gridIn: attribute(total.grid_in_kwh),
      gridOut: attribute(total.grid_out_kwh),
      solar: attribute(total.solar_kwh),
      batteryIn: attribute(total.battery_in_kwh),
      batteryOut: attribute(total.battery_out_kwh),
      selfSufficiency: attribute(total.self_sufficiency),
      gas: attribute(total.gas_m3),
      water: attribute(total.water_m3),
    });
    expect(await textOf(opened.panel.locator('main h1'))).toMatch(/^[\d.,]+ kWh used so far today/);
  });

  it.each(['day', 'week', 'month', 'year'])(
    'has bars and a table that add up to the cards: %s',
    async (kind) => {
      const today = Temporal.Now.plainDateISO('Europe/Brussels').toString();
      const at = kind === 'year' ? today.slice(0, 4) : kind === 'month' ? today.slice(0, 7) : today;
      const before = received.count();
      await goTo(`#/energy?period=${kind}&at=${at}`);
      await until('an answer has come', async () => received.count() > before || kind === 'day');
      await settledPage(opened.panel);
      const { total, rows } = received.last();
      expect(await plot('bars')).toBe(rows.length);
      expect(await plot('above')).toBeCloseTo(total.home_kwh ?? Number.NaN, 3);
      expect(await plot('below')).toBeCloseTo((total.battery_in_kwh ?? 0) + (total.grid_out_kwh ?? 0), 3);
      const home = await column('home');
      expect(home).toEqual(rows.map((row) => row.home_kwh));
      expect(home.reduce<number>((sum, value) => sum + (value ?? 0), 0)).toBeCloseTo(total.home_kwh ?? 0, 3);
      expect(Number((await figures()).home)).toBe(total.home_kwh);
    },
  );

  it('leaves future hours empty', async () => {
    await goTo('#/energy');
    // The recorded answer can arrive after the page has shown it.
    await until('the answer of the day has come', async () => received.last().period === 'hour');
    const nowMs = Date.now();
    const { rows } = received.last();
    const home = await column('home');
    const future = rows.flatMap((row, index) => (Date.parse(row.start) > nowMs ? [home[index]] : []));
    expect(future.every((value) => value === null)).toBe(true);
  });

  it('compares with the period before and the year before, with the choice in the address', async () => {
    await goTo('#/energy');
    expect(await opened.panel.locator('[data-column=before]').count()).toBe(0);
    await opened.panel.getByRole('button', { name: 'Period before' }).click();
    await until('the address contains it', async () => (await hash()).includes('compare=previous'));
    await settledPage(opened.panel);
    await opened.panel.locator('th[data-column=before], td[data-column=before]').first().waitFor();
    const { comparison, rows } = received.last();
    const byStart = new Map(
      (comparison?.rows ?? []).map((row) => [Date.parse(row.aligned_start), row.home_kwh]),
    );
    expect(await column('before')).toEqual(rows.map((row) => byStart.get(Date.parse(row.start)) ?? null));
    await opened.panel.getByRole('button', { name: 'Year before' }).click();
    await until('the address contains it', async () => (await hash()).includes('compare=year'));
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
    expect(lines).toHaveLength(received.last().rows.length + 2);
    expect(lines.at(-1)?.split('\t')[1]).toBe(attribute(received.last().total.home_kwh));
  });

  it('says that nothing is known, or that a period has not begun', async () => {
    await goTo('#/energy?period=year&at=2009');
    await opened.panel.locator('[data-state=empty]').waitFor();
    expect(await textOf(opened.panel.locator('main h1'))).toBe('What the home used then is not known.');
    await goTo('#/energy?period=day&at=2190-01-01');
    await until('it says that the period has not begun', async () =>
      (await textOf(opened.panel.locator('main h1'))).includes('not begun'),
    );
  });

  it('does not show one period under the name of another that cannot be fetched', async () => {
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

  it('says that figures still grow while the past is posted', async () => {
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

  it('shows an error with a retry, and recovers', async () => {
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

  it('causes no error and no request to another host', () => {
    expect(opened.wrongs).toEqual([]);
  });
});
