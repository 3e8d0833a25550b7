/** A month's quarter-hour peaks of the offtake: the peak, the billed peak, every quarter-hour, twelve months. */

import { mdiChartBellCurve } from '@mdi/js';
import { useEffect, useMemo } from 'preact/hooks';
import type { CapacityMonth } from '../../../src/schemas/p1.ts';
import { api } from '../../api.ts';
import { Card } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { FollowedPage } from '../../components/followed-page.tsx';
import { Empty } from '../../components/states.tsx';
import { formatDate, formatInstant, formatPeriod } from '../../format/instants.ts';
import { formatCount, formatPower } from '../../format/numbers.ts';
import { dateAt, includes, type Period } from '../../period/period.ts';
import { shownMonth } from '../../period/period-control.tsx';
import { connections, shownConnection } from '../../state/connections.ts';
import { type PeriodAnswer, usePeriodAnswer } from '../../state/followed.ts';
import { isImporting, locale, nowMs } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { ConnectionChoice } from './connection-choice.tsx';
import { dayPeaks, type HeatGrid, heatGrid } from './heat-grid.ts';
import { HeatMap } from './heat-map.tsx';
import { PeakCards } from './peak-cards.tsx';
import { sentenceOf } from './sentence.ts';
import { YearCard } from './year-card.tsx';

/** The projection of the running quarter-hour changes with the power. */
const runningEveryMs = 15_000;

function Tables({ answer, period, grid }: { answer: CapacityMonth; period: Period; grid: HeatGrid }) {
  const t = texts().peaks;
  const { language } = locale.value;
  const power = (watts: number) => formatPower(watts, language);
  const moment = (text: string) => formatInstant(text, 'moment', locale.value);
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
            { text: formatDate(period.start.with({ day }), 'weekday', language) },
            highest === null
              ? { text: '', value: null }
              : { text: power(highest.quarterHour.avg_power_w), value: highest.quarterHour.avg_power_w },
            { text: highest === null ? '' : formatInstant(highest.startMs, 'time', locale.value) },
            { text: formatCount(measured, language), value: measured },
          ],
        }))}
      />
    </div>
  );
}

function Shown({ shown, isLoading }: { shown: PeriodAnswer<CapacityMonth>; isLoading: boolean }) {
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
          <Card id="map" title={t.map}>
            <HeatMap
              month={period.start}
              name={t.mapName(formatPeriod(period, language))}
              grid={grid}
              peakMs={answer.monthly_peak_ts === null ? null : Date.parse(answer.monthly_peak_ts)}
              nowMs={atMs}
              locale={locale.value}
            />
          </Card>
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
  useEffect(() => void connections.refresh(), []);
  const followed = usePeriodAnswer(
    period,
    connectionId ?? '',
    (_span, signal) => api.capacityMonth(month, connectionId, signal),
    isRunning ? runningEveryMs : null,
  );
  const { shown, isLoading } = followed;
  return (
    <FollowedPage followed={followed} skeletonHeight={520} isMonthly controls={<ConnectionChoice />}>
      {shown !== null && <Shown shown={shown} isLoading={isLoading} />}
    </FollowedPage>
  );
}
