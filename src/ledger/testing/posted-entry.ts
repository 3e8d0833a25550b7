import { quarterHourUs } from '../../units/durations.ts';
import type { PostedEntry } from '../entries/revision.ts';

/** A quarter-hour that was measured completely, in its first revision; `given` replaces fields. */
export function postedEntry(
  quarterHourStartUs: number,
  amountMicro: number,
  given: Partial<PostedEntry> = {},
): PostedEntry {
  return {
    kind: 'quantity',
    quarterHourStartUs,
    amountMicro,
    quality: 'measured',
    coveredUs: quarterHourUs,
    reason: 'counted',
    firstEvidenceUs: quarterHourStartUs,
    lastEvidenceUs: quarterHourStartUs + quarterHourUs,
    isProvisional: false,
    onTimeUs: null,
    revision: 1,
    postedAtUs: quarterHourStartUs,
    cause: 'first',
    ...given,
  };
}
