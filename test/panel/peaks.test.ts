/**
 * Goal: the Peaks page shows the measured quarter-hours of the API, and a peak only if it was measured.
 * Method: the real process on the demo home; the page's figures against the answers it received; months that the demo home
 * cannot have (bounds only) are changed answers.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CapacityMonth } from '../../src/schemas/p1.ts';
import { launch, type Opened, open, overhangPx, phone, textOf, until } from './browser.ts';
import { type ReceivedAnswers, recordAnswers, settledPage } from './ledger-pages.ts';

let browser: Browser;
let opened: Opened;
let received: ReceivedAnswers<CapacityMonth>;
beforeAll(async () => {
  browser = await launch();
  opened = await open(browser, { hash: '#/settings' });
  received = recordAnswers<CapacityMonth>(opened.page, '/v1/capacity/month/');
  await opened.panel.evaluate(() => {
    location.hash = '#/peaks';
  });
  await opened.panel.locator('main[data-page=peaks] h1').waitFor();
  await settledPage(opened.panel);
});
afterAll(() => browser?.close());

const attribute = (value: number | null) => (value === null ? '' : String(value));
const hash = () => opened.panel.evaluate(() => location.hash);

/** The page with a changed answer of the API. */
async function openWith(change: (answer: CapacityMonth) => CapacityMonth): Promise<Opened> {
  const changed = await open(browser, { hash: '#/settings' });
  await changed.page.route('**/v1/capacity/month/*', async (route) => {
    const answer = (await (await route.fetch()).json()) as CapacityMonth;
    await route.fulfill({ json: change(answer) });
  });
  await changed.panel.evaluate(() => {
    location.hash = '#/peaks';
  });
  await changed.panel.locator('main[data-page=peaks] h1').waitFor();
  await settledPage(changed.panel);
  return changed;
}

describe('Peaks', () => {
  it('shows the figures that the API answered', async () => {
    const answer = received.last();
    const value = (name: string) => opened.panel.locator(`[data-figure=${name}]`).getAttribute('data-value');
    expect(await value('billed')).toBe(attribute(answer.billed_peak_w));
    expect(Number(await opened.panel.locator('[data-quarters]').getAttribute('data-quarters'))).toBe(
      answer.peaks.length,
    );
    const isMeasured = answer.monthly_peak_w !== null && (answer.at_least_w ?? 0) <= answer.monthly_peak_w;
    expect(await value('month')).toBe(isMeasured ? attribute(answer.monthly_peak_w) : '');
    if (answer.running !== null) expect(await opened.panel.locator('[data-figure=running]').count()).toBe(1);
  });

  it('lists the ten highest quarter-hours', async () => {
    const { top } = received.last();
    expect(top.length).toBeGreaterThan(0);
    const shown = await opened.panel.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('tbody [data-column=power]')].map(
        (cell) => cell.dataset.value,
      ),
    );
    expect(shown.slice(0, top.length)).toEqual(top.map(({ avg_power_w: watts }) => String(watts)));
  });

  it('is read by the quarter-hour with the arrow keys, from the peak', async () => {
    await opened.panel.locator('.heat-plot').focus();
    await opened.page.keyboard.press('p');
    const readout = opened.panel.locator('.heat-readout');
    const first = await textOf(readout);
    expect(first).toMatch(/\d\d:\d\d – \d\d:\d\d/);
    expect(await readout.getAttribute('aria-live')).toBe('polite');
    await opened.page.keyboard.press('ArrowLeft');
    await until('the readout moved', async () => (await textOf(readout)) !== first);
    await opened.page.keyboard.press('ArrowRight');
    await until('and back', async () => (await textOf(readout)) === first);
  });

  it('shows only months, also for a day in the address', async () => {
    await opened.panel.getByRole('button', { name: 'Previous month' }).click();
    await until('the address holds a month', async () => (await hash()).includes('period=month'));
    await settledPage(opened.panel);
    await opened.panel.evaluate(() => {
      location.hash = '#/peaks?period=day&at=2026-03-15';
    });
    await until('the month of the day is shown', async () =>
      (await textOf(opened.panel.locator('.period-name'))).includes('March 2026'),
    );
    await until('its answer has come', async () => received.last().month === '2026-03');
  });

  it('shows the meter’s own peak, and what explains a difference', async () => {
    const meter = (of: Opened) => of.panel.locator('[data-figure=meter]');
    const answers: CapacityMonth[] = [];
    const unchanged = await openWith((month) => {
      answers.push(month);
      return month;
    });
    // The demo home's meter has a longer past, so its peak is no lower than the recorded one.
    const [answer] = answers;
    expect(answer?.meter_peak_w ?? 0).toBeGreaterThan((answer?.monthly_peak_w ?? 0) * 0.99);
    expect(['rounding', 'not_measured']).toContain(answer?.meter_difference_reason);
    expect(await meter(unchanged).getAttribute('data-value')).toBe(String(answer?.meter_peak_w));
    await unchanged.close();
    const changed = await openWith((month) => ({
      ...month,
      monthly_peak_w: 4000,
      ...{ meter_peak_w: 4800, meter_difference_w: 800, meter_difference_reason: 'unexplained' },
    }));
    expect(await meter(changed).getAttribute('data-value')).toBe('4800');
    expect(await textOf(meter(changed))).toContain('800 W more than recorded here.');
    expect(await changed.panel.locator('[data-figure=month]').getAttribute('data-value')).not.toBe('4800');
    expect(changed.wrongs).toEqual([]);
    await changed.close();
  });

  it('shows bounds, and no peak, for a month without measured quarter-hours', async () => {
    const bounded = await openWith((answer) => ({
      ...answer,
      peaks: answer.peaks.map((peak) => ({ ...peak, quality: 'hourly' })),
      monthly_peak_w: null,
      monthly_peak_ts: null,
      measured_quarters: 0,
      at_least_w: 2100,
      at_most_w: 8400,
      top: [],
    }));
    const text = await textOf(bounded.panel.locator('main'));
    expect(text).toContain('at least 2.10 kW and at most 8.40 kW');
    expect(await bounded.panel.locator('[data-figure=month]').getAttribute('data-value')).toBe('');
    expect(text).toContain('No quarter of this month was measured.');
    expect(bounded.wrongs).toEqual([]);
    await bounded.close();
  });

  it('says that nothing is known', async () => {
    await opened.panel.evaluate(() => {
      location.hash = '#/peaks?period=month&at=2009-03';
    });
    await opened.panel.locator('[data-state=empty]').waitFor();
    await until('the sentence says that nothing is known', async () =>
      (await textOf(opened.panel.locator('main h1'))).startsWith('Nothing is known of March 2009'),
    );
  });

  it('fits a phone 360 px wide', async () => {
    const small = await open(browser, { ...phone, viewport: { width: 360, height: 804 }, hash: '#/peaks' });
    await settledPage(small.panel);
    expect(await overhangPx(small)).toBeLessThanOrEqual(0);
    await small.close();
  });

  it('causes no error and no request to another host', () => {
    expect(opened.wrongs).toEqual([]);
  });
});
