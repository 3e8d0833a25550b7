/**
 * Goal: a program that dies is started again, one that is stopped stays down, one that ignores the signal is killed.
 * Method: real shell scripts that append every start to a file; the test waits for what it expects to see there.
 */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { SupervisedProgram } from './supervised-program.ts';

const running: SupervisedProgram[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.stop()));
});

/** @param before what it does before it notes its start */
function supervise(script: string, stopLimitMs = 5000, before = ':') {
  const folder = mkdtempSync(join(tmpdir(), 'supervised-'));
  const said: string[] = [];
  const program = new SupervisedProgram(
    {
      name: 'the program',
      command: '/bin/sh',
      args: ['-c', `${before}; echo started >> starts; ${script}`],
      env: process.env,
      cwd: folder,
      logFile: join(folder, 'logs/out.log'),
      stopLimitMs,
    },
    (line) => said.push(line),
  );
  running.push(program);
  // Whole lines: the shell makes the file before it writes to it, and may be killed in between.
  const starts = () =>
    existsSync(join(folder, 'starts'))
      ? readFileSync(join(folder, 'starts'), 'utf8').split('\n').length - 1
      : 0;
  return { program, said, starts };
}

const patiently = { timeout: 10_000, interval: 20 };

it('starts again what dies, whatever it died of', async () => {
  const { program, said, starts } = supervise('exec sleep 60');
  program.start();
  await vi.waitFor(() => expect(starts()).toBe(1), patiently);
  program.kill('SIGKILL');
  expect(program.pid).toBeUndefined();
  await vi.waitFor(() => expect(starts()).toBe(2), patiently);
  expect(program.pid).toBeGreaterThan(0);
  expect(program.deaths).toBe(1);
  expect(said).toEqual(['the program ended (SIGKILL); starting it again in 1 s']);
}, 20_000);

it('waits longer after each early death, and keeps the last words', async () => {
  const { program, said, starts } = supervise('echo no such luck; exit 3');
  program.start();
  await vi.waitFor(() => expect(said).toHaveLength(2), patiently);
  expect(starts()).toBe(2);
  expect(said).toEqual([
    'the program ended (exit code 3); starting it again in 1 s',
    'the program ended (exit code 3); starting it again in 2 s',
  ]);
  expect(program.lastLines(10)).toContain('no such luck');
}, 20_000);

it('stays down when it was stopped, and comes back when started', async () => {
  const { program, starts } = supervise('exec sleep 60');
  program.start();
  await vi.waitFor(() => expect(starts()).toBe(1), patiently);
  await program.stop();
  expect(program.pid).toBeUndefined();
  program.start();
  await vi.waitFor(() => expect(starts()).toBe(2), patiently);
  expect(program.deaths).toBe(0);
}, 20_000);

it('kills one that does not stop', async () => {
  const { program, said, starts } = supervise('while :; do sleep 0.05; done', 200, "trap '' TERM");
  program.start();
  await vi.waitFor(() => expect(starts()).toBe(1), patiently);
  await program.stop();
  expect(said).toEqual(['the program does not stop; killing it']);
}, 20_000);

it('reports a program that is not there instead of throwing', async () => {
  const said: string[] = [];
  const program = new SupervisedProgram(
    {
      name: 'nothing',
      command: '/nowhere/at/all',
      args: [],
      env: process.env,
      logFile: join(mkdtempSync(join(tmpdir(), 'supervised-')), 'out.log'),
      stopLimitMs: 1000,
    },
    (line) => said.push(line),
  );
  running.push(program);
  program.start();
  await vi.waitFor(() => expect(said[0]).toMatch(/^nothing ended/), patiently);
}, 20_000);
