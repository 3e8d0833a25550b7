import type { Origin } from '../recording/reading.ts';

/**
 * The evidence that the ledger is computed from, ascending by time. Registers are integers (units/amount.ts), power is
 * whole milliwatts.
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
 * rows of an unbroken `sum`; null when there was no row before or the sum was reset.
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

/** A piece of evidence that a correction excludes. */
interface ExcludedPiece {
  readonly kind: 'excluded';
  readonly atUs: number;
}

/** The user declares what the meter delivered from the evidence before until this instant. */
interface DeliveredAmount {
  readonly kind: 'delivered';
  readonly atUs: number;
  readonly amountMicro: number;
}

/** The user declares that the meter was replaced at an instant. */
export interface MeterExchange {
  readonly kind: 'exchange';
  readonly atUs: number;
  /** The old meter's last register; null when it is not known: what it counted since its last reading stays unknown. */
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
  /** A correction excludes it. */
  readonly isExcluded?: boolean;
}

/** A state of a device's switch; `isOn` is null while the switch is unavailable. */
export interface SwitchReading {
  readonly atUs: number;
  readonly isOn: boolean | null;
  readonly origin: Origin;
}
