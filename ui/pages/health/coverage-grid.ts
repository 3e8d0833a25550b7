/** What the coverage answers say, as a grid: a row for the home and for each meter, a column for each day or quarter. Pure. */
import type { Coverage } from '../../../src/schemas/ledger.ts';
import { settleMs } from '../../chart/grounds.ts';
import { dateAt, type Period, type Span, spanOf } from '../../period/period.ts';

export type Why = Coverage['entities'][number]['rows'][number]['why'][number];

/** What a stretch rests on, as it is to be seen; seconds. */
export interface Grounds {
  /** Heard live, or imported quarter by quarter. */
  readonly measured: number;
  readonly fetched: number;
  /** Only the hour is known. */
  readonly hourly: number;
  readonly estimated: number;
  readonly missing: number;
  /** Before anything is known of the meter: nothing is missing there. */
  readonly before: number;
}
export type Ground = keyof Grounds;
/** From what is best to what is worst. */
export const grounds = [
  'measured',
  'fetched',
  'hourly',
  'estimated',
  'missing',
  'before',
] as const satisfies readonly Ground[];

export interface CoverageCell {
  readonly parts: Grounds;
  readonly why: readonly Why[];
}

export interface CoverageLine {
  /** Null: the whole home. */
  readonly entityId: string | null;
  readonly name: string;
  /** One for each column; null for what has not begun. */
  readonly cells: readonly (CoverageCell | null)[];
  readonly sum: CoverageCell;
}

export interface CoverageGrid {
  readonly columns: readonly Span[];
  /** The home first, then the meters with the most that is missing or reckoned. */
  readonly lines: readonly CoverageLine[];
}

const quarterHourMs = 900_000;
/** A moment between two readings is no hole. */
export const negligibleSeconds = 60;
const nothing: Grounds = { measured: 0, fetched: 0, hourly: 0, estimated: 0, missing: 0, before: 0 };

/** What has just ended is posted a little later: until then it is not missing, as little as what is to come. */
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

export function groundsOf(row: Coverage['entities'][number]['rows'][number], share = 1): CoverageCell {
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

export function summed(cells: readonly (CoverageCell | null)[]): CoverageCell {
  const parts: Record<Ground, number> = { ...nothing };
  const why = new Set<Why>();
  for (const cell of cells) {
    if (cell === null) continue;
    for (const ground of grounds) parts[ground] += cell.parts[ground];
    for (const reason of cell.why) why.add(reason);
  }
  return { parts, why: [...why] };
}

/** All of its seconds; 0 when nothing of it has passed. */
export function lengthOf(parts: Grounds): number {
  return grounds.reduce((sum, ground) => sum + parts[ground], 0);
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

/** 96 of them, or 92 or 100 when the clocks change. */
export function quarterHoursOf({ startMs, endMs }: Span): Span[] {
  const quarters: Span[] = [];
  for (let at = startMs; at < endMs; at += quarterHourMs)
    quarters.push({ startMs: at, endMs: at + quarterHourMs });
  return quarters;
}

/** The home as a line of its own before its meters, which come with the worst first. */
export function coverageGrid(answer: Coverage, columns: readonly Span[], home: string): CoverageGrid {
  const meters = answer.entities.map(({ entity_id: entityId, name, rows }): CoverageLine => {
    let at = 0;
    const cells = columns.map(({ startMs, endMs }) => {
      // Rows ascend, and one may hold many columns that say the same.
      while (at < rows.length && Date.parse(rows[at]?.end ?? '') <= startMs) at += 1;
      const row = rows[at];
      if (row === undefined || Date.parse(row.start) > startMs) return null;
      const length = Date.parse(row.end) - Date.parse(row.start);
      const cell = groundsOf(row, Math.min(1, (endMs - startMs) / length));
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

function badness({ missing, estimated, hourly }: Grounds): number {
  return (missing < negligibleSeconds ? 0 : missing * 1000) + estimated + hourly / 1000;
}

/** Which column holds a date; -1 when none does. */
export function columnOf({ columns }: CoverageGrid, date: Temporal.PlainDate, zone: string): number {
  return columns.findIndex(({ startMs }) => dateAt(startMs, zone).equals(date));
}
