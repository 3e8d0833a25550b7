/** Decides which falls of a register begin a new cycle. Pure. */
import type { Rhythm } from './rhythm.ts';

/** A rising register that falls below this part of the reading before has been reset (core, sensor/recorder.py). */
const resetNumerator = 9n;
const resetDenominator = 10n;
/**
 * A `total` register has run backwards when it falls by more than this many times its largest move, and never fell
 * before.
 */
const unlikelyFall = 4;

/** Whether a rising register was reset. */
export function isFall(registerMicro: number, beforeMicro: number): boolean {
  // A register that overflowed goes on below 0; the way back above 0 is a reset.
  if (beforeMicro < 0) return registerMicro >= 0;
  return BigInt(registerMicro) * resetDenominator < BigInt(beforeMicro) * resetNumerator;
}

/**
 * Whether a `net` register began a new cycle without a `last_reset`: it falls by more than a tenth and by far more than
 * it ever moved, and its last moves all went up. A meter that feeds in runs backwards as slowly as it runs forwards.
 */
export function isUnexplainedFall(
  { rhythm, registerMicro: beforeMicro }: { readonly rhythm: Rhythm; readonly registerMicro: number },
  registerMicro: number,
): boolean {
  if (registerMicro < 0 || !isFall(registerMicro, beforeMicro)) return false;
  if (rhythm.length === 0) return registerMicro * 10 < beforeMicro;
  const amounts = rhythm.map(({ amountMicro }) => amountMicro);
  return Math.min(...amounts) > 0 && beforeMicro - registerMicro > unlikelyFall * Math.max(...amounts);
}
