/** Schemathesis: requests made of an OpenAPI document, and answers held against it. Its own process, from PyPI. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { cacheFolder } from '../../../addon/paths.ts';
import type { Say } from '../../../addon/say.ts';
import { findPython } from '../../home-assistant/core/python.ts';
import { installEnvironment } from '../../python/environment.ts';

const version = '4.32.5';

/** What an answer is held against. Which input is refused is for the project's own tests: an unknown field is not. */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'unsupported_method',
  'allow_header_conformance',
];

export interface SchemathesisRun {
  readonly url: string;
  /** Address or file of the document. */
  readonly document: string;
  readonly seed: number;
  readonly examples: number;
  /** It stops by itself after this time. */
  readonly seconds: number;
  /** Paths to ask, or to leave out. */
  readonly only?: readonly string[];
  readonly without?: readonly string[];
  /** What there really is, by parameter (`path.entity_id`): most values are taken from there, the rest are made up. */
  readonly known: Readonly<Record<string, readonly string[]>>;
}

const knownPart = 0.7;

/** Its configuration: a dictionary for each parameter of which real values are known. JSON strings are TOML's too. */
function configuration(known: SchemathesisRun['known']): string {
  const entries = Object.entries(known).filter(([, values]) => values.length > 0);
  return [
    ...entries.map(([, values], index) => `[dictionaries.d${index}]\nvalues = ${JSON.stringify(values)}\n`),
    '[parameters]',
    ...entries.map(([name], index) => `"${name}" = { dictionary = "d${index}", probability = ${knownPart} }`),
    '',
  ].join('\n');
}

export interface SchemathesisResult {
  readonly code: number | null;
  /** What it printed: the failures, with a request that repeats each, and the sum. */
  readonly output: string;
  /** Number of answers by status. */
  readonly statuses: ReadonlyMap<number, number>;
}

/** Resolves with its command. */
export async function installSchemathesis(say: Say): Promise<string> {
  const { command } = await findPython();
  const python = await installEnvironment(
    {
      title: `Schemathesis ${version}`,
      command,
      folder: join(cacheFolder, `schemathesis/schemathesis-${version}`),
      requirements: join(import.meta.dirname, 'requirements.txt'),
      size: '20 MB',
    },
    say,
  );
  return python;
}

/** Never rejects for what it finds: `code` is 0 when every answer held. */
export async function runSchemathesis(python: string, run: SchemathesisRun): Promise<SchemathesisResult> {
  const folder = join(cacheFolder, 'schemathesis');
  await mkdir(join(cacheFolder, 'logs'), { recursive: true });
  const log = createWriteStream(join(cacheFolder, 'logs/schemathesis.log'), { flags: 'a' });
  const configFile = join(folder, `schemathesis-${process.pid}.toml`);
  const harFile = join(folder, `schemathesis-${process.pid}.har`);
  await writeFile(configFile, configuration(run.known));
  const args = [
    ...['-m', 'schemathesis.cli', '--config-file', configFile, 'run', run.document, '--url', run.url],
    ...(run.only ?? []).flatMap((path) => ['--include-path', path]),
    ...(run.without ?? []).flatMap((path) => ['--exclude-path', path]),
    ...['--phases', 'coverage,fuzzing', '--checks', checks.join(',')],
    ...['--seed', String(run.seed), '--max-examples', String(run.examples)],
    ...['--max-time', String(run.seconds), '--request-timeout', '45'],
    ...['--report', 'har', '--report-har-path', harFile],
    // Two of its threads at once trip over a fault of Python 3.11; one also repeats itself exactly.
    ...['--workers', '1', '--continue-on-failure', '--no-color', '--warnings', 'off'],
  ];
  // It keeps a database of examples where it runs.
  const child = spawn(python, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: (run.seconds + 90) * 1000,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      log.write(text);
      output = (output + text).slice(-200_000);
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  log.end();
  const statuses = await statusesIn(harFile);
  await Promise.all([configFile, harFile].map((file) => rm(file, { force: true })));
  return { code, output, statuses };
}

const archive = z.object({
  log: z.object({ entries: z.array(z.object({ response: z.object({ status: z.number() }) })) }),
});

async function statusesIn(harFile: string): Promise<Map<number, number>> {
  const { entries } = archive.parse(JSON.parse(await readFile(harFile, 'utf8'))).log;
  const counts = new Map<number, number>();
  for (const { response } of entries) counts.set(response.status, (counts.get(response.status) ?? 0) + 1);
  return counts;
}
