/**
 * `npm run test:mutation [-- src/tariffs src/units/amount.ts] [--sample 100 --seed 7] [--runs 40] [--own]`: changes one
 * operator of the core at a time and sees whether a unit or property test fails of it. No part of `npm test`: it takes long.
 *
 * `--runs`: how often a property is asked at most, with each mutant.
 * `--own`: only by the tests that lie in the folders of the files, which is faster and asks for more.
 * Fails when fewer than 90 % of the mutants are killed, or when a survivor is not named in equivalents.ts.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
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
    own: { type: 'boolean', default: false },
    runs: { type: 'string', default: '40' },
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
const judge = new Judge(root, files, Number(values.runs));
const verdicts: Verdict[] = [];
try {
  const folders = new Set(files.map((file) => join(root, file, '..')));
  const isAsked = (test: string): boolean => !values.own || folders.has(join(test, '..'));
  const tried = [...(await judge.tryAll(isAsked))].sort(([, a], [, b]) => a.tookMs - b.tookMs);
  say(`${chosen.length} of ${mutants.length} mutants of ${files.length} files, ${tried.length} test files`);
  const open = new Map(chosen.map((one) => [one.mutant.id, one]));
  const alone = new Set<number>();
  for (const [test, { tookMs, reached }] of tried) {
    const ids = [...open.keys()].filter((id) => reached.has(id));
    if (ids.length === 0) continue;
    const found = await judge.killedBy(test, ids, tookMs);
    for (const id of found.killed) open.delete(id);
    for (const id of found.alone) alone.add(id);
    say(`… ${chosen.length - open.size} killed, ${relative(root, test)}: ${Math.round(tookMs)} ms`);
  }
  for (const one of chosen) {
    const { id, line, code, change } = one.mutant;
    const isKilled =
      !open.has(id) ||
      (alone.has(id) &&
        (await judge.killsAlone(
          id,
          tried.filter(([, { reached }]) => reached.has(id)),
        )));
    verdicts.push({ ...one, isKilled });
    if (!isKilled) say(`survives: ${one.file}:${line}  ${change}   ${code}`);
  }
} finally {
  judge.end();
}
const result = report(verdicts, equivalents, values.sample === undefined ? files : []);
for (const line of describeReport(result)) say(line);
say(`${Math.round((performance.now() - startedAtMs) / 1000)} s`);
process.exitCode = result.isGood ? 0 : 1;
