/**
 * Goal: `npm test` never reports success when something did not run or failed.
 * Method: reports as Vitest and Go write them, whole, broken and missing, held against the sum.
 */
import { describe, expect, it } from 'vitest';
import { countGoTests } from './go-report.ts';
import { describeFailures, describeTally, lastLine } from './tally.ts';
import { projectOf, tallyRun } from './vitest-report.ts';

const file = (name: string, status: string, ...statuses: string[]) => ({
  name: `/checkout/${name}`,
  status,
  assertionResults: statuses.map((each) => ({ status: each })),
});
const good = { testResults: [file('src/units/a.test.ts', 'passed', 'passed', 'passed', 'skipped')] };

describe('the report of a Vitest run', () => {
  it('is counted by project', () => {
    const report = {
      testResults: [...good.testResults, file('test/stores/b.test.ts', 'failed', 'passed', 'failed')],
    };
    const [unit, stores] = tallyRun(['unit', 'stores'], report, 1, '/checkout', 1);
    expect(unit).toMatchObject({ suite: 'unit', passed: 2, failed: 0, skipped: 1 });
    expect(stores).toMatchObject({ suite: 'stores', passed: 1, failed: 1 });
  });

  it('counts a file that could not be loaded', () => {
    const report = { testResults: [...good.testResults, file('src/broken.test.ts', 'failed')] };
    expect(tallyRun(['unit'], report, 1, '/checkout', 1)).toMatchObject([
      { passed: 2, failed: 1, note: 'could not run src/broken.test.ts' },
    ]);
  });

  it('counts a project without a run', () => {
    expect(tallyRun(['unit', 'panel'], good, 0, '/checkout', 1)[1]).toMatchObject({
      suite: 'panel',
      failed: 1,
    });
  });

  it('counts a run that left no report', () => {
    expect(lastLine(tallyRun(['unit', 'stores'], undefined, undefined, '/checkout', 1))).toBe(
      '0 passed, 2 failed',
    );
  });

  it('counts a run that ended badly although every test passed', () => {
    expect(lastLine(tallyRun(['unit'], good, 1, '/checkout', 1))).toBe('2 passed, 1 failed');
    expect(lastLine(tallyRun(['unit'], good, undefined, '/checkout', 1))).toBe('2 passed, 1 failed');
    expect(lastLine(tallyRun(['unit'], good, 0, '/checkout', 1))).toBe('2 passed, 0 failed');
  });

  it('names what failed, with the first lines of its message', () => {
    const broken = {
      ...file('src/units/a.test.ts', 'failed'),
      assertionResults: [
        { status: 'failed', fullName: 'adds up', failureMessages: [`1 is not 2\n${'line\n'.repeat(99)}`] },
        { status: 'passed', fullName: 'starts' },
      ],
    };
    const unloaded = { ...file('src/b.test.ts', 'failed'), message: 'no such module' };
    const lines = describeFailures(
      tallyRun(['unit'], { testResults: [broken, unloaded] }, 1, '/checkout', 1),
    );
    expect(lines[0]).toBe('✘ src/units/a.test.ts > adds up');
    expect(lines[1]).toBe('    1 is not 2');
    expect(lines).toHaveLength(1 + 12 + 2);
    expect(lines.slice(-2)).toEqual(['✘ src/b.test.ts', '    no such module']);
  });

  it('knows the project of a file by its folder', () => {
    expect(projectOf('test/home-assistant/core.test.ts')).toBe('home-assistant');
    expect(projectOf('test/runner/runner.test.ts')).toBe('unit');
    expect(projectOf('src/recording/spool.test.ts')).toBe('unit');
  });
});

describe("Go's events", () => {
  const event = (about: object) => JSON.stringify({ Package: 'p', ...about });

  it('are counted by test', () => {
    const output = [
      event({ Action: 'run', Test: 'A' }),
      event({ Action: 'pass', Test: 'A' }),
      event({ Action: 'fail', Test: 'B' }),
      event({ Action: 'skip', Test: 'C' }),
      event({ Action: 'fail' }),
    ].join('\n');
    expect(countGoTests(output)).toEqual({ passed: 1, failed: 1, skipped: 1 });
  });

  it('count a package that does not compile', () => {
    expect(countGoTests(`garbage\n${event({ Action: 'fail' })}`)).toEqual({
      passed: 0,
      failed: 1,
      skipped: 0,
    });
  });
});

it('a line shows what matters of a suite', () => {
  const tally = { suite: 'unit', passed: 3, failed: 1, skipped: 0, seconds: 1.25, note: 'why' };
  expect(describeTally(tally)).toBe('unit             3 passed, 1 FAILED (1.3 s): why');
});
