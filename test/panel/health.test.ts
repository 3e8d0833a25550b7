/**
 * Goal: the Health page shows the coverage of the API down to the quarter-hour, the state of every part, and the runs. For
 * tickets see tickets.test.ts and mended-meter.test.ts.
 * Method: the real process on the demo home, its answers against the page; gaps that a healthy demo home cannot have are
 * changed answers.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Coverage } from '../../src/schemas/ledger.ts';
import type { SyncRuns } from '../../src/schemas/readings.ts';
import type { Status } from '../../src/schemas/status.ts';
import { answerOf, launch, type Opened, open, phone, textOf, until } from './browser.ts';
import { settledPage } from './ledger-pages.ts';

let browser: Browser;
let opened: Opened;
beforeAll(async () => {
  browser = await launch();
  opened = await open(browser, { hash: '#/health' });
  await settledPage(opened.panel);
});
afterAll(() => browser?.close());

const hash = () => opened.panel.evaluate(() => location.hash);
const month = () => opened.panel.locator('.coverage-plot').first();
const readout = () => opened.panel.locator('.coverage-readout').first();
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

/** Closes a page after its changed answers have arrived. */
async function leave({ page, close }: Opened): Promise<void> {
  await page.unrouteAll({ behavior: 'wait' });
  await close();
}

/** The page with a changed coverage. */
async function openWith(change: (answer: Coverage) => Coverage, at = '#/health'): Promise<Opened> {
  const changed = await open(browser, { hash: '#/now' });
  await changed.page.route('**/api/coverage?*', async (route) => {
    const answer = (await (await route.fetch()).json()) as Coverage;
    await route.fulfill({ json: change(answer) });
  });
  await changed.panel.evaluate((next) => {
    location.hash = next;
  }, at);
  await changed.panel.locator('main[data-page=health] h1').waitFor();
  await settledPage(changed.panel);
  return changed;
}

/** The coverage without the gaps of the demo home's dryer, for tests that count their own gaps. */
const withoutGaps = (answer: Coverage): Coverage => ({
  ...answer,
  entities: answer.entities.map((entity) => ({
    ...entity,
    rows: entity.rows.map((row) =>
      row.why.includes('before_the_first')
        ? row
        : { ...row, measured_seconds: row.measured_seconds + row.missing_seconds, missing_seconds: 0 },
    ),
  })),
});

describe('coverage', () => {
  it('says that everything is recorded', async () => {
    const whole = await openWith(withoutGaps);
    expect(await textOf(whole.panel.locator('main h1'))).toMatch(
      /^(Everything was recorded|Nothing is missing)/,
    );
    await leave(whole);
  });

  it('has a line for the home and each meter, a column for each day, and a table', async () => {
    const { entities } = await answerOf<Coverage>('api/coverage');
    await opened.panel.getByRole('button', { name: `Show all ${entities.length} meters` }).click();
    await until(
      'every meter has a line',
      async () => (await month().getAttribute('data-lines')) === String(entities.length + 1),
    );
    const days = Temporal.Now.plainDateISO('Europe/Brussels').daysInMonth;
    expect(await month().getAttribute('data-columns')).toBe(String(days));
    await opened.panel.locator('[data-table=month] summary').click();
    expect(await opened.panel.locator('[data-table=month] tbody tr').count()).toBe(entities.length + 1);
  });

  it('is read cell by cell with the arrow keys, and opens a day with Enter', async () => {
    await month().focus();
    await opened.page.keyboard.press('Home');
    await until('the first day is read', async () => (await textOf(readout())).startsWith('The whole home'));
    await opened.page.keyboard.press('ArrowDown');
    await until('a meter is read', async () => !(await textOf(readout())).startsWith('The whole home'));
    expect(await readout().getAttribute('aria-live')).toBe('polite');
    await opened.page.keyboard.press('Enter');
    const first = Temporal.Now.plainDateISO('Europe/Brussels').with({ day: 1 }).toString();
    await until('the address contains the day', async () =>
      (await hash()).includes(`period=day&at=${first}`),
    );
    await opened.panel.locator(`[data-day="${first}"]`).waitFor();
  });

  it('has 100 quarter-hours on the day when clocks go back', async () => {
    await opened.panel.evaluate(() => {
      location.hash = '#/health?period=day&at=2026-10-25';
    });
    await opened.panel.locator('[data-day="2026-10-25"] [data-columns="100"]').waitFor();
    await opened.panel.evaluate(() => {
      location.hash = '#/health?period=day&at=2026-03-29';
    });
    await opened.panel.locator('[data-day="2026-03-29"] [data-columns="92"]').waitFor();
    await opened.panel.getByRole('button', { name: 'Next month' }).click();
    await opened.panel.getByText('Choose a day above to see its quarter-hours.').waitFor();
  });

  it('names the gap, its meter and its reason', async () => {
    const yesterday = Temporal.Now.plainDateISO('Europe/Brussels').subtract({ days: 1 });
    const changed = await openWith(
      (answer) => ({
        ...answer,
        entities: withoutGaps(answer).entities.map((entity, index) => ({
          ...entity,
          rows: entity.rows.map((row) =>
            index === 0 && answer.period === 'day' && row.start.startsWith(yesterday.toString())
              ? {
                  ...row,
                  measured_seconds: 74_400,
                  recovered_seconds: 0,
                  hourly_seconds: 0,
                  missing_seconds: 12_000,
                  why: ['nothing_heard' as const],
                }
              : row,
          ),
        })),
      }),
      `#/health?period=day&at=${yesterday}`,
    );
    const { entities } = await answerOf<Coverage>('api/coverage');
    const day = yesterday.toLocaleString('en-GB', { day: 'numeric', month: 'long' });
    expect(plain(await textOf(changed.panel.locator('main h1')))).toBe(
      `3 h 20 min of ${entities[0]?.name} are missing on ${day}.`,
    );
    await changed.panel.locator('.coverage-plot').first().focus();
    // The first step is to the chosen day of the home; the meter with the gap is the first below it.
    await changed.page.keyboard.press('ArrowDown');
    await changed.page.keyboard.press('ArrowDown');
    const result = changed.panel.locator('.coverage-readout').first();
    await until('it is read out', async () => plain(await textOf(result)).includes('3 h 20 min missing'));
    expect(await textOf(result)).toContain('nothing was heard');
    expect(changed.wrongs).toEqual([]);
    await leave(changed);
  });

  it('asks for meters if none is recorded', async () => {
    const empty = await openWith((answer) => ({ ...answer, entities: [] }));
    await empty.panel.locator('[data-state=empty]').waitFor();
    expect(await textOf(empty.panel.locator('main h1'))).toBe('Nothing is recorded yet.');
    await leave(empty);
  });

  it('shows an error and recovers, while the parts are shown', async () => {
    const broken = await open(browser, { hash: '#/now' });
    let isBroken = true;
    await broken.page.route('**/api/coverage?*', (route) =>
      isBroken ? route.fulfill({ status: 503, json: { title: 'Away', status: 503 } }) : route.continue(),
    );
    await broken.panel.evaluate(() => {
      location.hash = '#/health';
    });
    await broken.panel.locator('[data-state=error]').first().waitFor();
    expect(await broken.panel.locator('[data-part=questdb]').count()).toBe(1);
    isBroken = false;
    await broken.panel.locator('.coverage-plot').first().waitFor({ timeout: 60_000 });
    await leave(broken);
  });
});

describe('parts and runs', () => {
  it('shows every part of the status', async () => {
    const status = await answerOf<Status>('api/status');
    const parts = Object.entries(status).filter(([, part]) => typeof part === 'object' && 'ok' in part);
    expect(parts.length).toBeGreaterThan(6);
    for (const [key] of parts)
      expect(await opened.panel.locator(`[data-part=${key}]`).getAttribute('data-ok')).toBe('true');
  });

  it('lists what ran, the newest first', async () => {
    const { syncs } = await answerOf<SyncRuns>('api/syncs?limit=50');
    const shown = await opened.panel.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[data-run]')].map((run) => run.dataset.run),
    );
    expect(shown.length).toBeGreaterThan(0);
    expect(shown).toEqual(syncs.slice(0, shown.length).map(({ sync_id: id }) => id));
  });
});

describe('checks', () => {
  it('find nothing in a healthy home', async () => {
    const { tickets } = await answerOf<{ tickets: { status: string; choices: string[] }[] }>('api/tickets');
    const open = tickets.filter(({ status, choices }) => status === 'open' && choices.length > 0);
    expect(await opened.panel.locator('[data-tickets-open]').count()).toBe(open.length > 0 ? 1 : 0);
    expect(
      Number(await opened.panel.locator('[data-tickets-closed]').getAttribute('data-tickets-closed')),
    ).toBe(tickets.length - open.length);
  });

  it('run to their end', async () => {
    await opened.panel.evaluate(() => {
      location.hash = '#/health';
    });
    await opened.panel.getByRole('button', { name: 'Check now' }).click();
    const byHand = opened.panel.locator('[data-run][data-kind=reconciliation]').first();
    await byHand.waitFor();
    await until('it is done', async () => (await byHand.getAttribute('data-status')) === 'success', 80_000);
    expect(await textOf(byHand)).toMatch(/hours checked/);
  });
});

describe('the banner', () => {
  it('shows open decisions on other pages, and leads to this one', async () => {
    const other = await open(browser, { hash: '#/energy' });
    await other.page.route('**/api/status', async (route) => {
      const status = (await (await route.fetch()).json()) as Status;
      await route.fulfill({
        json: { ...status, reconciliation: { ...status.reconciliation, open_tickets: 2 } },
      });
    });
    await other.panel.evaluate(() => {
      location.hash = '#/settings';
    });
    await other.panel.locator('[data-banner=decisions]').waitFor();
    await other.panel.locator('.banner a').click();
    await other.panel.locator('main[data-page=health]').waitFor();
    expect(await other.panel.locator('.banner').count()).toBe(0);
    await leave(other);
  });
});

describe('the page', () => {
  it.each([390, 360])('fits a phone %d px wide', async (width) => {
    const small = await open(browser, { ...phone, viewport: { width, height: 804 }, hash: '#/health' });
    await settledPage(small.panel);
    const wide = await small.panel.evaluate(() => ({
      page: document.documentElement.scrollWidth,
      window: document.documentElement.clientWidth,
    }));
    expect(wide.page).toBeLessThanOrEqual(wide.window);
    await small.close();
  });

  it('causes no error and no request to another host', () => {
    expect(opened.wrongs).toEqual([]);
  });
});
