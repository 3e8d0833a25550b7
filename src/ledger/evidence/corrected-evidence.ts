import { contains, type Interval, intervalAt } from '../../units/interval.ts';
import type { CounterEvidence, MeterExchange, RegisterReading, StatisticsRow } from '../evidence.ts';
import type { AmountCorrection, Correction, ExchangeCorrection } from './correction.ts';

/**
 * The corrections that apply, in whatever order they were declared. Exclusions join. Of amounts that overlap the one
 * that begins first applies (then the shorter, then the smaller one). An exchange within an amount has no effect,
 * because the amount holds whatever the register did; of two at one instant the one with the smaller register applies.
 */
interface StandingCorrections {
  /** Ascending; no two overlap. */
  readonly amounts: readonly AmountCorrection[];
  /** Ascending, one per instant, none within an amount. */
  readonly exchanges: readonly MeterExchange[];
  /** Where evidence is excluded. */
  readonly exclusions: readonly Interval[];
  /** Where a register's evidence does not count: exclusions, and the inside of amounts. */
  readonly outside: readonly Interval[];
}

/** The corrections of one meter that apply; see `StandingCorrections`. */
export function standingCorrections(corrections: readonly Correction[]): StandingCorrections {
  const amounts: AmountCorrection[] = [];
  for (const amount of corrections.filter((one) => one.kind === 'amount').sort(byAmount)) {
    const overlaps = amount.startUs < (amounts.at(-1)?.endUs ?? Number.NEGATIVE_INFINITY);
    if (!overlaps && amount.endUs > amount.startUs) amounts.push(amount);
  }
  const exclusions = corrections.filter((one) => one.kind === 'exclusion');
  // The evidence at an amount's ends counts.
  const insides = amounts.map(({ startUs, endUs }) => ({ startUs: startUs + 1, endUs }));
  const exchanges = corrections
    .filter((one) => one.kind === 'exchange')
    .filter(({ atUs }) => spanAt(insides, atUs) === undefined)
    .sort(byExchange)
    .filter((one, index, all) => one.atUs !== all[index - 1]?.atUs);
  return { amounts, exchanges, exclusions, outside: [...exclusions, ...insides] };
}

function byAmount(one: AmountCorrection, other: AmountCorrection): number {
  return one.startUs - other.startUs || one.endUs - other.endUs || one.amountMicro - other.amountMicro;
}

function byExchange(one: ExchangeCorrection, other: ExchangeCorrection): number {
  const known = (exchange: ExchangeCorrection) => exchange.oldRegisterMicro ?? Number.MIN_SAFE_INTEGER;
  return one.atUs - other.atUs || one.newRegisterMicro - other.newRegisterMicro || known(one) - known(other);
}

/** The first of the intervals that an instant lies in. */
export function spanAt(spans: readonly Interval[], atUs: number): Interval | undefined {
  return spans.find((span) => contains(span, atUs));
}

/** Whether a row repeats the register of the reading before it. A conversion of units may round it by one. */
export function isRepeated(rowMicro: number, readingMicro: number): boolean {
  return Math.abs(rowMicro - readingMicro) <= 1;
}

/**
 * Until the next reading, Home Assistant's rows repeat the register of the reading before. Where that reading is
 * excluded the rows are excluded as well; otherwise they would bring its register back.
 * @param pieces as merged: ascending, one per instant
 * @param before the reading with a register before them; null when there is none
 */
export function withRepeats(
  standing: StandingCorrections,
  pieces: readonly (RegisterReading | StatisticsRow)[],
  before: RegisterReading | null,
): StandingCorrections {
  if (standing.exclusions.length === 0) return standing;
  const repeats: Interval[] = [];
  let last = before;
  let isOpen = false;
  for (const piece of pieces) {
    if (piece.registerMicro === null) continue;
    const isRepeat =
      piece.kind === 'row' &&
      last !== null &&
      spanAt(standing.exclusions, last.atUs) !== undefined &&
      isRepeated(piece.registerMicro, last.registerMicro ?? Number.NaN);
    const open = isOpen ? repeats.pop() : undefined;
    if (open !== undefined) repeats.push(isRepeat ? { ...open, endUs: piece.atUs + 1 } : open);
    else if (isRepeat) repeats.push(intervalAt(piece.atUs));
    isOpen = isRepeat;
    if (piece.kind === 'reading') last = piece;
  }
  return { ...standing, outside: [...standing.outside, ...repeats] };
}

/**
 * A register's evidence after its corrections. An excluded piece leaves a mark at its instant, so that posting knows
 * that the time is uncertain wherever it begins. An amount is placed at its end, before a reading of that instant.
 * @param pieces ascending, one per instant
 */
export function correctedEvidence(
  pieces: readonly (RegisterReading | StatisticsRow)[],
  standing: StandingCorrections,
): CounterEvidence[] {
  const { amounts, exchanges, outside } = standing;
  const reported = pieces.map((piece): CounterEvidence => {
    const { atUs } = piece;
    if (spanAt(outside, atUs) !== undefined) return { kind: 'excluded', atUs };
    // The register at the row's end is known all the same; the change within the row is not reliable.
    const reachesIn = piece.kind === 'row' && outside.some((span) => reaches(piece, span));
    return reachesIn ? { ...piece, changeMicro: null } : piece;
  });
  const declared = amounts.map(({ endUs, amountMicro }) => ({
    ...{ kind: 'delivered' as const, atUs: endUs, amountMicro },
  }));
  // The sort is stable: at one instant an amount ends before the meter is exchanged, and the new one is read.
  return [...declared, ...exchanges, ...reported].sort((a, b) => a.atUs - b.atUs);
}

function reaches(row: StatisticsRow, span: Interval): boolean {
  return row.startUs < span.endUs && row.atUs > span.startUs;
}
