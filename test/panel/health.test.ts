/**
 * Goal: the Health page tells what is recorded and what is missing as the API has it, down to the quarter-hour, how every
 * part is and what ran; what does not fit can be looked at, decided after a try, and undone, by those who may.
 * Method: the real process on the demo home, its answers held against the page; holes and findings that a demo in good
 * health can't have come as changed answers.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Coverage } from '../../src/contract/ledger.ts';
import type { SyncRuns } from '../../src/contract/readings.ts';
import type { Status } from '../../src/contract/status.ts';
import { answerOf, launch, type Opened, open, phone, textOf, until } from './browser.ts';
import { type Found, someRuns, someTickets, ticketRow, withFound } from './found-things.ts';
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

/** Closes a page once no answer is being changed on its way to it. */
async function leave({ page, close }: Opened): Promise<void> {
  await page.unrouteAll({ behavior: 'wait' });
  await close();
}

/** The page with every day's coverage changed on its way. */
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

/** The demo's dryer is away at some hours of the day; a test that counts holes has only those that it makes. */
const withoutHoles = (answer: Coverage): Coverage => ({
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
  it('opens with what one came for', async () => {
    const whole = await openWith(withoutHoles);
    expect(await textOf(whole.panel.locator('main h1'))).toMatch(
      /^(Everything was recorded|Nothing is missing)/,
    );
    await leave(whole);
  });

  it('has a line for the home and each meter, a column for each day, and the same as a table', async () => {
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
    await until('the address holds the day', async () => (await hash()).includes(`period=day&at=${first}`));
    await opened.panel.locator(`[data-day="${first}"]`).waitFor();
  });

  it('goes down to 100 quarter-hours on the day when clocks go back', async () => {
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

  it('names what is missing, where and why', async () => {
    const yesterday = Temporal.Now.plainDateISO('Europe/Brussels').subtract({ days: 1 });
    const changed = await openWith(
      (answer) => ({
        ...answer,
        entities: withoutHoles(answer).entities.map((entity, index) => ({
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
    // The first step is to the chosen day of the home; the meter with the hole is the first below it.
    await changed.page.keyboard.press('ArrowDown');
    await changed.page.keyboard.press('ArrowDown');
    const said = changed.panel.locator('.coverage-readout').first();
    await until('it is read out', async () => plain(await textOf(said)).includes('3 h 20 min missing'));
    expect(await textOf(said)).toContain('nothing was heard');
    expect(changed.wrongs).toEqual([]);
    await leave(changed);
  });

  it('asks for meters where none is recorded', async () => {
    const empty = await openWith((answer) => ({ ...answer, entities: [] }));
    await empty.panel.locator('[data-state=empty]').waitFor();
    expect(await textOf(empty.panel.locator('main h1'))).toBe('Nothing is recorded yet.');
    await leave(empty);
  });

  it('shows an error in its place and heals, while the parts are told all the same', async () => {
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
  it('tells of every part that the status has', async () => {
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

/** The page with things found that a demo in good health has not. */
async function openFound(
  tickets: Parameters<typeof withFound>[1],
  options: Parameters<typeof open>[1] = {},
): Promise<Opened & { found: Found }> {
  const page = await open(browser, { ...options, hash: '#/now' });
  const found = await withFound(page.page, tickets);
  await page.panel.evaluate(() => {
    location.hash = '#/health';
  });
  await page.panel.locator('main[data-page=health] h1').waitFor();
  await settledPage(page.panel);
  return { ...page, found };
}

describe('tickets', () => {
  it('are none in a home in good health', async () => {
    const { tickets } = await answerOf<{ tickets: { status: string; choices: string[] }[] }>('api/tickets');
    const open = tickets.filter(({ status, choices }) => status === 'open' && choices.length > 0);
    expect(await opened.panel.locator('[data-tickets-open]').count()).toBe(open.length > 0 ? 1 : 0);
    expect(
      Number(await opened.panel.locator('[data-tickets-closed]').getAttribute('data-tickets-closed')),
    ).toBe(tickets.length - open.length);
  });

  it('that wait for somebody come first, with what was found and the readings around it', async () => {
    const { panel, wrongs, close } = await openFound(someTickets);
    expect(await textOf(panel.locator('main h1'))).toMatch(/^2 things need a decision\./);
    const jump = panel.locator('[data-ticket=jump]');
    expect(await textOf(jump.locator('h2'))).toBe('EV charger Energy jumped');
    expect(await textOf(jump.locator('[data-evidence=counted]'))).toContain('412.6');
    await jump.locator('.curve-plot[data-points]').waitFor();
    expect(await panel.locator('[data-tickets-closed="3"]').count()).toBe(1);
    expect(wrongs).toEqual([]);
    await close();
  });

  it('are tried before they are decided, and can be undone', async () => {
    const { panel, found, wrongs, close } = await openFound(someTickets);
    const jump = panel.locator('[data-ticket=jump]');
    const confirm = jump.getByRole('button', { name: 'Do it' });
    await jump.locator('input[value=set_value]').check();
    await jump.locator('[data-preview=none]').waitFor();
    expect(await confirm.isDisabled()).toBe(true);
    await jump.locator('[data-field=value]').fill('1,4');
    await jump.locator('[data-preview=told]').waitFor();
    expect(plain(await textOf(jump.locator('[data-preview]')))).toBe(
      '412.6 kWh becomes 1.4 kWh, in 1 quarter-hour.',
    );
    expect(found.resolutions).toEqual([
      { ticketId: 'jump', draft: { choice: 'set_value', value: 1.4, dry_run: true } },
    ]);
    await jump.locator('[data-field=notes]').fill('read off the meter');
    await confirm.click();
    const settled = panel.locator('details[data-ticket=jump][data-status=decided]');
    await settled.waitFor();
    expect(found.resolutions.at(-1)).toEqual({
      ticketId: 'jump',
      draft: { choice: 'set_value', value: 1.4, notes: 'read off the meter' },
    });
    expect(await textOf(panel.locator('main h1'))).toMatch(/^One thing needs a decision\./);
    await settled.locator('summary').click();
    expect(plain(await textOf(settled.locator('[data-decision]')))).toMatch(/^Set to 1\.4 kWh by Anna/);
    await settled.getByRole('button', { name: 'Undo' }).click();
    await panel.locator('section[data-ticket=jump][data-status=open]').waitFor();
    expect(found.undone).toEqual(['jump']);
    expect(wrongs).toEqual([]);
    await close();
  });

  it('bring the registers of an exchange, of which the old one may be unknown', async () => {
    const { panel, found, close } = await openFound([ticketRow({})]);
    const jump = panel.locator('[data-ticket=jump]');
    await jump.locator('input[value=exchange]').check();
    await jump.locator('[data-preview=told]').waitFor();
    expect(found.resolutions.at(-1)?.draft).toEqual({
      choice: 'exchange',
      old_register: 1204.31,
      new_register: 1616.91,
      dry_run: true,
    });
    await jump.locator('[data-field=oldRegister]').fill('');
    await until(
      'it is tried without the old one',
      async () => found.resolutions.at(-1)?.draft.old_register === undefined,
    );
    await jump.locator('[data-field=newRegister]').fill('no number');
    await jump.locator('[data-preview=none]').waitFor();
    await close();
  });

  it('say what went wrong when a decision is refused', async () => {
    const { page, panel, close } = await openFound([ticketRow({})]);
    await page.route('**/api/tickets/*/resolve', (route) =>
      route.fulfill({
        status: 409,
        json: { title: 'Conflict', status: 409, detail: 'It is decided already.' },
      }),
    );
    await panel.locator('[data-ticket=jump] input[value=exclude]').check();
    await panel.locator('[data-preview=failed]').waitFor();
    expect(await textOf(panel.locator('[data-preview]'))).toBe('It is decided already.');
    expect(await panel.getByRole('button', { name: 'Do it' }).isDisabled()).toBe(true);
    await close();
  });

  it('are seen by others, who may not decide', async () => {
    const { panel, wrongs, close } = await openFound(someTickets, { user: 'viewer' });
    await panel.locator('[data-read-only]').waitFor();
    expect(await panel.locator('[data-ticket=jump]').count()).toBe(1);
    expect(await panel.locator('.ticket-decision').count()).toBe(0);
    await panel.locator('[data-ticket=spike] summary').click();
    await panel.locator('[data-ticket=spike] .ticket-words').waitFor();
    for (const name of ['Undo', 'Check now'])
      expect(await panel.getByRole('button', { name }).count()).toBe(0);
    expect(wrongs).toEqual([]);
    await close();
  });
});

describe('checks', () => {
  it('tell what the next night looks at, and start when asked', async () => {
    const { panel, found, close } = await openFound([]);
    expect(await panel.locator('[data-unproven]').getAttribute('data-unproven')).toBe('432');
    await panel.getByRole('button', { name: 'Check now' }).click();
    await until('a check was asked for', async () => found.checks === 1);
    await close();
  });

  it('show the progress of the one under way and what the others found', async () => {
    const { panel, close } = await openFound([]);
    const [running, , nightly] = someRuns;
    const value = await panel.locator(`[data-run="${running?.sync_id}"] progress`).getAttribute('value');
    expect(Number(value)).toBe(running?.entities_done);
    const said = await textOf(panel.locator(`[data-run="${nightly?.sync_id}"]`));
    expect(said).toContain(
      '4,320 hours checked, 2 differed, 1 hole found, 37 readings added, 5 entries revised',
    );
    await close();
  });

  it('can be run for real, to their end', async () => {
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
  it('tells elsewhere that somebody has to decide, and leads here', async () => {
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

  it('makes no error and asks nobody outside', () => {
    expect(opened.wrongs).toEqual([]);
  });
});
