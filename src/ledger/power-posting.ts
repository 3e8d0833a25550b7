import { splitByTime } from '../units/amount.ts';
import { quarterStartUs } from '../units/quarter.ts';
import type { Entry } from './entry.ts';
import type { PowerReading } from './evidence.ts';
import type { DeclaredAmount } from './evidence-source.ts';
import { boundariesBetween, QuarterSheet } from './quarter-sheet.ts';
import type { Span } from './span.ts';

export interface PowerRules {
  /** A value is carried this long and no longer: silence past it is a gap, which is not filled. */
  readonly maxGapUs: number;
  /** From this power on a device counts as running; null where that means nothing. */
  readonly onAboveMw: number | null;
}

/** 1 mW for 1 µs is 1e-9 Ws, so 3.6e9 of them are one milliwatt-hour. */
const mwUsPerMwh = 3_600_000_000n;

/**
 * Posts a power sensor's readings to quarter-hours by the left rule: each value holds until the next reading, but not
 * past the longest gap. What lies in a gap is not known and not counted; the quarter's coverage tells how much that is.
 * Each quarter is rounded once, from the exact integral, so the order and number of readings leave no trace. Past a
 * reading that was excluded the value before is a guess; where an amount was declared it stands in place of the integral.
 * @param readings ascending by time, one per instant; the first may lie before fromUs and is carried in
 * @param nowUs how far the last value may be carried
 * @param newestUs the newest reading there is, maybe later than those given; it settles what lies before it
 * @param amounts ascending, none overlaps another
 */
export function postPower(
  rules: PowerRules,
  readings: readonly PowerReading[],
  fromUs: number,
  untilUs: number,
  nowUs: number,
  newestUs = newestOf(readings),
  amounts: readonly DeclaredAmount[] = [],
): Entry[] {
  const sheet = new QuarterSheet(fromUs, untilUs);
  const workByQuarter = new Map<number, bigint>();
  for (const amount of amounts) declare(sheet, amount);
  const told = readings.filter((reading) => reading.isExcluded !== true);
  const excludedUs = readings.filter((reading) => reading.isExcluded === true).map(({ atUs }) => atUs);
  for (const [index, reading] of told.entries()) {
    const { atUs, powerMw, origin } = reading;
    if (powerMw === null) continue;
    const nextUs = told[index + 1]?.atUs ?? nowUs;
    const endUs = Math.min(nextUs, atUs + rules.maxGapUs);
    const guessedUs = excludedUs.find((us) => us > atUs) ?? Number.POSITIVE_INFINITY;
    const sure = origin === 'history' ? 'recovered' : origin === 'import' ? 'imported' : 'measured';
    for (const { fromUs: start, untilUs: end } of piecesOf(atUs, endUs, guessedUs, amounts)) {
      const quarter = quarterStartUs(start);
      const isGuess = start >= guessedUs;
      const isOn = rules.onAboveMw === null ? null : powerMw >= rules.onAboveMw;
      workByQuarter.set(quarter, (workByQuarter.get(quarter) ?? 0n) + BigInt(powerMw) * BigInt(end - start));
      sheet.add('quantity', quarter, {
        amountMicro: 0,
        coveredUs: isGuess ? 0 : end - start,
        quality: isGuess ? 'estimated' : sure,
        reason: isGuess ? 'corrected' : 'integrated',
        firstEvidenceUs: atUs,
        lastEvidenceUs: Math.min(nextUs, endUs),
        onTimeUs: isOn === null ? null : isOn ? end - start : 0,
      });
    }
  }
  // What a person says is evidence up to its end.
  const settledUs = Math.max(newestUs, amounts.at(-1)?.untilUs ?? newestUs);
  return sheet.entries(settledUs).map((entry) => ({
    ...entry,
    amountMicro: entry.amountMicro + roundedMwh(workByQuarter.get(entry.quarterStartUs) ?? 0n),
  }));
}

function newestOf(readings: readonly PowerReading[]): number {
  return readings.findLast((reading) => reading.isExcluded !== true)?.atUs ?? Number.NEGATIVE_INFINITY;
}

function declare(sheet: QuarterSheet, { fromUs, untilUs, amountMicro }: DeclaredAmount): void {
  const cuts = boundariesBetween(fromUs, untilUs);
  const starts = [fromUs, ...cuts];
  for (const [index, part] of splitByTime(amountMicro, fromUs, untilUs, cuts).entries()) {
    sheet.add('quantity', quarterStartUs(starts[index] ?? fromUs), {
      amountMicro: part,
      coveredUs: 0,
      quality: 'estimated',
      reason: 'corrected',
      firstEvidenceUs: fromUs,
      lastEvidenceUs: untilUs,
      onTimeUs: null,
    });
  }
}

/** [startUs, endUs) without what was declared, cut at the quarters and where the value becomes a guess. */
function piecesOf(
  startUs: number,
  endUs: number,
  guessedUs: number,
  amounts: readonly DeclaredAmount[],
): Span[] {
  const pieces: Span[] = [];
  let atUs = startUs;
  const put = (untilUs: number) => {
    const cuts = boundariesBetween(atUs, untilUs);
    if (guessedUs > atUs && guessedUs < untilUs) cuts.push(guessedUs);
    const edges = [atUs, ...cuts.sort((a, b) => a - b), untilUs];
    for (const [index, fromUs] of edges.slice(0, -1).entries()) {
      const pieceEndUs = edges[index + 1] ?? untilUs;
      if (pieceEndUs > fromUs) pieces.push({ fromUs, untilUs: pieceEndUs });
    }
  };
  for (const amount of amounts) {
    if (amount.untilUs <= atUs || amount.fromUs >= endUs) continue;
    if (amount.fromUs > atUs) put(amount.fromUs);
    atUs = amount.untilUs;
  }
  if (atUs < endUs) put(endUs);
  return pieces;
}

/** To the nearest milliwatt-hour, halves away from zero. */
function roundedMwh(workMwUs: bigint): number {
  const sign = workMwUs < 0n ? -1n : 1n;
  return Number(sign * ((sign * workMwUs + mwUsPerMwh / 2n) / mwUsPerMwh)) + 0;
}
