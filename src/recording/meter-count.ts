import type { StateClass } from '../home/entity.ts';
import { microFromValue } from '../units/amount.ts';
import type { Reading } from './reading.ts';

/** What a meter has counted since an instant, in millionths of its canonical unit. */
export interface MeterCount {
  /** The register from which the next difference is taken; the highest of this cycle for a rising meter. */
  readonly baselineMicro: number;
  /** The register read last, which a dip leaves below the baseline. */
  readonly registerMicro: number;
  readonly lastResetAtUs: number | null;
  readonly countedMicro: number;
}

/** Falling below nine tenths of the reading before is a reset (core, sensor/recorder.py). */
function isFall(registerMicro: number, beforeMicro: number): boolean {
  return BigInt(registerMicro) * 10n < BigInt(beforeMicro) * 9n;
}

/**
 * The count after one more reading, oldest first; readings without a value tell nothing. The first reading is the zero
 * point. A rising meter that was reset has counted its new register; a smaller fall counts nothing and never becomes the
 * baseline, so that 8.00, 7.99, 8.01 is 0.01. A `total` may fall, and is reset when it says so.
 */
export function countReading(
  count: MeterCount | null,
  reading: Pick<Reading, 'value' | 'lastResetAtUs'>,
  stateClass: StateClass | null,
): MeterCount | null {
  const registerMicro = reading.value === null ? null : microFromValue(reading.value);
  if (registerMicro === null) return count;
  const isTotal = stateClass === 'total';
  if (!isTotal && registerMicro < 0) return count;
  // A sensor that loses the attribute for a moment has not been reset.
  const lastResetAtUs = reading.lastResetAtUs ?? count?.lastResetAtUs ?? null;
  if (count === null) return { baselineMicro: registerMicro, registerMicro, lastResetAtUs, countedMicro: 0 };
  const isReset = isTotal
    ? lastResetAtUs !== null && lastResetAtUs !== count.lastResetAtUs
    : isFall(registerMicro, count.registerMicro);
  const baselineMicro = isReset || isTotal ? registerMicro : Math.max(registerMicro, count.baselineMicro);
  const addedMicro = isReset ? registerMicro : baselineMicro - count.baselineMicro;
  return { baselineMicro, registerMicro, lastResetAtUs, countedMicro: count.countedMicro + addedMicro };
}
