/** Resolves after `ms`, or at once when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

/**
 * Settles as the promise does, or resolves to null when the signal is aborted first; how the promise ends then is nobody's
 * business any more, and a rejection of it is no fault of the process.
 */
export async function unlessAborted<Result>(
  promise: Promise<Result>,
  signal: AbortSignal,
): Promise<Result | null> {
  if (signal.aborted) {
    promise.catch(() => undefined);
    return null;
  }
  const { promise: aborted, resolve } = Promise.withResolvers<null>();
  const end = () => resolve(null);
  signal.addEventListener('abort', end);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** Settles as the promise does, or resolves after `ms`; what it does later is nobody's business any more. */
export async function withinMs(ms: number, promise: Promise<unknown>): Promise<void> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), ms);
  try {
    await unlessAborted(promise, deadline.signal);
  } finally {
    clearTimeout(timer);
  }
}
