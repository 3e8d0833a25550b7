/** Coverage of the home and each meter: the days of a month, and the quarter-hours of the chosen day. */

import { mdiCounter } from '@mdi/js';
import { useMemo, useState } from 'preact/hooks';
import type { Coverage } from '../../../src/schemas/ledger.ts';
import { api } from '../../api.ts';
import { Swatch } from '../../chart/bar-legend.tsx';
import { Card } from '../../components/card.tsx';
import { FollowedPage } from '../../components/followed-page.tsx';
import { Empty, ToSettings, Waiting } from '../../components/states.tsx';
import { formatInstant, formatPeriod } from '../../format/instants.ts';
import { formatCount } from '../../format/numbers.ts';
import {
  dateAt,
  includes,
  localAt,
  type Period,
  periodAround,
  type Span,
  spanOf,
} from '../../period/period.ts';
import { shownMonth } from '../../period/period-control.tsx';
import { type PeriodAnswer, usePeriodAnswer } from '../../state/followed.ts';
import { locale, nowMs } from '../../state/home.ts';
import { navigate, route } from '../../state/route.ts';
import { texts } from '../../texts/texts.ts';
import {
  type CoverageGrid,
  columnOf,
  coverageGrid,
  daysOf,
  negligibleSeconds,
  type QualityKind,
  qualityKinds,
  quarterHoursOf,
  settled,
} from './coverage-grid.ts';
import { CoverageMap } from './coverage-map.tsx';
import { CoverageTables } from './coverage-tables.tsx';
import { partsText, whyText } from './coverage-words.ts';

/** Further lines are shown on demand. */
const fewLines = 9;

function useCoverage(period: Period, bucket: 'day' | 'quarter') {
  return usePeriodAnswer(period, bucket, async (span, signal) =>
    settled(await api.coverage(span, bucket, signal), nowMs.peek()),
  );
}

/** The day whose quarter-hours are shown: the one in the address, or today if the current month is shown. */
function chosenDay(month: Period): Period | null {
  const { period } = route.value;
  if (period?.kind === 'day') return period;
  const today = dateAt(nowMs.value, locale.value.zone);
  return period === null || (period.kind !== 'month' && includes(month, today))
    ? periodAround('day', today)
    : null;
}

const looks: Readonly<Record<Exclude<QualityKind, 'before'>, [colour: string, kind: string]>> = {
  measured: ['var(--home-mark)', 'solid'],
  fetched: ['var(--home-mark)', 'pale'],
  hourly: ['var(--home-mark)', 'paler'],
  estimated: ['var(--home-mark)', 'hatched'],
  missing: ['var(--error-ink)', 'missing'],
};

function Legend({ grids }: { grids: readonly CoverageGrid[] }) {
  const t = texts().health.coverage;
  const shown = qualityKinds
    .filter((quality) => quality !== 'before')
    .filter((quality) => grids.some(({ lines }) => (lines[0]?.sum.parts[quality] ?? 0) >= negligibleSeconds));
  return (
    <ul class="bars-legend" aria-label={t.legend}>
      {shown.map((quality) => (
        <li key={quality} data-legend={quality}>
          <Swatch colour={looks[quality][0]} kind={looks[quality][1]} />
          {t.qualities[quality]}
        </li>
      ))}
    </ul>
  );
}

function cut(grid: CoverageGrid, isAll: boolean): CoverageGrid {
  return isAll ? grid : { ...grid, lines: grid.lines.slice(0, fewLines) };
}

function useReadout(
  grid: CoverageGrid,
  name: (span: Span) => string,
  more?: (column: number) => preact.JSX.Element,
) {
  const t = texts();
  return (line: number, column: number) => {
    const shown = grid.lines[line];
    const span = grid.columns[column];
    if (shown === undefined || span === undefined) return null;
    const cell = shown.cells[column] ?? null;
    const isHome = shown.entityId === null;
    const why = cell === null ? '' : whyText(cell, t);
    return (
      <>
        <strong>{shown.name}</strong>
        <span>{name(span)}</span>
        <span>
          {cell === null ? t.health.coverage.future : partsText(cell.parts, isHome, t, locale.value.language)}
        </span>
        {why !== '' && <span class="quiet coverage-why">{why}</span>}
        {cell !== null && more?.(column)}
      </>
    );
  };
}

function Month({
  grid,
  month,
  day,
  isAll,
}: {
  grid: CoverageGrid;
  month: Period;
  day: Period | null;
  isAll: boolean;
}) {
  const t = texts().health.coverage;
  const { language, zone } = locale.value;
  const dayName = ({ startMs }: Span) => formatInstant(startMs, 'dayOfYear', locale.value);
  const choose = (column: number) => {
    const span = grid.columns[column];
    if (span !== undefined && span.startMs <= nowMs.peek())
      navigate({ period: periodAround('day', dateAt(span.startMs, zone)), zoom: null });
  };
  const chosen = day === null ? -1 : columnOf(grid, day.start, zone);
  const shown = cut(grid, isAll);
  const readout = useReadout(shown, dayName);
  return (
    <CoverageMap
      grid={shown}
      name={`${t.month(formatPeriod(month, language))}. ${t.help} ${t.helpOpen}`}
      labels={(width) => {
        const step = [1, 2, 5, 10].find((one) => one * width >= 22) ?? 15;
        return grid.columns.flatMap((_span, column) =>
          column % step === 0 ? [{ column, text: formatCount(column + 1, language) }] : [],
        );
      }}
      chosen={chosen < 0 ? null : chosen}
      onChoose={choose}
      hint={t.hint}
      readout={readout}
    />
  );
}

function Day(props: { shown: PeriodAnswer<Coverage>; grid: CoverageGrid; isAll: boolean }) {
  const { shown, grid, isAll } = props;
  const t = texts().health.coverage;
  const { language, zone } = locale.value;
  const time = (ms: number) => formatInstant(ms, 'time', locale.value);
  const cutGrid = cut(grid, isAll);
  const readout = useReadout(cutGrid, ({ startMs, endMs }) => `${time(startMs)} – ${time(endMs)}`);
  return (
    <CoverageMap
      grid={cutGrid}
      name={`${t.day(formatPeriod(shown.period, language))}. ${t.help}`}
      labels={(width) => {
        const step = [1, 2, 3, 4, 6].find((one) => one * 4 * width >= 46) ?? 12;
        return grid.columns.flatMap(({ startMs }, column) => {
          const at = localAt(startMs, zone);
          return at.minute === 0 && at.hour % step === 0 ? [{ column, text: time(startMs) }] : [];
        });
      }}
      chosen={null}
      onChoose={null}
      hint={t.dayHint}
      readout={readout}
    />
  );
}

function DayPart({ day, isAll }: { day: Period; isAll: boolean }) {
  const t = texts().health.coverage;
  const { language, zone } = locale.value;
  const { resource, shown, isLoading, hasFailed } = useCoverage(day, 'quarter');
  const grid = useMemo(
    () => shown && coverageGrid(shown.answer, quarterHoursOf(spanOf(shown.period, zone)), t.home),
    [shown, zone, t],
  );
  return (
    <section class="coverage-day" aria-labelledby="coverage-day-title" data-loading={isLoading}>
      <h3 id="coverage-day-title">{t.dayTitle(formatPeriod(shown?.period ?? day, language))}</h3>
      {shown === null || grid === null || hasFailed ? (
        <Waiting ofStore resource={resource} height={220} />
      ) : (
        <div class={isLoading ? 'is-dimmed' : ''} data-day={shown.period.start.toString()}>
          <Day shown={shown} grid={grid} isAll={isAll} />
          <CoverageTables grid={grid} answer={shown.answer} title={t.dayTable} isDay />
        </div>
      )}
    </section>
  );
}

export function CoverageCard() {
  const t = texts().health.coverage;
  const { language, zone } = locale.value;
  const month = shownMonth();
  const day = chosenDay(month);
  const [isAll, setAll] = useState(false);
  const followed = useCoverage(month, 'day');
  const { shown, isLoading } = followed;
  const grid = useMemo(
    () => shown && coverageGrid(shown.answer, daysOf(shown.period, zone), t.home),
    [shown, zone, t],
  );
  const count = grid?.lines.length ?? 0;
  return (
    <FollowedPage
      followed={followed}
      skeletonHeight={420}
      isMonthly
      empty={
        shown?.answer.entities.length === 0 && (
          <Empty icon={mdiCounter} title={t.empty} action={<ToSettings />}>
            {t.emptyWhat}
          </Empty>
        )
      }
    >
      <Card
        id="coverage"
        title={t.title}
        tools={
          count > fewLines && (
            <button type="button" class="button" onClick={() => setAll(!isAll)} aria-pressed={isAll}>
              {isAll ? t.showFewer : t.showAll(formatCount(count - 1, language))}
            </button>
          )
        }
        data-loading={isLoading}
        data-coverage
      >
        {shown !== null && grid !== null && (
          <div class={isLoading ? 'is-dimmed' : ''}>
            <Month grid={grid} month={shown.period} day={day} isAll={isAll} />
            <Legend grids={[grid]} />
            <CoverageTables grid={grid} answer={shown.answer} title={t.table} isDay={false} />
          </div>
        )}
        {day === null ? <p class="quiet coverage-day">{t.chooseDay}</p> : <DayPart day={day} isAll={isAll} />}
      </Card>
    </FollowedPage>
  );
}
