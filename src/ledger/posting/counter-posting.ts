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
  /** The counter's state before the first evidence at or after each quarter with evidence: where posting can start anew. */
  readonly openings: ReadonlyMap<number, CounterState | null>;
  readonly state: CounterState | null;
  /** What the evidence counted, without what a silent register is held for. */
  readonly counted: QuarterHourSheet;
}

interface CounterRules {
  readonly kind: CounterKind;
  /** Evidence further apart than this tells no single quarter, but what an hour or so had: the quarters between are `hourly`. */
  readonly quarterHourGapUs: number;
  /**
   * Evidence further apart than this tells how much, not when: the quarters between are estimated. A register that did
   * not move is certain however long it was silent, for Home Assistant tells a value only when it changes.
   */
  readonly maxGapUs: number;
  /**
   * A difference no larger than this is measured however long it took: no quarter can be wrong by more. Without it a
   * single watt-hour at sunrise would make the whole night of a solar meter a guess.
   */
  readonly certainMicro: number;
}

/**
 * Posts a counter's evidence to quarter-hours.
 * @param opening the state before the evidence; null before the first register ever
 * @param evidence ascending by time, one per instant, all later than the opening
 * @param heldUntilUs how long the last register is known to stand, because Home Assistant would have told a change; null
 *   when nothing is known after the last evidence
 * @param startUs,endUs quarters that start in this range are answered; the rest of the evidence only bounds them
 * @param begun what a posting of the same range answered on the evidence right before; its quarters are answered again
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
    const quarter = quarterHourStartUs(item.atUs);
    if (!openings.has(quarter)) openings.set(quarter, state);
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
 * A counter that begins, with the rhythm of its first moves: without it the first of them, at the end of a silence, would be
 * spread over all of it. A register with fewer moves begins with none.
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
  // That a register stood is no small amount: it may be one whose report was lost.
  const isRough = delta.isRough && (!isCertain || amountMicro === 0);
  const isHourly = isRough || (isSpread && endUs - startUs > rules.quarterHourGapUs);
  // An amount that was declared was not measured, even where it lies in one quarter.
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
      // That nothing was counted is known of each part by itself, however long the silence was.
      ...(isStill ? { firstEvidenceUs: start, lastEvidenceUs: end } : evidenceSpan),
      onTimeUs: null,
    });
  }
  if (delta.cause !== 'counted' && !(delta.cause === 'corrected' && delta.restartMicro === 0)) {
    // It stands in the quarter in which the new register was first seen.
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
 * A register that is silent has not moved, as far as its rhythm proves it: its quarters are 0. What it may have counted
 * since is not known, but for hours of which Home Assistant says that it counted nothing. One that never moved is taken to
 * stand, as an estimate until it has stood for a day.
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

/** Up to here quarters are final: a register said so, or it stood. An absence only says that there was none. */
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
