/**
 * One Vitest with every mutant in the sources, driven by judge.ts over IPC: a message names a test file and what to do with
 * it, the answer says whether its tests pass. An endless loop keeps the answer away; judge.ts then ends this process.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVitest } from 'vitest/node';
import type { Task } from './mutant-runner.ts';
import { mutate } from './mutants.ts';

export interface Question {
  readonly test: string;
  readonly task: Task;
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
    runner: join(import.meta.dirname, 'mutant-runner.ts'),
    alias: [{ find: /^fast-check$/, replacement: join(import.meta.dirname, 'fewer-runs.ts') }],
    pool: 'threads',
    maxWorkers: 1,
    // One test tries many mutants.
    testTimeout: 3_600_000,
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
process.on('message', async ({ test, task }: Question) => {
  process.env.MUTATION_TASK = JSON.stringify(task);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(
    specifications.filter(({ moduleId }) => moduleId === test),
  );
  process.send?.(testModules.every((module) => module.ok()) && unhandledErrors.length === 0);
});
process.on('disconnect', () => process.exit());
