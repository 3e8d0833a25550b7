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

function isFall(registerMicro: number, beforeMicro: number): boolean {
  return BigInt(registerMicro) * resetDenominator < BigInt(beforeMicro) * resetNumerator;
}

function opened(
  atUs: number,
  registerMicro: number,
  lastResetAtUs: number | null,
  toldBy: CounterState['toldBy'],
): CounterState {
  const begun = { baselineMicro: registerMicro, registerMicro, atUs, lastResetAtUs, toldBy };
  return { ...begun, absentSinceUs: null, correction: null };
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
 * 8.00, 7.99, 8.01 is 0.01. Negative registers of a rising counter are skipped, as core does.
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
      if (kind === 'rising' && registerMicro < 0) return { state, delta: null };
      // A sensor that loses the attribute for a moment has not been reset.
      const lastResetAtUs = evidence.lastResetAtUs ?? state?.lastResetAtUs ?? null;
      return registerRead(kind, state, { atUs, registerMicro, lastResetAtUs, toldBy: 'reading' });
    }
  }
}

function registerRead(
  kind: CounterKind,
  state: CounterState | null,
  told: Pick<CounterState, 'atUs' | 'registerMicro' | 'lastResetAtUs' | 'toldBy'>,
): CounterStep {
  const { atUs, registerMicro, lastResetAtUs, toldBy } = told;
  const next = opened(atUs, registerMicro, lastResetAtUs, toldBy);
  if (state === null) return { state: next, delta: null };
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
  const baselineMicro = kind === 'net' ? registerMicro : Math.max(registerMicro, state.baselineMicro);
  return {
    state: { ...next, baselineMicro },
    delta: { ...span, amountMicro: baselineMicro - state.baselineMicro, restartMicro: 0, cause: 'counted' },
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
  if (changeMicro !== null && follows && !isDeclared && (state === null || state.atUs === startUs)) {
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
