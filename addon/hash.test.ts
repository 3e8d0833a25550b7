/**
 * Goal: what is built is built again exactly when its sources change.
 * Method: folders on the disk, changed one thing at a time.
 */
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hashOfSources, sha256Of } from './hash.ts';

it('hashes a file as sha256sum does', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'hash-')), 'abc');
  writeFileSync(path, 'abc');
  expect(await sha256Of(path)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it('changes with a content, a name, a new file, and with nothing else', async () => {
  const root = mkdtempSync(join(tmpdir(), 'hash-'));
  mkdirSync(join(root, 'ui/deep'), { recursive: true });
  writeFileSync(join(root, 'ui/deep/a.ts'), 'one');
  writeFileSync(join(root, 'lock.json'), '{}');
  const hash = () => hashOfSources(root, ['ui', 'lock.json', 'missing']);
  const first = await hash();
  writeFileSync(join(root, 'elsewhere'), 'x');
  expect(await hash()).toBe(first);
  writeFileSync(join(root, 'ui/deep/a.ts'), 'two');
  const second = await hash();
  expect(second).not.toBe(first);
  renameSync(join(root, 'ui/deep/a.ts'), join(root, 'ui/deep/b.ts'));
  const third = await hash();
  expect(third).not.toBe(second);
  writeFileSync(join(root, 'ui/new.ts'), '');
  expect(await hash()).not.toBe(third);
});
