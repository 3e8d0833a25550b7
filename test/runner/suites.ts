import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPanel } from '../../addon/panel-build.ts';
import { cacheFolder, root } from '../../addon/paths.ts';
import type { Say } from '../../addon/say.ts';
import { countGoTests } from './go-report.ts';
import type { Tally } from './tally.ts';
import { type Project, tallyRun, type VitestReport } from './vitest-report.ts';

interface Ended {
  /** Undefined when it was killed. */
  readonly code: number | undefined;
  readonly output: string;
  readonly seconds: number;
}

/** A suite that takes longer hangs. */
const limitMs = 40 * 60_000;

const running = new Set<ChildProcess>();

/** Ends the programs that run now, for a run that is cut short. */
export function endRunning(): void {
  for (const child of running) child.kill('SIGTERM');
}

/** Runs a program, showing what it prints unless `quiet`, which returns it; never throws. */
function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; quiet?: boolean } = {},
): Promise<Ended> {
  const startedAtMs = performance.now();
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      stdio: options.quiet === true ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      timeout: limitMs,
    });
    running.add(child);
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    const end = (code: number | undefined): void => {
      running.delete(child);
      resolve({ code, output, seconds: (performance.now() - startedAtMs) / 1000 });
    };
    child.on('error', (cause) => {
      process.stderr.write(`${command}: ${cause.message}\n`);
      end(undefined);
    });
    child.on('close', (code) => end(code ?? undefined));
  });
}

/** A check that passes or fails as a whole counts as one test. */
async function check(
  suite: string,
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Tally> {
  const { code, seconds } = await run(command, args, options);
  return { suite, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, seconds };
}

const bin = (name: string): string => join(root, 'node_modules/.bin', name);

export const checkTypes = async (): Promise<Tally[]> => [
  await check('types', bin('tsc'), ['-p', 'tsconfig.json']),
  await check('types of ui', bin('tsc'), ['-p', 'ui/tsconfig.json']),
  await check('types of the panel tests', bin('tsc'), ['-p', 'test/panel/tsconfig.json']),
];

export const checkLint = async (): Promise<Tally[]> => [
  await check('lint', bin('biome'), ['check', '.', '--error-on-warnings']),
];

/** The document server's own checks, with the flags that it is built with. */
export async function checkDocumentServer(): Promise<Tally[]> {
  // The flags of its `build`: with others, Go would compile every module anew.
  const flags = ['-trimpath', '-tags=ferretdb_no_postgresql'];
  const options = { cwd: join(root, 'addon/document-server'), env: { CGO_ENABLED: '0' } };
  const vet = await check('go vet', 'go', ['vet', ...flags, './...'], options);
  const test = ['test', '-json', '-count=1', '-timeout=5m', ...flags, './...'];
  const { code, output, seconds } = await run('go', test, { ...options, quiet: true });
  const counts = countGoTests(output);
  if (code === 0 && counts.passed > 0) return [vet, { suite: 'go test', ...counts, seconds }];
  process.stdout.write(output);
  return [vet, { suite: 'go test', ...counts, failed: Math.max(1, counts.failed), seconds }];
}

export interface VitestOptions {
  /** Whether the coverage of src is measured. */
  readonly withCoverage?: boolean;
  /** Receives what Vitest prints when it is over; without it all is shown at once. */
  readonly print?: Say;
}

/** Runs projects of vitest.config.ts together. */
export async function runVitest(
  projects: readonly Project[],
  { withCoverage = false, print }: VitestOptions = {},
): Promise<Tally[]> {
  const folder = join(cacheFolder, 'test');
  const reportFile = join(folder, `vitest-${projects.join('-')}.json`);
  await mkdir(folder, { recursive: true });
  await rm(reportFile, { force: true });
  const { code, output, seconds } = await run(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      ...(withCoverage ? ['--coverage'] : []),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
    ],
    { quiet: print !== undefined },
  );
  print?.(output);
  return tallyRun(projects, await reportIn(reportFile), code, root, seconds);
}

/** The panel's tests, on a panel built from the sources as they are. */
export async function runPanel(say: Say, options: VitestOptions): Promise<Tally[]> {
  const startedAtMs = performance.now();
  try {
    await buildPanel(say);
  } catch (cause) {
    const note = `it could not be built: ${cause instanceof Error ? cause.message : cause}`;
    const seconds = (performance.now() - startedAtMs) / 1000;
    return [{ suite: 'panel', passed: 0, failed: 1, skipped: 0, seconds, note }];
  }
  return runVitest(['panel'], options);
}

async function reportIn(path: string): Promise<VitestReport | undefined> {
  try {
    const report: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isReport(report) ? report : undefined;
  } catch {
    return undefined;
  }
}

function isReport(report: unknown): report is VitestReport {
  return (
    typeof report === 'object' &&
    report !== null &&
    'testResults' in report &&
    Array.isArray(report.testResults)
  );
}

/** The share of src's lines that the tests ran, in percent; undefined when the run left no summary. */
export async function coveredPercent(): Promise<number | undefined> {
  try {
    const summary = JSON.parse(await readFile(join(root, 'coverage/coverage-summary.json'), 'utf8'));
    return typeof summary.total.lines.pct === 'number' ? summary.total.lines.pct : undefined;
  } catch {
    return undefined;
  }
}
