import { Backoff } from '../../runtime/backoff.ts';
import { CommandRefused } from './command-error.ts';

export interface WarmUp {
  /** Until when it is tried again, and how long the first pause is. */
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
 * Core opens its websocket before its integrations are there, and knows their commands only after. Tries until Core says
 * that it runs, and once more after that; then the refusal is what it says.
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
      // Asked after the refusal: what runs now may not have run then.
      if (!wasRunning) await warmUp.pause(pauseMs);
    }
  }
}
