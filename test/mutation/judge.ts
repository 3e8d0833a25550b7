import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Task, TaskResult } from './mutant-runner.ts';
import type { Question } from './worker.ts';

/** A worker that sends nothing for this long beyond what its tests need hangs. */
const graceMs = 20_000;
const nothing: TaskResult = { reached: [], killed: [], alone: [], current: null, isPolluted: false };

export interface Tried {
  readonly tookMs: number;
  readonly reached: ReadonlySet<number>;
}

/** Asks a Vitest in a process of its own which mutants a test file kills; a new one takes its place when it hangs. */
export class Judge {
  readonly #root: string;
  readonly #files: readonly string[];
  readonly #mostRuns: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'mutants-'));
  #worker: { readonly child: ChildProcess; readonly tests: Promise<string[]> } | undefined;

  /** @param mostRuns a property is asked no more often. */
  constructor(root: string, files: readonly string[], mostRuns: number) {
    this.#root = root;
    this.#files = files;
    this.#mostRuns = mostRuns;
  }

  /**
   * Runs every test file that imports one of the files and is asked for, with no mutant active.
   *
   * @throws when one fails.
   */
  async tryAll(isAsked: (test: string) => boolean): Promise<Map<string, Tried>> {
    const tried = new Map<string, Tried>();
    for (const test of await this.#started().tests) {
      if (!isAsked(test)) continue;
      const startedAtMs = performance.now();
      const { isGood, result } = await this.#ask(test, 'reach', [], 300_000);
      if (isGood !== true) throw new Error(`${test} fails without any mutant`);
      tried.set(test, { tookMs: performance.now() - startedAtMs, reached: new Set(result.reached) });
    }
    return tried;
  }

  /** Those of the mutants that make a test of the file fail or never end, and those that have to be tried alone. */
  async killedBy(test: string, mutants: readonly number[], tookMs: number) {
    const killed = new Set<number>();
    const alone = new Set<number>();
    for (let left = mutants; left.length > 0; ) {
      const { isGood, result } = await this.#ask(test, 'each', left, graceMs + 30 * tookMs);
      for (const id of result.killed) killed.add(id);
      for (const id of result.alone) alone.add(id);
      const isCut = isGood === undefined || result.isPolluted;
      // What can't be ended in its process is killed by that; what pollutes is tried alone.
      if (isCut && result.current !== null) (result.isPolluted ? alone : killed).add(result.current);
      if (!isCut || result.current === null) break;
      left = left.filter((id) => !killed.has(id) && id !== result.current);
    }
    return { killed, alone };
  }

  /** Whether one of the test files fails of the mutant when it is active from the first import on. */
  async killsAlone(mutant: number, tests: readonly (readonly [string, Tried])[]): Promise<boolean> {
    for (const [test, { tookMs }] of tests) {
      if ((await this.#ask(test, 'alone', [mutant], graceMs + 10 * tookMs)).isGood === true) continue;
      // It may have failed of the machine's load.
      if ((await this.#ask(test, 'alone', [], graceMs + 10 * tookMs)).isGood === true) return true;
    }
    return false;
  }

  end(): void {
    this.#restart();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #restart(): void {
    this.#worker?.child.kill('SIGKILL');
    this.#worker = undefined;
  }

  #started(): { readonly child: ChildProcess; readonly tests: Promise<string[]> } {
    if (this.#worker !== undefined) return this.#worker;
    const child = fork(join(import.meta.dirname, 'worker.ts'), [this.#root, ...this.#files], {
      cwd: this.#root,
      env: { ...process.env, SIMULATION_SEEDS: '4', MUTATION_RUNS: String(this.#mostRuns) },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const tests = once(child, 'message', { signal: AbortSignal.timeout(300_000) }).then(([first]) => first);
    this.#worker = { child, tests };
    return this.#worker;
  }

  /** `isGood` is undefined when nothing was heard for `silentMs`. */
  async #ask(
    test: string,
    kind: Task['kind'],
    mutants: readonly number[],
    silentMs: number,
  ): Promise<{ readonly isGood: boolean | undefined; readonly result: TaskResult }> {
    const { child, tests } = this.#started();
    await tests;
    const resultFile = join(this.#folder, 'result.json');
    writeFileSync(resultFile, JSON.stringify(nothing));
    const silence = new AbortController();
    const watch = setInterval(() => {
      if (Date.now() - statSync(resultFile).mtimeMs > silentMs) silence.abort();
    }, 1000);
    const answer = once(child, 'message', { signal: silence.signal });
    child.send({ test, task: { kind, mutants, resultFile } } satisfies Question);
    let isGood: boolean | undefined;
    try {
      [isGood] = await answer;
    } catch {
      this.#restart();
    } finally {
      clearInterval(watch);
    }
    return { isGood, result: JSON.parse(readFileSync(resultFile, 'utf8')) };
  }
}
