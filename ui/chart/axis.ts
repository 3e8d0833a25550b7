/** What the value axes of all pictures share: the font, room for the widest number, digits that matter, the unit on top. */
import type uPlot from 'uplot';
import { digitsFor } from '../format/numbers.ts';

export const axisFont = '12px Roboto, "Noto Sans", system-ui, sans-serif';

/** As wide as the widest number on it, in CSS pixels. */
export function axisSize(plot: uPlot, values: readonly string[] | null): number {
  if (values === null) return 50;
  plot.ctx.save();
  plot.ctx.font = axisFont;
  const widest = Math.max(...values.map((value) => plot.ctx.measureText(value).width));
  plot.ctx.restore();
  return Math.ceil(widest) + 16;
}

/** As many digits as tell two neighbouring ticks apart. */
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
