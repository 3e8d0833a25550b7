import type { StateClass } from '../home/entity.ts';
import { type CounterState, stepCounter } from '../ledger/counter.ts';
import { registerReading } from '../ledger/stored-evidence.ts';
import type { Reading } from '../recording/reading.ts';

/** What a meter has counted since an instant, in millionths of its canonical unit. */
export interface MeterCount {
  readonly state: CounterState;
  readonly countedMicro: number;
}

/**
 * The count after one more reading, oldest first, by the ledger's own rules; readings without a value tell nothing. The
 * first reading is the zero point.
 */
export function countReading(
  count: MeterCount | null,
  reading: Pick<Reading, 'atUs' | 'value' | 'lastResetAtUs' | 'origin'>,
  stateClass: StateClass | null,
): MeterCount | null {
  const kind = stateClass === 'total' ? 'net' : 'rising';
  const { state, delta } = stepCounter(kind, count?.state ?? null, registerReading(reading));
  return state && { state, countedMicro: (count?.countedMicro ?? 0) + (delta?.amountMicro ?? 0) };
}
