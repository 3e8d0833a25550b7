/** Positions of the heat map's cells, in CSS pixels. Pure. */
import { columns } from './heat-grid.ts';

export interface HeatLayout {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly cellWidth: number;
  readonly rowHeight: number;
  /** An hour label every so many hours. */
  readonly hourStep: number;
  readonly isNarrow: boolean;
}

const narrowPx = 560;

export function layoutOf(width: number, days: number): HeatLayout {
  const isNarrow = width < narrowPx;
  const left = isNarrow ? 24 : 54;
  const top = 20;
  const rowHeight = isNarrow ? 12 : 14;
  const cellWidth = Math.max(0, width - left - 2) / columns;
  return {
    width,
    height: top + days * rowHeight + 8,
    left,
    top,
    cellWidth,
    rowHeight,
    hourStep: isNarrow ? 6 : 3,
    isNarrow,
  };
}

/** Index of the cell at a point; null outside the grid. */
export function cellAt(layout: HeatLayout, days: number, x: number, y: number): number | null {
  if (layout.cellWidth <= 0) return null;
  const column = Math.floor((x - layout.left) / layout.cellWidth);
  const row = Math.floor((y - layout.top) / layout.rowHeight);
  return column < 0 || column >= columns || row < 0 || row >= days ? null : row * columns + column;
}

/** The part of a cell that is drawn. */
export function boxOf({ left, top, cellWidth, rowHeight }: HeatLayout, index: number) {
  return {
    left: left + (index % columns) * cellWidth,
    top: top + Math.floor(index / columns) * rowHeight + 1,
    width: cellWidth,
    height: rowHeight - 2,
  };
}

/** Start of a cell by the wall clock, epoch milliseconds. A time that a clock change skips becomes the next one. */
export function startOfCell(month: Temporal.PlainDate, row: number, column: number, zone: string): number {
  return month
    .with({ day: row + 1 })
    .toPlainDateTime({ hour: Math.floor(column / 4), minute: (column % 4) * 15 })
    .toZonedDateTime(zone).epochMilliseconds;
}
