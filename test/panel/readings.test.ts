/**
 * Goal: curve and table show the API's readings for the period in the address.
 * Method: real readings of the demo home; the page's numbers against the answers of the API.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerOf, launch, type Opened, open, textOf, until } from './browser.ts';

const entityId = 'sensor.solar_inverter_power';
let browser: Browser;
let opened: Opened;
let yesterday: string;

beforeAll(async () => {
  browser = await launch();
  yesterday = Temporal.Now.plainDateISO('Europe/Brussels').subtract({ days: 1 }).toString();
  opened = await open(browser, { hash: `#/readings?entity=${entityId}&period=day&at=${yesterday}` });
});
afterAll(() => browser?.close());

const hash = () => opened.panel.evaluate(() => location.hash);
const points = async () =>
  Number((await opened.panel.locator('[data-points]').getAttribute('data-points', { timeout: 30_000 })) ?? 0);
const rangeOfDay = () => {
  const day = Temporal.PlainDate.from(yesterday);
  const at = (date: Temporal.PlainDate) => date.toZonedDateTime('Europe/Brussels').toInstant().toString();
  return { since: at(day), until: at(day.add({ days: 1 })) };
};

describe('Readings', () => {
  it("draws the home's day, not the browser's", async () => {
    const { since, until: end } = rangeOfDay();
    const curve = await answerOf<{ x: number[]; reading_count: number; max: (number | null)[] }>(
      `api/readings/${entityId}/curve?since=${since}&until=${end}&points=1000`,
    );
    expect(curve.x.length).toBeGreaterThan(20);
    expect(await points()).toBe(curve.x.length);
    const sentence = await textOf(opened.panel.locator('main h1'));
    expect(sentence).toContain(`${curve.reading_count.toLocaleString('en-GB')} readings`);
    const most = Math.max(...curve.max.map((value) => value ?? 0));
    expect(most).toBeGreaterThan(100);
    expect(sentence.replace(/\u00a0/g, ' ')).toContain(
      most < 999.5 ? `${Math.round(most)} W` : `${(most / 1000).toFixed(2)} kW`,
    );
  });

  it('shows the same readings in a table, page by page', async () => {
    const { since, until: end } = rangeOfDay();
    const first = await answerOf<{
      readings: { timestamp: string; state: number | null }[];
      next_cursor: string;
    }>(`api/readings/${entityId}?since=${since}&until=${end}&limit=100`);
    const rows = () =>
      opened.panel.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('[data-readings] tbody tr')].map((row) => [
          row.dataset.timestamp,
          row.dataset.state,
        ]),
      );
    const expected = (readings: typeof first.readings) =>
      readings.map(({ timestamp, state }) => [timestamp, state === null ? '' : String(state)]);
    await opened.panel.getByRole('button', { name: 'Show the table' }).click();
    await opened.panel.locator('[data-readings] tbody tr').first().waitFor();
    expect(await rows()).toEqual(expected(first.readings));
    const second = await answerOf<typeof first>(
      `api/readings/${entityId}?since=${since}&until=${end}&limit=100&cursor=${first.next_cursor}`,
    );
    await opened.panel.getByRole('button', { name: 'Later page' }).click();
    await until(
      'the second page is there',
      async () => (await rows())[0]?.[0] === second.readings[0]?.timestamp,
    );
    expect(await rows()).toEqual(expected(second.readings));
  });

  it('copies the table', async () => {
    await opened.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await opened.panel.getByRole('button', { name: 'Copy this page' }).click();
    await opened.panel.getByText('Copied', { exact: true }).waitFor();
    const text = await opened.panel.evaluate(() => navigator.clipboard.readText());
    expect(text.split('\n')).toHaveLength(101);
    await opened.panel.getByRole('button', { name: 'Hide the table' }).click();
  });

  it('zooms by dragging, with finer data, and back on a double click', async () => {
    const before = await hash();
    const box = await opened.panel.locator('.u-over').boundingBox();
    if (box === null) throw new Error('The curve is not seen');
    const y = box.y + box.height / 2;
    await opened.page.mouse.move(box.x + box.width * 0.4, y);
    await opened.page.mouse.down();
    await opened.page.mouse.move(box.x + box.width * 0.55, y, { steps: 5 });
    await opened.page.mouse.up();
    await until('the address contains the zoom', async () => (await hash()).includes('zoom='));
    const [, from = '', to = ''] = /zoom=(\d+)-(\d+)/.exec(await hash()) ?? [];
    const length = Number(to) - Number(from);
    expect(length).toBeGreaterThan(86_400 * 0.12);
    expect(length).toBeLessThan(86_400 * 0.18);
    const iso = (seconds: string) => new Date(Number(seconds) * 1000).toISOString();
    const finer = await answerOf<{ x: number[] }>(
      `api/readings/${entityId}/curve?since=${iso(from)}&until=${iso(to)}&points=1000`,
    );
    await until('finer data is there', async () => (await points()) === finer.x.length);
    await opened.panel.locator('[data-loading=false]').waitFor();
    await opened.panel.locator('.u-over').dblclick();
    await until('the whole day is back', async () => (await hash()) === before);
  });

  it('moves the cursor by arrow keys and reads it out', async () => {
    await opened.panel.locator('[data-loading=false]').waitFor();
    const readout = opened.panel.locator('[data-cursor]');
    await opened.panel.locator('.curve-plot').focus();
    await opened.page.keyboard.press('Home');
    const first = await textOf(readout);
    await opened.page.keyboard.press('ArrowRight');
    await until('the readout moved', async () => (await textOf(readout)) !== first);
    expect(await readout.getAttribute('aria-live')).toBe('polite');
  });

  it('moves from day to day and to a month, and back by the browser', async () => {
    await opened.panel.getByRole('button', { name: 'Previous day' }).click();
    const dayBefore = Temporal.PlainDate.from(yesterday).subtract({ days: 1 }).toString();
    expect(await hash()).toContain(`at=${dayBefore}`);
    await opened.panel.getByRole('button', { name: 'Month', exact: true }).click();
    await until('the month is in the address', async () =>
      (await hash()).includes(`period=month&at=${dayBefore.slice(0, 7)}`),
    );
    await opened.panel.evaluate(() => history.back());
    await until('the day is back', async () => (await hash()).includes(`at=${dayBefore}`));
  });

  it('finds an entity by typing, with the keyboard alone', async () => {
    const field = opened.panel.getByRole('combobox');
    await field.focus();
    await opened.page.keyboard.press('ArrowDown');
    await opened.page.keyboard.type('gas cons');
    await opened.panel.getByRole('option', { name: /Gas meter/ }).waitFor();
    await opened.page.keyboard.press('Enter');
    await until('the address names it', async () =>
      (await hash()).includes('entity=sensor.gas_meter_consumption'),
    );
    await until('its curve is there', async () =>
      (await textOf(opened.panel.locator('main h1'))).startsWith('Gas meter'),
    );
  });

  it('says that nothing was recorded', async () => {
    const empty = await open(browser, { hash: `#/readings?entity=${entityId}&period=year&at=2019` });
    await empty.panel.locator('[data-state=empty]').waitFor();
    expect(await textOf(empty.panel.locator('[data-state=empty]'))).toContain('No readings in this period');
    expect(empty.wrongs).toEqual([]);
    await empty.close();
  });

  it('causes no error and no request to another host', () => {
    expect(opened.wrongs).toEqual([]);
  });
});
