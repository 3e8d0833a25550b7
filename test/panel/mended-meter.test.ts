/**
 * Goal: a meter that jumps is found, shown with its curve, and decided after a dry run; the ledger follows, and undoing the
 * decision restores it.
 * Method: no changed answers: the demo home has a meter whose register jumps in the past, the real process fetches it, a
 * check is started on the page, and the figures are the ledger's.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EntityList } from '../../src/schemas/entities.ts';
import { answerOf, control, launch, type Opened, open, textOf, until } from './browser.ts';
import { settledPage } from './ledger-pages.ts';

const meterId = 'sensor.garden_pump_energy';
/** Minutes of its past with 0.01 kWh each, and 300 kWh more in one of them. */
const minutes = 180;
const jumpAt = 90;
const registers = Array.from({ length: minutes }, (_, minute) =>
  (100 + minute * 0.01 + (minute >= jumpAt ? 300 : 0)).toFixed(2),
);
const ordinaryKwh = (minutes - 1) * 0.01;

let browser: Browser;
let opened: Opened;
let tracked: readonly string[] = [];

async function track(entityIds: readonly string[]): Promise<void> {
  const response = await post('/api/settings/tracked-entities', { entity_ids: entityIds });
  if (!response.ok) throw new Error(await response.text());
}

async function post(path: string, body: object = {}): Promise<Response> {
  return await fetch(`${await control<string>('/app-url')}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** The ledger's total of the meter's past, kWh. */
async function totalKwh(): Promise<number | null> {
  const start = new Date(Date.now() - (minutes + 60) * 60_000).toISOString();
  return (await answerOf<{ total: number | null }>(`api/ledger/${meterId}?start=${start}`)).total;
}

const ledgerHas = (kwh: number) =>
  until(`the ledger has ${kwh} kWh`, async () => Math.abs(((await totalKwh()) ?? 0) - kwh) < 1e-6, 60_000);

beforeAll(async () => {
  browser = await launch();
  await control(`/meter?entity=${meterId}&registers=${registers.join(',')}`);
  await post('/api/settings/discover-entities');
  const { entities } = await answerOf<EntityList>('api/entities');
  tracked = entities.filter((entity) => entity.is_tracked).map((entity) => entity.entity_id);
  await track([...tracked, meterId]);
  opened = await open(browser, { hash: '#/health' });
});
afterAll(async () => {
  await track(tracked);
  await browser?.close();
});

describe('a meter that jumps', () => {
  const ticket = (status: string) =>
    opened.panel.locator(`[data-ticket^="register_jumped ${meterId}"][data-status=${status}]`);

  it('is found by a check, and shown with its curve', { timeout: 300_000 }, async () => {
    await ledgerHas(ordinaryKwh + 300);
    await settledPage(opened.panel);
    // The check after the start may still be running: it does not include the new meter.
    await opened.panel.getByRole('button', { name: 'Check now' }).click({ timeout: 120_000 });
    await ticket('open').waitFor({ timeout: 120_000 });
    expect(await textOf(ticket('open').locator('[data-evidence=counted]'))).toContain('300.01');
    const plot = ticket('open').locator('.curve-plot[data-points]');
    await plot.waitFor();
    // A reading a minute, half an hour before and after the jump.
    expect(Number(await plot.getAttribute('data-points'))).toBeGreaterThan(30);
  });

  it('changes the ledger as in the dry run, and back when the decision is undone', async () => {
    await ticket('open').locator('input[value=set_value]').check();
    await ticket('open').locator('[data-field=value]').fill('1.4');
    await ticket('open').locator('[data-preview=ready]').waitFor();
    expect(await textOf(ticket('open').locator('[data-preview]'))).toMatch(/becomes .* quarter-hour/);
    // After the dry run nothing has changed.
    expect(await totalKwh()).toBeCloseTo(ordinaryKwh + 300, 6);
    await ticket('open').getByRole('button', { name: 'Do it' }).click();
    await ticket('decided').waitFor();
    await ledgerHas(ordinaryKwh - 0.01 + 1.4);

    await ticket('decided').locator('summary').click();
    await ticket('decided').getByRole('button', { name: 'Undo' }).click();
    await ticket('open').waitFor();
    await ledgerHas(ordinaryKwh + 300);
  });

  it('can be accepted, and is not asked again', async () => {
    await ticket('open').locator('input[value=accept]').check();
    await ticket('open').locator('[data-preview=ready]').waitFor();
    expect(await textOf(ticket('open').locator('[data-preview]'))).toBe('No figure changes.');
    await ticket('open').getByRole('button', { name: 'Do it' }).click();
    await ticket('decided').waitFor();
    expect(await totalKwh()).toBeCloseTo(ordinaryKwh + 300, 6);
    expect(opened.wrongs).toEqual([]);
  });
});
