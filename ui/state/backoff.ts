const firstMs = 500;
const longestMs = 15_000;

/** How long to wait after so many failures in a row, 1 or more: doubling, with a limit. */
export function retryDelayMs(failures: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(10, failures - 1));
}
