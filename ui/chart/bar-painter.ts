/** Paints bars on uPlot's canvas: solid, pale or hatched parts, columns where nothing is known, marks and comparisons. */
import type uPlot from 'uplot';
import { type Bar, type BarSeries, segmentsOf } from './bars.ts';
import type { BarLook } from './grounds.ts';
import { hatch, translucent } from './hatch.ts';

export interface BarPaint {
  readonly bars: readonly Bar[];
  readonly series: readonly BarSeries[];
  /** Of each series, as the theme has them now. */
  readonly colours: readonly string[];
  readonly text: string;
  readonly line: string;
  readonly card: string;
  /** Levels across all bars, such as a floor. */
  readonly levels: readonly number[];
}

const widestPx = 56;

export function paintBars(plot: uPlot, paint: BarPaint): void {
  const { ctx, bbox } = plot;
  const dpr = devicePixelRatio;
  const step = Math.abs(plot.valToPos(1, 'x', true) - plot.valToPos(0, 'x', true));
  const hasBefore = paint.bars.some((bar) => bar.before !== null);
  const width = Math.max(dpr, Math.min(step * (hasBefore ? 0.52 : 0.72), widestPx * dpr));
  const beforeWidth = Math.max(dpr, Math.min(step * 0.2, 14 * dpr));
  const y = (value: number) => Math.round(plot.valToPos(value, 'y', true));
  const zero = y(0);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const [index, bar] of paint.bars.entries()) {
    const middle = plot.valToPos(index, 'x', true);
    if (bar.presence === 'missing') {
      ctx.fillStyle = hatch(ctx, paint.text, 'transparent', 0.16, dpr);
      ctx.fillRect(middle - step / 2 + dpr, bbox.top, step - 2 * dpr, bbox.height);
    }
    const left = Math.round(hasBefore ? middle - width / 2 + beforeWidth / 2 : middle - width / 2);
    if (bar.before !== null) {
      ctx.fillStyle = translucent(paint.text, 0.45);
      const x = Math.round(left - beforeWidth - dpr);
      const above = bar.before.above ?? 0;
      const below = bar.before.below ?? 0;
      ctx.fillRect(x, y(above), beforeWidth, zero - y(above));
      ctx.fillRect(x, zero, beforeWidth, y(-below) - zero);
    }
    const segments = segmentsOf(bar, paint.series);
    for (const { series, from, to } of segments) {
      const top = Math.min(y(from), y(to));
      const height = Math.max(Math.round(dpr), Math.abs(y(to) - y(from)));
      const colour = paint.colours[series] ?? paint.text;
      fillPart(ctx, bar.look, colour, paint.card, [left, top, width, height], dpr);
    }
    if (bar.isIncomplete) {
      // A foot under the bar: what stands on it is not all there was.
      ctx.fillStyle = hatch(ctx, paint.text, paint.card, 0.9, dpr);
      ctx.fillRect(left, zero - 2 * dpr, width, 4 * dpr);
    }
    if (bar.isRunning && segments.length > 0) {
      const tops = segments.flatMap(({ from, to }) => [y(from), y(to)]);
      ctx.strokeStyle = paint.text;
      ctx.lineWidth = dpr;
      ctx.setLineDash([3 * dpr, 3 * dpr]);
      const [top, bottom] = [Math.min(...tops) - 2 * dpr, Math.max(...tops) + 2 * dpr];
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
  ctx.fillStyle = translucent(paint.text, 0.8);
  ctx.fillRect(bbox.left, zero, bbox.width, Math.max(1, Math.round(dpr)));
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
