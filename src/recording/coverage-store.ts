/**
 * Coverage verification: each hour of each entity is compared with Home Assistant's own history, reading by reading.
 */

import { hourUs } from '../units/durations.ts';
import type { Interval } from '../units/interval.ts';

export const coverageHourUs = hourUs;

/** An hour of UTC of one entity for which the store has all that Home Assistant returned. */
export interface VerifiedHour {
  readonly entityId: string;
  readonly hourUs: number;
  /**
   * Readings in Home Assistant's history; fewer than `held` where it lost some or never kept them. Negative: the
   * verification is invalid.
   */
  readonly reported: number;
  /**
   * Readings in the store when it was verified. Fewer at a later check: the store lost some, and the hour is not
   * verified any more.
   */
  readonly held: number;
  readonly verifiedAtUs: number;
}

/** Keeps the verified hours beside the readings. Calls reject when the store is down. */
export interface CoverageStore {
  /** The last verification of each hour that starts in [startUs, endUs); null asks for all entities. */
  verified(entityIds: readonly string[] | null, startUs: number, endUs: number): Promise<VerifiedHour[]>;
  /** How many readings the store holds, by entity and by start of the hour; an hour without any is absent. */
  held(
    entityIds: readonly string[],
    startUs: number,
    endUs: number,
  ): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>>;
  /**
   * Saves verifications; the last one of an hour counts, so it may be repeated. Resolves when they are durable and
   * can be read.
   */
  note(hours: readonly VerifiedHour[]): Promise<void>;
}

/** A stretch of readings that were missing here and were recovered from Home Assistant's history. */
export interface FoundReadings {
  readonly entityId: string;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly added: number;
  /** Before the entity's first verified hour: the first fetch of its past, so nothing was lost. */
  readonly isFirst?: boolean;
}

/** From the first of the readings to the last. */
export function foundInterval({ firstUs, lastUs }: FoundReadings): Interval {
  return { startUs: firstUs, endUs: lastUs + 1 };
}

/** What to compare with Home Assistant. */
export interface HoursToVerify extends Interval {
  readonly entityIds: readonly string[];
  /** Also the parts before and after whole hours, which are not saved as verified. */
  readonly isExact: boolean;
}

export interface VerificationEnvironment {
  readonly signal: AbortSignal;
  /** Called at the start with the hours that are not verified. */
  readonly onUnverified?: (hours: ReadonlyMap<string, readonly number[]>) => void;
  /** Called for each entity that was compared; not for one whose hours are all verified already. */
  readonly onVerified: (entityId: string, result: VerificationResult) => void;
}

/** The result of comparing an entity's hours. */
export interface VerificationResult {
  /** Hours compared now; those verified before are not fetched again. */
  readonly hours: number;
  readonly found: readonly FoundReadings[];
  /** Why some hours could not be compared; null when all were. */
  readonly error: string | null;
}
