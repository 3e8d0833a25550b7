/** The sentence and the curve; zooming asks for finer data and is a step in the address. */
import {
  mdiArrowExpandHorizontal,
  mdiChartLineVariant,
  mdiChevronLeft,
  mdiChevronRight,
  mdiMagnifyPlusOutline,
} from '@mdi/js';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Curve } from '../../../src/schemas/readings.ts';
import { api } from '../../api.ts';
import { type Columns, columnsOf, extentOf, narrowed } from '../../chart/columns.ts';
import { CurveChart } from '../../chart/curve-chart.tsx';
import { Icon } from '../../components/icon.tsx';
import { lookOf } from '../../components/role-look.ts';
import { Empty, Problem, Skeleton } from '../../components/states.tsx';
import type { Locale } from '../../format/instants.ts';
import { asText, formatCount, showQuantity } from '../../format/numbers.ts';
import type { Span } from '../../period/period.ts';
import { arrived, type ListedEntity, locale, nowMs, pastChanges } from '../../state/home.ts';
import { go } from '../../state/place.ts';
import { Resource } from '../../state/resource.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';

const points = 1000;
/** While readings arrive the curve is fetched again at this pace. */
const refreshEveryMs = 10_000;

interface Answer {
  readonly curve: Curve;
  readonly span: Span;
  readonly entityId: string;
}

/** "1 minute", of a bucket's length. */
export function bucketLength(seconds: number, language: string, { units }: Texts): string {
  const [size, words] =
    seconds >= 86_400
      ? ([86_400, units.days] as const)
      : seconds >= 3600
        ? ([3600, units.hours] as const)
        : seconds >= 60
          ? ([60, units.minutes] as const)
          : ([1, units.seconds] as const);
  return words(formatCount(seconds / size, language), seconds === size);
}

export function sentenceOf(
  name: string,
  curve: Curve,
  columns: Columns,
  t: Texts,
  { language }: Locale,
): string {
  const said = t.readings.sentence;
  let text = said.count(name, formatCount(curve.reading_count, language), curve.reading_count === 1);
  const extent = extentOf(columns);
  const unit = curve.unit ?? '';
  if (extent !== null && curve.reading_count > 0)
    text += said.between(
      asText(showQuantity(extent.least, unit, language)),
      asText(showQuantity(extent.most, unit, language)),
    );
  return `${text}.`;
}

function useCurve(entityId: string, span: Span): Resource<Answer> {
  const resource = useMemo(() => new Resource<Answer>(), []);
  useEffect(() => () => resource.stop(), [resource]);
  const { startMs, endMs } = span;
  useEffect(() => {
    void resource.ask(async (signal) => {
      const range = { since: new Date(startMs).toISOString(), until: new Date(endMs).toISOString(), points };
      return { curve: await api.curve(entityId, range, signal), span: { startMs, endMs }, entityId };
    });
  }, [resource, entityId, startMs, endMs]);
  // New readings of this entity: quietly, and not more often than a look is worth.
  const news = arrived.value;
  const past = pastChanges.value;
  const lastMs = useRef({ atMs: 0, past });
  useEffect(() => {
    const isNews = news.has(entityId) && nowMs.peek() < endMs + refreshEveryMs;
    if (!isNews && past === lastMs.current.past) return;
    const dueMs = lastMs.current.atMs + refreshEveryMs - performance.now();
    const timer = setTimeout(
      () => {
        lastMs.current = { atMs: performance.now(), past };
        void resource.refresh();
      },
      Math.max(0, dueMs),
    );
    return () => clearTimeout(timer);
  }, [resource, news, past, entityId, endMs]);
  return resource;
}

export function CurveCard({
  entityId,
  entity,
  span,
  whole,
  isZoomed,
}: {
  entityId: string;
  entity: ListedEntity | null;
  span: Span;
  whole: Span;
  isZoomed: boolean;
}) {
  const t = texts();
  const resource = useCurve(entityId, span);
  const { data, problem, isLoading } = resource.state.value;
  const name = entity?.friendly_name ?? entityId;
  // The old picture stays, dimmed, while the new one comes. That of another entity would mislead, and so would that of
  // another period once the new one can't be had.
  const isOfPeriod = data?.span.startMs === span.startMs && data.span.endMs === span.endMs;
  const shown = data !== null && data.entityId === entityId && (isOfPeriod || problem === null) ? data : null;
  const nowS = nowMs.peek() / 1000;
  const columns = useMemo(
    () =>
      shown === null
        ? null
        : columnsOf(shown.curve, shown.span.startMs / 1000, shown.span.endMs / 1000, nowS),
    // the line ends where now was when the data came
    [shown],
  );
  const zoomTo = (startS: number, endS: number) =>
    go({
      zoom: { startS: Math.max(startS, whole.startMs / 1000), endS: Math.min(endS, whole.endMs / 1000) },
    });
  const zoomBack = () => {
    if (isZoomed) go({ zoom: null });
  };
  const [startS, endS] = [span.startMs / 1000, span.endMs / 1000];
  const zoomIn = () => {
    const next = narrowed(startS, endS, 0.5, Math.min((startS + endS) / 2, nowS));
    if (next !== null) zoomTo(next.startS, next.endS);
  };
  const pan = (direction: 1 | -1) => {
    const [first, last] = [whole.startMs / 1000, whole.endMs / 1000];
    const length = endS - startS;
    const from = Math.max(first, Math.min(last - length, Math.round(startS + (direction * length) / 2)));
    zoomTo(from, from + length);
  };
  const isEmpty = columns !== null && columns.x.length === 0;
  const button = (label: string, icon: string, onClick: () => void, isOff: boolean) => (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      disabled={isOff}
      onClick={onClick}
    >
      <Icon path={icon} />
    </button>
  );
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
        {!isEmpty && shown !== null && (
          <div class="row curve-tools">
            {button(
              t.readings.panBack,
              mdiChevronLeft,
              () => pan(-1),
              !isZoomed || startS * 1000 <= whole.startMs,
            )}
            {button(t.readings.zoomIn, mdiMagnifyPlusOutline, zoomIn, endS - startS < 20)}
            {button(t.readings.zoomBack, mdiArrowExpandHorizontal, zoomBack, !isZoomed)}
            {button(t.readings.panOn, mdiChevronRight, () => pan(1), !isZoomed || endS * 1000 >= whole.endMs)}
          </div>
        )}
      </header>
      {shown === null || columns === null ? (
        problem === null ? (
          <Skeleton height={360} />
        ) : (
          <Problem ofStore problem={problem} onRetry={() => void resource.refresh()} />
        )
      ) : (
        <>
          {problem !== null && (
            <p class="note is-error" role="alert" data-state="error">
              {t.states.storeAway} {t.states.retrying}
            </p>
          )}
          {isEmpty ? (
            <Empty icon={mdiChartLineVariant} title={t.readings.empty}>
              {span.startMs > nowMs.peek() ? t.readings.emptyFuture : t.readings.emptyNever}
            </Empty>
          ) : (
            <div class={isLoading ? 'is-dimmed' : ''}>
              <CurveChart
                columns={columns}
                count={shown.curve.x.length}
                startS={shown.span.startMs / 1000}
                endS={shown.span.endMs / 1000}
                name={name}
                unit={shown.curve.unit ?? ''}
                colour={entity === null ? 'home' : lookOf(entity.role).colour}
                locale={locale.value}
                zoom={{ to: zoomTo, back: zoomBack }}
              />
              <p class="quiet curve-note">
                {shown.curve.bucket_seconds === null
                  ? t.readings.readingsThemselves
                  : t.readings.bucket(bucketLength(shown.curve.bucket_seconds, locale.value.language, t))}
              </p>
            </div>
          )}
        </>
      )}
    </section>
  );
}
