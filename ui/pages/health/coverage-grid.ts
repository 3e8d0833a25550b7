/** The coverage as a grid: a line for the home and for each meter, a column for each day or quarter-hour. Pure. */
import type { Coverage } from '../../../src/schemas/ledger.ts';
import { quarterHourMs } from '../../../src/units/durations.ts';
import { settleMs } from '../../chart/data-quality.ts';
import { dateAt, type Period, parseSpan, type Span, spanOf } from '../../period/period.ts';

export type Why = Coverage['entities'][number]['rows'][number]['why'][number];

/** Seconds of an interval by their data quality. */
export interface QualitySeconds {
  /** Received live, or imported by the quarter-hour. */
  readonly measured: number;
  readonly fetched: number;
  /** Known only by the hour. */
  readonly hourly: number;
  readonly estimated: number;
  readonly missing: number;
  /** Before the meter's first reading, where nothing is missing. */
  readonly before: number;
}
export type QualityKind = keyof QualitySeconds;
/** From best to worst. */
export const qualityKinds = [
  'measured',
  'fetched',
  'hourly',
  'estimated',
  'missing',
  'before',
] as const satisfies readonly QualityKind[];

export interface CoverageCell {
  readonly parts: QualitySeconds;
  readonly why: readonly Why[];
}

interface CoverageLine {
  /** Null: the whole home. */
  readonly entityId: string | null;
  readonly name: string;
  /** One for each column; null for the future. */
  readonly cells: readonly (CoverageCell | null)[];
  readonly sum: CoverageCell;
}

export interface CoverageGrid {
  readonly columns: readonly Span[];
  /** The home first, then the meters with most missing or estimated time. */
  readonly lines: readonly CoverageLine[];
}

/** Less is the time between two readings, and not a gap. */
export const negligibleSeconds = 60;
const nothing: QualitySeconds = { measured: 0, fetched: 0, hourly: 0, estimated: 0, missing: 0, before: 0 };

/** The ledger is posted with a delay: until then data is not missing. */
export function settled(answer: Coverage, nowMs: number): Coverage {
  return {
    ...answer,
    entities: answer.entities.map((entity) => ({
      ...entity,
      rows: entity.rows.map((row) =>
        Date.parse(row.end) + settleMs > nowMs && row.missing_seconds * 1000 <= settleMs
          ? { ...row, missing_seconds: 0 }
          : row,
      ),
    })),
  };
}

/** @param share of the row's seconds, 0 to 1, when the row covers several columns */
export function coverageCell(row: Coverage['entities'][number]['rows'][number], share = 1): CoverageCell {
  const isBefore = row.why.includes('before_the_first');
  return {
    parts: {
      measured: (row.measured_seconds + row.imported_seconds) * share,
      fetched: row.recovered_seconds * share,
      hourly: row.hourly_seconds * share,
      estimated: row.estimated_seconds * share,
      missing: isBefore ? 0 : row.missing_seconds * share,
      before: isBefore ? row.missing_seconds * share : 0,
    },
    why: row.why,
  };
}

function summed(cells: readonly (CoverageCell | null)[]): CoverageCell {
  const parts: Record<QualityKind, number> = { ...nothing };
  const why = new Set<Why>();
  for (const cell of cells) {
    if (cell === null) continue;
    for (const quality of qualityKinds) parts[quality] += cell.parts[quality];
    for (const reason of cell.why) why.add(reason);
  }
  return { parts, why: [...why] };
}

/** Sum of all seconds; 0 for the future. */
export function lengthOf(parts: QualitySeconds): number {
  return qualityKinds.reduce((sum, quality) => sum + parts[quality], 0);
}

export function daysOf(period: Period, zone: string): Span[] {
  const days: Span[] = [];
  for (
    let date = period.start;
    Temporal.PlainDate.compare(date, period.end) < 0;
    date = date.add({ days: 1 })
  )
    days.push(spanOf({ kind: 'day', start: date, end: date.add({ days: 1 }) }, zone));
  return days;
}

/** The 96 quarter-hours of a day, or 92 or 100 when the clocks change. */
export function quarterHoursOf({ startMs, endMs }: Span): Span[] {
  const quarterHours: Span[] = [];
  for (let at = startMs; at < endMs; at += quarterHourMs)
    quarterHours.push({ startMs: at, endMs: at + quarterHourMs });
  return quarterHours;
}

/** A line for the home, then one for each meter, the worst first. */
export function coverageGrid(answer: Coverage, columns: readonly Span[], home: string): CoverageGrid {
  const meters = answer.entities.map(({ entity_id: entityId, name, rows }): CoverageLine => {
    let at = 0;
    const cells = columns.map(({ startMs, endMs }) => {
      // Rows ascend, and a row can cover many columns of equal data.
      while (at < rows.length && Date.parse(rows[at]?.end ?? '') <= startMs) at += 1;
      const row = rows[at];
      if (row === undefined || Date.parse(row.start) > startMs) return null;
      const rowSpan = parseSpan(row);
      const share = (endMs - startMs) / (rowSpan.endMs - rowSpan.startMs);
      const cell = coverageCell(row, Math.min(1, share));
      return lengthOf(cell.parts) > 0 ? cell : null;
    });
    return { entityId, name, cells, sum: summed(cells) };
  });
  meters.sort((one, other) => badness(other.sum.parts) - badness(one.sum.parts));
  const cells = columns.map((_column, index) => {
    const all = meters.map((meter) => meter.cells[index] ?? null);
    return all.every((cell) => cell === null) ? null : summed(all);
  });
  return { columns, lines: [{ entityId: null, name: home, cells, sum: summed(cells) }, ...meters] };
}

function badness({ missing, estimated, hourly }: QualitySeconds): number {
  return (missing < negligibleSeconds ? 0 : missing * 1000) + estimated + hourly / 1000;
}

/** Index of the column of a date; -1 if none. */
export function columnOf({ columns }: CoverageGrid, date: Temporal.PlainDate, zone: string): number {
  return columns.findIndex(({ startMs }) => dateAt(startMs, zone).equals(date));
}
