/**
 * Goal: what does not fit can be looked at, decided after a try, and undone, by those who may and by everybody who sees,
 * hears or touches; and what checked it tells what it did.
 * Method: the real process on the demo home; findings that a demo in good health can't have come as changed answers.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallTargets, violationsInAnyTheme } from './access.ts';
import { launch, type Opened, open, overhangPx, phone, textOf, until } from './browser.ts';
import { type Found, foundAtMs, someRuns, someTickets, ticketRow, withFound } from './found-things.ts';
import { settledPage } from './ledger-pages.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

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
  it('that wait for somebody come first, with what was found and the readings around it', async () => {
    const { panel, wrongs, close } = await openFound(someTickets);
    expect(await textOf(panel.locator('main h1'))).toMatch(/^2 things need a decision\./);
    const jump = panel.locator('[data-ticket=jump]');
    expect(await textOf(jump.locator('h2'))).toBe('EV charger Energy jumped');
    expect(plain(await textOf(jump.locator('[data-statement]')))).toBe(
      'The register counted 412.6 kWh within 15 min. The most in an hour was 2.8 kWh until then.',
    );
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

describe('tickets of one outage', () => {
  const gap = (id: string, minutes: number) =>
    ticketRow(
      {
        ticket_id: `gap ${id} 1`,
        kind: 'gap',
        entity_id: `sensor.${id}`,
        name: id,
        start: new Date(foundAtMs + minutes * 60_000).toISOString(),
        end: new Date(foundAtMs + (90 + minutes) * 60_000).toISOString(),
        evidence: [{ name: 'gap_seconds', value: 5400, unit: 's' }],
        choices: ['accept', 'set_value'],
      },
      { code: 'gap_of_power', values: { lasted_seconds: 5400, is_open: false } },
    );
  const four = ['fridge_power', 'dryer_power', 'oven_power', 'boiler_power'].map(gap);

  it('are one line, opened on demand, and each can be decided by itself', async () => {
    const { page, panel, found, wrongs, close } = await openFound([...four, ticketRow({})]);
    const group = panel.locator('[data-ticket-group]');
    expect(await group.count()).toBe(1);
    expect(await textOf(group.locator('h2'))).toBe('Nothing is known of fridge_power and 3 more meters');
    expect(await group.locator('[data-ticket]').count()).toBe(0);
    await group.getByText('Each by itself').click();
    const oven = panel.locator('[data-ticket="gap oven_power 1"]');
    await oven.locator('summary').click();
    await oven.locator('input[value=set_value]').check();
    await oven.locator('[data-field=value]').fill('0.8');
    await oven.locator('[data-preview=told]').waitFor();
    await settledPage(panel);
    expect(await violationsInAnyTheme(page, panel)).toEqual([]);
    await oven.getByRole('button', { name: 'Do it' }).click();
    await until('three are left', async () => (await group.getAttribute('data-ticket-group')) === '3');
    expect(found.resolutions.at(-1)?.ticketId).toBe('gap oven_power 1');
    expect(wrongs).toEqual([]);
    await close();
  });

  it('are decided together where the same is right for all', async () => {
    const { panel, found, close } = await openFound([...four, ticketRow({})]);
    await panel.getByRole('button', { name: 'Leave all 4 as they are' }).click();
    await panel.locator('[data-tickets-open="1"]').waitFor();
    expect(found.resolutions.map(({ draft }) => draft)).toEqual(four.map(() => ({ choice: 'accept' })));
    // Settled, they are one line still.
    expect(await panel.locator('details[data-ticket-group="4"]').count()).toBe(1);
    await close();
  });

  it('say what went wrong half way, and keep those that are left', async () => {
    const { page, panel, close } = await openFound(four);
    let asked = 0;
    await page.route('**/api/tickets/*/resolve', async (route) => {
      asked += 1;
      if (asked <= 2) await route.fallback();
      else
        await route.fulfill({
          status: 503,
          json: { title: 'Away', status: 503, detail: 'The store is away.' },
        });
    });
    await panel.getByRole('button', { name: 'Leave all 4 as they are' }).click();
    await panel.locator('[role=alert]').waitFor();
    expect(await textOf(panel.locator('[data-ticket-group="2"] [role=alert]'))).toContain(
      'The store is away.',
    );
    await close();
  });
});

describe('an open ticket', () => {
  it('can be used by everybody, in any theme, while its choice is tried', async () => {
    const { page, panel, wrongs, close } = await openFound(someTickets);
    const jump = panel.locator('[data-ticket=jump]');
    await jump.locator('.curve-plot[data-points]').waitFor();
    await jump.locator('input[value=set_value]').check();
    await jump.locator('[data-field=value]').fill('1.4');
    await jump.locator('[data-preview=told]').waitFor();
    await panel.locator('[data-ticket=spike] summary').click();
    await panel.locator('[data-ticket=spike] .ticket-words').waitFor();
    await settledPage(panel);
    expect(await violationsInAnyTheme(page, panel)).toEqual([]);
    expect(wrongs).toEqual([]);
    await close();
  });

  it('fits a phone 360 px wide, and a thumb', async () => {
    const small = await openFound(someTickets, { ...phone, viewport: { width: 360, height: 804 } });
    await small.panel.locator('[data-ticket=jump] input[value=exchange]').check();
    await small.panel.locator('[data-ticket=jump] [data-preview=told]').waitFor();
    expect(await overhangPx(small)).toBeLessThanOrEqual(0);
    expect(await smallTargets(small.panel)).toEqual([]);
    await small.close();
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
      '4,320 hours checked, 2 differed, 1 gap found, 37 readings added, 5 entries revised',
    );
    await close();
  });
});
