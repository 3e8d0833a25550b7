/** Separates states that repeat a register by a reading from those written for another reason. Pure. */
import { minuteUs } from '../../units/durations.ts';
import { type Rhythm, reportsEachUs, silentAfterUs } from './rhythm.ts';

/** The states that repeated a register since it moved last. */
export interface Repeats {
  /** How many came one after the other at a steady pace. */
  readonly count: number;
  /** The pace, in µs: the time between the first of them and the state before. */
  readonly everyUs: number;
  readonly lastUs: number;
}

/** So many at a steady pace are readings; a restart of Home Assistant, or of the entity, writes one. */
export const steadyRepeats = 3;
/** A meter that reports this often loses nothing that matters with one report. */
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
 * Whether a state that repeats the register proves by itself that the meter was read and did not move. It does when it
 * comes as often as a fast meter reports, or at the steady pace of the register's moves: attributes that change each
 * minute prove nothing about a register that reports hourly, nor do restarts about one that reports each quarter-hour.
 * Any other state was written for another reason, and a report may have been lost before it.
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
