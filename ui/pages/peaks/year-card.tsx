/** The peaks of twelve months as bars, with the floor, and as a table. */

import { useMemo } from 'preact/hooks';
import type { CapacityMonth } from '../../../src/schemas/p1.ts';
import { BarChart } from '../../chart/bar-chart.tsx';
import { bucketName } from '../../chart/bar-labels.ts';
import { BarLegend, Swatch } from '../../chart/bar-legend.tsx';
import type { Bar, BarSeries } from '../../chart/bars.ts';
import { presenceOf } from '../../chart/data-quality.ts';
import { Card } from '../../components/card.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { formatInstant } from '../../format/instants.ts';
import { formatPower, formatShare } from '../../format/numbers.ts';
import { contains, dateAt, parseDate, periodAround, spanOf } from '../../period/period.ts';
import { locale } from '../../state/home.ts';
import { navigate } from '../../state/route.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';

type Month = CapacityMonth['rolling_12_month_w'][number];

/** A bar for each month, kW; null when no quarter-hour was measured. */
export function yearBars(months: CapacityMonth['rolling_12_month_w'], nowMs: number, zone: string): Bar[] {
  return months.flatMap(({ month, peak_w: peakW }): Bar[] => {
    const date = parseDate(month);
    if (date === null) return [];
    const span = spanOf(periodAround('month', date), zone);
    return [
      {
        ...span,
        values: [peakW === null ? null : peakW / 1000],
        look: 'solid',
        presence: presenceOf(peakW !== null, span.endMs, nowMs),
        isIncomplete: false,
        isRunning: contains(span, nowMs),
        mark: null,
        before: null,
      },
    ];
  });
}

/** The peak; its bounds when an hour shows a higher one, or when none was measured. */
function peakText(
  { peak_w: peakW, at_least_w: leastW, at_most_w: mostW }: Month,
  t: Texts['peaks'],
  power: (watts: number) => string,
): string {
  if (peakW !== null && (leastW === null || leastW <= peakW)) return power(peakW);
  if (leastW === null) return t.notMeasured;
  return mostW === null ? t.least(power(leastW)) : t.bounds(power(leastW), power(mostW));
}

export function YearCard({ answer, nowMs }: { answer: CapacityMonth; nowMs: number }) {
  const t = texts().peaks;
  const { zone } = locale.value;
  const months = answer.rolling_12_month_w;
  const bars = useMemo(() => yearBars(months, nowMs, zone), [months, nowMs, zone]);
  const series = useMemo(
    (): BarSeries[] => [{ key: 'peak', label: t.yearSeries, colour: 'grid-in', side: 'above' }],
    [t],
  );
  const levels = useMemo(() => [answer.floor_w / 1000], [answer.floor_w]);
  const open = (index: number) =>
    navigate({ period: periodAround('month', dateAt(bars[index]?.startMs ?? 0, zone)), zoom: null });
  return (
    <div class="peak-pair">
      <Card id="year" title={t.yearTitle}>
        <BarChart
          bars={bars}
          series={series}
          levels={levels}
          unit="kW"
          period="month"
          locale={locale.value}
          name={t.yearName(power(answer.floor_w))}
          readout={(index) => <Readout bar={bars[index]} month={months[index]} />}
          onOpen={open}
          openName={(index) => nameOf(bars[index])}
          onSelect={null}
        />
        <BarLegend bars={bars} series={series} missing={t.notMeasured}>
          <li>
            <Swatch colour="var(--text)" kind="level" />
            {t.yearFloor(power(answer.floor_w))}
          </li>
        </BarLegend>
      </Card>
      <YearTable months={months} bars={bars} />
    </div>
  );
}

function power(watts: number): string {
  return formatPower(watts, locale.value.language);
}

function nameOf(bar: Bar | undefined): string {
  return bucketName(bar?.startMs ?? 0, bar?.endMs ?? 0, 'month', locale.value);
}

function momentText(iso: string | null): string {
  return iso === null ? '' : formatInstant(iso, 'moment', locale.value);
}

function Readout({ bar, month }: { bar: Bar | undefined; month: Month | undefined }) {
  const t = texts();
  if (month?.peak_w == null)
    return (
      <>
        <strong>{nameOf(bar)}</strong>
        <span class="quiet">
          {bar?.presence === 'future' || month === undefined
            ? t.bars.future
            : peakText(month, t.peaks, power)}
        </span>
      </>
    );
  return (
    <>
      <strong>{nameOf(bar)}</strong>
      <span>{power(month.peak_w)}</span>
      <span class="quiet">{momentText(month.peak_ts)}</span>
    </>
  );
}

function YearTable({ months, bars }: { months: readonly Month[]; bars: readonly Bar[] }) {
  const t = texts().peaks;
  const { language } = locale.value;
  return (
    <DataTable
      title={t.yearTable}
      columns={[
        { key: 'month', label: t.yearColumns.month, isNumber: false },
        { key: 'peak', label: t.yearColumns.peak, isNumber: true },
        { key: 'counted', label: t.yearColumns.counted, isNumber: true },
        { key: 'when', label: t.yearColumns.when, isNumber: false },
        { key: 'measured', label: t.yearColumns.measured, isNumber: true },
      ]}
      rows={months.map((month, index) => ({
        key: month.month,
        cells: [
          { text: nameOf(bars[index]) },
          { text: peakText(month, t, power), value: month.peak_w },
          { text: month.counted_w === null ? '' : power(month.counted_w), value: month.counted_w },
          { text: momentText(month.peak_ts) },
          {
            text: month.coverage === null ? '' : formatShare(month.coverage, language),
            value: month.coverage,
          },
        ],
      }))}
    />
  );
}
