/**
 * A rising register below its baseline: it comes back (8.00, 7.99, 8.01), or it goes on lower for good, as the sum of
 * several meters does when one of them is reset, or a register that overflowed into the negative.
 */
import { hourUs } from '../../units/durations.ts';

export interface CounterDip {
  /** The first register of the fall. */
  readonly firstMicro: number;
  readonly lowestMicro: number;
  /** When it last showed the lowest; null when it slid down and came half the way back: then its return is awaited. */
  readonly sinceUs: number | null;
  /** The highest that it showed since. */
  readonly highestMicro: number;
  /** How often it showed a new highest since, and how many pieces of evidence there were. */
  readonly rises: number;
  readonly pieces: number;
}

/** A register goes on lower when it has risen this often since its lowest value, and `lastingUs` have passed. */
export const lastingRises = 3;
/**
 * The time that must pass before a register goes on lower. One that slid down step by step (a yield that a battery
 * eats) must also have come back by less than half of the fall, or it is on its way back.
 */
export const lastingUs = 3 * hourUs;
/** A register that is reported this often is decided sooner, so that posting never reaches back further. */
export const lastingPieces = 5000;

/**
 * @param state the counter before, of which only the baseline and the dip count
 * @param shown a register below the baseline
 * @returns the dip that includes it, and whether the register is known to go on lower now
 */
export function stepDip(
  state: { readonly baselineMicro: number; readonly dip: CounterDip | null },
  shown: { readonly registerMicro: number; readonly atUs: number },
): { readonly dip: CounterDip; readonly isLasting: boolean } {
  const { registerMicro, atUs } = shown;
  const before = state.dip;
  // A repeat of the lowest changes nothing, because rows that repeat may be missing from the evidence.
  if (before !== null && before.pieces === 0 && registerMicro === before.lowestMicro)
    return { dip: before, isLasting: false };
  if (before === null || registerMicro <= before.lowestMicro) {
    const firstMicro = before?.firstMicro ?? registerMicro;
    const begun = { firstMicro, lowestMicro: registerMicro, sinceUs: atUs, highestMicro: registerMicro };
    return { dip: { ...begun, rises: 0, pieces: 0 }, isLasting: false };
  }
  if (before.sinceUs === null) return { dip: before, isLasting: false };
  const dip: CounterDip = {
    ...before,
    highestMicro: Math.max(before.highestMicro, registerMicro),
    rises: before.rises + (registerMicro > before.highestMicro ? 1 : 0),
    pieces: before.pieces + 1,
  };
  const isOld = dip.rises >= lastingRises && atUs - before.sinceUs >= lastingUs;
  if (!isOld && dip.pieces < lastingPieces) return { dip, isLasting: false };
  const fellMicro = state.baselineMicro - dip.lowestMicro;
  const isSlide = (dip.firstMicro - dip.lowestMicro) * 2 > fellMicro;
  const isReturning = isSlide && (dip.highestMicro - dip.lowestMicro) * 2 >= fellMicro;
  return isReturning ? { dip: { ...dip, sinceUs: null }, isLasting: false } : { dip, isLasting: true };
}

/** Whether two dips are the same in every field; null is only equal to null. */
export function isSameDip(one: CounterDip | null, other: CounterDip | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.firstMicro === other.firstMicro &&
    one.lowestMicro === other.lowestMicro &&
    one.sinceUs === other.sinceUs &&
    one.highestMicro === other.highestMicro &&
    one.rises === other.rises &&
    one.pieces === other.pieces
  );
}
