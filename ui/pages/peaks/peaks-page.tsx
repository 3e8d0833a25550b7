/** A month's quarter-hour peaks of what comes from the grid: the peak, what is billed, every quarter, twelve months. */
import { mdiChartBellCurve } from '@mdi/js';
import { useEffect, useMemo } from 'preact/hooks';
import type { CapacityMonth } from '../../../src/schemas/p1.ts';
import { api } from '../../api.ts';
import { DataTable } from '../../components/data-table.tsx';
import { FollowedPage } from '../../components/followed-page.tsx';
import { Empty } from '../../components/states.tsx';
import { formatInstant, formatPeriod } from '../../format/instants.ts';
import { asText, formatCount, showPower } from '../../format/numbers.ts';
import { dateAt, includes, type Period } from '../../period/period.ts';
import { PeriodControl, shownMonth } from '../../period/period-control.tsx';
import { connections, shownConnection } from '../../state/connections.ts';
import { useFollowed } from '../../state/followed.ts';
import { isImporting, locale, nowMs } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { ConnectionChoice } from './connection-choice.tsx';
import { dayPeaks, type HeatGrid, heatGrid } from './heat-grid.ts';
import { HeatMap } from './heat-map.tsx';
import { PeakCards } from './peak-cards.tsx';
import { sentenceOf } from './sentence.ts';
import { YearCard } from './year-card.tsx';

interface Answered {
  readonly key: string;
  readonly answer: CapacityMonth;
  readonly period: Period;
  readonly atMs: number;
}

/** The running quarter's projection moves with the power. */
const runningEveryMs = 15_000;

function Tables({ answer, period, grid }: { answer: CapacityMonth; period: Period; grid: HeatGrid }) {
  const t = texts().peaks;
  const { language } = locale.value;
  const power = (watts: number) => asText(showPower(watts, language));
  const moment = (text: string) => formatInstant(Date.parse(text), 'moment', locale.value);
  return (
    <div class="peak-pair">
      {answer.top.length === 0 ? (
        <section class="card">
          <header>
            <h2>{t.topTitle}</h2>
          </header>
          <p class="quiet">{t.topNone}</p>
        </section>
      ) : (
        <DataTable
          title={t.topTitle}
          columns={[
            { key: 'rank', label: t.topColumns.rank, isNumber: false },
            { key: 'when', label: t.topColumns.when, isNumber: false },
            { key: 'power', label: t.topColumns.power, isNumber: true },
          ]}
          rows={answer.top.map(({ bucket, avg_power_w: watts }, index) => ({
            key: bucket,
            cells: [
              { text: formatCount(index + 1, language), value: index + 1 },
              { text: moment(bucket) },
              { text: power(watts), value: watts },
            ],
          }))}
        />
      )}
      <DataTable
        title={t.daysTitle}
        columns={[
          { key: 'day', label: t.dayColumns.day, isNumber: false },
          { key: 'power', label: t.dayColumns.power, isNumber: true },
          { key: 'when', label: t.dayColumns.when, isNumber: false },
          { key: 'measured', label: t.dayColumns.measured, isNumber: true },
        ]}
        rows={dayPeaks(grid).map(({ day, highest, measured }) => ({
          key: String(day),
          cells: [
            {
              text: formatInstant(
                period.start.with({ day }).toZonedDateTime('UTC').epochMilliseconds,
                'weekday',
                {
                  language,
                  zone: 'UTC',
                },
              ),
            },
            highest === null
              ? { text: '', value: null }
              : { text: power(highest.quarter.avg_power_w), value: highest.quarter.avg_power_w },
            { text: highest === null ? '' : formatInstant(highest.startMs, 'time', locale.value) },
            { text: formatCount(measured, language), value: measured },
          ],
        }))}
      />
    </div>
  );
}

function Shown({ shown, isLoading }: { shown: Answered; isLoading: boolean }) {
  const all = texts();
  const t = all.peaks;
  const { answer, period, atMs } = shown;
  const { zone, language } = locale.value;
  const grid = useMemo(() => heatGrid(period.start, answer.peaks, zone), [answer, period, zone]);
  return (
    <div class={`stack${isLoading ? ' is-dimmed' : ''}`} data-loading={isLoading}>
      <div class="answer">
        <h1>{sentenceOf(answer, period, atMs, t, locale.value)}</h1>
      </div>
      <PeakCards answer={answer} />
      {answer.peaks.length === 0 ? (
        <section class="card">
          <Empty icon={mdiChartBellCurve} title={t.empty}>
            {isImporting() ? all.energy.importing : t.emptyWhat}
          </Empty>
        </section>
      ) : (
        <>
          <section class="card" aria-labelledby="map-title">
            <header>
              <h2 id="map-title">{t.map}</h2>
            </header>
            <HeatMap
              month={period.start}
              name={t.mapName(formatPeriod(period, language))}
              grid={grid}
              peakMs={answer.monthly_peak_ts === null ? null : Date.parse(answer.monthly_peak_ts)}
              nowMs={atMs}
              locale={locale.value}
            />
          </section>
          <Tables answer={answer} period={period} grid={grid} />
        </>
      )}
      <YearCard answer={answer} nowMs={atMs} />
    </div>
  );
}

export function PeaksPage() {
  const period = shownMonth();
  const month = period.start.toString().slice(0, 7);
  const isRunning = includes(period, dateAt(nowMs.value, locale.value.zone));
  const connectionId = shownConnection.value;
  const key = `${month} ${locale.value.zone} ${connectionId ?? ''}`;
  useEffect(() => void connections.refresh(), []);
  const resource = useFollowed<Answered>(
    key,
    async (signal) => {
      const answer = await api.capacityMonth(month, connectionId, signal);
      return { key, answer, period, atMs: nowMs.peek() };
    },
    isRunning ? runningEveryMs : null,
  );
  return (
    <FollowedPage
      resource={resource}
      question={key}
      skeletonHeight={520}
      controls={
        <>
          <PeriodControl isMonthly />
          <ConnectionChoice />
        </>
      }
      empty={() => null}
    >
      {(shown, isLoading) => <Shown shown={shown} isLoading={isLoading} />}
    </FollowedPage>
  );
}
