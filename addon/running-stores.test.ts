/**
 * Goal: a program beside `npm start` finds its stores, and is never sent to those of one that is gone.
 * Method: the real file and the real lock, in a folder of the test's own.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Lock, takeLock } from './lock.ts';
import { forgetStores, lockIn, noteStores, storesOf } from './running-stores.ts';

const ports = { questdbHttp: 9000, questdbPg: 8812, documents: 27017 };
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'energy-ledger-noted-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

async function lock(): Promise<Lock> {
  const outcome = await takeLock(lockIn(dataDir));
  if ('heldByPid' in outcome) throw new Error(`Held by ${outcome.heldByPid}`);
  return outcome.lock;
}

it('finds them from when they answer until they are stopped', async () => {
  expect(storesOf(dataDir)).toEqual({ kind: 'none' });
  const held = await lock();
  expect(storesOf(dataDir)).toEqual({ kind: 'starting' });
  noteStores(dataDir, ports);
  expect(storesOf(dataDir)).toEqual({ kind: 'running', ports });
  forgetStores(dataDir);
  expect(storesOf(dataDir)).toEqual({ kind: 'starting' });
  held.release();
  expect(storesOf(dataDir)).toEqual({ kind: 'none' });
});

it('does not trust what a killed one left behind', () => {
  noteStores(dataDir, ports);
  // A process that is no more; a pid that another was given is told apart by when it started.
  writeFileSync(lockIn(dataDir), `${process.pid} 1`);
  expect(storesOf(dataDir)).toEqual({ kind: 'left behind' });
});

it.each(['', '{', '[]', 'null', '{"questdbHttp":"9000"}'])(
  'takes a file that says %j for none',
  async (text) => {
    writeFileSync(join(dataDir, 'stores.json'), text);
    const held = await lock();
    expect(storesOf(dataDir)).toEqual({ kind: 'starting' });
    held.release();
  },
);
