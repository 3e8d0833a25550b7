/** Coverage as a heat map: a line for the home and each meter, a column for each day or quarter-hour. */
import type { ComponentChildren } from 'preact';
import { CanvasGrid } from '../../chart/canvas-grid.tsx';
import type { ChartKeys, Cursor } from '../../chart/chart-frame.tsx';
import { hatch, translucent } from '../../chart/hatch.ts';
import { token } from '../../theme/theme.ts';
import { type CoverageGrid, type QualityKind, qualityKinds } from './coverage-grid.ts';
import { boxOf, type CoverageLayout, cellAt, layersOf, layoutOf } from './coverage-layout.ts';

interface ColumnLabel {
  readonly column: number;
  readonly text: string;
}

interface CoverageMapProps {
  readonly grid: CoverageGrid;
  readonly name: string;
  /** Labels above the columns, as many as fit at this column width. */
  readonly labels: (columnWidth: number) => readonly ColumnLabel[];
  /** The column that is shown in detail; null for none. */
  readonly chosen: number | null;
  readonly onChoose: ((column: number) => void) | null;
  readonly hint: string;
  readonly readout: (line: number, column: number) => ComponentChildren;
}

const font = '12px Roboto, "Noto Sans", system-ui, sans-serif';

function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let length = text.length - 1;
  while (length > 1 && context.measureText(`${text.slice(0, length).trimEnd()}…`).width > width) length -= 1;
  return `${text.slice(0, length).trimEnd()}…`;
}

function fillOf(context: CanvasRenderingContext2D, quality: QualityKind): string | CanvasPattern | null {
  const colour = token('--home-mark');
  switch (quality) {
    case 'measured':
      return colour;
    case 'fetched':
      return translucent(colour, 0.6);
    case 'hourly':
      return translucent(colour, 0.3);
    case 'estimated':
      return hatch(context, colour, token('--card'), 1, 1);
    case 'missing':
      return hatch(context, token('--error-ink'), 'transparent', 0.8, 1);
    case 'before':
      return null;
  }
}

function draw(
  context: CanvasRenderingContext2D,
  layout: CoverageLayout,
  { grid, labels, chosen }: CoverageMapProps,
): void {
  const { left, tops, cellWidth, cellHeight } = layout;
  context.font = font;
  context.fillStyle = token('--text-2-ink');
  for (const { column, text } of labels(cellWidth)) context.fillText(text, left + column * cellWidth, 13);
  for (const [index, line] of grid.lines.entries()) {
    context.fillStyle = token(line.entityId === null ? '--text' : '--text-2-ink');
    context.font = line.entityId === null ? font.replace('12px', '500 12px') : font;
    const y = (tops[index] ?? 0) + cellHeight / 2 + 4;
    context.fillText(fitted(context, line.name, left - 10), 0, y);
  }
  drawCells(context, layout, grid);
  if (chosen !== null) {
    context.strokeStyle = token('--text');
    context.lineWidth = 1.5;
    const [top, bottom] = [(tops[0] ?? 0) - 2, (tops.at(-1) ?? 0) + cellHeight + 1];
    context.strokeRect(left + chosen * cellWidth - 0.5, top, cellWidth + 1, bottom - top);
  }
}

function drawCells(
  context: CanvasRenderingContext2D,
  { left, tops, cellWidth, cellHeight }: CoverageLayout,
  { lines }: CoverageGrid,
): void {
  const gap = cellWidth > 6 ? 1.5 : 0;
  const width = cellWidth - gap + (gap === 0 ? 0.3 : 0);
  // Patterns and colours are made once for all cells.
  const fills = Object.fromEntries(qualityKinds.map((quality) => [quality, fillOf(context, quality)]));
  for (const [index, line] of lines.entries())
    for (const [column, cell] of line.cells.entries()) {
      if (cell === null) continue;
      const top = tops[index] ?? 0;
      const x = left + column * cellWidth + gap / 2;
      for (const layer of layersOf(cell.parts, cellHeight)) {
        const fill = fills[layer.quality] ?? null;
        context.fillStyle = fill ?? token('--line');
        if (fill === null) context.fillRect(x, top + cellHeight / 2, width, 1);
        else context.fillRect(x, top + layer.top, width, Math.max(0.5, layer.height));
      }
    }
}

export function CoverageMap(props: CoverageMapProps) {
  const { grid, name, chosen, onChoose, hint, readout } = props;
  const columns = grid.columns.length;
  const layout = (width: number) => layoutOf(width, grid);
  return (
    <div class="coverage">
      <CanvasGrid
        name="coverage"
        label={name}
        count={grid.lines.length * columns}
        heightOf={(width) => layout(width).height}
        draw={(context, width) => draw(context, layout(width), props)}
        drawnFrom={[grid, chosen]}
        cellAt={(width, x, y) => cellAt(layout(width), columns, x, y)}
        boxOf={(width, index) => boxOf(layout(width), columns, index)}
        keysOf={(cursor) => cursorKeys(cursor, props)}
        marks={{ 'data-lines': grid.lines.length, 'data-columns': columns }}
        onPress={onChoose && ((index) => onChoose(index % columns))}
        readout={(index) =>
          index === null ? (
            <span class="quiet">{hint}</span>
          ) : (
            readout(Math.floor(index / columns), index % columns)
          )
        }
      />
    </div>
  );
}

/** Arrow keys move by a cell. The first key goes to the chosen column, else to the last one that has begun. */
function cursorKeys(cursor: Cursor, { grid, chosen, onChoose }: CoverageMapProps): ChartKeys {
  const columns = grid.columns.length;
  const count = grid.lines.length * columns;
  const { at } = cursor;
  const started = grid.lines[0]?.cells.findLastIndex((cell) => cell !== null) ?? -1;
  const from = at ?? Math.max(0, chosen ?? started);
  const to = (index: number) => () => cursor.move(Math.max(0, Math.min(count - 1, index)));
  const lineStart = Math.floor(from / columns) * columns;
  const by = (step: number) => (at === null ? to(from) : to(from + step));
  return {
    ArrowLeft: by(from > lineStart ? -1 : 0),
    ArrowRight: by(from < lineStart + columns - 1 ? 1 : 0),
    ArrowUp: by(from < columns ? 0 : -columns),
    ArrowDown: by(from >= count - columns ? 0 : columns),
    Home: to(lineStart),
    End: to(lineStart + columns - 1),
    ...(onChoose === null ? {} : { Enter: () => onChoose(from % columns) }),
  };
}
