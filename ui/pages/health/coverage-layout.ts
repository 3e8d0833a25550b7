/** Positions of the coverage cells, in CSS pixels. Pure. */
import type { CoverageGrid, QualityKind, QualitySeconds } from './coverage-grid.ts';
import { lengthOf, negligibleSeconds, qualityKinds } from './coverage-grid.ts';

export interface CoverageLayout {
  readonly height: number;
  /** Left edge of the cells; the names are left of it. */
  readonly left: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Top of each line. */
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

/** Index of the cell at a point, counted line by line; null outside the cells. */
export function cellAt(layout: CoverageLayout, columns: number, x: number, y: number): number | null {
  if (layout.cellWidth <= 0) return null;
  const column = Math.floor((x - layout.left) / layout.cellWidth);
  const line = layout.tops.findIndex(
    (top) => y >= top - gapPx / 2 && y < top + layout.cellHeight + gapPx / 2,
  );
  return column < 0 || column >= columns || line < 0 ? null : line * columns + column;
}

export function boxOf(layout: CoverageLayout, columns: number, index: number) {
  const { left, tops, cellWidth, cellHeight } = layout;
  return {
    left: left + (index % columns) * cellWidth,
    top: tops[Math.floor(index / columns)] ?? 0,
    width: cellWidth,
    height: cellHeight,
  };
}

interface Layer {
  readonly quality: QualityKind;
  readonly top: number;
  readonly height: number;
}

/** Least height of what is missing or estimated, so that it is visible. */
const leastPx = 4;

/** The layers of a cell from its bottom up, best quality first. Their heights add up to the cell's. */
export function layersOf(parts: QualitySeconds, cellHeight: number): Layer[] {
  const length = lengthOf(parts);
  if (length <= 0) return [];
  const found = qualityKinds.filter((quality) => parts[quality] > 0);
  const floor = Math.min(leastPx, cellHeight / found.length);
  const shares = found.map((quality) => {
    const isSeen = quality !== 'measured' && parts[quality] >= Math.min(negligibleSeconds, length);
    const least = isSeen ? floor : 0;
    return { quality, least, more: Math.max(0, (parts[quality] / length) * cellHeight - least) };
  });
  // The height added to small layers is taken from the others, by their size.
  const free = cellHeight - shares.reduce((sum, { least }) => sum + least, 0);
  const more = shares.reduce((sum, share) => sum + share.more, 0);
  let bottom = cellHeight;
  return shares.map((one) => {
    const height = one.least + (more === 0 ? 0 : (one.more / more) * free);
    bottom -= height;
    return { quality: one.quality, top: bottom, height };
  });
}
