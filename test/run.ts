/**
 * `npm test`: everything that can be checked on one machine, each suite reported as it goes, one sum at the end.
 *
 * Two lanes run side by side, for each waits more than it works: unit, structure, stores and home-assistant in one,
 * faults and panel in the other. What the second prints is held back until its suite is over.
 *
 * `npm test -- unit lint` runs only what is named: types, lint, go, unit, structure, stores, home-assistant,
 * faults, panel.
 * A failing suite does not keep the next ones from running. The very last line is `N passed, N failed`, alone.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { root } from '../addon/paths.ts';
import { orEnd } from '../addon/refusal.ts';
import type { Say } from '../addon/say.ts';
import { installSidecars } from '../addon/sidecars/sidecars.ts';
import { installCore } from './home-assistant/core/install.ts';
import {
  checkDocumentServer,
  checkLint,
  checkTypes,
  coveredPercent,
  endRunning,
  runPanel,
  runVitest,
} from './runner/suites.ts';
import { describeFailures, describeTally, lastLine, type Tally } from './runner/tally.ts';
import type { Project } from './runner/vitest-report.ts';

/** Lines of src that the tests must run, in percent. */
const requiredPercent = 80;

/** The projects that run together, because the coverage of src is theirs together. */
const together = ['unit', 'structure', 'stores', 'home-assistant'] as const satisfies readonly Project[];
const names = ['types', 'lint', 'go', ...together, 'faults', 'panel'] as const;
const needStores: readonly string[] = ['stores', 'home-assistant', 'faults', 'panel'];
const needCore: readonly string[] = ['home-assistant', 'faults'];

const say: Say = (line) => {
  process.stdout.write(`${line}\n`);
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !names.some((known) => known === name));
if (unknown.length > 0) {
  say(`There is no suite named ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(2);
}
const isSelected = (name: string): boolean => asked.length === 0 || asked.includes(name);

const tallies: Tally[] = [];
/** Runs a suite and prints its result; one that breaks down counts as failed. */
async function suite(
  title: string,
  work: (print: Say) => Promise<Tally[]>,
  isHeldBack = false,
): Promise<void> {
  const held: string[] = [];
  const print: Say = isHeldBack ? (text) => void held.push(text) : say;
  if (isHeldBack) say(`\n▶ ${title}, at the same time`);
  print(`\n▶ ${title}`);
  const startedAtMs = performance.now();
  let results: Tally[];
  try {
    results = await work(print);
  } catch (cause) {
    const seconds = (performance.now() - startedAtMs) / 1000;
    print(inspect(cause));
    results = [{ suite: title, passed: 0, failed: 1, skipped: 0, seconds, note: 'it broke down' }];
  }
  tallies.push(...results);
  for (const result of results) print(`${result.failed === 0 ? '✔' : '✘'} ${describeTally(result)}`);
  if (isHeldBack) say(held.join('\n'));
}

async function judgeCoverage(): Promise<Tally[]> {
  const percent = await coveredPercent();
  const isEnough = percent !== undefined && percent >= requiredPercent;
  const note =
    percent === undefined
      ? 'the run left no figure'
      : `${percent} % of the lines of src, ${requiredPercent} % are required`;
  return [
    { suite: 'coverage', passed: isEnough ? 1 : 0, failed: isEnough ? 0 : 1, skipped: 0, seconds: 0, note },
  ];
}

// A run that was cut short has no sum.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    endRunning();
    process.exit(130);
  });

// Here, where it may take as long as a first download does, and where one that fails ends in a sentence.
if (needStores.some(isSelected)) await orEnd(installSidecars(say));
if (needCore.some(isSelected) && !process.env.HA_TEST_URL) await orEnd(installCore(say));
if (isSelected('types')) await suite('type check', checkTypes);
if (isSelected('lint')) await suite('lint', checkLint);
if (isSelected('go')) await suite('document server', checkDocumentServer);
const selected = together.filter(isSelected);
const beside = (['faults', 'panel'] as const).filter(isSelected);
const isHeldBack = selected.length > 0;

async function runTogether(): Promise<void> {
  if (selected.length === 0) return;
  const withCoverage = selected.length === together.length;
  await rm(join(root, 'coverage'), { recursive: true, force: true });
  await suite(selected.join(', '), () => runVitest(selected, { withCoverage }));
  if (withCoverage) await suite('coverage', judgeCoverage);
}

async function runBeside(): Promise<void> {
  for (const name of beside) {
    const work = (print: Say) => {
      const options = isHeldBack ? { print } : {};
      return name === 'panel' ? runPanel(print, options) : runVitest([name], options);
    };
    await suite(name, work, isHeldBack);
  }
}

await Promise.all([runTogether(), runBeside()]);

say('\nAll suites');
for (const tally of tallies) say(`${tally.failed === 0 ? '✔' : '✘'} ${describeTally(tally)}`);
const failures = describeFailures(tallies);
if (failures.length > 0) say(['', 'Failed', ...failures].join('\n'));
say('');
process.exitCode = tallies.some((tally) => tally.failed > 0) ? 1 : 0;
say(lastLine(tallies));
