import type { FoundReadings } from '../../recording/coverage-proof.ts';
import type { Finding } from '../ticket.ts';

/** Readings that Home Assistant held and we had not: told, for they are there now. */
export function readingsMissing({ entityId, startUs, endUs, added }: FoundReadings): Finding {
  const readings = added === 1 ? 'a reading' : `${added} readings`;
  return {
    kind: 'readings_missing',
    entityId,
    startUs,
    endUs,
    detail: `Home Assistant's history held ${readings} that we had not; they were added, and what rests on them was posted anew.`,
    evidence: [
      { name: 'added', value: added, unit: '' },
      { name: 'gap_seconds', value: Math.round((endUs - startUs) / 1_000_000), unit: 's' },
    ],
    relatedEntityId: null,
    choices: [],
  };
}
