import { quarterUs } from '../../units/quarter.ts';
import type { PostedEntry } from '../revision.ts';

/** A quarter that was measured whole, in its first revision, but for what is given. */
export function postedEntry(
  quarterStartUs: number,
  amountMicro: number,
  given: Partial<PostedEntry> = {},
): PostedEntry {
  return {
    kind: 'quantity',
    quarterStartUs,
    amountMicro,
    quality: 'measured',
    coveredUs: quarterUs,
    reason: 'counted',
    firstEvidenceUs: quarterStartUs,
    lastEvidenceUs: quarterStartUs + quarterUs,
    isProvisional: false,
    onTimeUs: null,
    revision: 1,
    postedAtUs: quarterStartUs,
    cause: 'first',
    ...given,
  };
}
