/** The month's quarters as a heat map, drawn on a canvas and read by pointer or by arrow keys. */
import { useEffect, useRef } from 'preact/hooks';
import { ChartFrame, useCursor } from '../../chart/chart-frame.tsx';
import { hatch } from '../../chart/hatch.ts';
import { useWidth } from '../../chart/use-width.ts';
import { formatInstant, type Locale } from '../../format/instants.ts';
import { asText, showPower } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';
import { themeVersion, token } from '../../theme/theme.ts';
import { columns, type HeatGrid, heatStrength, scaleStops } from './heat-grid.ts';
import { cellAt, type HeatLayout, layoutOf, startOfCell } from './heat-layout.ts';

export interface HeatMapProps {
  readonly month: Temporal.PlainDate;
  readonly name: string;
  readonly grid: HeatGrid;
  /** Start of the peak's quarter, epoch milliseconds; null when there is none. */
  readonly peakMs: number | null;
  readonly nowMs: number;
  readonly locale: Locale;
}

function draw(canvas: HTMLCanvasElement, layout: HeatLayout, props: HeatMapProps): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const { grid, month, peakMs, nowMs, locale } = props;
  const dpr = devicePixelRatio;
  const { left, top, cellWidth, rowHeight, width, height } = layout;
  canvas.width = Math.round(width * dpr);
  canvas.height = Math.round(height * dpr);
  context.scale(dpr, dpr);
  const text = token('--text-2-ink');
  const colour = token('--grid-in-mark');
  context.font = '11px Roboto, "Noto Sans", system-ui, sans-serif';
  context.fillStyle = text;
  context.textBaseline = 'alphabetic';
  for (let hour = 0; hour < 24; hour += layout.hourStep) {
    const at = month.toPlainDateTime({ hour }).toZonedDateTime('UTC').epochMilliseconds;
    const label = formatInstant(at, 'time', { language: locale.language, zone: 'UTC' });
    context.fillText(label, left + hour * 4 * cellWidth, top - 6);
  }
  const missing = hatch(context, text, 'transparent', 0.22, 1);
  for (let row = 0; row < grid.days; row += 1) {
    const y = top + row * rowHeight;
    const date = month.with({ day: row + 1 });
    const at = date.toZonedDateTime('UTC').epochMilliseconds;
    context.globalAlpha = 1;
    context.fillStyle = text;
    context.textAlign = 'right';
    const label = layout.isNarrow
      ? String(row + 1)
      : formatInstant(at, 'weekday', { language: locale.language, zone: 'UTC' });
    context.fillText(label, left - 8, y + rowHeight / 2 + 4);
    context.textAlign = 'left';
    for (let column = 0; column < columns; column += 1) {
      const x = left + column * cellWidth;
      const cell = grid.cells[row * columns + column] ?? null;
      const box = [x, y + 0.5, cellWidth + 0.2, rowHeight - 1] as const;
      if (cell === null) {
        if (startOfCell(month, row, column, locale.zone) + 900_000 > nowMs) continue;
        context.globalAlpha = 1;
        context.fillStyle = missing;
      } else if (cell.isMeasured) {
        context.globalAlpha = heatStrength(cell.quarter.avg_power_w, grid.mostW);
        context.fillStyle = colour;
      } else {
        context.globalAlpha = 0.6 * heatStrength(cell.quarter.avg_power_w, grid.mostW);
        context.fillStyle = text;
      }
      context.fillRect(...box);
    }
  }
  context.globalAlpha = 1;
  const peak = grid.cells.findIndex((cell) => cell?.startMs === peakMs);
  if (peakMs !== null && peak >= 0) {
    const x = left + (peak % columns) * cellWidth + cellWidth / 2;
    const y = top + Math.floor(peak / columns) * rowHeight + rowHeight / 2;
    const radius = rowHeight / 2 + 3;
    for (const [style, line] of [
      [token('--card'), 5],
      [token('--text'), 2],
    ] as const) {
      context.strokeStyle = style;
      context.lineWidth = line;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.stroke();
    }
  }
}

/** What the quarter that is pointed at says. */
function readout(
  index: number,
  props: HeatMapProps,
  t: Texts,
): { when: string; value: string; note: string } {
  const { grid, month, locale, nowMs } = props;
  const [row, column] = [Math.floor(index / columns), index % columns];
  const cell = grid.cells[index] ?? null;
  const startMs = cell?.startMs ?? startOfCell(month, row, column, locale.zone);
  const when = `${formatInstant(startMs, 'moment', locale)} – ${formatInstant(startMs + 900_000, 'time', locale)}`;
  if (cell === null) {
    const isFuture = startMs + 900_000 > nowMs;
    return { when, value: isFuture ? t.peaks.mapFuture : t.peaks.mapMissing, note: '' };
  }
  const notes = [
    ...(cell.isMeasured ? [] : [t.peaks.mapUnmeasured]),
    ...(cell.isTwice ? [t.peaks.mapTwice] : []),
    ...(cell.quarter.provisional && startMs + 900_000 > nowMs ? [t.bars.running] : []),
  ];
  return {
    when,
    value: asText(showPower(cell.quarter.avg_power_w, locale.language)),
    note: notes.join(', '),
  };
}

export function HeatMap(props: HeatMapProps) {
  const { grid, name, peakMs, locale } = props;
  const all = texts();
  const t = all.peaks;
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(holder);
  const cursor = useCursor(grid.days * columns);
  const { at } = cursor;
  const version = themeVersion.value;
  const layout = layoutOf(width, grid.days);
  const last = grid.days * columns - 1;

  // colours are the theme's: `version` stands for them
  useEffect(() => {
    if (canvas.current !== null && width > 0) draw(canvas.current, layout, props);
  }, [grid, width, version, locale, peakMs]);
  useEffect(() => cursor.point(null), [name]);

  const point = (event: PointerEvent) => {
    const box = canvas.current?.getBoundingClientRect();
    if (box === undefined) return;
    const index = cellAt(layout, grid.days, event.clientX - box.left, event.clientY - box.top);
    if (index !== null) cursor.point(index);
  };
  const peak = grid.cells.findIndex((cell) => cell !== null && cell.startMs === peakMs);
  const from = at ?? Math.max(0, peak);
  const to = (index: number) => () => cursor.move(Math.max(0, Math.min(last, index)));
  const said = at === null ? null : readout(at, props, all);
  return (
    <div class="heat">
      <ChartFrame
        holder={holder}
        cursor={cursor}
        class="heat-plot"
        label={`${name}. ${t.mapHelp}`}
        keys={{
          ArrowLeft: to(from - (at === null ? 0 : 1)),
          ArrowRight: to(from + (at === null ? 0 : 1)),
          ArrowUp: to(from < columns ? from : from - columns),
          ArrowDown: to(from > last - columns ? from : from + columns),
          Home: to(Math.floor(from / columns) * columns),
          End: to(Math.floor(from / columns) * columns + columns - 1),
          p: () => peak >= 0 && cursor.move(peak),
        }}
        marks={{ 'data-quarters': grid.cells.filter((cell) => cell !== null).length }}
        onPoint={point}
        readoutClass="heat-readout"
        picture={
          <>
            <canvas ref={canvas} style={{ width: `${layout.width}px`, height: `${layout.height}px` }} />
            {at !== null && (
              <span
                class="heat-cursor"
                style={{
                  left: `${layout.left + (at % columns) * layout.cellWidth - 2}px`,
                  top: `${layout.top + Math.floor(at / columns) * layout.rowHeight - 1}px`,
                  width: `${layout.cellWidth + 4}px`,
                  height: `${layout.rowHeight + 2}px`,
                }}
              />
            )}
          </>
        }
      >
        {said === null ? (
          <span class="quiet">{t.mapHint}</span>
        ) : (
          <>
            <strong>{said.value}</strong>
            <span>{said.when}</span>
            <span class="quiet">{said.note}</span>
          </>
        )}
      </ChartFrame>
      <Scale grid={grid} locale={locale} />
    </div>
  );
}

function Scale({ grid, locale }: { grid: HeatGrid; locale: Locale }) {
  const t = texts();
  const stops = scaleStops()
    .map(
      ({ at, strength }) =>
        `color-mix(in srgb, var(--grid-in-mark) ${(strength * 100).toFixed(0)}%, transparent) ${at * 100}%`,
    )
    .join(', ');
  const power = (watts: number) => asText(showPower(watts, locale.language));
  const hasUnmeasured = grid.cells.some((cell) => cell !== null && !cell.isMeasured);
  return (
    <div class="heat-scale">
      {grid.mostW > 0 && (
        <div class="row">
          <span>{t.peaks.mapScale}</span>
          <span class="heat-gradient" style={{ background: `linear-gradient(to right, ${stops})` }} />
          <span>
            {power(0)} – {power(grid.mostW)}
          </span>
        </div>
      )}
      {hasUnmeasured && (
        <div class="row">
          <span class="swatch heat-unmeasured" />
          <span>{t.peaks.mapUnmeasured}</span>
        </div>
      )}
      <div class="row">
        <span class="swatch" data-kind="missing" />
        <span>{t.peaks.mapMissing}</span>
      </div>
    </div>
  );
}
