/**
 * What tests import in the place of fast-check while mutants are tried. A property that is asked some hundred times takes
 * seconds, and would for each mutant; most are killed within the first few. `npm test` asks them as often as they say.
 */
import { createRequire } from 'node:module';
import type * as FastCheck from 'fast-check';

/** At most so many runs of a property: `--runs` of run.ts. */
const mostRuns = Number(process.env.MUTATION_RUNS ?? 40);
const real: typeof FastCheck = createRequire(import.meta.url)('fast-check');
// The same run twice finds the same; what is smallest does not matter here.
real.configureGlobal({ seed: 13, endOnFailure: true });

export default {
  ...real,
  assert: (property: FastCheck.IRawProperty<unknown>, parameters: FastCheck.Parameters<unknown> = {}) =>
    real.assert(property, { ...parameters, numRuns: Math.min(parameters.numRuns ?? 100, mostRuns) }),
};
