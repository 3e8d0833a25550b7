/**
 * How often a register reports, by its own moves: what tells a register that stood still from one that had not reported
 * yet. A row of Home Assistant's statistics, or a state written again, repeats what the meter reported last; a meter that
 * reports once an hour may have counted all the while. Pure.
 */
import { dayUs, hourUs, minuteUs } from '../../units/durations.ts';

/** A change of a register. */
interface Move {
  /** Since the change before, in whole seconds, rounded up; at least 1. */
  readonly intervalS: number;
  /** By how much it changed, in millionths of the meter's unit; negative when it fell. */
  readonly amountMicro: number;
}

/** The last moves, oldest first; at most `keptMoves`. */
export type Rhythm = readonly Move[];

export const keptMoves = 8;
/** Fewer moves make no rhythm. */
export const neededMoves = 4;
/** Evidence further apart than this says of no single quarter-hour what it had: a quarter-hour, and what a meter may be late. */
export const quarterHourGapUs = 20 * minuteUs;
/** In whatever quarter-hour an amount up to this lies, none is wrong by more: 10 Wh, 10 litres. */
export const certainMicro = 10_000;
/** A register whose moves are further apart than this reports by the day. */
const seldomUs = 12 * hourUs;
/** A step may exceed the register's own highest rate by what it counts at that rate in this time. */
export const slackUs = 2 * minuteUs;
/** A register that never moved is known to stand when it has stood for this long. */
export const neverMovedUs = dayUs;

/** The rhythm after one more move. */
export function withMove(rhythm: Rhythm, intervalUs: number, amountMicro: number): Rhythm {
  const move = { intervalS: Math.max(1, Math.ceil(intervalUs / 1_000_000)), amountMicro };
  return [...rhythm.slice(1 - keptMoves), move];
}

/**
 * How often the register reports while it counts, in µs: the third shortest of its last intervals. Long ones are its
 * silences, and one or two short ones a state that was written twice. Null where too few moves are known.
 */
export function reportsEachUs(rhythm: Rhythm): number | null {
  if (rhythm.length < neededMoves) return null;
  const intervals = rhythm.map(({ intervalS }) => intervalS).sort((a, b) => a - b);
  return (intervals[2] ?? 0) * 1_000_000;
}

/**
 * Whether Home Assistant's hours of a register say what was counted in each. They do not of one that reports by the day, or
 * less often; a device that is used now and then may pause for hours.
 */
export function hoursAreTrue(rhythm: Rhythm): boolean {
  return (reportsEachUs(rhythm) ?? 0) <= seldomUs;
}

/** An interval longer than this is no delay of a report but a silence: once and a half the usual one. */
export function silentAfterUs(eachUs: number): number {
  return eachUs + Math.ceil(eachUs / 2);
}

/** The longest of the last intervals that are no silences, in µs: within it the register reports what it counts. */
function reportsWithinUs(rhythm: Rhythm, eachUs: number): number {
  const limitUs = silentAfterUs(eachUs);
  const intervals = rhythm.map(({ intervalS }) => intervalS * 1_000_000);
  return Math.max(...intervals.filter((intervalUs) => intervalUs <= limitUs));
}

/** Whether each of its moves is so small that no quarter-hour can be wrong by more than is certain. */
export function isFine(rhythm: Rhythm): boolean {
  return rhythm.every(({ amountMicro }) => Math.abs(amountMicro) <= certainMicro);
}

interface Silence {
  /** From here on nothing of the register is accounted for: its last move, or a reading that repeated it. */
  readonly sinceUs: number;
  /** The last evidence that repeats it; `sinceUs` when none does. */
  readonly repeatedAtUs: number;
  /** A state that repeats the register was written here for another reason; null when none was. */
  readonly resumedAtUs: number | null;
  /** The entity was away after that. */
  readonly isInterrupted: boolean;
}

interface Step {
  /** The register stood until here at least: the step was counted in [startUs, endUs). */
  readonly startUs: number;
  /** The step is larger than what the register counts within its rhythm: it caught up, and since when is a guess. */
  readonly isDoubtful: boolean;
}

/**
 * Since when a step was counted that ends a silence. Repeats prove that the register stood, but for the time within which
 * it reports what it counts. A step too large for that time reaches back by as much as its highest rate needs. Without
 * repeats, or with too few moves to know a rhythm, a step reaches back to the last move; so does one shortly after Home
 * Assistant started anew, and one of a single tick of a coarse register, which may have been on its way all the time.
 * @param endUs when the register moved
 * @param amountMicro by how much
 */
export function stepAfter(rhythm: Rhythm, silence: Silence, endUs: number, amountMicro: number): Step {
  const { sinceUs, repeatedAtUs, resumedAtUs, isInterrupted } = silence;
  const eachUs = reportsEachUs(rhythm);
  const whole = { startUs: sinceUs, isDoubtful: false };
  // What is certain wherever it lies is taken for what it looks like.
  if (Math.abs(amountMicro) <= certainMicro && !isInterrupted)
    return { startUs: Math.max(sinceUs, Math.min(repeatedAtUs, endUs)), isDoubtful: false };
  if (repeatedAtUs <= sinceUs || eachUs === null || endUs - sinceUs <= silentAfterUs(eachUs)) return whole;
  // What a report had that was lost shortly before is in this one.
  const mayHaveLost = resumedAtUs !== null && endUs - resumedAtUs <= silentAfterUs(eachUs);
  if (mayHaveLost || isOneTick(rhythm, amountMicro)) return whole;
  const withinUs = reportsWithinUs(rhythm, eachUs);
  const neededUs = neededFor(rhythm, amountMicro);
  const standsUntilUs = isInterrupted ? repeatedAtUs - withinUs : repeatedAtUs;
  const startUs = Math.min(standsUntilUs, endUs - Math.max(withinUs, neededUs));
  if (startUs <= sinceUs) return whole;
  return { startUs, isDoubtful: neededUs > withinUs + slackUs };
}

/** How long the register takes for an amount at the highest rate of its moves, in µs. */
function neededFor(rhythm: Rhythm, amountMicro: number): number {
  const highest = Math.max(...rhythm.map((move) => Math.abs(move.amountMicro) / move.intervalS));
  return highest === 0 ? Number.MAX_SAFE_INTEGER : Math.ceil(Math.abs(amountMicro) / highest) * 1_000_000;
}

/** Whether an amount is the last digit of the register, where that is not small: a power of ten that divides every move. */
function isOneTick(rhythm: Rhythm, amountMicro: number): boolean {
  if (amountMicro === 0) return false;
  const amounts = [amountMicro, ...rhythm.map((move) => move.amountMicro)];
  let digitMicro = certainMicro;
  while (amounts.every((amount) => amount % (digitMicro * 10) === 0)) digitMicro *= 10;
  return digitMicro > certainMicro && Math.abs(amountMicro) === digitMicro;
}

/**
 * Until when a silent register is known to have stood, while it has not moved again: what it counted last may not be
 * reported yet. Where each move is so small that no quarter-hour can be wrong by more, it stands until the last repeat.
 * @param repeatedAtUs the last evidence, or the last instant at which Home Assistant held the value
 */
export function standsUntilUs(
  rhythm: Rhythm,
  { sinceUs, resumedAtUs }: Pick<Silence, 'sinceUs' | 'resumedAtUs'>,
  repeatedAtUs: number,
): number {
  if (rhythm.length === 0) return repeatedAtUs - sinceUs >= neverMovedUs ? repeatedAtUs : sinceUs;
  if (isFine(rhythm)) return repeatedAtUs;
  const longestUs = Math.max(...rhythm.map(({ intervalS }) => intervalS)) * 1_000_000;
  const silentUs = silentAfterUs(reportsEachUs(rhythm) ?? longestUs);
  // A report may have been lost before Home Assistant started anew; the next has what it had.
  if (resumedAtUs !== null && repeatedAtUs - resumedAtUs <= silentUs) return sinceUs;
  return Math.max(sinceUs, repeatedAtUs - silentUs);
}

/** Whether a register is known to report as often as rows of a length are made. */
export function isPrompt(rhythm: Rhythm, rowUs: number): boolean {
  const eachUs = reportsEachUs(rhythm);
  return eachUs !== null && eachUs <= rowUs;
}

/** Whether it is known to report less often. */
export function isSlow(rhythm: Rhythm, rowUs: number): boolean {
  const eachUs = reportsEachUs(rhythm);
  return eachUs !== null && eachUs > rowUs;
}
