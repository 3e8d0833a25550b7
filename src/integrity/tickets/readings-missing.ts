import type { FoundReadings } from '../../recording/coverage-store.ts';
import type { Finding } from '../ticket.ts';

/** Readings that were missing here and that Home Assistant still had. They are added already. */
export function readingsMissing({ entityId, firstUs, lastUs, added }: FoundReadings): Finding {
  return {
    kind: 'readings_missing',
    entityId,
    startUs: firstUs,
    endUs: lastUs,
    statement: { code: 'readings_added', values: { readings: added } },
    evidence: [
      { name: 'added', value: added, unit: '' },
      { name: 'gap_seconds', value: Math.round((lastUs - firstUs) / 1_000_000), unit: 's' },
    ],
    relatedEntityId: null,
    choices: [],
  };
}
