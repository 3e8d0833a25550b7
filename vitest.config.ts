import { defineConfig } from 'vitest/config';

/** One project per kind of test; test/run.ts runs them all and adds them up. */
const project = (name: string, include: string[], extra: object = {}) => ({
  // Vitest's own limit of 5 s is a matter of the machine's load; a test that hangs is found at 30 s as well.
  test: { name, include, environment: 'node', testTimeout: 30_000, ...extra },
});

export default defineConfig({
  test: {
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts', 'src/main.ts'],
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'coverage',
      // One failed test must not hide the figure.
      reportOnFailure: true,
    },
    projects: [
      project('unit', [
        'src/**/*.test.ts',
        'addon/**/*.test.ts',
        'test/runner/**/*.test.ts',
        'test/mutation/**/*.test.ts',
        'ui/**/*.test.ts',
        'ui/**/*.test.tsx',
      ]),
      project('structure', ['test/structure/**/*.test.ts']),
      project('stores', ['test/stores/**/*.test.ts'], {
        globalSetup: ['test/stores/setup.ts'],
        testTimeout: 60_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
      project('home-assistant', ['test/home-assistant/**/*.test.ts'], {
        globalSetup: ['test/home-assistant/setup.ts'],
        testTimeout: 60_000,
        hookTimeout: 180_000,
        fileParallelism: false,
      }),
      project('faults', ['test/faults/**/*.test.ts'], {
        testTimeout: 240_000,
        hookTimeout: 240_000,
        fileParallelism: false,
      }),
      // No part of `npm test`: `npm run soak` sets how long.
      project('soak', ['test/soak/**/*.test.ts'], { hookTimeout: 240_000 }),
      project('panel', ['test/panel/**/*.test.ts'], {
        globalSetup: ['test/panel/setup.ts'],
        testTimeout: 90_000,
        hookTimeout: 180_000,
        fileParallelism: false,
      }),
    ],
  },
});
