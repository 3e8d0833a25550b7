/**
 * Stacked bars: a bar for each bucket, read by pointer and by arrow keys, opened by Enter, a double click or the link
 * under the picture. What it shows stands beside it as a table; see components/data-table.tsx.
 */
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Locale } from '../format/instants.ts';
import type { BucketPeriod } from '../period/buckets.ts';
import { texts } from '../texts/texts.ts';
import { themeVersion, token } from '../theme/theme.ts';
import { barOptions } from './bar-options.ts';
import type { BarPaint } from './bar-painter.ts';
import { type Bar, type BarSeries, sideOf } from './bars.ts';

export interface BarChartProps {
  readonly bars: readonly Bar[];
  readonly series: readonly BarSeries[];
  readonly levels?: readonly number[];
  readonly unit: string;
  readonly period: BucketPeriod;
  readonly locale: Locale;
  /** What the picture is, for those who don't see it. */
  readonly name: string;
  /** What stands under the picture of the bar that is pointed at. */
  readonly readout: (index: number) => ComponentChildren;
  /** Null where a bar holds no finer picture. */
  readonly onOpen: ((index: number) => void) | null;
  readonly openName: (index: number) => string;
  readonly onSelect: ((first: number, last: number) => void) | null;
}

const height = 320;
const phoneHeight = 260;

function dataOf(bars: readonly Bar[]): uPlot.AlignedData {
  return [bars.map((_bar, index) => index), bars.map(() => 0)];
}

function sumOf(bars: readonly Bar[], series: readonly BarSeries[], side: 'above' | 'below'): number {
  return bars.reduce((sum, bar) => sum + (sideOf(bar, series, side) ?? 0), 0);
}

export function BarChart(props: BarChartProps) {
  const { bars, series, locale, unit, period, name, readout, onOpen, openName } = props;
  const t = texts().bars;
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const highlight = useRef<HTMLDivElement | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [at, setAt] = useState<number | null>(null);
  const [isByKey, setByKey] = useState(false);
  const version = themeVersion.value;
  // what it is made of has new colours with each theme
  const colours = useMemo(() => series.map(({ colour }) => token(`--${colour}-mark`)), [series, version]);
  const paint = useRef<BarPaint | null>(null);
  paint.current = {
    bars,
    series,
    colours,
    text: token('--text-2-ink'),
    line: token('--text'),
    card: token('--card'),
    levels: props.levels ?? [],
  };

  // new data goes into the drawing that is there; `version` stands for the colours it is made with
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const sizeOf = () => ({
      width: Math.max(200, element.clientWidth),
      height: element.clientWidth < 560 ? phoneHeight : height,
    });
    const made = new uPlot(
      barOptions({
        ...sizeOf(),
        unit,
        period,
        locale,
        grid: token('--line'),
        paint: () => paint.current ?? { ...emptyPaint },
        onCursor: (index) => {
          setAt(index);
          setByKey(false);
        },
        onOpen: (index) => latest.current.onOpen?.(index),
        onSelect: (first, last) => latest.current.onSelect?.(first, last),
      }),
      dataOf(latest.current.bars),
      element,
    );
    plot.current = made;
    const mark = document.createElement('div');
    mark.className = 'bar-highlight';
    made.under.append(mark);
    highlight.current = mark;
    const resizes = new ResizeObserver(() => made.setSize(sizeOf()));
    resizes.observe(element);
    return () => {
      resizes.disconnect();
      made.destroy();
      plot.current = null;
      highlight.current = null;
    };
  }, [unit, period, locale, version]);

  useEffect(() => {
    plot.current?.setData(dataOf(bars));
    // Another period has other bars; the one that was read is no longer there.
    setAt((before) => (before !== null && before < bars.length ? before : null));
  }, [bars, series, props.levels]);

  useEffect(() => {
    const made = plot.current;
    const mark = highlight.current;
    if (made === null || mark === null) return;
    mark.hidden = at === null;
    if (at === null) return;
    const left = made.valToPos(at - 0.5, 'x');
    mark.style.left = `${left}px`;
    mark.style.width = `${made.valToPos(at + 0.5, 'x') - left}px`;
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const last = bars.length - 1;
    if (last < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const move = (index: number) => () => {
      setAt(Math.max(0, Math.min(last, index)));
      setByKey(true);
    };
    const moves: Record<string, () => void> = {
      ArrowLeft: move((at ?? last + 1) - 1),
      ArrowRight: move((at ?? -1) + 1),
      Home: move(0),
      End: move(last),
      Enter: () => at !== null && onOpen?.(at),
    };
    const step = moves[event.key];
    if (step === undefined) return;
    event.preventDefault();
    step();
  };

  const index = at !== null && at < bars.length ? at : null;
  return (
    <div class="bars">
      {/* biome-ignore lint/a11y/useSemanticElements: no element is a chart */}
      <div
        ref={holder}
        class="bars-plot"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move from bar to bar
        tabIndex={0}
        role="group"
        aria-roledescription="chart"
        aria-label={`${name}. ${t.help}${onOpen === null ? '' : ` ${t.helpOpen}`}`}
        onKeyDown={onKeyDown}
        data-bars={bars.length}
        data-above={sumOf(bars, series, 'above')}
        data-below={sumOf(bars, series, 'below')}
      />
      <div
        class={`bars-readout${series.length > 1 ? ' has-parts' : ''}`}
        aria-live={isByKey ? 'polite' : 'off'}
        data-cursor
      >
        {index === null ? <span class="quiet">{t.hint}</span> : readout(index)}
        {index !== null && onOpen !== null && (
          <button type="button" class="button bars-open" onClick={() => onOpen(index)}>
            {t.open(openName(index))}
          </button>
        )}
      </div>
    </div>
  );
}

const emptyPaint: BarPaint = { bars: [], series: [], colours: [], text: '', line: '', card: '', levels: [] };
