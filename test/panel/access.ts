/** Checks whether a page is accessible: with axe in every theme, and by the size of its targets. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Frame, Page } from 'playwright-core';
import { until } from './browser.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds, each with its element. Waits for colour transitions, during which contrasts are wrong. */
async function violations(panel: Frame): Promise<string[]> {
  await until('no colour is fading', () =>
    panel.evaluate(() => document.getAnimations().every((one) => !(one instanceof CSSTransition))),
  );
  await panel.evaluate(axeSource);
  return await panel.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const result = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return result.violations.flatMap((violation: axe.Result) =>
      violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`),
    );
  });
}

/** What axe finds in the page, in every theme; ends with the light one. */
export async function violationsInAnyTheme(page: Page, panel: Frame): Promise<string[]> {
  const background = () => panel.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const found: string[] = [];
  for (const theme of ['dark', 'own', 'light']) {
    const before = await background();
    await page.evaluate(`setTheme('${theme}')`);
    await until(`the theme is ${theme}`, async () => (await background()) !== before);
    found.push(...(await violations(panel)).map((violation) => `${theme}: ${violation}`));
  }
  return found;
}

/** Targets smaller than 44 pixels, except links in running text. */
export function smallTargets(panel: Frame): Promise<string[]> {
  return panel.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('a, button, select, input, summary')]
      .filter((element) => element.checkVisibility() && !element.closest('.skip, p'))
      .map((element) => ({
        name: element.outerHTML.slice(0, 90),
        box: (element.closest('label') ?? element).getBoundingClientRect(),
      }))
      .filter(({ box }) => box.height < 43.5 || box.width < 43.5)
      .map(({ name, box }) => `${Math.round(box.width)}×${Math.round(box.height)} ${name}`),
  );
}
