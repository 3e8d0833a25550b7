/** uPlot's options for one curve with its band. */
import uPlot from 'uplot';
import type { Locale } from '../format/instants.ts';
import { digitsFor, formatNumber } from '../format/numbers.ts';
import { stepFor, tickLabel, ticksOf } from './time-ticks.ts';

export interface CurveOptions {
  readonly width: number;
  readonly height: number;
  readonly unit: string;
  readonly locale: Locale;
  readonly hasBand: boolean;
  readonly colours: { readonly line: string; readonly text: string; readonly grid: string };
  readonly span: () => [number, number];
  /** Index of the point under the pointer; null when it left. */
  readonly onCursor: (index: number | null) => void;
  readonly onZoom: (startS: number, endS: number) => void;
  readonly onZoomBack: () => void;
}

const tickSpacePx = 90;
const font = '12px Roboto, "Noto Sans", system-ui, sans-serif';

/** The unit on the axis: kilowatts when the curve reaches them. */
export function axisScale(unit: string, most: number): { unit: string; divisor: number } {
  return unit === 'W' && most >= 2000 ? { unit: 'kW', divisor: 1000 } : { unit, divisor: 1 };
}

/** As many digits as tell two neighbouring ticks apart. */
export function axisDigits(splits: readonly number[]): number {
  const [a, b] = splits;
  if (a === undefined || b === undefined) return digitsFor(a ?? 0);
  return Math.max(0, Math.min(4, -Math.floor(Math.log10(Math.abs(b - a)) + 1e-9)));
}

/** Room around the values; zero is the floor of what never goes below it, as long as that squeezes nothing. */
export function axisRange(least: number, most: number, unit: string): [number, number] {
  const height = most - least;
  if (height === 0) {
    const room = Math.max(1e-3, Math.abs(most) * 0.05);
    return least >= 0 && least - room < 0 ? [0, most + room] : [least - room, most + room];
  }
  const isFlow = unit === 'W' || unit === '%' || unit === 'm³/h';
  const top = most + height * 0.08;
  const bottom = least - height * 0.05;
  return [isFlow && least >= 0 ? 0 : bottom, isFlow && most <= 0 ? 0 : top];
}

export function curveOptions(options: CurveOptions): uPlot.Options {
  const { locale, colours, unit, span } = options;
  const axis = {
    stroke: colours.text,
    font,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
  };
  const scaleOf = (plot: uPlot) =>
    axisScale(unit, Math.max(Math.abs(plot.scales.y?.max ?? 0), Math.abs(plot.scales.y?.min ?? 0)));
  const stepOf = (plot: uPlot, from: number, to: number) =>
    stepFor(to - from, Math.max(2, Math.floor(plot.bbox.width / devicePixelRatio / tickSpacePx)));
  // A value holds until the next; lowest and highest are those of the bucket that ends at the point.
  const held = uPlot.paths.stepped?.({ align: 1 });
  const past = uPlot.paths.stepped?.({ align: -1 });
  const edge = { ...(past === undefined ? {} : { paths: past }), width: 0, points: { show: false } };
  return {
    width: options.width,
    height: options.height,
    padding: [18, 28, 0, 4],
    legend: { show: false },
    focus: { alpha: 1 },
    scales: {
      x: { time: false, range: () => span() },
      y: {
        range: (_plot, least, most) =>
          least === null || most === null ? [0, 1] : axisRange(least, most, unit),
      },
    },
    axes: [
      {
        ...axis,
        size: 32,
        splits: (plot, _index, from, to) => ticksOf(from, to, stepOf(plot, from, to), locale.zone),
        values: (plot, splits) => {
          const [from, to] = span();
          return splits.map((split) => tickLabel(split, stepOf(plot, from, to), locale));
        },
      },
      {
        ...axis,
        size: (plot, values) => {
          if (values === null) return 50;
          plot.ctx.save();
          plot.ctx.font = font;
          const widest = Math.max(...values.map((value) => plot.ctx.measureText(value).width));
          plot.ctx.restore();
          return Math.ceil(widest) + 16;
        },
        values: (plot, splits) => {
          const { divisor } = scaleOf(plot);
          const scaled = splits.map((split) => split / divisor);
          const digits = axisDigits(scaled);
          return scaled.map((split) => formatNumber(split, locale.language, digits));
        },
      },
    ],
    series: [
      {},
      { ...edge, stroke: 'transparent', show: options.hasBand },
      { ...edge, stroke: 'transparent', show: options.hasBand },
      {
        ...(held === undefined ? {} : { paths: held }),
        stroke: colours.line,
        width: 1.75,
        points: { show: false, size: 5 },
      },
    ],
    bands: options.hasBand ? [{ series: [1, 2], fill: translucent(colours.line) }] : [],
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: 6 },
      points: { size: 9, width: 2, stroke: colours.line, fill: colours.line, show: pointsOfLineOnly },
      bind: {
        dblclick: () => () => {
          options.onZoomBack();
          return null;
        },
      },
    },
    hooks: {
      setCursor: [(plot) => options.onCursor(plot.cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 6) return;
          const from = Math.floor(plot.posToVal(left, 'x'));
          const to = Math.ceil(plot.posToVal(left + width, 'x'));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          if (to - from >= 10) options.onZoom(from, to);
        },
      ],
      draw: [
        (plot) => {
          const { ctx, bbox } = plot;
          ctx.save();
          ctx.font = `${12 * devicePixelRatio}px ${font.slice(5)}`;
          ctx.fillStyle = colours.text;
          ctx.textAlign = 'left';
          ctx.fillText(scaleOf(plot).unit, bbox.left, bbox.top - 6 * devicePixelRatio);
          ctx.restore();
        },
      ],
    },
  };
}

/** theme.ts writes its colours as "rgb(r g b)". */
function translucent(colour: string): string {
  return colour.replace(/\)$/, ' / 28%)');
}

/** The edges of the band get no dot. */
function pointsOfLineOnly(_plot: uPlot, seriesIndex: number): HTMLElement {
  const point = document.createElement('div');
  if (seriesIndex !== 3) point.style.display = 'none';
  return point;
}
