import type { FoundReadings } from '../../recording/coverage-proof.ts';
import type { Finding } from '../ticket.ts';

/** Readings that Home Assistant held and we had not: told, for they are there now. */
export function readingsMissing({ entityId, startUs, endUs, added }: FoundReadings): Finding {
  return {
    kind: 'readings_missing',
    entityId,
    startUs,
    endUs,
    statement: { code: 'readings_added', values: { readings: added } },
    evidence: [
      { name: 'added', value: added, unit: '' },
      { name: 'gap_seconds', value: Math.round((endUs - startUs) / 1_000_000), unit: 's' },
    ],
    relatedEntityId: null,
    choices: [],
  };
}
