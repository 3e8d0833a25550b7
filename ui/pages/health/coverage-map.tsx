/** Coverage as a heat map: a line for the home and each meter, a column for each day or quarter-hour. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ChartFrame, useCursor } from '../../chart/chart-frame.tsx';
import { hatch, translucent } from '../../chart/hatch.ts';
import { useWidth } from '../../chart/use-width.ts';
import { themeVersion, token } from '../../theme/theme.ts';
import type { CoverageGrid, Ground } from './coverage-grid.ts';
import { type CoverageLayout, cellAt, layersOf, layoutOf } from './coverage-layout.ts';

export interface ColumnLabel {
  readonly column: number;
  readonly text: string;
}

export interface CoverageMapProps {
  readonly grid: CoverageGrid;
  readonly name: string;
  /** Labels over the columns, as many as there is room for at that width of one. */
  readonly labels: (columnWidth: number) => readonly ColumnLabel[];
  /** A column that is shown in detail; null when none is. */
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

function fillOf(context: CanvasRenderingContext2D, ground: Ground): string | CanvasPattern | null {
  const colour = token('--home-mark');
  switch (ground) {
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
  canvas: HTMLCanvasElement,
  width: number,
  layout: CoverageLayout,
  props: CoverageMapProps,
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const { grid, labels, chosen } = props;
  const { left, tops, cellWidth, cellHeight, height } = layout;
  const dpr = devicePixelRatio;
  canvas.width = Math.round(width * dpr);
  canvas.height = Math.round(height * dpr);
  context.scale(dpr, dpr);
  context.font = font;
  context.fillStyle = token('--text-2-ink');
  for (const { column, text } of labels(cellWidth)) context.fillText(text, left + column * cellWidth, 13);
  const gap = cellWidth > 6 ? 1.5 : 0;
  // A pattern or a colour is made once for all cells.
  const fills = new Map<Ground, string | CanvasPattern | null>();
  const fill = (ground: Ground) => {
    if (!fills.has(ground)) fills.set(ground, fillOf(context, ground));
    return fills.get(ground) ?? null;
  };
  for (const [index, line] of grid.lines.entries()) {
    const top = tops[index] ?? 0;
    context.fillStyle = token(line.entityId === null ? '--text' : '--text-2-ink');
    context.font = line.entityId === null ? font.replace('12px', '500 12px') : font;
    context.fillText(fitted(context, line.name, left - 10), 0, top + cellHeight / 2 + 4);
    for (const [column, cell] of line.cells.entries()) {
      if (cell === null) continue;
      const x = left + column * cellWidth;
      for (const layer of layersOf(cell.parts, cellHeight)) {
        const style = fill(layer.ground);
        if (style === null) {
          context.fillStyle = token('--line');
          context.fillRect(x + gap / 2, top + cellHeight / 2, cellWidth - gap + (gap === 0 ? 0.3 : 0), 1);
          continue;
        }
        context.fillStyle = style;
        context.fillRect(
          x + gap / 2,
          top + layer.top,
          cellWidth - gap + (gap === 0 ? 0.3 : 0),
          Math.max(0.5, layer.height),
        );
      }
    }
  }
  if (chosen !== null) {
    context.strokeStyle = token('--text');
    context.lineWidth = 1.5;
    const [top, bottom] = [(tops[0] ?? 0) - 2, (tops.at(-1) ?? 0) + cellHeight + 1];
    context.strokeRect(left + chosen * cellWidth - 0.5, top, cellWidth + 1, bottom - top);
  }
}

export function CoverageMap(props: CoverageMapProps) {
  const { grid, name, chosen, onChoose, hint, readout } = props;
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(holder);
  const columns = grid.columns.length;
  const count = grid.lines.length * columns;
  const cursor = useCursor(count);
  const { at } = cursor;
  const layout = layoutOf(width, grid);
  const version = themeVersion.value;

  // colours are the theme's: `version` stands for them
  useEffect(() => {
    if (canvas.current !== null && width > 0) draw(canvas.current, width, layout, props);
  }, [grid, width, version, chosen]);

  const under = (event: MouseEvent): number | null => {
    const box = canvas.current?.getBoundingClientRect();
    return box === undefined
      ? null
      : cellAt(layout, columns, event.clientX - box.left, event.clientY - box.top);
  };
  const point = (event: PointerEvent) => {
    const index = under(event);
    if (index !== null) cursor.point(index);
  };
  const press = (event: MouseEvent) => {
    const index = under(event);
    if (index !== null) onChoose?.(index % columns);
  };
  // What has not begun can't be read; the first step of the keys is to the last that has.
  const started = grid.lines[0]?.cells.findLastIndex((cell) => cell !== null) ?? -1;
  const from = at ?? Math.max(0, chosen ?? started);
  const to = (index: number) => () => cursor.move(Math.max(0, Math.min(count - 1, index)));
  const first = Math.floor(from / columns) * columns;
  const by = (step: number) => (at === null ? to(from) : to(from + step));
  const column = at === null ? 0 : at % columns;
  return (
    <div class="coverage">
      <ChartFrame
        holder={holder}
        cursor={cursor}
        class="coverage-plot"
        label={name}
        keys={{
          ArrowLeft: by(from > first ? -1 : 0),
          ArrowRight: by(from < first + columns - 1 ? 1 : 0),
          ArrowUp: by(from < columns ? 0 : -columns),
          ArrowDown: by(from >= count - columns ? 0 : columns),
          Home: to(first),
          End: to(first + columns - 1),
          ...(onChoose === null ? {} : { Enter: () => onChoose(from % columns) }),
        }}
        marks={{ 'data-lines': grid.lines.length, 'data-columns': columns }}
        onPoint={point}
        {...(onChoose === null ? {} : { onPress: press })}
        readoutClass="coverage-readout"
        picture={
          <>
            <canvas ref={canvas} style={{ width: `${width}px`, height: `${layout.height}px` }} />
            {at !== null && (
              <span
                class="heat-cursor"
                style={{
                  left: `${layout.left + column * layout.cellWidth - 2}px`,
                  top: `${(layout.tops[Math.floor(at / columns)] ?? 0) - 2}px`,
                  width: `${layout.cellWidth + 4}px`,
                  height: `${layout.cellHeight + 4}px`,
                }}
              />
            )}
          </>
        }
      >
        {at === null ? <span class="quiet">{hint}</span> : readout(Math.floor(at / columns), column)}
      </ChartFrame>
    </div>
  );
}
