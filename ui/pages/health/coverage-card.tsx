/** A month's days of the home and each meter, and the quarter-hours of the day that was chosen; both as tables too. */
import { mdiCounter } from '@mdi/js';
import { useMemo, useState } from 'preact/hooks';
import type { Coverage } from '../../../src/schemas/ledger.ts';
import { api } from '../../api.ts';
import { Swatch } from '../../chart/bar-legend.tsx';
import { FollowedPage } from '../../components/followed-page.tsx';
import { Empty, Problem, Skeleton, ToSettings } from '../../components/states.tsx';
import { formatInstant, formatPeriod } from '../../format/instants.ts';
import { formatCount } from '../../format/numbers.ts';
import { dateAt, includes, type Period, periodAround, type Span, spanOf } from '../../period/period.ts';
import { PeriodControl, shownMonth } from '../../period/period-control.tsx';
import { paceOf, useFollowed } from '../../state/followed.ts';
import { locale, nowMs } from '../../state/home.ts';
import { go, place } from '../../state/place.ts';
import { texts } from '../../texts/texts.ts';
import {
  type CoverageGrid,
  columnOf,
  coverageGrid,
  daysOf,
  type Ground,
  grounds,
  negligibleSeconds,
  quarterHoursOf,
  settled,
} from './coverage-grid.ts';
import { CoverageMap } from './coverage-map.tsx';
import { CoverageTables } from './coverage-tables.tsx';
import { partsText, whyText } from './coverage-words.ts';

interface Answered {
  readonly key: string;
  readonly answer: Coverage;
  readonly period: Period;
}

/** More lines than these are shown on demand. */
const fewLines = 9;

function useCoverage(period: Period, bucket: 'day' | 'quarter') {
  const { zone } = locale.value;
  const span = spanOf(period, zone);
  const key = `${bucket} ${span.startMs} ${span.endMs} ${zone}`;
  const resource = useFollowed<Answered>(
    key,
    async (signal) => {
      const range = {
        start_time: new Date(span.startMs).toISOString(),
        end_time: new Date(span.endMs).toISOString(),
        period: bucket,
      };
      return { key, answer: settled(await api.coverage(range, signal), nowMs.peek()), period };
    },
    paceOf(span, nowMs.value),
  );
  return { key, resource };
}

/** The day whose quarters are shown: the one in the address, or today in the month that is now. */
function chosenDay(month: Period): Period | null {
  const { period } = place.value;
  if (period?.kind === 'day') return period;
  const today = dateAt(nowMs.value, locale.value.zone);
  return period === null || (period.kind !== 'month' && includes(month, today))
    ? periodAround('day', today)
    : null;
}

const looks: Readonly<Record<Exclude<Ground, 'before'>, [colour: string, kind: string]>> = {
  measured: ['var(--home-mark)', 'solid'],
  fetched: ['var(--home-mark)', 'pale'],
  hourly: ['var(--home-mark)', 'paler'],
  estimated: ['var(--home-mark)', 'hatched'],
  missing: ['var(--error-ink)', 'missing'],
};

function Legend({ grids }: { grids: readonly CoverageGrid[] }) {
  const t = texts().health.coverage;
  const shown = grounds
    .filter((ground) => ground !== 'before')
    .filter((ground) => grids.some(({ lines }) => (lines[0]?.sum.parts[ground] ?? 0) >= negligibleSeconds));
  return (
    <ul class="bars-legend" aria-label={t.legend}>
      {shown.map((ground) => (
        <li key={ground} data-legend={ground}>
          <Swatch colour={looks[ground][0]} kind={looks[ground][1]} />
          {t.grounds[ground]}
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
      go({ period: periodAround('day', dateAt(span.startMs, zone)), zoom: null });
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

function Day({ shown, grid, isAll }: { shown: Answered; grid: CoverageGrid; isAll: boolean }) {
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
          const at = Temporal.Instant.fromEpochMilliseconds(startMs).toZonedDateTimeISO(zone);
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
  const { key, resource } = useCoverage(day, 'quarter');
  const { data, problem, isLoading } = resource.state.value;
  const grid = useMemo(
    () =>
      data === null ? null : coverageGrid(data.answer, quarterHoursOf(spanOf(data.period, zone)), t.home),
    [data, zone, t],
  );
  return (
    <section class="coverage-day" aria-labelledby="coverage-day-title" data-loading={isLoading}>
      <h3 id="coverage-day-title">{t.dayTitle(formatPeriod(data?.period ?? day, language))}</h3>
      {data === null || grid === null || (problem !== null && data.key !== key) ? (
        problem === null ? (
          <Skeleton height={220} />
        ) : (
          <Problem ofStore problem={problem} onRetry={() => void resource.refresh()} />
        )
      ) : (
        <div class={isLoading ? 'is-dimmed' : ''} data-day={data.period.start.toString()}>
          <Day shown={data} grid={grid} isAll={isAll} />
          <CoverageTables grid={grid} answer={data.answer} title={t.dayTable} isDay />
        </div>
      )}
    </section>
  );
}

export function CoverageCard() {
  const t = texts().health.coverage;
  const { zone } = locale.value;
  const month = shownMonth();
  const day = chosenDay(month);
  const [isAll, setAll] = useState(false);
  const { key, resource } = useCoverage(month, 'day');
  const data = resource.state.value.data;
  const grid = useMemo(
    () => (data === null ? null : coverageGrid(data.answer, daysOf(data.period, zone), t.home)),
    [data, zone, t],
  );
  const count = grid?.lines.length ?? 0;
  return (
    <FollowedPage
      resource={resource}
      question={key}
      skeletonHeight={420}
      controls={<PeriodControl isMonthly />}
      empty={({ answer }) =>
        answer.entities.length > 0 ? null : (
          <Empty icon={mdiCounter} title={t.empty} action={<ToSettings />}>
            {t.emptyWhat}
          </Empty>
        )
      }
    >
      {(shown, isLoading) => (
        <section class="card" aria-labelledby="coverage-title" data-loading={isLoading} data-coverage>
          <header>
            <h2 id="coverage-title">{t.title}</h2>
            {count > fewLines && (
              <button type="button" class="button" onClick={() => setAll(!isAll)} aria-pressed={isAll}>
                {isAll ? t.showFewer : t.showAll(formatCount(count - 1, locale.value.language))}
              </button>
            )}
          </header>
          {grid !== null && (
            <div class={isLoading ? 'is-dimmed' : ''}>
              <Month grid={grid} month={shown.period} day={day} isAll={isAll} />
              <Legend grids={[grid]} />
              <CoverageTables grid={grid} answer={shown.answer} title={t.table} isDay={false} />
            </div>
          )}
          {day === null ? (
            <p class="quiet coverage-day">{t.chooseDay}</p>
          ) : (
            <DayPart day={day} isAll={isAll} />
          )}
        </section>
      )}
    </FollowedPage>
  );
}
