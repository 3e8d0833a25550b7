import type { Log } from './log.ts';

/**
 * A listener to an event, or a timer's work, that can't end the process: what it throws, or rejects with, goes to the log
 * as an error, and `after` cleans up (a socket is destroyed). `after` may not throw.
 */
export function guarded<Args extends unknown[]>(
  log: Log,
  message: string,
  work: (...args: Args) => void | Promise<void>,
  after: (...args: Args) => void = () => undefined,
): (...args: Args) => void {
  return (...args) => {
    const failed = (error: unknown): void => {
      log.error({ err: error }, message);
      after(...args);
    };
    try {
      // A function that is taken for one without an answer may still give one.
      const answer: unknown = work(...args);
      if (answer instanceof Promise) answer.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
}
