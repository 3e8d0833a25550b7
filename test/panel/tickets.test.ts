/**
 * Goal: tickets are shown, decided after a dry run, and undone, by administrators, accessibly; runs report what they did.
 * Method: the real process on the demo home; tickets that a healthy demo home cannot have are changed answers.
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

/** The page with tickets that a healthy demo home does not have. */
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
  it('that need a decision come first, with their evidence and the readings around it', async () => {
    const { panel, wrongs, close } = await openFound(someTickets);
    expect(await textOf(panel.locator('main h1'))).toMatch(/^2 things need a decision\./);
    const jump = panel.locator('[data-ticket=jump]');
    expect(await textOf(jump.locator('h2'))).toBe('EV charger Energy jumped');
    expect(plain(await textOf(jump.locator('[data-statement]')))).toBe(
      'The register counted 412.6 kWh within 15 min. Its highest hour until then was 2.8 kWh.',
    );
    expect(await textOf(jump.locator('[data-evidence=counted]'))).toContain('412.6');
    await jump.locator('.curve-plot[data-points]').waitFor();
    expect(await panel.locator('[data-tickets-closed="3"]').count()).toBe(1);
    expect(wrongs).toEqual([]);
    await close();
  });

  it('have a dry run before the decision, and can be undone', async () => {
    const { panel, found, wrongs, close } = await openFound(someTickets);
    const jump = panel.locator('[data-ticket=jump]');
    const confirm = jump.getByRole('button', { name: 'Do it' });
    await jump.locator('input[value=set_value]').check();
    await jump.locator('[data-preview=none]').waitFor();
    expect(await confirm.isDisabled()).toBe(true);
    await jump.locator('[data-field=value]').fill('1,4');
    await jump.locator('[data-preview=ready]').waitFor();
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

  it('suggest the registers of an exchange; the old one may be unknown', async () => {
    const { panel, found, close } = await openFound([ticketRow({})]);
    const jump = panel.locator('[data-ticket=jump]');
    await jump.locator('input[value=exchange]').check();
    await jump.locator('[data-preview=ready]').waitFor();
    expect(found.resolutions.at(-1)?.draft).toEqual({
      choice: 'exchange',
      old_register: 1204.31,
      new_register: 1616.91,
      dry_run: true,
    });
    await jump.locator('[data-field=oldRegister]').fill('');
    await until(
      'the dry run is without the old one',
      async () => found.resolutions.at(-1)?.draft.old_register === undefined,
    );
    await jump.locator('[data-field=newRegister]').fill('no number');
    await jump.locator('[data-preview=none]').waitFor();
    await close();
  });

  it('show why a decision is refused', async () => {
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

  it('are shown to other users, who may not decide', async () => {
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

  it('are one line, opened on demand, and each can be decided alone', async () => {
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
    await oven.locator('[data-preview=ready]').waitFor();
    await settledPage(panel);
    expect(await violationsInAnyTheme(page, panel)).toEqual([]);
    await oven.getByRole('button', { name: 'Do it' }).click();
    await until('three are left', async () => (await group.getAttribute('data-ticket-group')) === '3');
    expect(found.resolutions.at(-1)?.ticketId).toBe('gap oven_power 1');
    expect(wrongs).toEqual([]);
    await close();
  });

  it('are decided together', async () => {
    const { panel, found, close } = await openFound([...four, ticketRow({})]);
    await panel.getByRole('button', { name: 'Leave all 4 as they are' }).click();
    await panel.locator('[data-tickets-open="1"]').waitFor();
    expect(found.resolutions.map(({ draft }) => draft)).toEqual(four.map(() => ({ choice: 'accept' })));
    // After the decision they are still one line.
    expect(await panel.locator('details[data-ticket-group="4"]').count()).toBe(1);
    await close();
  });

  it('show why only a part was decided, and keep the others', async () => {
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
  it('is accessible in every theme, during a dry run', async () => {
    const { page, panel, wrongs, close } = await openFound(someTickets);
    const jump = panel.locator('[data-ticket=jump]');
    await jump.locator('.curve-plot[data-points]').waitFor();
    await jump.locator('input[value=set_value]').check();
    await jump.locator('[data-field=value]').fill('1.4');
    await jump.locator('[data-preview=ready]').waitFor();
    await panel.locator('[data-ticket=spike] summary').click();
    await panel.locator('[data-ticket=spike] .ticket-words').waitFor();
    await settledPage(panel);
    expect(await violationsInAnyTheme(page, panel)).toEqual([]);
    expect(wrongs).toEqual([]);
    await close();
  });

  it('fits a phone 360 px wide, with large enough targets', async () => {
    const small = await openFound(someTickets, { ...phone, viewport: { width: 360, height: 804 } });
    await small.panel.locator('[data-ticket=jump] input[value=exchange]').check();
    await small.panel.locator('[data-ticket=jump] [data-preview=ready]').waitFor();
    expect(await overhangPx(small)).toBeLessThanOrEqual(0);
    expect(await smallTargets(small.panel)).toEqual([]);
    await small.close();
  });
});

describe('checks', () => {
  it('show what the next nightly check covers, and start by hand', async () => {
    const { panel, found, close } = await openFound([]);
    expect(await panel.locator('[data-unverified]').getAttribute('data-unverified')).toBe('432');
    await panel.getByRole('button', { name: 'Check now' }).click();
    await until('a check was started', async () => found.checks === 1);
    await close();
  });

  it('show the progress of the running one and the results of the others', async () => {
    const { panel, close } = await openFound([]);
    const [running, , nightly] = someRuns;
    const value = await panel.locator(`[data-run="${running?.sync_id}"] progress`).getAttribute('value');
    expect(Number(value)).toBe(running?.entities_done);
    const result = await textOf(panel.locator(`[data-run="${nightly?.sync_id}"]`));
    expect(result).toContain(
      '4,320 hours checked, 2 differed, 1 gap found, 37 readings added, 5 entries revised',
    );
    await close();
  });
});
