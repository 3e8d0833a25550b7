/** uPlot's options for bars: it draws the axes and handles the pointer; the bars are drawn by bar-painter.ts. */
import type uPlot from 'uplot';
import type { Locale } from '../format/instants.ts';
import { formatNumber } from '../format/numbers.ts';
import type { BucketPeriod } from '../period/buckets.ts';
import { axisDigits, axisFont, axisSize, paintUnit, takeSelection } from './axis.ts';
import { barLabels } from './bar-labels.ts';
import type { BarPaint } from './bar-painter.ts';
import { barRange } from './bars.ts';

interface BarOptions {
  readonly width: number;
  readonly height: number;
  readonly unit: string;
  readonly period: BucketPeriod;
  readonly locale: Locale;
  readonly paint: () => BarPaint;
  readonly grid: string;
  readonly onDraw: (plot: uPlot) => void;
  /** Index of the bar under the pointer. */
  readonly onCursor: (index: number) => void;
  readonly onOpen: (index: number) => void;
  /** The bars that were dragged over, both ends included. */
  readonly onSelect: (first: number, last: number) => void;
}

const labelSpacePx = 62;
/** Shorter drags are clicks. */
const leastDragPx = 8;

export function barOptions(options: BarOptions): uPlot.Options {
  const { paint, unit } = options;
  return {
    width: options.width,
    height: options.height,
    padding: [18, 12, 0, 4],
    legend: { show: false },
    scales: {
      x: { time: false, range: () => [-0.5, Math.max(0.5, paint().bars.length - 0.5)] },
      y: { range: () => barRange(paint().bars, paint().series, paint().levels) },
    },
    axes: axes(options),
    series: [{}, { paths: () => null, points: { show: false } }],
    cursor: {
      x: false,
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false, dist: leastDragPx },
      bind: {
        dblclick: (plot) => () => {
          const index = plot.cursor.idx;
          if (index != null) options.onOpen(index);
          return null;
        },
      },
    },
    hooks: {
      setCursor: [
        (plot) => {
          if (plot.cursor.idx != null) options.onCursor(plot.cursor.idx);
        },
      ],
      setSelect: [
        (plot) => {
          const selected = takeSelection(plot, leastDragPx);
          if (selected === null) return;
          const last = paint().bars.length - 1;
          const at = (position: number) => Math.min(last, Math.max(0, Math.round(position)));
          options.onSelect(at(selected[0]), at(selected[1]));
        },
      ],
      draw: [options.onDraw, (plot) => paintUnit(plot, unit, paint().text)],
    },
  };
}

function axes({ locale, period, paint, grid }: BarOptions): uPlot.Axis[] {
  const labels = (plot: uPlot) =>
    barLabels(
      paint().bars.map((bar) => bar.startMs),
      period,
      Math.floor(plot.bbox.width / devicePixelRatio / labelSpacePx),
      locale,
    );
  const axis = { stroke: paint().text, font: axisFont, ticks: { show: false } };
  return [
    {
      ...axis,
      size: 32,
      grid: { show: false },
      splits: (plot) => labels(plot).map(({ index, isAtStart }) => (isAtStart ? index - 0.5 : index)),
      values: (plot) => labels(plot).map(({ text }) => text),
    },
    {
      ...axis,
      grid: { stroke: grid, width: 1 },
      size: axisSize,
      values: (_plot, splits) => {
        const digits = axisDigits(splits);
        return splits.map((split) => formatNumber(split, locale.language, digits));
      },
    },
  ];
}
