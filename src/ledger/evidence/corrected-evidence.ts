import { contains, type Interval, intervalAt } from '../../units/interval.ts';
import type { CounterEvidence, MeterExchange, RegisterReading, StatisticsRow } from '../evidence.ts';
import type { AmountCorrection, Correction, ExchangeCorrection } from './correction.ts';

/**
 * How corrections that contradict each other stand, whatever the order in which they were declared. Exclusions join. Of
 * amounts that overlap the one that begins first stands (then the shorter, then the smaller one). An exchange within an
 * amount says nothing, for the amount holds whatever the register did; of two at one instant the smaller register stands.
 */
interface StandingCorrections {
  /** Ascending; no two overlap. */
  readonly amounts: readonly AmountCorrection[];
  /** Ascending, one per instant, none within an amount. */
  readonly exchanges: readonly MeterExchange[];
  /** Where exclusions take evidence out. */
  readonly exclusions: readonly Interval[];
  /** Where evidence of a register does not count: exclusions, and the inside of amounts. */
  readonly outside: readonly Interval[];
}

/** The corrections of one meter that count: of amounts that overlap the first, and what is excluded inside of them. */
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

/** A row that tells this register repeats the reading before it; a conversion of units may round it otherwise. */
export function isRepeated(rowMicro: number, readingMicro: number): boolean {
  return Math.abs(rowMicro - readingMicro) <= 1;
}

/**
 * Until the next reading, Home Assistant's rows go on telling the register of the one before: where that is excluded, so are
 * they, or what was left out would come back by them.
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
 * A register's evidence as corrections leave it. What is taken out leaves a mark at its instant, so that posting knows
 * that the time is uncertain wherever it begins; an amount stands at its end, before what is read at that instant.
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
    // The register at the row's end is known all the same; what it counted on the way is not believed.
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
