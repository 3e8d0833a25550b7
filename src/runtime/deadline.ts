/** Something outside did not end in time. The work itself may still go on, and may still have its effect. */
export class DeadlineError extends Error {
  override name = 'DeadlineError';

  constructor(what: string, limitMs: number) {
    super(`${what} took longer than ${limitMs} ms`);
  }
}

/**
 * Settles as the work does, or rejects with a DeadlineError after `limitMs` milliseconds. How late work ends is ignored.
 *
 * @param what the subject of the error's sentence: "A flush to QuestDB"
 */
export async function withDeadline<Result>(
  work: Promise<Result>,
  limitMs: number,
  what: string,
): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DeadlineError(what, limitMs)), limitMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Settles as the work does, or resolves after `limitMs` milliseconds: for work that is worth a wait and goes on by itself.
 * How late work ends is ignored.
 */
export async function waitAtMost(limitMs: number, work: Promise<unknown>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
