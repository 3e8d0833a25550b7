import { type ChangeCause, causeOfRevision, type EntryCause } from './cause.ts';
import { type Entry, entryDifferences } from './entry.ts';

/**
 * An entry as the ledger holds it. Revision 0 is provisional and lives only in the current state; from 1 on every
 * revision is in the journal for ever, and the newest is the current one.
 */
export interface PostedEntry extends Entry {
  readonly revision: number;
  readonly postedAtUs: number;
  /** Why this revision was made; null for those posted before causes were stored. */
  readonly cause: EntryCause | null;
}

function keyOf(entry: Entry): string {
  return `${entry.kind} ${entry.quarterHourStartUs}`;
}

/**
 * The entries to write so that the current state equals what was computed: none where it does already, else a new
 * revision. An entry that the evidence no longer supports is withdrawn by a revision of its own, never removed.
 * @param computed,current entries of one meter in the same range of quarter-hours
 * @param changeCause why they were computed
 */
export function revise(
  computed: readonly Entry[],
  current: readonly PostedEntry[],
  nowUs: number,
  changeCause: ChangeCause,
): PostedEntry[] {
  const known = new Map(current.map((entry) => [keyOf(entry), entry]));
  const written: PostedEntry[] = [];
  for (const entry of computed) {
    const before = known.get(keyOf(entry));
    known.delete(keyOf(entry));
    if (before && entryDifferences(before, entry).length === 0) continue;
    const isStillOpen = entry.isProvisional && (before === undefined || before.revision === 0);
    written.push({
      ...entry,
      revision: isStillOpen ? 0 : (before?.revision ?? 0) + 1,
      postedAtUs: nowUs,
      cause: causeOfRevision(changeCause, before),
    });
  }
  for (const before of known.values()) {
    if (before.reason === 'withdrawn') continue;
    written.push({
      ...before,
      amountMicro: 0,
      quality: 'none',
      coveredUs: 0,
      reason: 'withdrawn',
      onTimeUs: null,
      isProvisional: false,
      revision: before.revision + 1,
      postedAtUs: nowUs,
      cause: causeOfRevision(changeCause, before),
    });
  }
  return written.sort((a, b) => a.quarterHourStartUs - b.quarterHourStartUs);
}
