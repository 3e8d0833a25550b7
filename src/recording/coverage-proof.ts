/** What it means that nothing is missing: each hour was held against Home Assistant's own history, reading by reading. */

import { hourUs } from '../units/durations.ts';
import type { Interval } from '../units/interval.ts';

export const proofHourUs = hourUs;

/** An hour of UTC of one entity, of which we hold all that Home Assistant told. */
export interface VerifiedHour {
  readonly entityId: string;
  readonly hourUs: number;
  /**
   * Readings that Home Assistant's history had; fewer than `held` where it lost some, or never kept them. Negative: the
   * proof is void.
   */
  readonly told: number;
  /** Readings in the store when it was proven. Fewer at a later look: the store lost some, and it is proven no more. */
  readonly held: number;
  readonly verifiedAtUs: number;
}

/** Keeps what was proven, beside the readings it speaks of. Calls reject when the store is down. */
export interface CoverageStore {
  /** Proofs of the hours that start in [startUs, endUs), the last of each hour; null asks for all entities. */
  proven(entityIds: readonly string[] | null, startUs: number, endUs: number): Promise<VerifiedHour[]>;
  /** How many readings the store holds by entity and by start of the hour; an hour without any is absent. */
  held(
    entityIds: readonly string[],
    startUs: number,
    endUs: number,
  ): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>>;
  /** May be repeated: the last proof of an hour holds. Resolves when they are durable and can be read. */
  note(hours: readonly VerifiedHour[]): Promise<void>;
}

/** A stretch in which Home Assistant's history held readings that we had not; they are in the store now. */
export interface FoundReadings {
  readonly entityId: string;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly added: number;
  /** From before anything of the entity was proven: the first fetch of its past, and nothing that went missing. */
  readonly isFirst?: boolean;
}

/** From the first of the readings to the last. */
export function foundInterval({ firstUs, lastUs }: FoundReadings): Interval {
  return { startUs: firstUs, endUs: lastUs + 1 };
}

/** What is to be held against Home Assistant. */
export interface HoursToVerify extends Interval {
  readonly entityIds: readonly string[];
  /** Also what lies before and after whole hours, of which nothing is noted. */
  readonly isExact: boolean;
}

export interface VerificationEnvironment {
  readonly signal: AbortSignal;
  /** What is not proven when it begins. */
  readonly onUnverified?: (hours: ReadonlyMap<string, readonly number[]>) => void;
  /** Told of each entity that was held against it; one of which all is proven already is not. */
  readonly onVerified: (entityId: string, proof: VerificationResult) => void;
}

/** What came of holding an entity's hours against Home Assistant. */
export interface VerificationResult {
  /** Hours that were held against it now; those proven before are not asked for again. */
  readonly hours: number;
  readonly found: readonly FoundReadings[];
  /** Why not all could be had; null when all was. */
  readonly error: string | null;
}
