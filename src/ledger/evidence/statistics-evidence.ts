import { microFromValue } from '../../units/amount.ts';
import type { Interval } from '../../units/interval.ts';
import type { CounterKind } from '../counter/counter-state.ts';
import type { CounterEvidence, RegisterReading, StatisticsRow } from '../evidence.ts';

/** A row of Home Assistant's statistics, in canonical units. */
export interface RecordedStatistics extends Interval {
  readonly period: '5minute' | 'hour';
  /** The register at the end of the row; null where the statistic has none. */
  readonly state: number | null;
  /** Home Assistant's own running total, which may be reset where the register is not. */
  readonly sum: number | null;
}

/**
 * No home uses more than this in an hour: above it, the fault is in the row's `sum` and not in the meter
 * (core #87311, #101155, #109319, #133588).
 */
const plausibleMicro = 100_000_000;

/**
 * Rows as evidence. A row's change is the difference of registers, which needs no `sum`. Only where the register fell
 * does the sum include what was counted before the fall; it is used while it is plausible.
 * @param rows ascending, of one period
 */
export function evidenceFromStatistics(
  kind: CounterKind,
  rows: readonly RecordedStatistics[],
): StatisticsRow[] {
  const evidence: StatisticsRow[] = [];
  let before: RecordedStatistics | null = null;
  for (const row of rows) {
    const registerMicro = row.state === null ? null : microFromValue(row.state);
    if (registerMicro !== null) {
      const { startUs, endUs: atUs, period } = row;
      const changeMicro = changeAtFall(kind, before, row, registerMicro);
      evidence.push({ kind: 'row', startUs, atUs, registerMicro, changeMicro, period });
    }
    before = row;
  }
  return evidence;
}

function changeAtFall(
  kind: CounterKind,
  before: RecordedStatistics | null,
  row: RecordedStatistics,
  registerMicro: number,
): number | null {
  if (kind === 'net' || before === null || before.endUs !== row.startUs) return null;
  if (before.sum === null || row.sum === null || before.state === null || row.state === null) return null;
  if (row.state >= before.state) return null;
  const changeMicro = microFromValue(row.sum - before.sum);
  if (changeMicro === null || changeMicro < registerMicro) return null;
  return changeMicro - registerMicro <= plausibleMicro ? changeMicro : null;
}

type Piece = RegisterReading | StatisticsRow;

/**
 * Readings with statistics in their gaps: a row counts only where no finer evidence lies in its interval. All lists are
 * ascending by time; so is the result, one piece per instant.
 */
export function mergeEvidence(
  readings: readonly RegisterReading[],
  fiveMinutes: readonly StatisticsRow[],
  hours: readonly StatisticsRow[],
): Piece[] {
  const registers = readings.filter((reading) => reading.registerMicro !== null);
  const finer = withoutCovered(fiveMinutes, registers);
  const coarser = withoutCovered(withoutCovered(hours, registers), finer);
  // The sort is stable: at one instant the reading comes before the row that ends there, and is kept.
  const pieces: Piece[] = [...readings, ...finer, ...coarser].sort((a, b) => a.atUs - b.atUs);
  return pieces.filter((piece, index) => piece.atUs !== pieces[index - 1]?.atUs);
}

/**
 * Drops rows between two that repeat the same register: only the last shows until when it was the same.
 * @param pieces ascending
 */
export function withoutRepeatedRows(pieces: readonly CounterEvidence[]): CounterEvidence[] {
  return pieces.filter((piece, place) => {
    const [before, after] = [pieces[place - 1], pieces[place + 1]];
    return !(isRepeatedBy(before, piece) && isRepeatedBy(piece, after));
  });
}

function isRepeatedBy(one: CounterEvidence | undefined, row: CounterEvidence | undefined): boolean {
  if (row?.kind !== 'row' || row.changeMicro !== null) return false;
  return (one?.kind === 'reading' || one?.kind === 'row') && one.registerMicro === row.registerMicro;
}

/** The rows without a finer piece of evidence in [startUs, atUs). */
function withoutCovered(rows: readonly StatisticsRow[], finer: readonly Piece[]): StatisticsRow[] {
  let at = 0;
  return rows.filter((row) => {
    while ((finer[at]?.atUs ?? Number.POSITIVE_INFINITY) <= row.startUs) at += 1;
    // A piece at the very start belongs to the row before as its end.
    const next = finer[at];
    return next === undefined || next.atUs > row.atUs;
  });
}
