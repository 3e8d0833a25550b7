import { type CounterDip, stepDip } from './counter-dip.ts';
import type { CounterEvidence } from './evidence.ts';

/** How a register behaves: core's state classes. A `net` register may fall; a `rising` one falls only by reset or fault. */
export type CounterKind = 'rising' | 'net';

/** What has to be known of a counter to go on from an instant; serialisable, so that posting can start anywhere. */
export interface CounterState {
  /** The register from which the next difference is taken: the highest of this cycle for a rising one. */
  readonly baselineMicro: number;
  /** The register of the last evidence, which a dip leaves below the baseline. */
  readonly registerMicro: number;
  readonly atUs: number;
  readonly lastResetAtUs: number | null;
  /** When the entity became unavailable after `atUs`; null while it is there. */
  readonly absentSinceUs: number | null;
  /** Where the register is known from: a statistics row tells it less exactly than a reading. */
  readonly toldBy: 'reading' | 'row';
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
  return Math.min(state.atUs, state.dip?.sinceUs ?? state.atUs);
}

/** What one piece of evidence says of the time since the one before. */
export interface CounterStep {
  readonly state: CounterState | null;
  /** The quantity counted over [fromUs, toUs), or null when this evidence tells of none. */
  readonly delta: CounterDelta | null;
}

export interface CounterDelta {
  readonly fromUs: number;
  readonly toUs: number;
  readonly amountMicro: number;
  /** What the register fell by without it being negative use: a reset, an exchange, a corrected amount. 0 for plain counting. */
  readonly restartMicro: number;
  readonly cause: 'counted' | 'reset' | 'exchange' | 'corrected';
  /** A correction took evidence out of the span, or says what was counted in it. */
  readonly isCorrected: boolean;
  /** Part of the span lies in an absence, so that its spread over time is a guess. */
  readonly isInterrupted: boolean;
  /** Begins where a statistics row ended. */
  readonly isAfterRow: boolean;
}

/** A rising register that falls below this part of the reading before has been reset (core, sensor/recorder.py). */
const resetNumerator = 9n;
const resetDenominator = 10n;
/** What was missing has come back when the register stands where it would, or beyond by this part of what was missing. */
const returnParts = 4;

function isFall(registerMicro: number, beforeMicro: number): boolean {
  // A register that ran over goes on below 0, and begins anew when it is above it.
  if (beforeMicro < 0) return registerMicro >= 0;
  return BigInt(registerMicro) * resetDenominator < BigInt(beforeMicro) * resetNumerator;
}

function opened(
  atUs: number,
  registerMicro: number,
  lastResetAtUs: number | null,
  toldBy: CounterState['toldBy'],
): CounterState {
  const begun = { baselineMicro: registerMicro, registerMicro, atUs, lastResetAtUs, toldBy };
  return { ...begun, absentSinceUs: null, correction: null, dip: null, formerMicro: null };
}

/** Where a difference that begins at the state comes from. */
function spanSince(state: CounterState, toUs: number) {
  return {
    fromUs: state.atUs,
    toUs,
    isInterrupted: state.absentSinceUs !== null,
    isAfterRow: state.toldBy === 'row',
    isCorrected: state.correction !== null,
  };
}

/** A register that follows on an amount that a person declared: the register begins anew, and the rest is explained. */
function delivered(state: CounterState, next: CounterState, deliveredMicro: number): CounterStep {
  return {
    state: next,
    delta: {
      ...spanSince(state, next.atUs),
      amountMicro: deliveredMicro,
      restartMicro: deliveredMicro - (next.registerMicro - state.baselineMicro),
      cause: 'corrected',
    },
  };
}

/**
 * Takes one piece of evidence, later than the state. The first register ever seen is the zero point; a reset counts the
 * new register from 0; a smaller fall is a dip, which counts nothing and never becomes the baseline, so that
 * 8.00, 7.99, 8.01 is 0.01. A register that goes on lower is counted from there once that is plain (counter-dip.ts).
 * Negative registers of a rising counter are skipped, as core does, unless it goes on there.
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
      return { state: state && { ...state, absentSinceUs, correction }, delta: null };
    }
    case 'delivered': {
      const deliveredMicro = (state?.correction?.deliveredMicro ?? 0) + evidence.amountMicro;
      return { state: state && { ...state, correction: { deliveredMicro } }, delta: null };
    }
    case 'reading': {
      const { registerMicro, atUs } = evidence;
      if (registerMicro === null) {
        const absent = state && { ...state, absentSinceUs: state.absentSinceUs ?? atUs };
        return { state: absent, delta: null };
      }
      // A sensor that loses the attribute for a moment has not been reset.
      const lastResetAtUs = evidence.lastResetAtUs ?? state?.lastResetAtUs ?? null;
      return registerRead(kind, state, { atUs, registerMicro, lastResetAtUs, toldBy: 'reading' });
    }
  }
}

type Told = Pick<CounterState, 'atUs' | 'registerMicro' | 'lastResetAtUs' | 'toldBy'>;

function registerRead(kind: CounterKind, state: CounterState | null, told: Told): CounterStep {
  const { atUs, registerMicro, lastResetAtUs, toldBy } = told;
  const isBelowZero = kind === 'rising' && registerMicro < 0;
  if (state === null) {
    const first = isBelowZero ? null : opened(atUs, registerMicro, lastResetAtUs, toldBy);
    return { state: first, delta: null };
  }
  const next = opened(atUs, registerMicro, lastResetAtUs, toldBy);
  if (isBelowZero && state.baselineMicro >= 0) return wentOnLower(state, next) ?? skipped(state, told);
  const declaredMicro = state.correction?.deliveredMicro ?? null;
  if (declaredMicro !== null) return delivered(state, next, declaredMicro);
  const span = spanSince(state, atUs);
  const isReset =
    kind === 'net'
      ? lastResetAtUs !== null && lastResetAtUs !== state.lastResetAtUs
      : isFall(registerMicro, state.registerMicro);
  if (isReset) {
    return {
      state: next,
      delta: { ...span, amountMicro: registerMicro, restartMicro: state.baselineMicro, cause: 'reset' },
    };
  }
  if (kind === 'net') {
    const amountMicro = registerMicro - state.baselineMicro;
    return { state: next, delta: { ...span, amountMicro, restartMicro: 0, cause: 'counted' } };
  }
  return registerMicro < state.baselineMicro ? dipped(state, next) : risen(state, next);
}

/** A register at or above its baseline: it has counted, or what was missing of it came back. */
function risen(state: CounterState, next: CounterState): CounterStep {
  const span = spanSince(state, next.atUs);
  const riseMicro = next.registerMicro - state.baselineMicro;
  const { formerMicro } = state;
  if (formerMicro === null)
    return { state: next, delta: { ...span, amountMicro: riseMicro, restartMicro: 0, cause: 'counted' } };
  const gapMicro = formerMicro - state.baselineMicro;
  const beyondMicro = riseMicro - gapMicro;
  if (beyondMicro >= 0 && beyondMicro * returnParts <= gapMicro)
    return {
      state: next,
      delta: { ...span, amountMicro: beyondMicro, restartMicro: -gapMicro, cause: 'reset' },
    };
  return {
    state: { ...next, formerMicro: formerMicro + riseMicro },
    delta: { ...span, amountMicro: riseMicro, restartMicro: 0, cause: 'counted' },
  };
}

/** A register below its baseline counts nothing, until it is plain that it goes on there. */
function dipped(state: CounterState, next: CounterState): CounterStep {
  const { baselineMicro, formerMicro } = state;
  return (
    wentOnLower(state, next) ?? {
      state: { ...next, baselineMicro, formerMicro, dip: stepDip(state, next).dip },
      delta: { ...spanSince(state, next.atUs), amountMicro: 0, restartMicro: 0, cause: 'counted' },
    }
  );
}

/** Below 0: the register before stands, for whatever comes next. */
function skipped(state: CounterState, told: Told): CounterStep {
  return { state: { ...state, dip: stepDip(state, told).dip }, delta: null };
}

/** Counted from the lowest on, over the time since then; null while it may come back. */
function wentOnLower(state: CounterState, next: CounterState): CounterStep | null {
  const { dip, isLasting } = stepDip(state, next);
  if (!isLasting || dip.sinceUs === null) return null;
  const amountMicro = next.registerMicro - dip.lowestMicro;
  return {
    state: { ...next, formerMicro: state.baselineMicro + amountMicro },
    delta: {
      ...spanSince(state, next.atUs),
      fromUs: dip.sinceUs,
      amountMicro,
      restartMicro: state.baselineMicro - dip.lowestMicro,
      cause: 'reset',
      isInterrupted: true,
    },
  };
}

function exchanged(
  state: CounterState | null,
  evidence: CounterEvidence & { kind: 'exchange' },
): CounterStep {
  const { atUs, oldRegisterMicro, newRegisterMicro } = evidence;
  const next = opened(atUs, newRegisterMicro, state?.lastResetAtUs ?? null, 'reading');
  if (state === null) return { state: next, delta: null };
  const declaredMicro = state.correction?.deliveredMicro ?? null;
  if (declaredMicro !== null) return delivered(state, next, declaredMicro);
  const lastMicro = oldRegisterMicro ?? state.baselineMicro;
  return {
    state: next,
    delta: {
      ...spanSince(state, atUs),
      amountMicro: lastMicro - state.baselineMicro,
      restartMicro: lastMicro - newRegisterMicro,
      cause: 'exchange',
      isInterrupted: state.absentSinceUs !== null || oldRegisterMicro === null,
    },
  };
}

/**
 * A statistics row that follows on another piece of evidence is taken like a reading at its end, unless its own `change`
 * says more: then the row's hour has that, and whatever lies between the evidence before and the row's start is part of
 * the hole that the register bridges.
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
    !isSkipped &&
    follows &&
    !isDeclared &&
    (state === null || state.atUs === startUs)
  ) {
    const beforeMicro = state?.baselineMicro ?? registerMicro - changeMicro;
    return {
      state: opened(atUs, registerMicro, state?.lastResetAtUs ?? null, 'row'),
      delta: {
        fromUs: startUs,
        toUs: atUs,
        amountMicro: changeMicro,
        restartMicro: beforeMicro + changeMicro - registerMicro,
        cause: beforeMicro + changeMicro === registerMicro ? 'counted' : 'reset',
        isInterrupted: false,
        isAfterRow: false,
        isCorrected: false,
      },
    };
  }
  if (!follows) return { state, delta: null };
  return registerRead(kind, state, {
    atUs,
    registerMicro,
    lastResetAtUs: state?.lastResetAtUs ?? null,
    toldBy: 'row',
  });
}
