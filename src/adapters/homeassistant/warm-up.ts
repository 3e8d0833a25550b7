import { Backoff } from '../../runtime/backoff.ts';
import { CommandRefused } from './command-error.ts';

interface WarmUp {
  /** Until when it is retried, and how long the first pause is. */
  readonly withinMs: number;
  readonly firstMs: number;
  /** Whether Core has set up its integrations. */
  readonly isRunning: () => Promise<boolean>;
  readonly pause: (ms: number) => Promise<void>;
  readonly monotonicMs: () => number;
}

/** What Core answers while the integration behind a command is not set up. */
const notReadyCodes: ReadonlySet<string> = new Set([
  'unknown_command',
  'home_assistant_error',
  'unknown_error',
]);
const longestPauseMs = 5000;

/**
 * Core opens its websocket before its integrations are set up, and knows their commands only after. Retries until
 * Core reports that it runs, and once more after that; then the refusal is final.
 */
export async function throughWarmUp<T>(attempt: () => Promise<T>, warmUp: WarmUp): Promise<T> {
  const untilMs = warmUp.monotonicMs() + warmUp.withinMs;
  const retry = new Backoff(warmUp.firstMs, longestPauseMs);
  let wasRunning = false;
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      const pauseMs = retry.nextMs();
      const isNotReady = cause instanceof CommandRefused && notReadyCodes.has(cause.code);
      if (!isNotReady || wasRunning || warmUp.monotonicMs() + pauseMs > untilMs) throw cause;
      wasRunning = await warmUp.isRunning();
      // Asked after the refusal: Core may not have been running when it refused.
      if (!wasRunning) await warmUp.pause(pauseMs);
    }
  }
}
