import type { Log } from './log.ts';

/**
 * Wraps a listener or a timer's work so that its failure can't end the process: what it throws or rejects with is logged
 * as an error, then `after` cleans up (for example destroys a socket). `after` must not throw.
 */
export function guarded<Args extends readonly unknown[]>(
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
      // TypeScript lets an async function stand where one without a result is expected.
      const result: unknown = work(...args);
      if (result instanceof Promise) result.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
}
