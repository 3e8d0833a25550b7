import type { EntryReason, Quality } from '../ledger/entries/entry.ts';
import { bucketEdges, type Period } from '../units/calendar.ts';
import { quarterHourUs } from '../units/durations.ts';
import type { Interval } from '../units/interval.ts';

/** How many quarter-hours of a bucket have the same data quality, and how much of them was measured (µs). */
export interface QualityCount {
  readonly entityId: string;
  readonly startUs: number;
  readonly quality: Quality;
  readonly reason: EntryReason;
  readonly quarters: number;
  readonly coveredUs: number;
}

type Known = Exclude<Quality, 'none'>;

/** Why a part of the bucket is not measured. */
type Why =
  | 'recovered_from_history'
  | 'imported'
  | 'only_hours_are_known'
  | 'silent_or_unavailable'
  | 'corrected'
  | 'before_the_first'
  | 'nothing_heard';

/** The data quality of a meter's time in a bucket; the parts add up to the passed part of the bucket. Microseconds. */
export interface CoverageRow extends Interval {
  readonly knownUs: Readonly<Record<Known, number>>;
  readonly missingUs: number;
  readonly why: readonly Why[];
}

const whyOf: Readonly<Record<Known, Why | null>> = {
  measured: null,
  imported: 'imported',
  recovered: 'recovered_from_history',
  hourly: 'only_hours_are_known',
  estimated: 'silent_or_unavailable',
};

const nothing: Readonly<Record<Known, number>> = {
  measured: 0,
  imported: 0,
  recovered: 0,
  hourly: 0,
  estimated: 0,
};

/**
 * One row for each bucket that has begun.
 * @param counts of one meter
 * @param firstUs the meter's first entry; null when it has none
 */
export function coverageRows(
  counts: readonly QualityCount[],
  firstUs: number | null,
  period: Period,
  zone: string,
  startUs: number,
  endUs: number,
  nowUs: number,
): CoverageRow[] {
  const byStart = Map.groupBy(counts, (count) => count.startUs);
  const edges = bucketEdges(startUs, Math.min(endUs, nowUs), period, zone);
  return edges.slice(0, -1).flatMap((rowStartUs, index) => {
    const rowEndUs = edges[index + 1] ?? endUs;
    const passedUs = Math.min(rowEndUs, nowUs) - rowStartUs;
    if (passedUs <= 0) return [];
    return [
      {
        startUs: rowStartUs,
        endUs: rowEndUs,
        ...rowOf(byStart.get(rowStartUs) ?? [], passedUs, rowStartUs, firstUs),
      },
    ];
  });
}

function rowOf(
  counts: readonly QualityCount[],
  passedUs: number,
  startUs: number,
  firstUs: number | null,
): Pick<CoverageRow, 'knownUs' | 'missingUs' | 'why'> {
  const knownUs = { ...nothing };
  const why = new Set<Why>();
  for (const { quality, reason, quarters, coveredUs } of counts) {
    if (quality === 'none') continue;
    const isFilled = quality === 'hourly' || quality === 'estimated';
    // A quarter-hour that was filled in part was measured in the other; what a measured one does not cover is missing.
    knownUs[isFilled ? 'measured' : quality] += coveredUs;
    if (isFilled) knownUs[quality] += quarters * quarterHourUs - coveredUs;
    const known = reason === 'corrected' ? reason : whyOf[quality];
    if (known !== null) why.add(known);
  }
  const sum = Object.values(knownUs).reduce((total, part) => total + part, 0);
  const missingUs = Math.max(0, passedUs - sum);
  if (missingUs > 0) why.add(firstUs === null || startUs < firstUs ? 'before_the_first' : 'nothing_heard');
  return { knownUs, missingUs, why: [...why] };
}

const knowns = Object.keys(nothing) as Known[];

/** Joins neighbouring rows that say the same: a quiet month of quarter-hours is one row. */
export function mergedCoverage(rows: readonly CoverageRow[]): CoverageRow[] {
  const merged: CoverageRow[] = [];
  for (const row of rows) {
    const last = merged.at(-1);
    if (last === undefined || last.endUs !== row.startUs || !isAlike(last, row)) {
      merged.push(row);
      continue;
    }
    const knownUs = { ...last.knownUs };
    for (const known of knowns) knownUs[known] += row.knownUs[known];
    const missingUs = last.missingUs + row.missingUs;
    merged[merged.length - 1] = { ...last, endUs: row.endUs, knownUs, missingUs };
  }
  return merged;
}

/** The same parts of their length. */
function isAlike(one: CoverageRow, other: CoverageRow): boolean {
  const [oneUs, otherUs] = [one.endUs - one.startUs, other.endUs - other.startUs];
  const same = (a: number, b: number) => a * otherUs === b * oneUs;
  return (
    one.why.join() === other.why.join() &&
    same(one.missingUs, other.missingUs) &&
    knowns.every((known) => same(one.knownUs[known], other.knownUs[known]))
  );
}
