/**
 * Where a register may go from one reading to the next. Pure; amounts are millionths of kWh or m³, as in the ledger.
 */

import type { CounterKind } from '../../ledger/counter/counter-state.ts';
import { hourUs } from '../../units/durations.ts';
import type { AmountUnit } from '../statement.ts';

export interface RegisterPoint {
  readonly atUs: number;
  readonly registerMicro: number;
  /** Absent where it was not reported. */
  readonly lastResetAtUs?: number | null;
}

export interface PathRules {
  readonly kind: CounterKind;
  readonly unit: AmountUnit;
  /** The most that this meter counted in an hour of the days before; null when that is not known. */
  readonly highestUsualMicro: number | null;
}

/** What no home's connection delivers in an hour: 100 kWh (3 × 80 A are 55), 25 m³ (a large gas meter). */
const connectionMicro = { kWh: 100_000_000, 'm³': 25_000_000 } as const;
/** A meter that began at 0 has this much and what it usually counts at most in the time: 1 kWh, 1 m³. */
export const freshMicro = 1_000_000;
/** Where a meter's own pace is not known: what it may well count in an hour. */
export const presumedHourMicro = { kWh: 10_000_000, 'm³': 5_000_000 } as const;
/** A coarse register may tick twice in a moment when its reader was late: 2 kWh, 2 m³ beyond the connection. */
const coarseMicro = 2_000_000;
/** Against its own past a meter has jumped when it counted this many times its highest hour … */
const usualTimes = 10;
/** … and this much more than that, within a quarter of an hour: 5 kWh, 5 m³. A slow reader reports an hour at once. */
const beyondUsualMicro = 5_000_000;
const promptUs = hourUs / 4;

function excess(amountMicro: number, perHourMicro: number, durationUs: number): number {
  return amountMicro - (perHourMicro * durationUs) / hourUs;
}

function amountBetween(kind: CounterKind, before: RegisterPoint, after: RegisterPoint): number {
  const amountMicro = after.registerMicro - before.registerMicro;
  return kind === 'net' ? Math.abs(amountMicro) : amountMicro;
}

/** More than the connection could deliver in that time. */
export function isTooFast(rules: PathRules, before: RegisterPoint, after: RegisterPoint): boolean {
  const amountMicro = amountBetween(rules.kind, before, after);
  return excess(amountMicro, connectionMicro[rules.unit], after.atUs - before.atUs) > 0;
}

/** Counted more than a home can use, or far more than this meter ever does. */
export function isJump(rules: PathRules, before: RegisterPoint, after: RegisterPoint): boolean {
  const amountMicro = amountBetween(rules.kind, before, after);
  const durationUs = after.atUs - before.atUs;
  if (excess(amountMicro, connectionMicro[rules.unit], durationUs) > coarseMicro) return true;
  if (rules.highestUsualMicro === null || durationUs > promptUs) return false;
  return excess(amountMicro, usualTimes * rules.highestUsualMicro, durationUs) > beyondUsualMicro;
}

/** Core's reset: a rising register below nine tenths of the one before begins anew, and all it shows counts. */
export function isFall(rules: PathRules, before: RegisterPoint, after: RegisterPoint): boolean {
  return rules.kind === 'rising' && after.registerMicro < before.registerMicro * 0.9;
}

/** The readings that the ledger counts from: a rising counter's negative ones are skipped, as core does. */
export function pathOf<T extends { readonly registerMicro: number | null }>(
  kind: CounterKind,
  readings: readonly T[],
): (T & { readonly registerMicro: number })[] {
  return readings.flatMap((reading) => {
    const { registerMicro } = reading;
    return registerMicro === null || (kind === 'rising' && registerMicro < 0)
      ? []
      : [{ ...reading, registerMicro }];
  });
}
