/** What a suite came to. A suite that could not run to its end has at least one failure. */
export interface Tally {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  /** Tests that were not run because they say so themselves; neither passed nor failed. */
  readonly skipped: number;
  readonly seconds: number;
  /** Why there is a failure that no test reports. */
  readonly note?: string;
  readonly failures?: readonly Failure[];
}

/** A test that failed. */
export interface Failure {
  /** The test's file and full name. */
  readonly test: string;
  /** What it printed when it failed. */
  readonly message: string;
}

/** A message of fast-check can be a whole screen long; the file of the run has the rest. */
const mostLines = 12;

/** The failed tests of all suites, each with the first lines of its message: for a log that keeps only its end. */
export function describeFailures(tallies: readonly Tally[]): string[] {
  return tallies
    .flatMap(({ failures }) => failures ?? [])
    .flatMap(({ test, message }) => [
      `✘ ${test}`,
      ...message
        .split('\n')
        .slice(0, mostLines)
        .map((line) => `    ${line}`),
    ]);
}

/** One line per suite. */
export function describeTally(tally: Tally): string {
  const parts = [`${tally.passed} passed`];
  if (tally.failed > 0) parts.push(`${tally.failed} FAILED`);
  if (tally.skipped > 0) parts.push(`${tally.skipped} skipped`);
  const note = tally.note === undefined ? '' : `: ${tally.note}`;
  return `${tally.suite.padEnd(16)} ${parts.join(', ')} (${tally.seconds.toFixed(1)} s)${note}`;
}

/** The very last line of a run: the sum over all suites. */
export function lastLine(tallies: readonly Tally[]): string {
  const sum = (key: 'passed' | 'failed') => tallies.reduce((total, tally) => total + tally[key], 0);
  return `${sum('passed')} passed, ${sum('failed')} failed`;
}
