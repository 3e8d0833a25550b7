/**
 * One entity's curve: uPlot for the drawing, our own ticks in the home's zone, zoom by dragging, a cursor by pointer and
 * by arrow keys whose values stand under the picture.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { formatInstant, type Locale } from '../format/instants.ts';
import { asText, showExact, showQuantity } from '../format/numbers.ts';
import { texts } from '../texts/texts.ts';
import { themeVersion, token } from '../theme/theme.ts';
import { type Columns, indexAt, narrowed } from './columns.ts';
import { curveOptions } from './curve-options.ts';

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
  readonly onZoom: (startS: number, endS: number) => void;
  readonly onZoomBack: () => void;
}

const height = 320;
const phoneHeight = 260;

function dataOf({ x, state, min, max }: Columns): uPlot.AlignedData {
  return [x, max, min, state] as unknown as uPlot.AlignedData;
}

export function CurveChart(props: CurveChartProps) {
  const { columns, startS, endS, name, unit, locale, onZoomBack } = props;
  const t = texts().readings;
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [at, setAt] = useState<number | null>(null);
  const [isByKey, setByKey] = useState(false);
  const version = themeVersion.value;

  // new data and spans go into the drawing that is there; `version` stands for the colours it is made with
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const sizeOf = () => ({
      width: Math.max(200, element.clientWidth),
      height: element.clientWidth < 560 ? phoneHeight : height,
    });
    const made = new uPlot(
      curveOptions({
        ...sizeOf(),
        unit,
        locale,
        hasBand: columns.hasBand,
        colours: {
          line: token(`--${props.colour}-mark`) || token('--accent-mark'),
          text: token('--text-2-ink'),
          grid: token('--line'),
        },
        span: () => [latest.current.startS, latest.current.endS],
        onCursor: (index) => {
          setAt(index);
          setByKey(false);
        },
        onZoom: (from, to) => latest.current.onZoom(from, to),
        onZoomBack: () => latest.current.onZoomBack(),
      }),
      dataOf(latest.current.columns),
      element,
    );
    plot.current = made;
    const resizes = new ResizeObserver(() => made.setSize(sizeOf()));
    resizes.observe(element);
    return () => {
      resizes.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [unit, locale, props.colour, columns.hasBand, version]);

  // the span is read by the drawing when the data is set
  useEffect(() => {
    plot.current?.setData(dataOf(columns));
  }, [columns, startS, endS]);

  const showCursor = (index: number) => {
    const made = plot.current;
    const x = columns.x[index];
    const value = columns.state[index];
    if (made === null || x === undefined) return;
    made.setCursor({ left: made.valToPos(x, 'x'), top: value == null ? 10 : made.valToPos(value, 'y') });
    setAt(index);
    setByKey(true);
  };
  const zoomAround = (share: number) => {
    const middle = at === null ? (startS + endS) / 2 : (columns.x[at] ?? (startS + endS) / 2);
    const next = narrowed(startS, endS, share, middle);
    if (next !== null) props.onZoom(next.startS, next.endS);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = columns.x.length - 1;
    const from = at ?? Math.max(0, indexAt(columns.x, (startS + endS) / 2));
    const stride = event.shiftKey ? 10 : 1;
    const moves: Record<string, () => void> = {
      ArrowLeft: () => showCursor(Math.max(0, from - stride)),
      ArrowRight: () => showCursor(Math.min(last, at === null ? from : from + stride)),
      Home: () => showCursor(0),
      End: () => showCursor(last),
      '+': () => zoomAround(0.5),
      '=': () => zoomAround(0.5),
      '-': onZoomBack,
      Escape: onZoomBack,
    };
    const move = moves[event.key];
    if (move === undefined || last < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move();
  };

  const index = at === null || at >= columns.x.length ? null : at;
  const when = index === null ? undefined : columns.x[index];
  const value = index === null ? null : (columns.state[index] ?? null);
  const least = index === null ? null : (columns.min[index] ?? null);
  const most = index === null ? null : (columns.max[index] ?? null);
  const shown = value === null ? t.noValue : asText(showExact(value, unit, locale.language));
  const isLong = endS - startS > 86_400 * 1.1;
  return (
    <div class="curve">
      {/* biome-ignore lint/a11y/useSemanticElements: no element is a chart */}
      <div
        ref={holder}
        class="curve-plot"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move its cursor
        tabIndex={0}
        role="group"
        aria-roledescription="chart"
        aria-label={`${t.chart(name, unit)}. ${t.chartHelp}`}
        onKeyDown={onKeyDown}
        data-points={props.count}
      />
      <p class="curve-cursor" aria-live={isByKey ? 'polite' : 'off'} data-cursor>
        {when === undefined ? (
          <span class="quiet">{t.hint}</span>
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
      </p>
    </div>
  );
}
