/** What the tests of the ledger's pages share: hearing the answers that a page gets, and waiting for its picture. */
import type { Frame, Page } from 'playwright-core';
import { until } from './browser.ts';

export interface ReceivedAnswers<T> {
  /** How many answers have come. */
  count(): number;
  last(): T;
}

/** Every good answer to requests whose path ends so, as the page itself gets it. */
export function recordAnswers<T>(page: Page, path: string): ReceivedAnswers<T> {
  const answers: T[] = [];
  page.on('response', (response) => {
    if (!new URL(response.url()).pathname.includes(path) || response.status() !== 200) return;
    response.json().then(
      (answer) => answers.push(answer as T),
      () => {
        // The page left while the answer was on its way.
      },
    );
  });
  return {
    count: () => answers.length,
    last: () => {
      const answer = answers.at(-1);
      if (answer === undefined) throw new Error(`No answer of ${path} was received`);
      return answer;
    },
  };
}

/** Until the page shows what its address asks for: no grey shapes, nothing dimmed. */
export async function settledPage(panel: Frame): Promise<void> {
  // The address is followed in the next turn of the page.
  await panel.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
  await until(
    'the page is loaded',
    async () => (await panel.locator('[data-state=loading], [data-loading=true]').count()) === 0,
  );
}
