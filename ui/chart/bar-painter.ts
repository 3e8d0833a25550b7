/** Paints bars on uPlot's canvas: solid, pale or hatched parts, columns without data, marks and comparisons. */
import type uPlot from 'uplot';
import { type Bar, type BarSeries, segmentsOf } from './bars.ts';
import type { BarLook } from './data-quality.ts';
import { hatch, translucent } from './hatch.ts';

export interface BarPaint {
  readonly bars: readonly Bar[];
  readonly series: readonly BarSeries[];
  /** One for each series, in the current theme. */
  readonly colours: readonly string[];
  readonly text: string;
  readonly line: string;
  readonly card: string;
  /** Lines across all bars, such as a floor. */
  readonly levels: readonly number[];
}

const widestPx = 56;

export function paintBars(plot: uPlot, paint: BarPaint): void {
  const { ctx, bbox } = plot;
  const layout = layoutOf(plot, paint);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const [index, bar] of paint.bars.entries()) paintBar(plot, bar, index, paint, layout);
  const { y, dpr } = layout;
  ctx.fillStyle = translucent(paint.text, 0.8);
  ctx.fillRect(bbox.left, y(0), bbox.width, Math.max(1, Math.round(dpr)));
  for (const level of paint.levels) {
    ctx.strokeStyle = paint.line;
    ctx.lineWidth = 1.5 * dpr;
    ctx.setLineDash([6 * dpr, 4 * dpr]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y(level));
    ctx.lineTo(bbox.left + bbox.width, y(level));
    ctx.stroke();
    ctx.setLineDash([]);
  }
  ctx.restore();
}

/** Sizes in device pixels. */
interface Layout {
  readonly dpr: number;
  /** From the middle of a bar to that of the next. */
  readonly step: number;
  readonly width: number;
  /** Width of the comparison beside each bar; 0 without one. */
  readonly beforeWidth: number;
  readonly y: (value: number) => number;
}

function layoutOf(plot: uPlot, { bars }: BarPaint): Layout {
  const dpr = devicePixelRatio;
  const step = Math.abs(plot.valToPos(1, 'x', true) - plot.valToPos(0, 'x', true));
  const hasBefore = bars.some((bar) => bar.before !== null);
  return {
    dpr,
    step,
    width: Math.max(dpr, Math.min(step * (hasBefore ? 0.52 : 0.72), widestPx * dpr)),
    beforeWidth: hasBefore ? Math.max(dpr, Math.min(step * 0.2, 14 * dpr)) : 0,
    y: (value) => Math.round(plot.valToPos(value, 'y', true)),
  };
}

function paintBar(plot: uPlot, bar: Bar, index: number, paint: BarPaint, layout: Layout): void {
  const { ctx, bbox } = plot;
  const { dpr, step, width, beforeWidth, y } = layout;
  const zero = y(0);
  const middle = plot.valToPos(index, 'x', true);
  const left = Math.round(middle - width / 2 + beforeWidth / 2);
  if (bar.presence === 'missing') {
    ctx.fillStyle = hatch(ctx, paint.text, 'transparent', 0.16, dpr);
    ctx.fillRect(middle - step / 2 + dpr, bbox.top, step - 2 * dpr, bbox.height);
  }
  if (bar.before !== null) {
    ctx.fillStyle = translucent(paint.text, 0.45);
    const x = Math.round(left - beforeWidth - dpr);
    const [top, bottom] = [y(bar.before.above ?? 0), y(-(bar.before.below ?? 0))];
    ctx.fillRect(x, top, beforeWidth, zero - top);
    ctx.fillRect(x, zero, beforeWidth, bottom - zero);
  }
  const segments = segmentsOf(bar, paint.series);
  for (const { series, from, to } of segments) {
    const height = Math.max(Math.round(dpr), Math.abs(y(to) - y(from)));
    const colour = paint.colours[series] ?? paint.text;
    fillPart(ctx, bar.look, colour, paint.card, [left, Math.min(y(from), y(to)), width, height], dpr);
  }
  if (bar.isIncomplete) {
    // A hatched foot below the bar: a part of the amount is missing.
    ctx.fillStyle = hatch(ctx, paint.text, paint.card, 0.9, dpr);
    ctx.fillRect(left, zero - 2 * dpr, width, 4 * dpr);
  }
  if (bar.isRunning && segments.length > 0) {
    const ends = segments.flatMap(({ from, to }) => [y(from), y(to)]);
    const [top, bottom] = [Math.min(...ends) - 2 * dpr, Math.max(...ends) + 2 * dpr];
    ctx.strokeStyle = paint.text;
    ctx.lineWidth = dpr;
    ctx.setLineDash([3 * dpr, 3 * dpr]);
    ctx.strokeRect(left - 2 * dpr, top, width + 4 * dpr, bottom - top);
    ctx.setLineDash([]);
  }
  if (bar.mark !== null) {
    const at = y(bar.mark);
    ctx.fillStyle = paint.card;
    ctx.fillRect(left - 3 * dpr, at - 2 * dpr, width + 6 * dpr, 4 * dpr);
    ctx.fillStyle = paint.line;
    ctx.fillRect(left - 2 * dpr, at - dpr, width + 4 * dpr, 2 * dpr);
  }
}

function fillPart(
  ctx: CanvasRenderingContext2D,
  look: BarLook,
  colour: string,
  card: string,
  [x, y, width, height]: [number, number, number, number],
  dpr: number,
): void {
  if (look === 'solid') {
    ctx.fillStyle = colour;
    ctx.fillRect(x, y, width, height);
    return;
  }
  if (look === 'pale') {
    ctx.fillStyle = translucent(colour, 0.6);
    ctx.fillRect(x, y, width, height);
  } else {
    ctx.fillStyle = hatch(ctx, colour, card, 1, dpr);
    ctx.fillRect(x, y, width, height);
  }
  if (width < 4 * dpr || height < 2 * dpr) return;
  ctx.strokeStyle = colour;
  ctx.lineWidth = dpr;
  ctx.strokeRect(x + dpr / 2, y + dpr / 2, width - dpr, height - dpr);
}
