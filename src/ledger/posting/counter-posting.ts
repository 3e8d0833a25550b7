import { splitByTime } from '../../units/amount.ts';
import { durationUs, splitAt } from '../../units/interval.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import { stepCounter } from '../counter/counter.ts';
import type { CounterDelta } from '../counter/counter-delta.ts';
import type { CounterKind, CounterState } from '../counter/counter-state.ts';
import { resumedAt } from '../counter/counter-state.ts';
import { hoursAreTrue, neededMoves, standsUntilUs } from '../counter/rhythm.ts';
import type { Entry, Quality } from '../entries/entry.ts';
import { boundariesBetween, QuarterHourSheet } from '../entries/quarter-hour-sheet.ts';
import type { CounterEvidence } from '../evidence.ts';

export interface CounterPosting {
  readonly entries: readonly Entry[];
  /** The counter's state before the first evidence of each quarter-hour with evidence: posting can start there. */
  readonly openings: ReadonlyMap<number, CounterState | null>;
  readonly state: CounterState | null;
  /** The parts that the evidence counted, without those of a silent register. */
  readonly counted: QuarterHourSheet;
}

interface CounterRules {
  readonly kind: CounterKind;
  /** Evidence further apart than this measures an hour or so and no single quarter-hour: those between are `hourly`. */
  readonly quarterHourGapUs: number;
  /**
   * Evidence further apart than this shows how much was counted, not when: the quarter-hours between are estimated. A
   * register that did not move is certain however long its silence, because Home Assistant reports changes only.
   */
  readonly maxGapUs: number;
  /**
   * A difference up to this counts as measured however long it took: no quarter-hour can be wrong by more. Without this
   * a single watt-hour at sunrise would make the whole night of a solar meter a guess.
   */
  readonly certainMicro: number;
}

/**
 * Posts a counter's evidence to quarter-hours.
 * @param opening the state before the evidence; null before the first register ever
 * @param evidence ascending by time, one per instant, all later than the opening
 * @param heldUntilUs until when the last register is known to be the same, because Home Assistant would have reported a
 *   change; null when nothing is known after the last evidence
 * @param startUs,endUs quarter-hours that start in this range are returned; the rest of the evidence only bounds them
 * @param begun the posting of the same range from the evidence right before; its quarter-hours are returned as well
 */
export function postCounter(
  rules: CounterRules,
  opening: CounterState | null,
  evidence: readonly CounterEvidence[],
  startUs: number,
  endUs: number,
  heldUntilUs: number | null = null,
  begun: Pick<CounterPosting, 'counted' | 'openings'> | null = null,
): CounterPosting {
  const counted = begun?.counted.copy() ?? new QuarterHourSheet(startUs, endUs);
  const openings = new Map<number, CounterState | null>(begun?.openings);
  let state = opening;
  for (const item of evidence) {
    const quarterHour = quarterHourStartUs(item.atUs);
    if (!openings.has(quarterHour)) openings.set(quarterHour, state);
    const step = stepCounter(rules.kind, state, item);
    for (const delta of step.deltas) spread(counted, rules, delta, item);
    state = state === null ? foreseeing(rules.kind, step.state, evidence) : step.state;
  }
  const sheet = counted.copy();
  const last = evidence.at(-1);
  if (state !== null)
    hold(sheet, state, heldUntilUs ?? state.atUs, last?.kind === 'row' && last.period === 'hour');
  return { entries: sheet.entries(settledUntilUs(state)), openings, state, counted };
}

/**
 * Gives a counter that begins the rhythm of its first moves: without it the first move after a silence would be spread
 * over all of the silence. A register with too few moves begins without a rhythm.
 * @param evidence from the first on
 */
function foreseeing(
  kind: CounterKind,
  begun: CounterState | null,
  evidence: readonly CounterEvidence[],
): CounterState | null {
  if (begun === null) return null;
  let state: CounterState | null = null;
  for (const item of evidence) {
    state = stepCounter(kind, state, item).state;
    if (state?.rhythm.length === neededMoves)
      return { ...begun, rhythm: state.rhythm, foreseenMoves: neededMoves };
  }
  return begun;
}

function spread(
  sheet: QuarterHourSheet,
  rules: CounterRules,
  delta: CounterDelta,
  item: CounterEvidence,
): void {
  const { startUs, endUs, amountMicro } = delta;
  const cuts = boundariesBetween(startUs, endUs);
  const isCertain = Math.abs(amountMicro) <= rules.certainMicro && delta.cause === 'counted';
  const isSpread = !isCertain && cuts.length > 0;
  const isGuess =
    (delta.isDoubtful && !isCertain) ||
    (isSpread && (delta.isInterrupted || endUs - startUs > rules.maxGapUs));
  // A register that did not move is no small amount: a report may have been lost.
  const isRough = delta.isRough && (!isCertain || amountMicro === 0);
  const isHourly = isRough || (isSpread && endUs - startUs > rules.quarterHourGapUs);
  // A declared amount was not measured, even where it lies in one quarter-hour.
  const isEstimated = isGuess || delta.cause === 'corrected';
  const quality = isEstimated ? 'estimated' : isHourly ? 'hourly' : qualityOf(item, delta.isAfterRow);
  const isMeasured = quality === 'measured' || quality === 'recovered' || quality === 'imported';
  const counted = delta.cause === 'counted' && (isGuess || quality === 'hourly') ? 'spread' : delta.cause;
  const reason = delta.isCorrected ? 'corrected' : counted;
  const evidenceSpan = { firstEvidenceUs: delta.restsFromUs, lastEvidenceUs: endUs };
  const isStill = amountMicro === 0 && delta.cause === 'counted';
  const parts = splitByTime(amountMicro, startUs, endUs, cuts);
  const edges = [startUs, ...cuts, endUs];
  for (const [index, part] of parts.entries()) {
    const start = edges[index] ?? startUs;
    const end = edges[index + 1] ?? endUs;
    sheet.add('quantity', quarterHourStartUs(start), {
      amountMicro: part,
      coveredUs: isMeasured ? end - start : 0,
      quality,
      reason,
      // A zero is known for each part by itself, however long the silence was.
      ...(isStill ? { firstEvidenceUs: start, lastEvidenceUs: end } : evidenceSpan),
      onTimeUs: null,
    });
  }
  if (delta.cause !== 'counted' && !(delta.cause === 'corrected' && delta.restartMicro === 0)) {
    // A restart belongs to the quarter-hour in which the new register was first seen.
    sheet.add('restart', quarterHourStartUs(endUs), {
      amountMicro: delta.restartMicro,
      coveredUs: 0,
      quality,
      reason: delta.cause,
      ...evidenceSpan,
      onTimeUs: null,
    });
  }
}

/**
 * A silent register has not moved, as far as its rhythm proves it: its quarter-hours are 0. What it may have counted
 * since then is not known, except in hours that Home Assistant's rows report as 0. One that never moved counts as
 * unchanged: estimated until that lasts a day.
 */
function hold(sheet: QuarterHourSheet, state: CounterState, endUs: number, isOfHour: boolean): void {
  const { sinceUs, atUs, rhythm, absentSinceUs } = state;
  const heldUntilUs = absentSinceUs === null ? endUs : Math.min(endUs, atUs);
  const stoodUntilUs = standsUntilUs(rhythm, { sinceUs, resumedAtUs: resumedAt(state) }, heldUntilUs);
  holdPart(sheet, sinceUs, stoodUntilUs, 'measured');
  if (rhythm.length === 0) holdPart(sheet, stoodUntilUs, heldUntilUs, 'estimated');
  else if (isOfHour && hoursAreTrue(rhythm))
    holdPart(sheet, stoodUntilUs, Math.min(heldUntilUs, atUs), 'hourly');
}

function holdPart(sheet: QuarterHourSheet, startUs: number, endUs: number, quality: Quality): void {
  if (endUs <= startUs) return;
  for (const part of splitAt({ startUs, endUs }, boundariesBetween(startUs, endUs))) {
    sheet.add('quantity', quarterHourStartUs(part.startUs), {
      amountMicro: 0,
      coveredUs: quality === 'measured' ? durationUs(part) : 0,
      quality,
      reason: 'counted',
      firstEvidenceUs: part.startUs,
      lastEvidenceUs: part.endUs,
      onTimeUs: null,
    });
  }
}

/** Until here quarter-hours are final, in µs: by a register, or because it did not move. An absence settles nothing. */
function settledUntilUs(state: CounterState | null): number {
  if (state === null) return Number.NEGATIVE_INFINITY;
  const { rhythm, sinceUs, atUs } = state;
  return standsUntilUs(rhythm, { sinceUs, resumedAtUs: resumedAt(state) }, atUs);
}

function qualityOf(item: CounterEvidence, isAfterRow: boolean): Quality {
  if (item.kind === 'row') return item.period === 'hour' ? 'hourly' : 'recovered';
  if (item.kind !== 'reading') return 'measured';
  if (item.origin === 'import') return 'imported';
  return item.origin === 'history' || isAfterRow ? 'recovered' : 'measured';
}
