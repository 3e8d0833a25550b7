/** Before every test file of the mutation run: which mutant is active, and which were reached. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect } from 'vitest';

/** A mutant that is reached so often goes round for ever. */
const mostHits = 20_000_000;

const active = Number(process.env.MUTANT ?? -1);
const folder = process.env.MUTANTS_REACHED;
const reached = new Set<number>();
let hits = 0;

Object.assign(globalThis, {
  mutantIsActive(id: number): boolean {
    if (folder !== undefined) reached.add(id);
    if (id !== active) return false;
    hits++;
    if (hits > mostHits) throw new Error('The mutant goes round for ever');
    return true;
  },
});

// The same run twice finds the same; what is smallest does not matter here.
fc.configureGlobal({ seed: 13, endOnFailure: true });

afterAll(() => {
  if (folder === undefined) return;
  const file = expect.getState().testPath ?? '';
  writeFileSync(
    join(folder, createHash('sha1').update(file).digest('hex')),
    JSON.stringify({ file, ids: [...reached] }),
  );
});
