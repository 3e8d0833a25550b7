/**
 * One entity's curve: drawn by uPlot with ticks in the home's zone, zoomed by dragging, read by pointer and by arrow keys.
 * The values under the cursor are shown below.
 */
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { daySeconds } from '../../src/units/durations.ts';
import { formatInstant, type Locale } from '../format/instants.ts';
import { formatQuantity, formatRegister } from '../format/numbers.ts';
import { texts } from '../texts/texts.ts';
import { token } from '../theme/theme.ts';
import { ChartFrame, type ChartKeys, type Cursor, useCursor } from './chart-frame.tsx';
import { type Columns, indexAt, narrowed } from './columns.ts';
import { curveOptions } from './curve-options.ts';
import { usePlot } from './use-plot.ts';

interface CurveChartProps {
  readonly columns: Columns;
  /** Number of points in the API's answer, for tests. */
  readonly count: number;
  readonly startS: number;
  readonly endS: number;
  readonly name: string;
  readonly unit: string;
  /** Name of the colour token, without dashes. */
  readonly colour: string;
  readonly locale: Locale;
  /** Null for a small chart without zoom. */
  readonly zoom: CurveZoom | null;
  /** The part that the chart is about, epoch seconds. */
  readonly marked?: { readonly startS: number; readonly endS: number };
  /** Name, key help and hint; by default those of the Readings page. */
  readonly words?: { readonly name: string; readonly help: string; readonly hint: string };
}

interface CurveZoom {
  readonly to: (startS: number, endS: number) => void;
  readonly back: () => void;
}

const heights = [320, 260] as const;
const smallHeights = [180, 160] as const;
/** Charts longer than this show dates without seconds; a day may have 25 hours. */
const longSeconds = daySeconds * 1.1;

function dataOf({ x, state, min, max }: Columns): uPlot.AlignedData {
  return [x, max, min, state] as unknown as uPlot.AlignedData;
}

function useCurvePlot(props: CurveChartProps, { point }: Cursor) {
  const { columns, startS, endS, unit, locale, zoom, marked, colour } = props;
  const latest = useRef(props);
  latest.current = props;
  const plot = usePlot(
    zoom === null ? smallHeights : heights,
    (element, size) => {
      const options = curveOptions({
        ...size,
        ...{ unit, locale, hasBand: columns.hasBand, canZoom: zoom !== null },
        colours: {
          line: token(`--${colour}-mark`) || token('--accent-mark'),
          text: token('--text-2-ink'),
          grid: token('--line'),
          marked: token('--warning'),
        },
        marked: marked === undefined ? null : [marked.startS, marked.endS],
        span: () => [latest.current.startS, latest.current.endS],
        onCursor: point,
        onZoom: (from, to) => latest.current.zoom?.to(from, to),
        onZoomBack: () => latest.current.zoom?.back(),
      });
      return new uPlot(options, dataOf(latest.current.columns), element);
    },
    [unit, locale, colour, columns.hasBand, marked?.startS, marked?.endS],
  );
  // The drawing reads the span when its data is set.
  useEffect(() => {
    plot.drawing.current?.setData(dataOf(columns));
  }, [columns, startS, endS]);
  return plot;
}

/** Arrow keys move the cursor, with Shift by ten points; plus and minus zoom around it. */
function cursorKeys(props: CurveChartProps, cursor: Cursor, drawing: RefObject<uPlot | null>): ChartKeys {
  const { columns, startS, endS, zoom } = props;
  const { at } = cursor;
  const middle = (startS + endS) / 2;
  const show = (index: number) => {
    const made = drawing.current;
    const x = columns.x[index];
    const value = columns.state[index];
    if (made === null || x === undefined) return;
    made.setCursor({ left: made.valToPos(x, 'x'), top: value == null ? 10 : made.valToPos(value, 'y') });
    cursor.move(index);
  };
  const zoomIn = () => {
    const next = narrowed(startS, endS, 0.5, at === null ? middle : (columns.x[at] ?? middle));
    if (next !== null) zoom?.to(next.startS, next.endS);
  };
  const last = columns.x.length - 1;
  const from = at ?? Math.max(0, indexAt(columns.x, middle));
  const stride = ({ shiftKey }: KeyboardEvent) => (shiftKey ? 10 : 1);
  return {
    ArrowLeft: (event) => show(Math.max(0, from - stride(event))),
    ArrowRight: (event) => show(Math.min(last, at === null ? from : from + stride(event))),
    Home: () => show(0),
    End: () => show(last),
    ...(zoom === null ? {} : { '+': zoomIn, '=': zoomIn, '-': zoom.back, Escape: zoom.back }),
  };
}

export function CurveChart(props: CurveChartProps) {
  const { columns, name, unit, zoom, words } = props;
  const t = texts().readings;
  const cursor = useCursor(columns.x.length);
  const { holder, drawing } = useCurvePlot(props, cursor);
  return (
    <div class="curve">
      <ChartFrame
        holder={holder}
        cursor={cursor}
        class={`curve-plot${zoom === null ? ' is-small' : ''}`}
        label={`${words?.name ?? t.chart(name, unit)}. ${words?.help ?? t.chartHelp}`}
        keys={cursorKeys(props, cursor, drawing)}
        marks={{ 'data-points': props.count }}
        readoutClass="curve-cursor"
      >
        {cursor.at === null ? (
          <span class="quiet">{words?.hint ?? t.hint}</span>
        ) : (
          <Readout {...props} at={cursor.at} />
        )}
      </ChartFrame>
    </div>
  );
}

function Readout({ columns, at, startS, endS, unit, locale }: CurveChartProps & { readonly at: number }) {
  const t = texts().readings;
  const { language } = locale;
  const [value, least, most] = [columns.state[at], columns.min[at], columns.max[at]];
  const style = endS - startS > longSeconds ? 'moment' : 'fullMoment';
  return (
    <>
      <strong>{value == null ? t.noValue : formatRegister(value, unit, language)}</strong>
      <span>{formatInstant((columns.x[at] ?? 0) * 1000, style, locale)}</span>
      {columns.hasBand && least != null && most != null && (
        <span class="quiet">
          {t.cursorBand(formatQuantity(least, unit, language), formatQuantity(most, unit, language))}
        </span>
      )}
    </>
  );
}
