/**
 * How the settings keep the corrections whose meters may not be posted yet: with the names of the first version, the
 * last instant included.
 */
import type { UnpostedCorrection } from './correction-service.ts';

export const unpostedKey = 'ledger_corrections_unposted';

interface StoredUnposted {
  readonly entityId: string;
  readonly fromUs: number;
  readonly untilUs: number;
}

/** What the settings are given to keep. */
export function storedUnposted(unposted: readonly UnpostedCorrection[]): readonly StoredUnposted[] {
  return unposted.map(({ entityId, startUs, endUs }) => ({ entityId, fromUs: startUs, untilUs: endUs - 1 }));
}

/** Reads what `storedUnposted` wrote; an empty list when nothing is stored. */
export function unpostedFromStored(found: unknown): readonly UnpostedCorrection[] {
  if (!Array.isArray(found)) return [];
  return (found as StoredUnposted[]).map(({ entityId, fromUs, untilUs }) => ({
    entityId,
    startUs: fromUs,
    endUs: untilUs + 1,
  }));
}
