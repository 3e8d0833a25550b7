/**
 * One entity's curve: uPlot for the drawing, our own ticks in the home's zone, zoom by dragging, a cursor by pointer and
 * by arrow keys whose values stand under the picture.
 */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatInstant, type Locale } from '../format/instants.ts';
import { asText, showExact, showQuantity } from '../format/numbers.ts';
import { texts } from '../texts/texts.ts';
import { token } from '../theme/theme.ts';
import { ChartFrame, useCursor } from './chart-frame.tsx';
import { type Columns, indexAt, narrowed } from './columns.ts';
import { curveOptions } from './curve-options.ts';
import { usePlot } from './use-plot.ts';

export interface CurveChartProps {
  readonly columns: Columns;
  /** Points that the API gave, as a mark for who looks from outside. */
  readonly count: number;
  readonly startS: number;
  readonly endS: number;
  readonly name: string;
  readonly unit: string;
  /** Name of the token that colours it, without dashes. */
  readonly colour: string;
  readonly locale: Locale;
  /** Null for a small picture that shows all it has. */
  readonly zoom: CurveZoom | null;
  /** A part that the picture is about, in epoch seconds. */
  readonly marked?: { readonly startS: number; readonly endS: number };
  /** What stands under it while nothing is pointed at, and what the keys do; else that of the Readings page. */
  readonly words?: { readonly name: string; readonly help: string; readonly hint: string };
}

export interface CurveZoom {
  readonly to: (startS: number, endS: number) => void;
  readonly back: () => void;
}

const heights = [320, 260] as const;
const smallHeights = [180, 160] as const;

function dataOf({ x, state, min, max }: Columns): uPlot.AlignedData {
  return [x, max, min, state] as unknown as uPlot.AlignedData;
}

export function CurveChart(props: CurveChartProps) {
  const { columns, startS, endS, name, unit, locale, zoom, marked } = props;
  const t = texts().readings;
  const cursor = useCursor(columns.x.length);
  const { at } = cursor;
  const latest = useRef(props);
  latest.current = props;
  const { holder, drawing } = usePlot(
    zoom === null ? smallHeights : heights,
    (element, size) =>
      new uPlot(
        curveOptions({
          ...size,
          unit,
          locale,
          hasBand: columns.hasBand,
          colours: {
            line: token(`--${props.colour}-mark`) || token('--accent-mark'),
            text: token('--text-2-ink'),
            grid: token('--line'),
            marked: token('--warning'),
          },
          marked: marked === undefined ? null : [marked.startS, marked.endS],
          canZoom: zoom !== null,
          span: () => [latest.current.startS, latest.current.endS],
          onCursor: cursor.point,
          onZoom: (from, to) => latest.current.zoom?.to(from, to),
          onZoomBack: () => latest.current.zoom?.back(),
        }),
        dataOf(latest.current.columns),
        element,
      ),
    [unit, locale, props.colour, columns.hasBand, marked?.startS, marked?.endS],
  );

  // the span is read by the drawing when the data is set
  useEffect(() => {
    drawing.current?.setData(dataOf(columns));
  }, [columns, startS, endS]);

  const showCursor = (index: number) => {
    const made = drawing.current;
    const x = columns.x[index];
    const value = columns.state[index];
    if (made === null || x === undefined) return;
    made.setCursor({ left: made.valToPos(x, 'x'), top: value == null ? 10 : made.valToPos(value, 'y') });
    cursor.move(index);
  };
  const zoomAround = (share: number) => {
    const middle = at === null ? (startS + endS) / 2 : (columns.x[at] ?? (startS + endS) / 2);
    const next = narrowed(startS, endS, share, middle);
    if (next !== null) zoom?.to(next.startS, next.endS);
  };
  const last = columns.x.length - 1;
  const from = at ?? Math.max(0, indexAt(columns.x, (startS + endS) / 2));
  const stride = ({ shiftKey }: KeyboardEvent) => (shiftKey ? 10 : 1);
  const when = at === null ? undefined : columns.x[at];
  const value = at === null ? null : (columns.state[at] ?? null);
  const least = at === null ? null : (columns.min[at] ?? null);
  const most = at === null ? null : (columns.max[at] ?? null);
  const shown = value === null ? t.noValue : asText(showExact(value, unit, locale.language));
  const isLong = endS - startS > 86_400 * 1.1;
  return (
    <div class="curve">
      <ChartFrame
        holder={holder}
        cursor={cursor}
        class={`curve-plot${zoom === null ? ' is-small' : ''}`}
        label={`${props.words?.name ?? t.chart(name, unit)}. ${props.words?.help ?? t.chartHelp}`}
        keys={{
          ArrowLeft: (event) => showCursor(Math.max(0, from - stride(event))),
          ArrowRight: (event) => showCursor(Math.min(last, at === null ? from : from + stride(event))),
          Home: () => showCursor(0),
          End: () => showCursor(last),
          ...(zoom === null
            ? {}
            : {
                '+': () => zoomAround(0.5),
                '=': () => zoomAround(0.5),
                '-': zoom.back,
                Escape: zoom.back,
              }),
        }}
        marks={{ 'data-points': props.count }}
        readoutClass="curve-cursor"
      >
        {when === undefined ? (
          <span class="quiet">{props.words?.hint ?? t.hint}</span>
        ) : (
          <>
            <strong>{shown}</strong>
            <span>{formatInstant(when * 1000, isLong ? 'moment' : 'fullMoment', locale)}</span>
            {columns.hasBand && least !== null && most !== null && (
              <span class="quiet">
                {t.cursorBand(
                  asText(showQuantity(least, unit, locale.language)),
                  asText(showQuantity(most, unit, locale.language)),
                )}
              </span>
            )}
          </>
        )}
      </ChartFrame>
    </div>
  );
}
