import type { CounterEvidence } from '../evidence.ts';
import type { CounterDelta } from './counter-delta.ts';
import { stepDip } from './counter-dip.ts';
import { isFall, isUnexplainedFall } from './counter-falls.ts';
import {
  type CounterKind,
  type CounterState,
  opened,
  resumedAt,
  shortRowUs,
  spanSince,
} from './counter-state.ts';
import { isReading, withRepeat } from './repeats.ts';
import { certainMicro, hoursAreTrue, isFine, isPrompt, isSlow, stepAfter, withMove } from './rhythm.ts';

/** What one piece of evidence adds to the one before. */
export interface CounterStep {
  readonly state: CounterState | null;
  /** What the register counted, ascending, no two overlapping; none while evidence only repeats it. */
  readonly deltas: readonly CounterDelta[];
}

/** A missing amount has come back when the register exceeds its former level by at most this fraction of the amount. */
const returnParts = 4;

/** A register after a declared amount: counting restarts from it, and a restart entry explains the difference. */
function delivered(state: CounterState, next: CounterState, deliveredMicro: number): CounterStep {
  return {
    state: { ...next, rhythm: state.rhythm, foreseenMoves: state.foreseenMoves },
    deltas: [
      {
        ...spanSince(state, next.atUs),
        amountMicro: deliveredMicro,
        restartMicro: deliveredMicro - (next.registerMicro - state.baselineMicro),
        cause: 'corrected',
      },
    ],
  };
}

/**
 * Takes one piece of evidence, later than the state. The first register ever seen is the zero point; a reset counts the
 * new register from 0; a smaller fall is a dip, which counts nothing and never becomes the baseline, so that
 * 8.00, 7.99, 8.01 is 0.01. A register that goes on lower is counted from there once that is known (counter-dip.ts).
 * Negative registers of a rising counter are skipped, as core does, unless the register goes on there.
 */
export function stepCounter(
  kind: CounterKind,
  state: CounterState | null,
  evidence: CounterEvidence,
): CounterStep {
  switch (evidence.kind) {
    case 'exchange':
      return exchanged(state, evidence);
    case 'row':
      return rowRead(kind, state, evidence);
    case 'excluded': {
      const absentSinceUs = state?.absentSinceUs ?? evidence.atUs;
      const correction = state?.correction ?? { deliveredMicro: null };
      return { state: state && { ...state, absentSinceUs, correction }, deltas: [] };
    }
    case 'delivered': {
      const deliveredMicro = (state?.correction?.deliveredMicro ?? 0) + evidence.amountMicro;
      return { state: state && { ...state, correction: { deliveredMicro } }, deltas: [] };
    }
    case 'reading': {
      const { registerMicro, atUs } = evidence;
      if (registerMicro === null) {
        const absent = state && { ...state, absentSinceUs: state.absentSinceUs ?? atUs };
        return { state: absent, deltas: [] };
      }
      // A sensor that loses the attribute for a moment was not reset.
      const lastResetAtUs = evidence.lastResetAtUs ?? state?.lastResetAtUs ?? null;
      return registerRead(kind, state, {
        atUs,
        movedAtUs: atUs,
        registerMicro,
        lastResetAtUs,
        reportedBy: 'reading',
        isFromFile: evidence.origin === 'import',
        isOfHour: false,
      });
    }
  }
}

interface ReadRegister {
  /** As of when the register is known. */
  readonly atUs: number;
  /** When it moved to this register, if it moved. */
  readonly movedAtUs: number;
  readonly registerMicro: number;
  readonly lastResetAtUs: number | null;
  readonly reportedBy: CounterState['reportedBy'];
  /** Imported files hold what a meter recorded, at its own pace. */
  readonly isFromFile: boolean;
  /** Home Assistant's hourly row shows that it counted in that hour. */
  readonly isOfHour: boolean;
}

function registerRead(kind: CounterKind, state: CounterState | null, read: ReadRegister): CounterStep {
  const { atUs, registerMicro, lastResetAtUs, reportedBy } = read;
  const isBelowZero = kind === 'rising' && registerMicro < 0;
  const next = opened(atUs, registerMicro, lastResetAtUs, reportedBy, state);
  if (state === null) return { state: isBelowZero ? null : next, deltas: [] };
  if (isBelowZero && state.baselineMicro >= 0) return wentOnLower(state, next) ?? skipped(state, next);
  const declaredMicro = state.correction?.deliveredMicro ?? null;
  if (declaredMicro !== null) return delivered(state, next, declaredMicro);
  if (isReset(kind, state, read)) return restarted(state, next, read);
  if (registerMicro === state.registerMicro && state.correction === null) return repeated(state, read);
  if (kind === 'rising' && registerMicro < state.baselineMicro) return dipped(state, next);
  const { formerMicro, baselineMicro } = state;
  if (formerMicro !== null) {
    const returned = cameBack(state, next, formerMicro);
    if (returned !== null) return returned;
  }
  const after = {
    ...next,
    formerMicro: formerMicro === null ? null : formerMicro + registerMicro - baselineMicro,
  };
  if (registerMicro !== baselineMicro) return moved(state, after, read);
  const still = { ...spanSince(state, atUs), amountMicro: 0, restartMicro: 0 };
  return { state: { ...after, movedAtUs: state.movedAtUs }, deltas: [{ ...still, cause: 'counted' }] };
}

/** The step of a register whose missing amount came back at once; null when it only counted. */
function cameBack(state: CounterState, next: CounterState, formerMicro: number): CounterStep | null {
  const gapMicro = formerMicro - state.baselineMicro;
  const amountMicro = next.registerMicro - formerMicro;
  if (amountMicro < 0 || amountMicro * returnParts > gapMicro) return null;
  const counted = { ...spanSince(state, next.atUs), amountMicro, restartMicro: -gapMicro };
  return { state: next, deltas: [{ ...counted, cause: 'reset' }] };
}

/** A register below its baseline counts nothing until it is known to go on there. */
function dipped(state: CounterState, next: CounterState): CounterStep {
  const { baselineMicro, formerMicro, movedAtUs } = state;
  const still = { ...spanSince(state, next.atUs), amountMicro: 0, restartMicro: 0 };
  return (
    wentOnLower(state, next) ?? {
      state: { ...next, baselineMicro, formerMicro, movedAtUs, dip: stepDip(state, next).dip },
      deltas: [{ ...still, cause: 'counted' }],
    }
  );
}

/** Below 0: the register before stays the baseline for the next evidence. */
function skipped(state: CounterState, read: CounterState): CounterStep {
  return { state: { ...state, dip: stepDip(state, read).dip }, deltas: [] };
}

/** Counts from the lowest register on, over the time since then; null while the register may come back. */
function wentOnLower(state: CounterState, next: CounterState): CounterStep | null {
  const { dip, isLasting } = stepDip(state, next);
  if (!isLasting || dip.sinceUs === null) return null;
  const amountMicro = next.registerMicro - dip.lowestMicro;
  const restartMicro = state.baselineMicro - dip.lowestMicro;
  const since = { startUs: dip.sinceUs, restsFromUs: dip.sinceUs };
  const counted = { ...spanSince(state, next.atUs), ...since, amountMicro, restartMicro };
  return {
    state: { ...next, formerMicro: state.baselineMicro + amountMicro },
    deltas: [{ ...counted, cause: 'reset', isInterrupted: true }],
  };
}

/**
 * A state that repeats the register. For a meter that is read it is a reading; what any other repeat proves is decided
 * when the register moves.
 */
function repeated(state: CounterState, read: ReadRegister): CounterStep {
  const { atUs, lastResetAtUs, reportedBy, isFromFile } = read;
  if (reportedBy === 'row') return { state: { ...state, atUs, lastResetAtUs }, deltas: [] };
  const isBack = state.absentSinceUs !== null;
  const repeats = withRepeat(isBack ? null : state.repeats, state.movedAtUs, atUs);
  const next = { ...state, atUs, lastResetAtUs, repeats, absentSinceUs: null };
  const isRead = isFromFile || (!isBack && isReading(state.rhythm, repeats, atUs - state.atUs));
  if (!isRead) return { state: next, deltas: [] };
  const unmoved = { ...spanSince(state, atUs), amountMicro: 0, restartMicro: 0 };
  return { state: { ...next, sinceUs: atUs }, deltas: [{ ...unmoved, cause: 'counted' }] };
}

function isReset(
  kind: CounterKind,
  state: CounterState,
  { registerMicro, lastResetAtUs }: ReadRegister,
): boolean {
  if (kind === 'rising') return isFall(registerMicro, state.registerMicro);
  if (lastResetAtUs !== null && lastResetAtUs !== state.lastResetAtUs) return true;
  // A sensor that reports when its cycle began reports it for the next one, too.
  return lastResetAtUs === null && isUnexplainedFall(state, registerMicro);
}

/** A new cycle. It counts from its beginning, where that is known; the end of the old cycle is not known. */
function restarted(state: CounterState, next: CounterState, read: ReadRegister): CounterStep {
  const { atUs, lastResetAtUs, registerMicro } = read;
  const isBegun =
    lastResetAtUs !== null &&
    lastResetAtUs !== state.lastResetAtUs &&
    lastResetAtUs > state.sinceUs &&
    lastResetAtUs < atUs;
  const { still, begun } = isBegun
    ? afterSilence(state, lastResetAtUs, 0)
    : afterSilence(state, atUs, registerMicro);
  const delta: CounterDelta = {
    ...spanSince(state, atUs),
    ...(isBegun ? { startUs: lastResetAtUs } : begun),
    amountMicro: registerMicro,
    restartMicro: state.baselineMicro,
    cause: 'reset',
  };
  return { state: next, deltas: [...still, delta] };
}

/** A register that moved: it counted its move, after the time for which it is known not to have moved. */
function moved(state: CounterState, next: CounterState, { movedAtUs, isOfHour }: ReadRegister): CounterStep {
  const amountMicro = next.baselineMicro - state.baselineMicro;
  const { still, begun } = afterSilence(state, movedAtUs, amountMicro, isOfHour);
  const rhythm = withMove(state.rhythm, movedAtUs - state.movedAtUs, amountMicro);
  const since = spanSince(state, movedAtUs);
  const isRowAfterRepeats = next.reportedBy === 'row' && state.sinceUs < state.atUs;
  const isRough = since.isRough || (isRowAfterRepeats && !isPrompt(state.rhythm, shortRowUs));
  const span = { ...since, ...begun, isRough };
  return {
    state: {
      ...next,
      sinceUs: movedAtUs,
      movedAtUs,
      rhythm,
      foreseenMoves: Math.max(0, state.foreseenMoves - 1),
    },
    deltas: [...still, { ...span, amountMicro, restartMicro: 0, cause: 'counted' }],
  };
}

/**
 * Splits a silence at the start of the next move, by what the repeats of the register prove.
 * @param isOfHour it moved in an hour of Home Assistant's rows, which begins no earlier than the last repeat
 */
function afterSilence(state: CounterState, endUs: number, amountMicro: number, isOfHour = false) {
  const { sinceUs, atUs: repeatedAtUs, absentSinceUs, rhythm } = state;
  const resumedAtUs = resumedAt(state);
  const silence = { sinceUs, repeatedAtUs, resumedAtUs, isInterrupted: absentSinceUs !== null };
  const { startUs, isDoubtful } = isOfHour
    ? { startUs: repeatedAtUs, isDoubtful: false }
    : stepAfter(rhythm, silence, endUs, amountMicro);
  const restsFromUs = isDoubtful ? sinceUs : startUs;
  const since = spanSince(state, startUs);
  const isRough = since.isRough && !isFine(rhythm);
  const unmoved = { ...since, isRough, isInterrupted: false, amountMicro: 0, restartMicro: 0 };
  const still: CounterDelta[] = startUs > sinceUs ? [{ ...unmoved, cause: 'counted' }] : [];
  return { still, begun: { startUs, restsFromUs, isDoubtful } };
}

function exchanged(
  state: CounterState | null,
  evidence: CounterEvidence & { kind: 'exchange' },
): CounterStep {
  const { atUs, oldRegisterMicro, newRegisterMicro } = evidence;
  // Another meter has a rhythm of its own.
  const foreseen = { rhythm: [], foreseenMoves: state?.foreseenMoves ?? 0 };
  const next = opened(atUs, newRegisterMicro, state?.lastResetAtUs ?? null, 'reading', foreseen);
  if (state === null) return { state: next, deltas: [] };
  const declaredMicro = state.correction?.deliveredMicro ?? null;
  if (declaredMicro !== null) return delivered(state, next, declaredMicro);
  const lastMicro = oldRegisterMicro ?? state.baselineMicro;
  return {
    state: next,
    deltas: [
      {
        ...spanSince(state, atUs),
        amountMicro: lastMicro - state.baselineMicro,
        restartMicro: lastMicro - newRegisterMicro,
        cause: 'exchange',
        isInterrupted: state.absentSinceUs !== null || oldRegisterMicro === null,
      },
    ],
  };
}

/**
 * A statistics row after another piece of evidence counts like a reading at its end, unless its own `change` is known:
 * then the row's interval counts that, and the time between the evidence before and the row's start is part of the gap
 * that the register bridges. When a register that reports less often than rows are made moved within its row is not
 * known: meters report soon after the hour or the quarter-hour, so the row's start is nearer than its end.
 */
function rowRead(
  kind: CounterKind,
  state: CounterState | null,
  row: CounterEvidence & { kind: 'row' },
): CounterStep {
  const { startUs, atUs, registerMicro, changeMicro } = row;
  const follows = state === null || state.atUs <= startUs;
  const isDeclared = state !== null && state.correction?.deliveredMicro != null;
  const isSkipped = kind === 'rising' && registerMicro < 0;
  if (
    changeMicro !== null &&
    // A reading at the row's very start has counted the row's change already.
    registerMicro !== state?.registerMicro &&
    !isSkipped &&
    follows &&
    !isDeclared &&
    (state === null || state.atUs === startUs)
  ) {
    const beforeMicro = state?.baselineMicro ?? registerMicro - changeMicro;
    const { still, begun } =
      state === null
        ? { still: [], begun: { startUs, restsFromUs: startUs, isDoubtful: false } }
        : afterSilence(state, startUs, changeMicro);
    return {
      state: opened(atUs, registerMicro, state?.lastResetAtUs ?? null, 'row', state),
      deltas: [
        ...still,
        {
          ...begun,
          endUs: atUs,
          amountMicro: changeMicro,
          restartMicro: beforeMicro + changeMicro - registerMicro,
          cause: beforeMicro + changeMicro === registerMicro ? 'counted' : 'reset',
          isInterrupted: false,
          isRough: false,
          isAfterRow: false,
          isCorrected: false,
        },
      ],
    };
  }
  if (!follows) return { state, deltas: [] };
  const isOfHour = row.period === 'hour' && state !== null && hoursAreTrue(state.rhythm);
  const isSlower =
    state !== null &&
    Math.abs(registerMicro - state.baselineMicro) > certainMicro &&
    isSlow(state.rhythm, atUs - startUs) &&
    isRepeated(state, startUs);
  return registerRead(kind, state, {
    atUs,
    movedAtUs: isSlower && !isOfHour ? startUs : atUs,
    registerMicro,
    lastResetAtUs: state?.lastResetAtUs ?? null,
    reportedBy: 'row',
    isFromFile: false,
    isOfHour,
  });
}

/** Whether rows up to `startUs` repeated the register. */
function isRepeated({ atUs, sinceUs }: CounterState, startUs: number): boolean {
  return atUs === startUs && sinceUs < startUs;
}
