/**
 * Goal: a failure of a program is reported with the reason in a few words, and with the place of its whole output.
 * Method: small shell scripts that fail as real programs do, with a real log.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProgramFailure, runProgram } from './program.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'energy-ledger-program-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function failureOf(command: string, args: string[], limitMs = 20_000): Promise<ProgramFailure> {
  const logFile = join(folder, 'program.log');
  const failure: unknown = await runProgram(command, args, { logFile, limitMs }).catch(
    (cause: unknown) => cause,
  );
  if (!(failure instanceof ProgramFailure)) throw new Error(`It did not fail: ${failure}`);
  return failure;
}

it('reports why, also when much was printed after it, and keeps all of it', async () => {
  const script =
    'echo "npm error connect ECONNREFUSED 127.0.0.1:9"; for i in $(seq 40); do echo "line $i"; done; exit 3';
  const failure = await failureOf('sh', ['-c', script]);
  expect(failure.why).toBe('the connection was refused (by the server, or by a proxy that is set)');
  expect(failure.message).toContain('sh ended with 3');
  expect(readFileSync(failure.logFile, 'utf8')).toContain('ECONNREFUSED');
});

it('reports that there is no such program', async () => {
  const failure = await failureOf('no-such-program-here', []);
  expect(failure.why).toMatch(/no-such-program-here ENOENT/);
});

it('reports that it took too long', async () => {
  expect((await failureOf('sleep', ['20'], 300)).why).toMatch(/^it took longer than/);
});
