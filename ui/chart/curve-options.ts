/** uPlot's options for one curve with its band. */
import uPlot from 'uplot';
import type { Locale } from '../format/instants.ts';
import { formatNumber } from '../format/numbers.ts';
import { axisDigits, axisFont, axisSize, paintUnit } from './axis.ts';
import { translucent } from './hatch.ts';
import { stepFor, tickLabel, ticksOf } from './time-ticks.ts';

export interface CurveOptions {
  readonly width: number;
  readonly height: number;
  readonly unit: string;
  readonly locale: Locale;
  readonly hasBand: boolean;
  readonly colours: Readonly<Record<'line' | 'text' | 'grid' | 'marked', string>>;
  /** A part with a ground of its own, epoch seconds. */
  readonly marked: readonly [startS: number, endS: number] | null;
  readonly canZoom: boolean;
  readonly span: () => [number, number];
  /** Index of the point under the pointer; null when it left. */
  readonly onCursor: (index: number | null) => void;
  readonly onZoom: (startS: number, endS: number) => void;
  readonly onZoomBack: () => void;
}

const tickSpacePx = 90;

/** The unit on the axis: kilowatts when the curve reaches them. */
export function axisScale(unit: string, most: number): { unit: string; divisor: number } {
  return unit === 'W' && most >= 2000 ? { unit: 'kW', divisor: 1000 } : { unit, divisor: 1 };
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
    font: axisFont,
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
        size: axisSize,
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
    bands: options.hasBand ? [{ series: [1, 2], fill: translucent(colours.line, 0.28) }] : [],
    cursor: {
      y: false,
      drag: { x: options.canZoom, y: false, setScale: false, dist: 6 },
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
      drawClear: [
        (plot) => {
          if (options.marked !== null) paintMarked(plot, options.marked, colours.marked);
        },
      ],
      draw: [(plot) => paintUnit(plot, scaleOf(plot).unit, colours.text)],
    },
  };
}

/** A ground behind the curve, wide enough to be seen whatever its length. */
function paintMarked(plot: uPlot, [from, to]: readonly [number, number], colour: string): void {
  const { ctx, bbox } = plot;
  const at = (seconds: number) =>
    Math.max(bbox.left, Math.min(bbox.left + bbox.width, plot.valToPos(seconds, 'x', true)));
  const least = 4 * devicePixelRatio;
  const left = at(from);
  const width = Math.max(least, at(to) - left);
  ctx.save();
  ctx.globalAlpha = 0.22;
  ctx.fillStyle = colour;
  ctx.fillRect(left - (width === least ? least / 2 : 0), bbox.top, width, bbox.height);
  ctx.restore();
}

/** The edges of the band get no dot. */
function pointsOfLineOnly(_plot: uPlot, seriesIndex: number): HTMLElement {
  const point = document.createElement('div');
  if (seriesIndex !== 3) point.style.display = 'none';
  return point;
}
