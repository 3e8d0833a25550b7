import { hourUs } from '../../units/durations.ts';
import { hull, type Interval } from '../../units/interval.ts';

/** Why a meter is posted again, the weakest first: of several causes the strongest is recorded. */
const changeCauses = ['readings', 'statistics', 'reconciled', 'rules', 'corrected'] as const;

/**
 * `readings`: new readings; `statistics`: rows of Home Assistant; `reconciled`: what a comparison with Home Assistant
 * fetched; `rules`: the meter or the balance counts in another way now; `corrected`: a correction, or its removal.
 */
export type ChangeCause = (typeof changeCauses)[number];

/**
 * Why a revision was made. A revision by readings has one of three causes. `first`: the quarter-hour has no final entry
 * before; `settled`: it has one that could still grow; `late`: a reading arrived after it was final.
 */
export const entryCauses = [
  'first',
  'settled',
  'late',
  'statistics',
  'reconciled',
  'rules',
  'corrected',
] as const;
export type EntryCause = (typeof entryCauses)[number];

/** The range of new or changed evidence, and why it is posted. */
export interface ChangedRange extends Interval {
  readonly cause: ChangeCause;
}

/** More than arrives between two rounds of posting. */
const longUs = 24 * hourUs;

/** Whether a range is so long that posting it takes a while. */
export function isPast({ startUs, endUs }: Interval): boolean {
  return endUs - startUs > longUs;
}

function strongerCause(one: ChangeCause, other: ChangeCause): ChangeCause {
  return changeCauses.indexOf(one) >= changeCauses.indexOf(other) ? one : other;
}

/**
 * The smallest range that covers both changes, with the stronger of their causes. `one` is undefined where nothing
 * changed before.
 */
export function mergeRanges(one: ChangedRange | undefined, other: ChangedRange): ChangedRange {
  if (one === undefined) return other;
  return { ...hull(one, other), cause: strongerCause(one.cause, other.cause) };
}

/** The fields of a quarter-hour's newest entry that decide the cause of the next revision. */
interface Before {
  readonly revision: number;
  readonly isProvisional: boolean;
}

/** The cause of the revision that follows on `before`. */
export function causeOfRevision(changeCause: ChangeCause, before: Before | undefined): EntryCause {
  if (changeCause !== 'readings') return changeCause;
  if (before === undefined || before.revision === 0) return 'first';
  return before.isProvisional ? 'settled' : 'late';
}
