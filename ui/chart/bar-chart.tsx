/**
 * Stacked bars, one for each bucket, read by pointer and by arrow keys, opened by Enter, a double click or the button
 * below. Pages show the same figures as a table; see components/data-table.tsx.
 */
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Locale } from '../format/instants.ts';
import type { BucketPeriod } from '../period/buckets.ts';
import { texts } from '../texts/texts.ts';
import { themeVersion, token } from '../theme/theme.ts';
import { barOptions } from './bar-options.ts';
import { type BarPaint, paintBars } from './bar-painter.ts';
import { type Bar, type BarSeries, sideOf } from './bars.ts';
import { ChartFrame, type Cursor, useCursor } from './chart-frame.tsx';
import { usePlot } from './use-plot.ts';

interface BarChartProps {
  readonly bars: readonly Bar[];
  readonly series: readonly BarSeries[];
  readonly levels?: readonly number[];
  readonly unit: string;
  readonly period: BucketPeriod;
  readonly locale: Locale;
  /** Accessible name of the chart. */
  readonly name: string;
  /** What is shown below the chart for the bar under the cursor. */
  readonly readout: (index: number) => ComponentChildren;
  /** Null if bars have no finer chart. */
  readonly onOpen: ((index: number) => void) | null;
  readonly openName: (index: number) => string;
  readonly onSelect: ((first: number, last: number) => void) | null;
}

const heights = [320, 260] as const;

function dataOf(bars: readonly Bar[]): uPlot.AlignedData {
  return [bars.map((_bar, index) => index), bars.map(() => 0)];
}

function sumOf(bars: readonly Bar[], series: readonly BarSeries[], side: 'above' | 'below'): number {
  return bars.reduce((sum, bar) => sum + (sideOf(bar, series, side) ?? 0), 0);
}

/** What the painter draws, in the theme's current colours. */
function useBarPaint({ bars, series, levels = [] }: BarChartProps): RefObject<BarPaint> {
  const version = themeVersion.value;
  // `version` stands for the theme's colours.
  const colours = useMemo(() => series.map(({ colour }) => token(`--${colour}-mark`)), [series, version]);
  const paint = useRef<BarPaint>(emptyPaint);
  paint.current = {
    ...{ bars, series, colours, levels },
    ...{ text: token('--text-2-ink'), line: token('--text'), card: token('--card') },
  };
  return paint;
}

const emptyPaint: BarPaint = { bars: [], series: [], colours: [], text: '', line: '', card: '', levels: [] };

/** The drawing: made again for another unit, bucket or locale, redrawn for other bars, with the bar at `at` marked. */
function useBarPlot(props: BarChartProps, { at, point }: Cursor): RefObject<HTMLDivElement | null> {
  const { bars, series, levels, unit, period, locale } = props;
  const latest = useRef(props);
  latest.current = props;
  const paint = useBarPaint(props);
  const highlight = useRef<HTMLDivElement | null>(null);
  const { holder, drawing } = usePlot(
    heights,
    (element, size) => {
      const options = barOptions({
        ...size,
        ...{ unit, period, locale, grid: token('--line') },
        paint: () => paint.current ?? emptyPaint,
        onDraw: (plot) => paintBars(plot, paint.current ?? emptyPaint),
        onCursor: point,
        onOpen: (index) => latest.current.onOpen?.(index),
        onSelect: (first, last) => latest.current.onSelect?.(first, last),
      });
      const made = new uPlot(options, dataOf(latest.current.bars), element);
      const mark = document.createElement('div');
      mark.className = 'bar-highlight';
      made.under.append(mark);
      highlight.current = mark;
      return made;
    },
    [unit, period, locale],
  );

  useEffect(() => {
    drawing.current?.setData(dataOf(bars));
  }, [bars, series, levels]);

  useEffect(() => {
    const made = drawing.current;
    const mark = highlight.current;
    if (made === null || mark === null) return;
    mark.hidden = at === null;
    if (at === null) return;
    const left = made.valToPos(at - 0.5, 'x');
    mark.style.left = `${left}px`;
    mark.style.width = `${made.valToPos(at + 0.5, 'x') - left}px`;
  });
  return holder;
}

export function BarChart(props: BarChartProps) {
  const { bars, series, name, readout, onOpen, openName } = props;
  const t = texts().bars;
  const cursor = useCursor(bars.length);
  const { at } = cursor;
  const holder = useBarPlot(props, cursor);
  const last = bars.length - 1;
  const move = (index: number) => () => last >= 0 && cursor.move(Math.max(0, Math.min(last, index)));
  return (
    <div class="bars">
      <ChartFrame
        holder={holder}
        cursor={cursor}
        class="bars-plot"
        label={`${name}. ${t.help}${onOpen === null ? '' : ` ${t.helpOpen}`}`}
        keys={{
          ArrowLeft: move((at ?? last + 1) - 1),
          ArrowRight: move((at ?? -1) + 1),
          Home: move(0),
          End: move(last),
          Enter: () => at !== null && onOpen?.(at),
        }}
        marks={{
          'data-bars': bars.length,
          'data-above': sumOf(bars, series, 'above'),
          'data-below': sumOf(bars, series, 'below'),
        }}
        readoutClass={`bars-readout${series.length > 1 ? ' has-parts' : ''}`}
      >
        {at === null ? <span class="quiet">{t.hint}</span> : readout(at)}
        {at !== null && onOpen !== null && (
          <button type="button" class="button bars-open" onClick={() => onOpen(at)}>
            {t.open(openName(at))}
          </button>
        )}
      </ChartFrame>
    </div>
  );
}
