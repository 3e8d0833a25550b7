/**
 * One Vitest with every mutant in the sources, driven by run.ts over IPC: a message names a mutant and a test file, the
 * answer says whether the tests pass. An endless loop keeps the answer away; run.ts then ends this process.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVitest } from 'vitest/node';
import { mutate } from './mutants.ts';

export interface Question {
  /** −1: none, as for the first run. */
  readonly mutant: number;
  readonly test: string;
}
export interface Answer {
  readonly passes: boolean;
  readonly tookMs: number;
}

const [root = '', ...files] = process.argv.slice(2);
const instrumented = new Map<string, string>();
let nextId = 0;
for (const file of files) {
  const mutated = mutate(readFileSync(join(root, file), 'utf8'), nextId);
  instrumented.set(join(root, file), mutated.instrumented);
  nextId += mutated.mutants.length;
}

const vitest = await createVitest(
  'test',
  {
    config: false,
    root,
    watch: false,
    include: ['src/**/*.test.ts'],
    exclude: ['src/*.test.ts', 'src/adapters/**', 'src/api/**', 'src/home/**'],
    related: files.map((file) => join(root, file)),
    setupFiles: [join(import.meta.dirname, 'active.ts')],
    pool: 'threads',
    maxWorkers: 1,
    bail: 1,
    testTimeout: 20_000,
    reporters: [{}],
    // Its key knows nothing of the mutants: another run's would be taken.
    fsModuleCache: false,
  },
  {
    logLevel: 'silent',
    plugins: [
      {
        name: 'mutants',
        enforce: 'pre',
        transform: (_, id) => {
          const code = instrumented.get(id);
          return code === undefined ? undefined : { code, map: null };
        },
      },
    ],
  },
);
const specifications = await vitest.getRelevantTestSpecifications();
process.send?.(specifications.map(({ moduleId }) => moduleId));
process.on('message', async ({ mutant, test }: Question) => {
  process.env.MUTANT = String(mutant);
  const startedAtMs = performance.now();
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(
    specifications.filter(({ moduleId }) => moduleId === test),
  );
  const passes = testModules.every((module) => module.ok()) && unhandledErrors.length === 0;
  process.send?.({ passes, tookMs: Math.round(performance.now() - startedAtMs) } satisfies Answer);
});
process.on('disconnect', () => process.exit());
