/** What all uPlot charts share: the font, room for the widest number, digits of ticks, the unit above the axis, drags. */
import type uPlot from 'uplot';
import { digitsFor } from '../format/numbers.ts';

export const axisFont = '12px Roboto, "Noto Sans", system-ui, sans-serif';

/** Width of the axis in CSS pixels, for the widest number on it. */
export function axisSize(plot: uPlot, values: readonly string[] | null): number {
  if (values === null) return 50;
  plot.ctx.save();
  plot.ctx.font = axisFont;
  const widest = Math.max(...values.map((value) => plot.ctx.measureText(value).width));
  plot.ctx.restore();
  return Math.ceil(widest) + 16;
}

/** Decimals that distinguish two neighbouring ticks. */
export function axisDigits(splits: readonly number[]): number {
  const [a, b] = splits;
  if (a === undefined || b === undefined) return digitsFor(a ?? 0);
  return Math.max(0, Math.min(4, -Math.floor(Math.log10(Math.abs(b - a)) + 1e-9)));
}

export function paintUnit({ ctx, bbox }: uPlot, unit: string, colour: string): void {
  ctx.save();
  ctx.font = `${12 * devicePixelRatio}px ${axisFont.slice(5)}`;
  ctx.fillStyle = colour;
  ctx.textAlign = 'left';
  ctx.fillText(unit, bbox.left, bbox.top - 6 * devicePixelRatio);
  ctx.restore();
}

/** The dragged part of the x axis, in its units; null for a drag below `leastPx`. Clears the selection. */
export function takeSelection(plot: uPlot, leastPx: number): readonly [from: number, to: number] | null {
  const { left, width } = plot.select;
  if (width < leastPx) return null;
  const selected = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')] as const;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  return selected;
}
