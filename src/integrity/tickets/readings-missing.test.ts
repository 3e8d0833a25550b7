/** Goal: a filled gap is reported with its number of readings and its length. Method: gaps by hand. */
import { expect, it } from 'vitest';
import { readingsMissing } from './readings-missing.ts';

it.each([
  [1, 0],
  [2, 90],
])('reports %d missing readings over %d s', (added, seconds) => {
  const found = {
    entityId: 'sensor.a',
    firstUs: 5_000_000,
    lastUs: 5_000_000 + seconds * 1e6 + 400_000,
    added,
  };
  const finding = readingsMissing(found);
  expect(finding).toMatchObject({
    kind: 'readings_missing',
    startUs: found.firstUs,
    endUs: found.lastUs,
    choices: [],
  });
  expect(finding.statement).toEqual({ code: 'readings_added', values: { readings: added } });
  expect(finding.evidence).toEqual([
    { name: 'added', value: added, unit: '' },
    { name: 'gap_seconds', value: seconds, unit: 's' },
  ]);
});
