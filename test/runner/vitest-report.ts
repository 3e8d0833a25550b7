import { relative } from 'node:path';
import type { Failure, Tally } from './tally.ts';

/** The part of Vitest's JSON report that is read here. */
export interface VitestReport {
  readonly testResults: readonly {
    /** The test file's path. */
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName?: string;
      readonly failureMessages?: readonly string[];
    }[];
    /** Why the file could not be loaded. */
    readonly message?: string;
  }[];
}

export const projects = ['unit', 'structure', 'stores', 'home-assistant', 'faults', 'panel'] as const;
export type Project = (typeof projects)[number];

/** The project of vitest.config.ts that a test file belongs to. */
export function projectOf(path: string): Project {
  const folder = /^test\/([^/]+)\//.exec(path)?.[1];
  return projects.find((project) => project === folder) ?? 'unit';
}

/**
 * The report of one run, by project. Whatever goes wrong without a failed test is a failure too: a file that
 * could not be loaded, a project without a test that ran, a run that ended badly with every test passed.
 *
 * @param report undefined when the run left none
 * @param exitCode of Vitest; undefined when it was killed
 */
export function tallyRun(
  selected: readonly Project[],
  report: VitestReport | undefined,
  exitCode: number | undefined,
  root: string,
  seconds: number,
): Tally[] {
  const tallies = selected.map((suite): Tally => {
    const files = (report?.testResults ?? []).filter(
      (file) => projectOf(relative(root, file.name)) === suite,
    );
    const results = files.flatMap((file) => file.assertionResults);
    const count = (...statuses: string[]) => results.filter(({ status }) => statuses.includes(status)).length;
    const passed = count('passed');
    const failedTests = count('failed');
    const unloaded = files.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
    );
    const failed = failedTests + unloaded.length;
    const skipped = results.length - passed - failedTests;
    const failures = files.flatMap((file) => failuresIn(file, relative(root, file.name)));
    if (passed + failed === 0)
      return { suite, passed, failed: 1, skipped, seconds, note: 'not one test of it ran' };
    const note = unloaded.map((file) => relative(root, file.name)).join(', ');
    return {
      suite,
      passed,
      failed,
      skipped,
      seconds,
      ...(note === '' ? {} : { note: `could not run ${note}` }),
      ...(failures.length === 0 ? {} : { failures }),
    };
  });
  if (exitCode !== 0 && tallies.every(({ failed }) => failed === 0)) {
    const how = exitCode === undefined ? 'was killed' : `ended with exit code ${exitCode}`;
    tallies.push({
      suite: 'vitest',
      passed: 0,
      failed: 1,
      skipped: 0,
      seconds,
      note: `it ${how} although no test failed; its words are above`,
    });
  }
  return tallies;
}

function failuresIn(file: VitestReport['testResults'][number], path: string): Failure[] {
  const failures = file.assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName = '', failureMessages = [] }) => ({
      test: `${path} > ${fullName}`,
      message: failureMessages.join('\n'),
    }));
  if (failures.length > 0 || file.status !== 'failed') return failures;
  return [{ test: path, message: file.message ?? '' }];
}
