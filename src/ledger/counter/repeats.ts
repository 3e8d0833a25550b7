/** States that repeat a register: which of them are readings, and which were written for another reason. Pure. */
import { minuteUs } from '../../units/durations.ts';
import { type Rhythm, reportsEachUs, silentAfterUs } from './rhythm.ts';

/** The states that repeated a register since it moved last. */
export interface Repeats {
  /** So many came one after the other at a steady pace. */
  readonly count: number;
  /** The pace, in µs: the time between the first of them and the state before. */
  readonly everyUs: number;
  readonly lastUs: number;
}

/** So many at a steady pace are a meter that is read; a restart of Home Assistant, or of the entity, writes one. */
export const steadyRepeats = 3;
/** So often a meter reports that a report which is lost is no matter. */
export const fastUs = minuteUs;

/** @param writtenUs when the state before was written */
export function withRepeat(before: Repeats | null, writtenUs: number, atUs: number): Repeats {
  const pauseUs = atUs - (before?.lastUs ?? writtenUs);
  const isSteady = before !== null && Math.abs(pauseUs - before.everyUs) * 2 <= before.everyUs;
  return isSteady
    ? { count: before.count + 1, everyUs: before.everyUs, lastUs: atUs }
    : { count: 1, everyUs: pauseUs, lastUs: atUs };
}

/**
 * Whether a state that repeats the register proves by itself that the meter was read and stood. It does when it comes as
 * often as a fast meter reports, or at a steady pace that is that of the register's moves: attributes that change
 * each minute say nothing of a register that reports by the hour, nor restarts of one that reports each quarter of it. Any other was written for another reason, and a report
 * may have been lost before it.
 * @param pauseUs since the evidence before
 */
export function isReading(rhythm: Rhythm, repeats: Repeats, pauseUs: number): boolean {
  const eachUs = reportsEachUs(rhythm);
  if (eachUs !== null && eachUs <= fastUs && pauseUs <= silentAfterUs(eachUs)) return true;
  if (repeats.count < steadyRepeats) return false;
  if (rhythm.length === 0) return true;
  const movesEachUs = eachUs ?? Math.min(...rhythm.map(({ intervalS }) => intervalS)) * 1_000_000;
  return movesEachUs <= silentAfterUs(repeats.everyUs) && repeats.everyUs <= silentAfterUs(movesEachUs);
}
