/**
 * How often a register reports, by its own moves. It separates a register that did not move from one that has not
 * reported yet: a row of Home Assistant's statistics, or a state written again, repeats the last report, and a meter
 * that reports once an hour may count all the while. Pure.
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
/**
 * Evidence further apart than this does not measure a single quarter-hour: 15 minutes, and 5 that a meter may be late.
 */
export const quarterHourGapUs = 20 * minuteUs;
/** Up to this amount, the error of a quarter-hour is negligible wherever the amount lies: 10 Wh, 10 litres. */
export const certainMicro = 10_000;
/** A register whose moves are further apart than this reports daily. */
const seldomUs = 12 * hourUs;
/** A step may exceed the register's own highest rate by what it counts at that rate in this time. */
export const slackUs = 2 * minuteUs;
/** A register that never moved counts as unchanged after this long. */
export const neverMovedUs = dayUs;

/** The rhythm after one more move. */
export function withMove(rhythm: Rhythm, intervalUs: number, amountMicro: number): Rhythm {
  const move = { intervalS: Math.max(1, Math.ceil(intervalUs / 1_000_000)), amountMicro };
  return [...rhythm.slice(1 - keptMoves), move];
}

/**
 * How often the register reports while it counts, in µs: the third shortest of its last intervals. Long intervals are
 * silences, and one or two short ones come from a state that was written twice. Null where too few moves are known.
 */
export function reportsEachUs(rhythm: Rhythm): number | null {
  if (rhythm.length < neededMoves) return null;
  const intervals = rhythm.map(({ intervalS }) => intervalS).sort((a, b) => a - b);
  return (intervals[2] ?? 0) * 1_000_000;
}

/**
 * Whether Home Assistant's hourly rows of a register show what was counted in each hour. They do not for one that
 * reports daily or less often; a device that is used now and then may pause for hours.
 */
export function hoursAreTrue(rhythm: Rhythm): boolean {
  return (reportsEachUs(rhythm) ?? 0) <= seldomUs;
}

/** An interval longer than this, in µs, is a silence and not a late report: one and a half times the usual one. */
export function silentAfterUs(eachUs: number): number {
  return eachUs + Math.ceil(eachUs / 2);
}

/** The longest of the last intervals that are no silences, in µs: within it the register reports what it counts. */
function reportsWithinUs(rhythm: Rhythm, eachUs: number): number {
  const limitUs = silentAfterUs(eachUs);
  const intervals = rhythm.map(({ intervalS }) => intervalS * 1_000_000);
  return Math.max(...intervals.filter((intervalUs) => intervalUs <= limitUs));
}

/** Whether each move is at most `certainMicro`, so that no quarter-hour can be wrong by more. */
export function isFine(rhythm: Rhythm): boolean {
  return rhythm.every(({ amountMicro }) => Math.abs(amountMicro) <= certainMicro);
}

interface Silence {
  /** From here on the register is not accounted for: its last move, or a reading that repeats it. */
  readonly sinceUs: number;
  /** The last evidence that repeats it; `sinceUs` when none does. */
  readonly repeatedAtUs: number;
  /** A state that repeats the register was written here for another reason; null when none was. */
  readonly resumedAtUs: number | null;
  /** The entity was unavailable after that. */
  readonly isInterrupted: boolean;
}

interface Step {
  /** The register did not move before: the step was counted in [startUs, endUs). */
  readonly startUs: number;
  /** The step is larger than what the register counts within its rhythm: it caught up, and its start is a guess. */
  readonly isDoubtful: boolean;
}

/**
 * The interval in which the step that ends a silence was counted. Repeats prove that the register did not move, except
 * in the time within which it reports what it counts. A step too large for that time reaches back as far as its highest
 * rate needs. Without repeats, or with too few moves to know a rhythm, a step reaches back to the last move; so does
 * one shortly after a restart of Home Assistant, and a single tick of a coarse register, which may have built up all
 * the time.
 * @param endUs when the register moved
 * @param amountMicro by how much
 */
export function stepAfter(rhythm: Rhythm, silence: Silence, endUs: number, amountMicro: number): Step {
  const { sinceUs, repeatedAtUs, resumedAtUs, isInterrupted } = silence;
  const eachUs = reportsEachUs(rhythm);
  const whole = { startUs: sinceUs, isDoubtful: false };
  // An amount that is negligible wherever it lies is taken as it appears.
  if (Math.abs(amountMicro) <= certainMicro && !isInterrupted)
    return { startUs: Math.max(sinceUs, Math.min(repeatedAtUs, endUs)), isDoubtful: false };
  if (repeatedAtUs <= sinceUs || eachUs === null || endUs - sinceUs <= silentAfterUs(eachUs)) return whole;
  // This report includes what a report that was lost shortly before counted.
  const mayHaveLost = resumedAtUs !== null && endUs - resumedAtUs <= silentAfterUs(eachUs);
  if (mayHaveLost || isOneTick(rhythm, amountMicro)) return whole;
  const withinUs = reportsWithinUs(rhythm, eachUs);
  const neededUs = neededFor(rhythm, amountMicro);
  const unchangedUntilUs = isInterrupted ? repeatedAtUs - withinUs : repeatedAtUs;
  const startUs = Math.min(unchangedUntilUs, endUs - Math.max(withinUs, neededUs));
  if (startUs <= sinceUs) return whole;
  return { startUs, isDoubtful: neededUs > withinUs + slackUs };
}

/** How long the register takes for an amount at the highest rate of its moves, in µs. */
function neededFor(rhythm: Rhythm, amountMicro: number): number {
  const highest = Math.max(...rhythm.map((move) => Math.abs(move.amountMicro) / move.intervalS));
  return highest === 0 ? Number.MAX_SAFE_INTEGER : Math.ceil(Math.abs(amountMicro) / highest) * 1_000_000;
}

/** Whether an amount is one tick of a coarse register: the largest power of ten that divides every move. */
function isOneTick(rhythm: Rhythm, amountMicro: number): boolean {
  if (amountMicro === 0) return false;
  const amounts = [amountMicro, ...rhythm.map((move) => move.amountMicro)];
  let digitMicro = certainMicro;
  while (amounts.every((amount) => amount % (digitMicro * 10) === 0)) digitMicro *= 10;
  return digitMicro > certainMicro && Math.abs(amountMicro) === digitMicro;
}

/**
 * Until when a silent register is known not to have moved, while it has not moved again: what it counted last may not
 * be reported yet. Where each move is negligible, that is until the last repeat.
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
  // A report may have been lost before a restart of Home Assistant; the next one includes it.
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
