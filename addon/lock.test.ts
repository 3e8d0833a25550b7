/**
 * Goal: a lock is held by one living process, and one that died does not hold it for ever.
 * Method: real files in a temporary folder, and processes that really live or have ended.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { takeLock, waitForLock } from './lock.ts';

const place = () => join(mkdtempSync(join(tmpdir(), 'lock-')), 'deep/in-use');

it('is refused while another holder lives, and given after its release', async () => {
  const path = place();
  const first = await takeLock(path);
  expect(await takeLock(path)).toEqual({ heldByPid: process.pid });
  if ('lock' in first) first.lock.release();
  expect(await takeLock(path)).toHaveProperty('lock');
});

it('is taken over from a process that has ended', async () => {
  const path = place();
  const child = spawn('true');
  await once(child, 'exit');
  const held = await takeLock(path);
  if ('lock' in held) held.lock.release();
  writeFileSync(path, `${child.pid} 123456`);
  expect(await takeLock(path)).toHaveProperty('lock');
});

it('is taken over from a process that has ended and whose parent does not notice', async () => {
  const path = place();
  const careless = spawn('/bin/sh', ['-c', 'true & exec sleep 30']);
  try {
    const [pid = '', start = ''] = await vi.waitFor(() => {
      const ended = readFileSync(`/proc/${careless.pid}/task/${careless.pid}/children`, 'utf8').trim();
      const fields = readFileSync(`/proc/${ended}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      expect(fields[0]).toBe('Z');
      return [ended, fields[19]];
    });
    await mkdir(dirname(path), { recursive: true });
    writeFileSync(path, `${pid} ${start}`);
    expect(await takeLock(path)).toHaveProperty('lock');
  } finally {
    careless.kill('SIGKILL');
  }
});

it('is taken over when the pid was given to another process since', async () => {
  const path = place();
  const held = await takeLock(path);
  if ('lock' in held) held.lock.release();
  writeFileSync(path, `${process.pid} 1`);
  expect(await takeLock(path)).toHaveProperty('lock');
});

it('is waited for, up to a limit', async () => {
  const path = place();
  await takeLock(path);
  await expect(waitForLock(path, 0)).rejects.toThrow('for too long');
});
