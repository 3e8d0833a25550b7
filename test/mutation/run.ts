/**
 * `npm run test:mutation [-- src/tariffs src/units/amount.ts] [--sample 100 --seed 7] [--jobs 2]`: changes one operator of
 * the core at a time and sees whether a unit or property test fails of it. No part of `npm test`: it takes long.
 *
 * Fails when fewer than 90 % of the mutants are killed, or when a survivor is not named in equivalents.ts.
 */
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../addon/paths.ts';
import { core } from './core.ts';
import { equivalents } from './equivalents.ts';
import { Judge } from './judge.ts';
import { type Mutant, mutate } from './mutants.ts';
import { describeReport, report, type Verdict } from './report.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
  },
});
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const all = globSync(core, { cwd: root, exclude: ['**/*.test.ts', '**/testing/**'] }).sort();
const files = all.filter(
  (file) =>
    positionals.length === 0 ||
    positionals.some((part) => file === part || file.startsWith(`${part.replace(/\/$/, '')}/`)),
);
if (files.length === 0) {
  say(`There is no file of the core in ${positionals.join(', ')}; the core is ${core.join(', ')}`);
  process.exit(2);
}

const mutants: { file: string; mutant: Mutant }[] = [];
for (const file of files)
  for (const mutant of mutate(readFileSync(join(root, file), 'utf8'), mutants.length).mutants)
    mutants.push({ file, mutant });

/** A sample that is the same for the same seed: the numbers in the order of a small scrambler of integers. */
function sampled(count: number, seed: number): typeof mutants {
  const key = (id: number): number => {
    const mixed = Math.imul(id + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b);
    return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> 0;
  };
  return [...mutants].sort((a, b) => key(a.mutant.id) - key(b.mutant.id)).slice(0, count);
}
const chosen = values.sample === undefined ? mutants : sampled(Number(values.sample), Number(values.seed));

const startedAtMs = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'mutants-'));
const verdicts: Verdict[] = [];
try {
  const first = new Judge(root, files, folder);
  const tookMs = await first.tryAll();
  first.end();
  const reached = new Map<number, string[]>();
  for (const name of readdirSync(folder)) {
    const { file, ids } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    for (const id of ids) reached.set(id, [...(reached.get(id) ?? []), file]);
  }
  say(`${chosen.length} of ${mutants.length} mutants of ${files.length} files, ${tookMs.size} test files`);
  const waiting = [...chosen];
  const work = async (): Promise<void> => {
    const judge = new Judge(root, files);
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { file, mutant } = next;
      const isKilled = await judge.kills(mutant.id, file, reached.get(mutant.id) ?? [], tookMs);
      verdicts.push({ file, mutant, isKilled });
      if (!isKilled) say(`survives: ${file}:${mutant.line}  ${mutant.change}   ${mutant.code}`);
      if (verdicts.length % 100 === 0) say(`… ${verdicts.length} of ${chosen.length}`);
    }
    judge.end();
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const result = report(verdicts, equivalents, values.sample === undefined ? files : []);
for (const line of describeReport(result)) say(line);
say(`${Math.round((performance.now() - startedAtMs) / 1000)} s`);
process.exitCode = result.isGood ? 0 : 1;
