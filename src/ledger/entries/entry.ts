/**
 * A ledger entry: what one meter delivered in one quarter-hour, and its evidence. Computed entries have no revision
 * yet; the journal gives them one.
 */

/** Worst last: a quarter-hour has the quality of its worst part. */
export const qualities = ['measured', 'imported', 'recovered', 'hourly', 'estimated', 'none'] as const;
export type Quality = (typeof qualities)[number];

/**
 * `quantity` entries are what views add up. A `restart` entry explains a register that was reset: over any range,
 * quantities = last register - first register + restarts.
 */
export const entryKinds = ['quantity', 'restart'] as const;
export type EntryKind = (typeof entryKinds)[number];

export const entryReasons = [
  'counted',
  'integrated',
  'switched_off',
  'reset',
  'exchange',
  'spread',
  'corrected',
  'withdrawn',
] as const;
export type EntryReason = (typeof entryReasons)[number];

export interface Entry {
  readonly kind: EntryKind;
  readonly quarterHourStartUs: number;
  /** Millionths of the meter's canonical unit (mWh, mL). */
  readonly amountMicro: number;
  readonly quality: Quality;
  /** How much of the quarter-hour was measured, 0 to quarterHourUs. */
  readonly coveredUs: number;
  readonly reason: EntryReason;
  /** The evidence at or before the quarter-hour's start, and at or after its end (or the last there is). */
  readonly firstEvidenceUs: number;
  readonly lastEvidenceUs: number;
  /** No later evidence exists: the quarter-hour may still grow. */
  readonly isProvisional: boolean;
  /** How long the device was on; null where that is not known. */
  readonly onTimeUs: number | null;
}

/** By quarter-hour, quantities before restarts. */
export function byQuarterHour(one: Entry, other: Entry): number {
  return one.quarterHourStartUs - other.quarterHourStartUs || one.kind.localeCompare(other.kind);
}

/** The worse of two qualities, by the order of `qualities`. */
export function worse(one: Quality, other: Quality): Quality {
  return qualities.indexOf(one) >= qualities.indexOf(other) ? one : other;
}

const comparedFields = [
  'amountMicro',
  'quality',
  'coveredUs',
  'reason',
  'firstEvidenceUs',
  'lastEvidenceUs',
  'isProvisional',
  'onTimeUs',
] as const satisfies readonly (keyof Entry)[];

/** The differences of two entries of one quarter-hour and kind, in words; empty when they are equal. */
export function entryDifferences(one: Entry, other: Entry): string[] {
  return comparedFields
    .filter((field) => one[field] !== other[field])
    .map((field) => `${field} ${one[field]}, not ${other[field]}`);
}
