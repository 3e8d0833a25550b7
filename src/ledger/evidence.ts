import type { Origin } from '../recording/reading.ts';

/**
 * What the ledger rests on, in the order of time. Registers are integers (units/amount.ts), power is whole milliwatts.
 */

/** A reading of a meter's register; without a register it is an absence, which bounds a gap. */
export interface RegisterReading {
  readonly kind: 'reading';
  readonly atUs: number;
  readonly registerMicro: number | null;
  readonly lastResetAtUs: number | null;
  readonly origin: Origin;
}

/**
 * A row of Home Assistant's own statistics, used only where no reading is left. `changeMicro` is the difference of two
 * rows of an unbroken `sum`; null when there was no row before or the sum began anew.
 */
export interface StatisticsRow {
  readonly kind: 'row';
  readonly startUs: number;
  /** The row's end: the register is known as of then. */
  readonly atUs: number;
  readonly registerMicro: number;
  readonly changeMicro: number | null;
  readonly period: '5minute' | 'hour';
}

/** Something was told, and a correction says that it is no evidence. */
interface ExcludedPiece {
  readonly kind: 'excluded';
  readonly atUs: number;
}

/** A person says what the meter delivered until this instant, since the evidence before. */
interface DeliveredAmount {
  readonly kind: 'delivered';
  readonly atUs: number;
  readonly amountMicro: number;
}

/** The user says that the meter was replaced at an instant. */
export interface MeterExchange {
  readonly kind: 'exchange';
  readonly atUs: number;
  /** The old meter's last register; null when nobody wrote it down: what it counted since its last reading stays unknown. */
  readonly oldRegisterMicro: number | null;
  readonly newRegisterMicro: number;
}

export type CounterEvidence =
  | RegisterReading
  | StatisticsRow
  | MeterExchange
  | ExcludedPiece
  | DeliveredAmount;

/** A reading of a power sensor. */
export interface PowerReading {
  readonly atUs: number;
  readonly powerMw: number | null;
  readonly origin: Origin;
  /** A correction says that it is no evidence. */
  readonly isExcluded?: boolean;
}

/** What the switch of a device said; null while it is absent. */
export interface SwitchReading {
  readonly atUs: number;
  readonly isOn: boolean | null;
  readonly origin: Origin;
}
