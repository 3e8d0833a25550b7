import { quarterHourUs } from '../../units/quarter-hour.ts';
import type { PostedEntry } from '../entries/revision.ts';

/** A quarter that was measured whole, in its first revision, but for what is given. */
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
