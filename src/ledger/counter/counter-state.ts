/** What has to be known of a counter to go on from an instant, and the differences that begin there. Pure. */
import { minuteUs } from '../../units/durations.ts';
import type { CounterDip } from './counter-dip.ts';
import type { Repeats } from './repeats.ts';
import { isPrompt, type Rhythm } from './rhythm.ts';

/** How a register behaves: core's state classes. A `net` register may fall; a `rising` one falls only by reset or fault. */
export type CounterKind = 'rising' | 'net';

/** What has to be known of a counter to go on from an instant; serialisable, so that posting can start anywhere. */
export interface CounterState {
  /** The register from which the next difference is taken: the highest of this cycle for a rising one. */
  readonly baselineMicro: number;
  /** The register of the last evidence, which a dip leaves below the baseline. */
  readonly registerMicro: number;
  /** The last evidence of the register, which may repeat what it was before. */
  readonly atUs: number;
  /** Until here its deltas reach; what repeats the register after that waits for its next move. */
  readonly sinceUs: number;
  /** When the register moved last. */
  readonly movedAtUs: number;
  readonly rhythm: Rhythm;
  /** So many moves are still to come that the rhythm was begun with; see `postCounter`. */
  readonly foreseenMoves: number;
  /** The states that repeated the register since; null when none did. */
  readonly repeats: Repeats | null;
  readonly lastResetAtUs: number | null;
  /** When the entity became unavailable after `atUs`; null while it is there. */
  readonly absentSinceUs: number | null;
  /** Where the register is known from: a statistics row tells it less exactly than a reading. */
  readonly reportedBy: 'reading' | 'row';
  /**
   * What corrections say of the time since `atUs`, null while they say nothing: that something told then is no evidence,
   * and what was delivered, whatever the register will say.
   */
  readonly correction: { readonly deliveredMicro: number | null } | null;
  /** A rising register below its baseline; null while it is not. */
  readonly dip: CounterDip | null;
  /**
   * Where the register would stand had it not gone on lower; null where it did not. What was missing and comes back at
   * once (a member of a group) is no use.
   */
  readonly formerMicro: number | null;
}

/** How far back the next difference may reach: posting that begins later would lose a part of it. */
export function reachesBackUs(state: CounterState): number {
  return Math.min(state.sinceUs, state.dip?.sinceUs ?? state.sinceUs);
}

/** The rows that Home Assistant makes of its states. */
export const shortRowUs = 5 * minuteUs;

/** A counter that begins to count at a register; `before` is the counter whose rhythm goes on, null for a new one. */
export function opened(
  atUs: number,
  registerMicro: number,
  lastResetAtUs: number | null,
  reportedBy: CounterState['reportedBy'],
  before: Pick<CounterState, 'rhythm' | 'foreseenMoves'> | null,
): CounterState {
  const begun = { baselineMicro: registerMicro, registerMicro, atUs, lastResetAtUs, reportedBy };
  const known = {
    sinceUs: atUs,
    movedAtUs: atUs,
    rhythm: before?.rhythm ?? [],
    foreseenMoves: before?.foreseenMoves ?? 0,
    repeats: null,
    absentSinceUs: null,
  };
  return { ...begun, ...known, correction: null, dip: null, formerMicro: null };
}

/** When a state was written that repeats the register and is no reading of it; null when none was. */
export function resumedAt({ repeats, sinceUs }: CounterState): number | null {
  return repeats !== null && repeats.lastUs > sinceUs ? repeats.lastUs : null;
}

/** Where a difference that begins at the state comes from. */
export function spanSince(state: CounterState, endUs: number) {
  return {
    startUs: state.sinceUs,
    restsFromUs: state.sinceUs,
    endUs,
    isInterrupted: state.absentSinceUs !== null,
    isDoubtful: false,
    isRough: state.reportedBy === 'row' && !isPrompt(state.rhythm, shortRowUs),
    isAfterRow: state.reportedBy === 'row',
    isCorrected: state.correction !== null,
  };
}
