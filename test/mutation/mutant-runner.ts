/**
 * How Vitest runs a test here: once as it is, then again with each mutant that it reaches, in one process; starting
 * Vitest for each would take a hundred times as long. What it finds is written to a file after each step.
 */
import { writeFileSync } from 'node:fs';
import { type RunnerTestCase, type RunnerTestFile, type RunnerTestSuite, TestRunner } from 'vitest';

/** What is asked of one test file, by the environment variable MUTATION_TASK. */
export interface Task {
  /**
   * `reach`: which mutants are reached; `each`: run with each of `mutants`; `alone`: the only one is active
   * throughout.
   */
  readonly kind: 'reach' | 'each' | 'alone';
  readonly mutants: readonly number[];
  readonly resultFile: string;
}

export interface TaskResult {
  readonly reached: readonly number[];
  readonly killed: readonly number[];
  /** What a second run in one process can't decide: it was reached by an import, or only the first time. */
  readonly alone: readonly number[];
  /** The one that was being tried: it hangs when no more is heard. */
  readonly current: number | null;
  /** The tests fail without a mutant since `current` was active: it left something behind. */
  readonly isPolluted: boolean;
}

/** Beyond what a test takes without a mutant; a mutant that needs so much longer goes round for ever. */
const timesLonger = 20;
const graceMs = 3000;
const hitsLonger = 50;
const graceHits = 1_000_000;

const task: Task = JSON.parse(process.env.MUTATION_TASK ?? '{"kind":"reach","mutants":[],"resultFile":""}');
const waiting = new Set(task.mutants);
const killed = new Set<number>();
const alone = new Set<number>();
/** How often each is reached, while that is counted; first by the imports. */
let counted: Map<number, number> | null = task.kind === 'alone' ? null : new Map();
let active = task.kind === 'alone' ? (task.mutants[0] ?? -1) : -1;
let hitsLeft = Number.POSITIVE_INFINITY;
let current: number | null = null;
let isPolluted = false;
// Tests put clocks of their own in the place of these.
const { setTimeout, clearTimeout, performance } = globalThis;

Object.assign(globalThis, {
  mutantIsActive(id: number): boolean {
    if (counted !== null) counted.set(id, (counted.get(id) ?? 0) + 1);
    if (id !== active) return false;
    hitsLeft--;
    if (hitsLeft < 0) throw new Error('The mutant goes round for ever');
    return true;
  },
});

function save(): void {
  const reached = task.kind === 'reach' ? [...(counted?.keys() ?? [])] : [];
  const result: TaskResult = { reached, killed: [...killed], alone: [...alone], current, isPolluted };
  writeFileSync(task.resultFile, JSON.stringify(result));
}

export default class MutantRunner extends TestRunner {
  async runTask(test: RunnerTestCase): Promise<void> {
    const work = TestRunner.getTestFn(test);
    if (task.kind !== 'each' || isPolluted) return void (await work());
    for (const id of counted?.keys() ?? []) alone.add(id);
    counted = new Map();
    const startedAtMs = performance.now();
    await work();
    const again = withHooks(test, work);
    await afterEachOf(test);
    const limitMs = graceMs + timesLonger * (performance.now() - startedAtMs);
    const first = counted;
    counted = new Map();
    const isRepeatable = await passes(again, limitMs);
    const reached = isRepeatable ? counted : new Map<number, number>();
    counted = null;
    for (const id of first.keys()) if (!reached.has(id)) alone.add(id);
    for (const [id, hits] of reached) {
      if (!waiting.has(id)) continue;
      current = id;
      save();
      active = id;
      hitsLeft = graceHits + hitsLonger * hits;
      const isAlive = await passes(again, limitMs);
      active = -1;
      if (isAlive) continue;
      isPolluted = !(await passes(again, limitMs));
      if (isPolluted) break;
      killed.add(id);
      waiting.delete(id);
    }
    save();
    // Vitest ends the test as it began it.
    await beforeEachOf(test);
  }

  override onAfterRunFiles(files: RunnerTestFile[]): void {
    super.onAfterRunFiles(files);
    save();
  }
}

/** The test as Vitest runs it, between its hooks, so that what they set up is there anew for each mutant. */
function withHooks(test: RunnerTestCase, work: () => unknown): () => Promise<void> {
  return async () => {
    const cleanups = await beforeEachOf(test);
    try {
      await work();
    } finally {
      await afterEachOf(test);
      for (const cleanup of cleanups.reverse()) await cleanup();
    }
  };
}

/** The suites around a test, the file first. */
function suitesOf(test: RunnerTestCase): RunnerTestSuite[] {
  const suites: RunnerTestSuite[] = [];
  for (let suite: RunnerTestSuite | undefined = test.suite ?? test.file; suite !== undefined; ) {
    suites.unshift(suite);
    suite = suite === test.file ? undefined : (suite.suite ?? test.file);
  }
  return suites;
}

async function beforeEachOf(test: RunnerTestCase): Promise<(() => unknown)[]> {
  const cleanups: (() => unknown)[] = [];
  for (const suite of suitesOf(test))
    for (const hook of TestRunner.getSuiteHooks(suite).beforeEach) {
      const cleanup: unknown = await hook(test.context, suite);
      if (typeof cleanup === 'function') cleanups.push(() => cleanup());
    }
  return cleanups;
}

async function afterEachOf(test: RunnerTestCase): Promise<void> {
  for (const suite of suitesOf(test).reverse())
    for (const hook of TestRunner.getSuiteHooks(suite).afterEach.toReversed())
      await hook(test.context, suite);
}

async function passes(work: () => unknown, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, limitMs, false);
  });
  try {
    return await Promise.race([Promise.resolve(work()).then(() => true), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
