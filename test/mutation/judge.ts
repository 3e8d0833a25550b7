import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { Answer, Question } from './worker.ts';

/** Beyond what the tests need without a mutant. */
const graceMs = 20_000;

/** Asks a Vitest in a process of its own which tests fail of a mutant; a new one takes its place when it hangs. */
export class Judge {
  readonly #root: string;
  readonly #files: readonly string[];
  readonly #reachedFolder: string | undefined;
  /** How many mutants of a file each test has killed: what killed before is tried first. */
  readonly #kills = new Map<string, number>();
  #worker: { readonly child: ChildProcess; readonly tests: Promise<string[]> } | undefined;

  /** `reachedFolder`: where every test file leaves which mutants it reached. */
  constructor(root: string, files: readonly string[], reachedFolder?: string) {
    this.#root = root;
    this.#files = files;
    this.#reachedFolder = reachedFolder;
  }

  /**
   * Runs every test file that imports one of the files, with no mutant active.
   *
   * @returns how long each takes, by its path.
   * @throws when one fails.
   */
  async tryAll(): Promise<Map<string, number>> {
    const tookMs = new Map<string, number>();
    for (const test of await this.#started().tests) {
      const answer = await this.#ask({ mutant: -1, test }, 300_000);
      if (answer?.passes !== true) throw new Error(`${test} fails without any mutant`);
      tookMs.set(test, answer.tookMs);
    }
    return tookMs;
  }

  /** Whether one of the tests fails of the mutant, or never ends. */
  async kills(
    mutant: number,
    file: string,
    tests: readonly string[],
    tookMs: ReadonlyMap<string, number>,
  ): Promise<boolean> {
    const rank = (test: string): number =>
      (tookMs.get(test) ?? 0) / (1 + (this.#kills.get(`${file} ${test}`) ?? 0));
    for (const test of [...tests].sort((a, b) => rank(a) - rank(b))) {
      const answer = await this.#ask({ mutant, test }, graceMs + 5 * (tookMs.get(test) ?? 0));
      if (answer?.passes === true) continue;
      // A test from elsewhere may have failed of the machine's load.
      if (answer !== undefined && dirname(test) !== dirname(join(this.#root, file))) {
        const without = await this.#ask({ mutant: -1, test }, graceMs + 5 * (tookMs.get(test) ?? 0));
        if (without?.passes !== true) continue;
      }
      const name = `${file} ${test}`;
      this.#kills.set(name, (this.#kills.get(name) ?? 0) + 1);
      return true;
    }
    return false;
  }

  end(): void {
    this.#worker?.child.kill('SIGKILL');
    this.#worker = undefined;
  }

  #started(): { readonly child: ChildProcess; readonly tests: Promise<string[]> } {
    if (this.#worker !== undefined) return this.#worker;
    const child = fork(join(import.meta.dirname, 'worker.ts'), [this.#root, ...this.#files], {
      cwd: dirname(import.meta.dirname),
      env: {
        ...process.env,
        SIMULATION_SEEDS: '4',
        ...(this.#reachedFolder === undefined ? {} : { MUTANTS_REACHED: this.#reachedFolder }),
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const tests = once(child, 'message', { signal: AbortSignal.timeout(60_000) }).then(([first]) => first);
    this.#worker = { child, tests };
    return this.#worker;
  }

  /** Undefined when no answer came in time. */
  async #ask(question: Question, limitMs: number): Promise<Answer | undefined> {
    const { child, tests } = this.#started();
    await tests;
    const answer = once(child, 'message', { signal: AbortSignal.timeout(limitMs) });
    child.send(question);
    try {
      return (await answer)[0];
    } catch {
      this.end();
      return undefined;
    }
  }
}
