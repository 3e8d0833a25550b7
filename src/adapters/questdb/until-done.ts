import { Backoff } from '../../runtime/backoff.ts';
import type { Clock } from '../../runtime/clock.ts';
import { pause } from '../../runtime/pause.ts';
import { QuestDbError } from './fault.ts';

export interface Polling {
  readonly withinMs: number;
  /** The first pause between two questions; doubled up to the limit. */
  readonly firstMs: number;
  readonly limitMs: number;
}

/**
 * Asks again and again until QuestDB has done something that it does by itself. Rejects with a QuestDbError when it has
 * not after `withinMs`.
 *
 * @param failure what it did not do, for the error
 */
export async function untilDone(
  isDone: () => Promise<boolean>,
  polling: Polling,
  clock: Clock,
  failure: string,
): Promise<void> {
  const untilMs = clock.monotonicMs() + polling.withinMs;
  const retry = new Backoff(polling.firstMs, polling.limitMs);
  while (!(await isDone())) {
    if (clock.monotonicMs() > untilMs)
      throw new QuestDbError(failure, new Error(`not within ${polling.withinMs} ms`));
    await pause(retry.nextMs());
  }
}
