/** uPlot's options for one curve with its band of lowest and highest values. */
import uPlot from 'uplot';
import type { Locale } from '../format/instants.ts';
import { formatNumber } from '../format/numbers.ts';
import { axisDigits, axisFont, axisSize, paintUnit, takeSelection } from './axis.ts';
import { translucent } from './hatch.ts';
import { stepFor, tickLabel, ticksOf } from './time-ticks.ts';

interface CurveOptions {
  readonly width: number;
  readonly height: number;
  readonly unit: string;
  readonly locale: Locale;
  readonly hasBand: boolean;
  readonly colours: Readonly<Record<'line' | 'text' | 'grid' | 'marked', string>>;
  /** The part with a shaded background, epoch seconds. */
  readonly marked: readonly [startS: number, endS: number] | null;
  readonly canZoom: boolean;
  readonly span: () => [number, number];
  /** Index of the point under the pointer; null when the pointer left. */
  readonly onCursor: (index: number | null) => void;
  readonly onZoom: (startS: number, endS: number) => void;
  readonly onZoomBack: () => void;
}

const tickSpacePx = 90;
/** Shorter drags are clicks. */
const leastDragPx = 6;
const leastZoomS = 10;
/** Index of the curve among the series: x, highest and lowest come before it. */
const curveIndex = 3;

/** The unit of the axis: kilowatts when the curve reaches 2 kW. */
function axisScale(unit: string, plot: uPlot): { unit: string; divisor: number } {
  const { max, min } = plot.scales.y ?? {};
  const most = Math.max(Math.abs(max ?? 0), Math.abs(min ?? 0));
  return unit === 'W' && most >= 2000 ? { unit: 'kW', divisor: 1000 } : { unit, divisor: 1 };
}

/** Adds room around the values. Zero is the lower end of a flow that never goes below it. */
function axisRange(least: number, most: number, unit: string): [number, number] {
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
  const { colours, unit, span } = options;
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
    axes: axes(options),
    series: series(options),
    bands: options.hasBand ? [{ series: [1, 2], fill: translucent(colours.line, 0.28) }] : [],
    cursor: {
      y: false,
      drag: { x: options.canZoom, y: false, setScale: false, dist: leastDragPx },
      points: { size: 9, width: 2, stroke: colours.line, fill: colours.line, show: pointsOfCurveOnly },
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
          const selected = takeSelection(plot, leastDragPx);
          if (selected === null) return;
          const [startS, endS] = [Math.floor(selected[0]), Math.ceil(selected[1])];
          if (endS - startS >= leastZoomS) options.onZoom(startS, endS);
        },
      ],
      drawClear: [
        (plot) => {
          if (options.marked !== null) paintMarked(plot, options.marked, colours.marked);
        },
      ],
      draw: [(plot) => paintUnit(plot, axisScale(unit, plot).unit, colours.text)],
    },
  };
}

function axes({ locale, colours, unit, span }: CurveOptions): uPlot.Axis[] {
  const axis = {
    stroke: colours.text,
    font: axisFont,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
  };
  const stepOf = (plot: uPlot, startS: number, endS: number) =>
    stepFor(endS - startS, Math.max(2, Math.floor(plot.bbox.width / devicePixelRatio / tickSpacePx)));
  return [
    {
      ...axis,
      size: 32,
      splits: (plot, _index, startS, endS) => ticksOf(startS, endS, stepOf(plot, startS, endS), locale.zone),
      values: (plot, splits) => splits.map((split) => tickLabel(split, stepOf(plot, ...span()), locale)),
    },
    {
      ...axis,
      size: axisSize,
      values: (plot, splits) => {
        const { divisor } = axisScale(unit, plot);
        const scaled = splits.map((split) => split / divisor);
        const digits = axisDigits(scaled);
        return scaled.map((split) => formatNumber(split, locale.language, digits));
      },
    },
  ];
}

/** A value holds until the next one; lowest and highest are those of the bucket that ends at the point. */
function series({ colours, hasBand }: CurveOptions): uPlot.Series[] {
  const held = uPlot.paths.stepped?.({ align: 1 });
  const past = uPlot.paths.stepped?.({ align: -1 });
  const edge = { ...(past === undefined ? {} : { paths: past }), width: 0, points: { show: false } };
  return [
    {},
    { ...edge, stroke: 'transparent', show: hasBand },
    { ...edge, stroke: 'transparent', show: hasBand },
    {
      ...(held === undefined ? {} : { paths: held }),
      stroke: colours.line,
      width: 1.75,
      points: { show: false, size: 5 },
    },
  ];
}

/** Shades a part behind the curve, at least four pixels wide. */
function paintMarked(plot: uPlot, [startS, endS]: readonly [number, number], colour: string): void {
  const { ctx, bbox } = plot;
  const at = (seconds: number) =>
    Math.max(bbox.left, Math.min(bbox.left + bbox.width, plot.valToPos(seconds, 'x', true)));
  const least = 4 * devicePixelRatio;
  const left = at(startS);
  const width = Math.max(least, at(endS) - left);
  ctx.save();
  ctx.globalAlpha = 0.22;
  ctx.fillStyle = colour;
  ctx.fillRect(left - (width === least ? least / 2 : 0), bbox.top, width, bbox.height);
  ctx.restore();
}

/** No dots on the edges of the band. */
function pointsOfCurveOnly(_plot: uPlot, seriesIndex: number): HTMLElement {
  const point = document.createElement('div');
  if (seriesIndex !== curveIndex) point.style.display = 'none';
  return point;
}
