/** How the settings keep the corrections whose meters may not be posted yet: with the names of the first version. */
import type { UnpostedCorrection } from './correction-service.ts';

export const unpostedKey = 'ledger_corrections_unposted';

interface StoredUnposted {
  readonly entityId: string;
  readonly fromUs: number;
  readonly untilUs: number;
}

export function storedUnposted(unposted: readonly UnpostedCorrection[]): readonly StoredUnposted[] {
  return unposted.map(({ entityId, startUs, endUs }) => ({ entityId, fromUs: startUs, untilUs: endUs }));
}

/** Reads what `storedUnposted` wrote; an empty list when nothing is stored. */
export function unpostedFromStored(found: unknown): readonly UnpostedCorrection[] {
  if (!Array.isArray(found)) return [];
  return (found as StoredUnposted[]).map(({ entityId, fromUs, untilUs }) => ({
    entityId,
    startUs: fromUs,
    endUs: untilUs,
  }));
}
