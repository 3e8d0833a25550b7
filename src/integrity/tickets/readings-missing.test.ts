/** Goal: a hole that was filled is told with how many readings lay in it and how long it was. Method: holes by hand. */
import { expect, it } from 'vitest';
import { readingsMissing } from './readings-missing.ts';

it.each([
  [1, 'a reading', 0],
  [2, '2 readings', 90],
])('tells of %d that was missing', (added, words, seconds) => {
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
  expect(finding.detail).toContain(`held ${words} that`);
  expect(finding.evidence).toEqual([
    { name: 'added', value: added, unit: '' },
    { name: 'gap_seconds', value: seconds, unit: 's' },
  ]);
});
