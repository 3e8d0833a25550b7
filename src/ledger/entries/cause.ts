import { hourUs } from '../../units/durations.ts';
import { hull, type Interval } from '../../units/interval.ts';

/** Why a meter is posted anew, the weakest first: of causes that come together the strongest is told. */
const changeCauses = ['readings', 'statistics', 'reconciled', 'rules', 'corrected'] as const;

/**
 * `readings`: as they came in; `statistics`: rows of Home Assistant; `reconciled`: what a comparison with Home Assistant
 * fetched; `rules`: the meter or the balance counts otherwise now; `corrected`: a correction, or one taken back.
 */
export type ChangeCause = (typeof changeCauses)[number];

/**
 * Why a revision was made; of readings it is told apart what they were to the quarter. `first`: the quarter
 * had no final entry; `settled`: it had one that could still grow; `late`: a reading came after it was final.
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

/** New evidence, and why it is posted. */
export interface ChangedRange extends Interval {
  readonly cause: ChangeCause;
}

/** More than what comes in between two rounds of posting. */
const longUs = 24 * hourUs;

/** Whether it is about more than the last hours: posting it takes a while. */
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

/** What of a quarter-hour's newest entry decides the cause of the next. */
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
