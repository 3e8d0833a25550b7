/** The state of a counter at an instant, and the differences that begin there. Pure. */
import { minuteUs } from '../../units/durations.ts';
import type { CounterDip } from './counter-dip.ts';
import type { Repeats } from './repeats.ts';
import { isPrompt, type Rhythm } from './rhythm.ts';

/**
 * How a register behaves: core's state classes. A `net` register may fall; a `rising` one falls only by reset or fault.
 */
export type CounterKind = 'rising' | 'net';

/** The state of a counter at an instant; serialisable, so that posting can start anywhere. */
export interface CounterState {
  /** The register from which the next difference is taken: the highest of this cycle for a rising one. */
  readonly baselineMicro: number;
  /** The register of the last evidence, which a dip leaves below the baseline. */
  readonly registerMicro: number;
  /** The last evidence of the register, which may repeat the one before. */
  readonly atUs: number;
  /** The end of its deltas; repeats after that wait for the next move. */
  readonly sinceUs: number;
  /** When the register moved last. */
  readonly movedAtUs: number;
  readonly rhythm: Rhythm;
  /** How many of the moves that the rhythm began with are still to come; see `postCounter`. */
  readonly foreseenMoves: number;
  /** The states that repeated the register since; null when none did. */
  readonly repeats: Repeats | null;
  readonly lastResetAtUs: number | null;
  /** When the entity became unavailable after `atUs`; null while it is available. */
  readonly absentSinceUs: number | null;
  /** The source of the register: a statistics row dates it less exactly than a reading. */
  readonly reportedBy: 'reading' | 'row';
  /**
   * What corrections declare for the time since `atUs`; null without corrections. `deliveredMicro` counts whatever the
   * register shows next; null when evidence is excluded only.
   */
  readonly correction: { readonly deliveredMicro: number | null } | null;
  /** A rising register below its baseline; null while it is not. */
  readonly dip: CounterDip | null;
  /**
   * What the register would show without its fall to a lower level; null without such a fall. A missing amount that
   * comes back at once (a member of a group) is not use.
   */
  readonly formerMicro: number | null;
}

/** How far back the next difference may reach, in µs: a posting that begins later would lose a part of it. */
export function reachesBackUs(state: CounterState): number {
  return Math.min(state.sinceUs, state.dip?.sinceUs ?? state.sinceUs);
}

/** The length of the rows that Home Assistant makes of its states. */
export const shortRowUs = 5 * minuteUs;

/** A counter that starts at a register; `before` is the counter whose rhythm it keeps, null for a new one. */
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

/** When a state that repeats the register without being a reading was written; null when none was. */
export function resumedAt({ repeats, sinceUs }: CounterState): number | null {
  return repeats !== null && repeats.lastUs > sinceUs ? repeats.lastUs : null;
}

/** The fields of a difference that begins at the state. */
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
