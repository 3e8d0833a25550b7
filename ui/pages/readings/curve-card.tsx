/** The sentence and the curve of an entity. Zooming fetches finer data and is a step in the address. */
import {
  mdiArrowExpandHorizontal,
  mdiChartLineVariant,
  mdiChevronLeft,
  mdiChevronRight,
  mdiMagnifyPlusOutline,
} from '@mdi/js';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Curve } from '../../../src/schemas/readings.ts';
import { daySeconds, hourSeconds, minuteSeconds } from '../../../src/units/durations.ts';
import { api } from '../../api.ts';
import { type Columns, columnsOf, extentOf, narrowed } from '../../chart/columns.ts';
import { CurveChart } from '../../chart/curve-chart.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { lookOf } from '../../components/role-look.ts';
import { Empty, Waiting } from '../../components/states.tsx';
import type { Locale } from '../../format/instants.ts';
import { formatCount, formatQuantity } from '../../format/numbers.ts';
import type { Span } from '../../period/period.ts';
import { arrived, type ListedEntity, locale, nowMs, pastChanges } from '../../state/home.ts';
import { Resource } from '../../state/resource.ts';
import { navigate } from '../../state/route.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';

const points = 1000;
/** Least time between two refreshes while readings arrive. */
const refreshEveryMs = 10_000;
/** A shorter part is not zoomed into further. */
const leastZoomS = 20;

interface Answer {
  readonly curve: Curve;
  readonly span: Span;
  readonly entityId: string;
}

/** The length of a bucket: "1 minute". */
function bucketLength(seconds: number, language: string, { units }: Texts): string {
  const sizes = [
    [daySeconds, units.days],
    [hourSeconds, units.hours],
    [minuteSeconds, units.minutes],
  ] as const;
  const [size, words] = sizes.find(([length]) => seconds >= length) ?? [1, units.seconds];
  return words(formatCount(seconds / size, language), seconds === size);
}

function sentenceOf(name: string, curve: Curve, columns: Columns, t: Texts, { language }: Locale): string {
  const words = t.readings.sentence;
  let text = words.count(name, formatCount(curve.reading_count, language), curve.reading_count === 1);
  const extent = extentOf(columns);
  const unit = curve.unit ?? '';
  if (extent !== null && curve.reading_count > 0)
    text += words.between(
      formatQuantity(extent.least, unit, language),
      formatQuantity(extent.most, unit, language),
    );
  return `${text}.`;
}

/** The curve of an entity, refreshed when readings of it arrive or the past changes. */
function useCurve(entityId: string, span: Span): Resource<Answer> {
  const resource = useMemo(() => new Resource<Answer>(), []);
  useEffect(() => () => resource.stop(), [resource]);
  const { startMs, endMs } = span;
  useEffect(() => {
    void resource.ask(async (signal) => ({
      curve: await api.curve(entityId, { startMs, endMs }, points, signal),
      span: { startMs, endMs },
      entityId,
    }));
  }, [resource, entityId, startMs, endMs]);
  const changed = arrived.value;
  const past = pastChanges.value;
  const last = useRef({ atMs: 0, past });
  useEffect(() => {
    const hasNew = changed.has(entityId) && nowMs.peek() < endMs + refreshEveryMs;
    if (!hasNew && past === last.current.past) return;
    const dueMs = last.current.atMs + refreshEveryMs - performance.now();
    const timer = setTimeout(
      () => {
        last.current = { atMs: performance.now(), past };
        void resource.refresh();
      },
      Math.max(0, dueMs),
    );
    return () => clearTimeout(timer);
  }, [resource, changed, past, entityId, endMs]);
  return resource;
}

interface CurveCardProps {
  readonly entityId: string;
  readonly entity: ListedEntity | null;
  /** The shown part of the period. */
  readonly span: Span;
  /** The whole period. */
  readonly whole: Span;
  readonly isZoomed: boolean;
}

export function CurveCard(props: CurveCardProps) {
  const { entityId, entity, span } = props;
  const t = texts();
  const resource = useCurve(entityId, span);
  const { data, problem, isLoading } = resource.state.value;
  const name = entity?.friendly_name ?? entityId;
  // The old curve stays, dimmed, while the next one is fetched. One of another entity would mislead, and so would one of
  // another period if the next cannot be fetched.
  const isOfPeriod = data?.span.startMs === span.startMs && data.span.endMs === span.endMs;
  const shown = data !== null && data.entityId === entityId && (isOfPeriod || problem === null) ? data : null;
  const columns = useMemo(() => {
    if (shown === null) return null;
    const { startMs, endMs } = shown.span;
    // The line ends at the time when the data arrived.
    return columnsOf(shown.curve, startMs / 1000, endMs / 1000, nowMs.peek() / 1000);
  }, [shown]);
  const hasPoints = columns === null || columns.x.length > 0;
  return (
    <section
      class="card"
      aria-label={t.readings.chart(name, shown?.curve.unit ?? '')}
      data-loading={isLoading}
    >
      <header>
        <h1 class="curve-sentence">
          {shown !== null && columns !== null
            ? sentenceOf(name, shown.curve, columns, t, locale.value)
            : name}
          {entity !== null && !entity.is_tracked && <small class="quiet"> {t.readings.untracked}</small>}
        </h1>
        {hasPoints && shown !== null && <ZoomButtons {...props} />}
      </header>
      {shown === null || columns === null ? (
        <Waiting ofStore resource={resource} height={360} />
      ) : (
        <>
          {problem !== null && (
            <p class="note is-error" role="alert" data-state="error">
              {t.states.storeAway} {t.states.retrying}
            </p>
          )}
          {hasPoints ? (
            <ShownCurve {...props} name={name} shown={shown} columns={columns} isLoading={isLoading} />
          ) : (
            <Empty icon={mdiChartLineVariant} title={t.readings.empty}>
              {span.startMs > nowMs.peek() ? t.readings.emptyFuture : t.readings.emptyNever}
            </Empty>
          )}
        </>
      )}
    </section>
  );
}

/** Zooms to a part, within the whole period. */
function zoomTo(startS: number, endS: number, whole: Span): void {
  const [first, last] = [whole.startMs / 1000, whole.endMs / 1000];
  navigate({ zoom: { startS: Math.max(startS, first), endS: Math.min(endS, last) } });
}

function ZoomButtons({ span, whole, isZoomed }: CurveCardProps) {
  const t = texts().readings;
  const [startS, endS] = [span.startMs / 1000, span.endMs / 1000];
  const length = endS - startS;
  const zoomIn = () => {
    const middle = Math.min((startS + endS) / 2, nowMs.peek() / 1000);
    const next = narrowed(startS, endS, 0.5, middle);
    if (next !== null) zoomTo(next.startS, next.endS, whole);
  };
  const pan = (direction: 1 | -1) => {
    const [first, last] = [whole.startMs / 1000, whole.endMs / 1000];
    const from = Math.max(first, Math.min(last - length, Math.round(startS + (direction * length) / 2)));
    zoomTo(from, from + length, whole);
  };
  return (
    <div class="row curve-tools">
      <IconButton
        label={t.panBack}
        icon={mdiChevronLeft}
        disabled={!isZoomed || span.startMs <= whole.startMs}
        onClick={() => pan(-1)}
      />
      <IconButton
        label={t.zoomIn}
        icon={mdiMagnifyPlusOutline}
        disabled={length < leastZoomS}
        onClick={zoomIn}
      />
      <IconButton
        label={t.zoomBack}
        icon={mdiArrowExpandHorizontal}
        disabled={!isZoomed}
        onClick={() => navigate({ zoom: null })}
      />
      <IconButton
        label={t.panOn}
        icon={mdiChevronRight}
        disabled={!isZoomed || span.endMs >= whole.endMs}
        onClick={() => pan(1)}
      />
    </div>
  );
}

interface ShownCurveProps extends CurveCardProps {
  readonly name: string;
  readonly shown: Answer;
  readonly columns: Columns;
  readonly isLoading: boolean;
}

function ShownCurve({ entity, whole, isZoomed, name, shown, columns, isLoading }: ShownCurveProps) {
  const t = texts();
  const { curve, span } = shown;
  const zoomBack = () => {
    if (isZoomed) navigate({ zoom: null });
  };
  return (
    <div class={isLoading ? 'is-dimmed' : ''}>
      <CurveChart
        columns={columns}
        count={curve.x.length}
        startS={span.startMs / 1000}
        endS={span.endMs / 1000}
        name={name}
        unit={curve.unit ?? ''}
        colour={entity === null ? 'home' : lookOf(entity.role).colour}
        locale={locale.value}
        zoom={{ to: (startS, endS) => zoomTo(startS, endS, whole), back: zoomBack }}
      />
      <p class="quiet curve-note">
        {curve.bucket_seconds === null
          ? t.readings.readingsThemselves
          : t.readings.bucket(bucketLength(curve.bucket_seconds, locale.value.language, t))}
      </p>
    </div>
  );
}
