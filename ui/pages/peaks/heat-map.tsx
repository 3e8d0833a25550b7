/** The month's quarter-hours as a heat map, drawn on a canvas and read by pointer or by arrow keys. */

import { hourMs, quarterHourMs } from '../../../src/units/durations.ts';
import { CanvasGrid } from '../../chart/canvas-grid.tsx';
import type { ChartKeys, Cursor } from '../../chart/chart-frame.tsx';
import { hatch } from '../../chart/hatch.ts';
import { formatDate, formatInstant, type Locale } from '../../format/instants.ts';
import { formatPower } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';
import { token } from '../../theme/theme.ts';
import { columns, type HeatGrid, heatStrength, scaleStops } from './heat-grid.ts';
import { boxOf, cellAt, type HeatLayout, layoutOf, startOfCell } from './heat-layout.ts';

interface HeatMapProps {
  readonly month: Temporal.PlainDate;
  readonly name: string;
  readonly grid: HeatGrid;
  /** Start of the peak's quarter-hour, epoch milliseconds; null without a peak. */
  readonly peakMs: number | null;
  readonly nowMs: number;
  readonly locale: Locale;
}

const font = '11px Roboto, "Noto Sans", system-ui, sans-serif';

function drawLabels(context: CanvasRenderingContext2D, layout: HeatLayout, props: HeatMapProps): void {
  const { left, top, cellWidth, rowHeight } = layout;
  const { language } = props.locale;
  context.font = font;
  context.fillStyle = token('--text-2-ink');
  context.textBaseline = 'alphabetic';
  for (let hour = 0; hour < 24; hour += layout.hourStep) {
    const label = formatInstant(hour * hourMs, 'time', { language, zone: 'UTC' });
    context.fillText(label, left + hour * 4 * cellWidth, top - 6);
  }
  context.textAlign = 'right';
  for (let row = 0; row < props.grid.days; row += 1) {
    const day = row + 1;
    const label = layout.isNarrow ? String(day) : formatDate(props.month.with({ day }), 'weekday', language);
    context.fillText(label, left - 8, top + row * rowHeight + rowHeight / 2 + 4);
  }
  context.textAlign = 'left';
}

function drawCells(context: CanvasRenderingContext2D, layout: HeatLayout, props: HeatMapProps): void {
  const { left, top, cellWidth, rowHeight } = layout;
  const { grid, month, nowMs, locale } = props;
  const text = token('--text-2-ink');
  const colour = token('--grid-in-mark');
  const missing = hatch(context, text, 'transparent', 0.22, 1);
  for (const [index, cell] of grid.cells.entries()) {
    const [row, column] = [Math.floor(index / columns), index % columns];
    if (cell === null) {
      if (startOfCell(month, row, column, locale.zone) + quarterHourMs > nowMs) continue;
      context.globalAlpha = 1;
      context.fillStyle = missing;
    } else {
      const strength = heatStrength(cell.quarterHour.avg_power_w, grid.mostW);
      context.globalAlpha = cell.isMeasured ? strength : 0.6 * strength;
      context.fillStyle = cell.isMeasured ? colour : text;
    }
    context.fillRect(left + column * cellWidth, top + row * rowHeight + 0.5, cellWidth + 0.2, rowHeight - 1);
  }
  context.globalAlpha = 1;
}

/** A ring around the peak. */
function drawPeak(context: CanvasRenderingContext2D, layout: HeatLayout, props: HeatMapProps): void {
  const { left, top, cellWidth, rowHeight } = layout;
  const peak = peakIndex(props);
  if (peak < 0) return;
  const x = left + (peak % columns) * cellWidth + cellWidth / 2;
  const y = top + Math.floor(peak / columns) * rowHeight + rowHeight / 2;
  for (const [style, lineWidth] of [
    [token('--card'), 5],
    [token('--text'), 2],
  ] as const) {
    context.strokeStyle = style;
    context.lineWidth = lineWidth;
    context.beginPath();
    context.arc(x, y, rowHeight / 2 + 3, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** Index of the peak's cell; -1 without a peak. */
function peakIndex({ grid, peakMs }: HeatMapProps): number {
  return grid.cells.findIndex((cell) => cell !== null && cell.startMs === peakMs);
}

/** What the readout shows for the quarter-hour under the cursor. */
function readout(
  index: number,
  props: HeatMapProps,
  t: Texts,
): { when: string; value: string; note: string } {
  const { grid, month, locale, nowMs } = props;
  const [row, column] = [Math.floor(index / columns), index % columns];
  const cell = grid.cells[index] ?? null;
  const startMs = cell?.startMs ?? startOfCell(month, row, column, locale.zone);
  const endMs = startMs + quarterHourMs;
  const when = `${formatInstant(startMs, 'moment', locale)} – ${formatInstant(endMs, 'time', locale)}`;
  if (cell === null) {
    return { when, value: endMs > nowMs ? t.peaks.mapFuture : t.peaks.mapMissing, note: '' };
  }
  const notes = [
    ...(cell.isMeasured ? [] : [t.peaks.mapUnmeasured]),
    ...(cell.isTwice ? [t.peaks.mapTwice] : []),
    ...(cell.quarterHour.provisional && endMs > nowMs ? [t.bars.running] : []),
  ];
  return {
    when,
    value: formatPower(cell.quarterHour.avg_power_w, locale.language),
    note: notes.join(', '),
  };
}

export function HeatMap(props: HeatMapProps) {
  const { grid, name, peakMs, locale } = props;
  const all = texts();
  const layout = (width: number) => layoutOf(width, grid.days);
  const draw = (context: CanvasRenderingContext2D, width: number) => {
    drawLabels(context, layout(width), props);
    drawCells(context, layout(width), props);
    drawPeak(context, layout(width), props);
  };
  return (
    <div class="heat">
      <CanvasGrid
        name="heat"
        label={`${name}. ${all.peaks.mapHelp}`}
        count={grid.cells.length}
        heightOf={(width) => layout(width).height}
        draw={draw}
        drawnFrom={[grid, locale, peakMs]}
        cellAt={(width, x, y) => cellAt(layout(width), grid.days, x, y)}
        boxOf={(width, index) => boxOf(layout(width), index)}
        keysOf={(cursor) => cursorKeys(cursor, grid.cells.length - 1, peakIndex(props))}
        marks={{ 'data-quarters': grid.cells.filter((cell) => cell !== null).length }}
        subject={name}
        readout={(index) => <Readout index={index} {...props} />}
      />
      <Scale grid={grid} locale={locale} />
    </div>
  );
}

function Readout({ index, ...props }: HeatMapProps & { readonly index: number | null }) {
  const t = texts();
  if (index === null) return <span class="quiet">{t.peaks.mapHint}</span>;
  const { value, when, note } = readout(index, props, t);
  return (
    <>
      <strong>{value}</strong>
      <span>{when}</span>
      <span class="quiet">{note}</span>
    </>
  );
}

/** Arrow keys move by a quarter-hour or a day, P moves to the peak, where the first key starts too. */
function cursorKeys(cursor: Cursor, last: number, peak: number): ChartKeys {
  const from = cursor.at ?? Math.max(0, peak);
  const step = cursor.at === null ? 0 : 1;
  const to = (index: number) => () => cursor.move(Math.max(0, Math.min(last, index)));
  const rowStart = Math.floor(from / columns) * columns;
  return {
    ArrowLeft: to(from - step),
    ArrowRight: to(from + step),
    ArrowUp: to(from < columns ? from : from - columns),
    ArrowDown: to(from > last - columns ? from : from + columns),
    Home: to(rowStart),
    End: to(rowStart + columns - 1),
    p: () => peak >= 0 && cursor.move(peak),
  };
}

function Scale({ grid, locale }: { grid: HeatGrid; locale: Locale }) {
  const t = texts();
  const stops = scaleStops()
    .map(
      ({ at, strength }) =>
        `color-mix(in srgb, var(--grid-in-mark) ${(strength * 100).toFixed(0)}%, transparent) ${at * 100}%`,
    )
    .join(', ');
  const power = (watts: number) => formatPower(watts, locale.language);
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
