/** uPlot's options for bars: it does the axes, the scales and the pointer; the bars themselves are painted by us. */
import type uPlot from 'uplot';
import type { Locale } from '../format/instants.ts';
import { formatNumber } from '../format/numbers.ts';
import type { BucketPeriod } from '../period/buckets.ts';
import { axisDigits, axisFont, axisSize, paintUnit } from './axis.ts';
import { barLabels } from './bar-labels.ts';
import { type BarPaint, paintBars } from './bar-painter.ts';
import { barRange } from './bars.ts';

export interface BarOptions {
  readonly width: number;
  readonly height: number;
  readonly unit: string;
  readonly period: BucketPeriod;
  readonly locale: Locale;
  readonly paint: () => BarPaint;
  readonly grid: string;
  /** Index of the bar under the pointer. */
  readonly onCursor: (index: number) => void;
  readonly onOpen: (index: number) => void;
  /** A stretch of bars that was dragged over, both ends included. */
  readonly onSelect: (first: number, last: number) => void;
}

const labelSpacePx = 62;

export function barOptions(options: BarOptions): uPlot.Options {
  const { locale, period, paint } = options;
  const text = paint().text;
  const count = () => paint().bars.length;
  const labels = (plot: uPlot) =>
    barLabels(
      paint().bars.map((bar) => bar.startMs),
      period,
      Math.floor(plot.bbox.width / devicePixelRatio / labelSpacePx),
      locale,
    );
  const axis = { stroke: text, font: axisFont, ticks: { show: false } };
  return {
    width: options.width,
    height: options.height,
    padding: [18, 12, 0, 4],
    legend: { show: false },
    scales: {
      x: { time: false, range: () => [-0.5, Math.max(0.5, count() - 0.5)] },
      y: { range: () => barRange(paint().bars, paint().series, paint().levels) },
    },
    axes: [
      {
        ...axis,
        size: 32,
        grid: { show: false },
        splits: (plot) => labels(plot).map(({ index, isAtStart }) => (isAtStart ? index - 0.5 : index)),
        values: (plot) => labels(plot).map(({ text: label }) => label),
      },
      {
        ...axis,
        grid: { stroke: options.grid, width: 1 },
        size: axisSize,
        values: (_plot, splits) => {
          const digits = axisDigits(splits);
          return splits.map((split) => formatNumber(split, locale.language, digits));
        },
      },
    ],
    series: [{}, { paths: () => null, points: { show: false } }],
    cursor: {
      x: false,
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false, dist: 8 },
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
          const { left, width } = plot.select;
          if (width < 8) return;
          const last = count() - 1;
          const at = (px: number) => Math.min(last, Math.max(0, Math.round(plot.posToVal(px, 'x'))));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          options.onSelect(at(left), at(left + width));
        },
      ],
      draw: [
        (plot) => {
          paintBars(plot, paint());
          paintUnit(plot, options.unit, text);
        },
      ],
    },
  };
}
