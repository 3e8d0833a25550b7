/** Schemathesis: requests made of an OpenAPI document, and answers held against it. Its own process, from PyPI. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
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
  readonly seed: number;
  readonly examples: number;
  /** It ends by itself then. */
  readonly seconds: number;
}

export interface SchemathesisResult {
  readonly code: number | null;
  /** What it printed: the failures, with a request that repeats each, and the sum. */
  readonly output: string;
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
  const log = createWriteStream(join(cacheFolder, 'logs/schemathesis.log'), { flags: 'w' });
  const args = [
    ...['-m', 'schemathesis.cli', 'run', `${run.url}/api/openapi.json`, '--url', run.url],
    ...['--phases', 'coverage,fuzzing', '--checks', checks.join(',')],
    ...['--seed', String(run.seed), '--max-examples', String(run.examples)],
    ...['--max-time', String(run.seconds), '--request-timeout', '45', '--workers', '2'],
    ...['--continue-on-failure', '--no-color', '--warnings', 'off'],
  ];
  // It keeps a database of examples where it runs.
  const child = spawn(python, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], timeout: 150_000 });
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
  return { code, output };
}
