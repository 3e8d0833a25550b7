/** Where the cells of the coverage lie, in CSS pixels. Pure. */
import type { CoverageGrid, Ground, Grounds } from './coverage-grid.ts';
import { grounds, lengthOf, negligibleSeconds } from './coverage-grid.ts';

export interface CoverageLayout {
  readonly height: number;
  /** Where the cells begin; names stand before it. */
  readonly left: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Of each line. */
  readonly tops: readonly number[];
}

const narrowPx = 560;
const headPx = 22;
const gapPx = 2;
/** Between the home and its meters. */
const breakPx = 8;

export function layoutOf(width: number, { columns, lines }: CoverageGrid): CoverageLayout {
  const isNarrow = width < narrowPx;
  const left = isNarrow ? 96 : 190;
  const cellHeight = isNarrow ? 16 : 18;
  const tops = lines.map((_line, index) => headPx + index * (cellHeight + gapPx) + (index > 0 ? breakPx : 0));
  return {
    height: (tops.at(-1) ?? headPx) + cellHeight + gapPx,
    left,
    cellWidth: Math.max(0, width - left - 1) / Math.max(1, columns.length),
    cellHeight,
    tops,
  };
}

/** The cell at a point, counted line by line; null beside the cells. */
export function cellAt(layout: CoverageLayout, columns: number, x: number, y: number): number | null {
  if (layout.cellWidth <= 0) return null;
  const column = Math.floor((x - layout.left) / layout.cellWidth);
  const line = layout.tops.findIndex(
    (top) => y >= top - gapPx / 2 && y < top + layout.cellHeight + gapPx / 2,
  );
  return column < 0 || column >= columns || line < 0 ? null : line * columns + column;
}

export interface Layer {
  readonly ground: Ground;
  readonly top: number;
  readonly height: number;
}

/** What little is missing or reckoned is seen all the same. */
const leastPx = 4;

/** A cell from its foot up, best grounds first; heights add up to the cell's. */
export function layersOf(parts: Grounds, cellHeight: number): Layer[] {
  const length = lengthOf(parts);
  if (length <= 0) return [];
  const found = grounds.filter((ground) => parts[ground] > 0);
  const floor = Math.min(leastPx, cellHeight / found.length);
  const shares = found.map((ground) => {
    const isSeen = ground !== 'measured' && parts[ground] >= Math.min(negligibleSeconds, length);
    const least = isSeen ? floor : 0;
    return { ground, least, more: Math.max(0, (parts[ground] / length) * cellHeight - least) };
  });
  // What the small ones are given is taken from the others, from each by its size.
  const free = cellHeight - shares.reduce((sum, { least }) => sum + least, 0);
  const more = shares.reduce((sum, share) => sum + share.more, 0);
  let bottom = cellHeight;
  return shares.map((one) => {
    const height = one.least + (more === 0 ? 0 : (one.more / more) * free);
    bottom -= height;
    return { ground: one.ground, top: bottom, height };
  });
}
