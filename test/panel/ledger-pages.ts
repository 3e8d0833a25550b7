/** Shared by the tests of the ledger's pages: records the answers that a page receives, and waits until it is loaded. */
import type { Frame, Page } from 'playwright-core';
import { until } from './browser.ts';

export interface ReceivedAnswers<T> {
  /** Number of answers so far. */
  count(): number;
  last(): T;
}

/** Records the page's successful answers to requests whose path contains `path`. */
export function recordAnswers<T>(page: Page, path: string): ReceivedAnswers<T> {
  const answers: T[] = [];
  page.on('response', (response) => {
    if (!new URL(response.url()).pathname.includes(path) || response.status() !== 200) return;
    response.json().then(
      (answer) => answers.push(answer as T),
      () => {
        // The page was left before the answer was complete.
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

/** Waits until the page shows the answer for its address: no skeletons, nothing dimmed. */
export async function settledPage(panel: Frame): Promise<void> {
  // The page follows its address in the next frame.
  await panel.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
  await until(
    'the page is loaded',
    async () => (await panel.locator('[data-state=loading], [data-loading=true]').count()) === 0,
  );
}
